"""Reading usage: what was taken in, and what is in force for it."""

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
    was_taken_in,
)
from ligneclaire.domains.usage.queries.terms import terms_of_groups

__all__ = [
    "Delivery",
    "Fate",
    "FirstSession",
    "OpenReason",
    "Position",
    "Touched",
    "Waiting",
    "acc_position",
    "deliveries",
    "fates",
    "first_sessions",
    "lines_of",
    "open_suspense",
    "radacct_position",
    "suspense",
    "suspense_by_reason",
    "terms_of_groups",
    "was_taken_in",
]
