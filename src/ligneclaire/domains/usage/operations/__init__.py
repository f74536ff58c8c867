"""Acts of usage: take in what networks report, and settle what waits in suspense."""

from ligneclaire.domains.usage.operations.accounting import BATCH, take_in_detail_file, take_in_radacct
from ligneclaire.domains.usage.operations.disclosing import NoGround, disclose_line, disclose_record
from ligneclaire.domains.usage.operations.erasing import StillDelivered, StillNeeded, erasable, erase_line, replay
from ligneclaire.domains.usage.operations.files import (
    Switch,
    UnknownForm,
    WrongOrigin,
    digest_of,
    endings,
    take_in_usage_file,
)
from ligneclaire.domains.usage.operations.giving_up import (
    NoReasonGiven,
    NotAsked,
    NothingToGiveUp,
    NotInSuspense,
    SamePerson,
    ask_write_off,
    confirm_write_off,
    refuse_write_off,
)
from ligneclaire.domains.usage.operations.suspense import (
    NotMended,
    Retried,
    mend_alike,
    mend_suspended,
    retry_suspended,
)
from ligneclaire.domains.usage.operations.tables import take_in_acc, take_in_batch
from ligneclaire.domains.usage.operations.tidying import delete_old_files, join_segments

__all__ = [
    "BATCH",
    "NoGround",
    "NoReasonGiven",
    "NotAsked",
    "NotInSuspense",
    "NotMended",
    "NothingToGiveUp",
    "Retried",
    "SamePerson",
    "StillDelivered",
    "StillNeeded",
    "Switch",
    "UnknownForm",
    "WrongOrigin",
    "ask_write_off",
    "confirm_write_off",
    "delete_old_files",
    "digest_of",
    "disclose_line",
    "disclose_record",
    "endings",
    "erasable",
    "erase_line",
    "join_segments",
    "mend_alike",
    "mend_suspended",
    "refuse_write_off",
    "replay",
    "retry_suspended",
    "take_in_acc",
    "take_in_batch",
    "take_in_detail_file",
    "take_in_radacct",
    "take_in_usage_file",
]
