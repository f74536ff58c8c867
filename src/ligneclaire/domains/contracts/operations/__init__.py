"""Acts on contracts: sign, start, change, leave, split the bill. Each locks the account's row first."""

from ligneclaire.domains.contracts.operations.change import add_option, change_offer, grant_discount, remove_option
from ligneclaire.domains.contracts.operations.leave import close_ended, terminate
from ligneclaire.domains.contracts.operations.sign import sign_contract
from ligneclaire.domains.contracts.operations.split import accept_split_bill, end_split_bill, offer_split_bill
from ligneclaire.domains.contracts.operations.start import (
    hold_start,
    record_connection,
    record_installation,
    record_kit_received,
    start_due_services,
)

__all__ = [
    "accept_split_bill",
    "add_option",
    "change_offer",
    "close_ended",
    "end_split_bill",
    "grant_discount",
    "hold_start",
    "offer_split_bill",
    "record_connection",
    "record_installation",
    "record_kit_received",
    "remove_option",
    "sign_contract",
    "start_due_services",
    "terminate",
]
