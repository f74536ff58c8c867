"""Reading usage: what was taken in, and what is in force for it."""

from ligneclaire.domains.usage.queries.alike import (
    Asked,
    Group,
    asked,
    asked_for,
    asked_number,
    group,
    groups,
    would_become,
)
from ligneclaire.domains.usage.queries.fates import Fate, OpenReason, Touched, fates, lines_of, open_suspense
from ligneclaire.domains.usage.queries.intake import (
    Delivery,
    FirstSession,
    Position,
    Waiting,
    acc_position,
    deliveries,
    first_sessions,
    radacct_position,
    suspense,
    suspense_by_reason,
    waiting,
    waiting_record,
    was_taken_in,
)
from ligneclaire.domains.usage.queries.pools import Pool, pools
from ligneclaire.domains.usage.queries.terms import terms_of_groups

__all__ = [
    "Asked",
    "Delivery",
    "Fate",
    "FirstSession",
    "Group",
    "OpenReason",
    "Pool",
    "Position",
    "Touched",
    "Waiting",
    "acc_position",
    "asked",
    "asked_for",
    "asked_number",
    "deliveries",
    "fates",
    "first_sessions",
    "group",
    "groups",
    "lines_of",
    "open_suspense",
    "pools",
    "radacct_position",
    "suspense",
    "suspense_by_reason",
    "terms_of_groups",
    "waiting",
    "waiting_record",
    "was_taken_in",
    "would_become",
]
