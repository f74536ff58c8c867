"""Why a record can't be used, and what is kept of it until it can. Pure: no clock, no database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

FUTURE_ALLOWED = timedelta(hours=1)  # RAT-15
FIRST_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)  # a clock that shows less was never set


class Reason(StrEnum):
    """Why a record waits in suspense. The words for people are in texts/, under `reason`."""

    HALF_BLOCK = "half-block"
    TOO_LONG = "too-long"
    WRONG_ENCODING = "wrong-encoding"
    UNREADABLE_LINE = "unreadable-line"
    CONTRADICTION = "contradiction"
    MISSING_ATTRIBUTE = "missing-attribute"
    UNKNOWN_STATUS = "unknown-status"
    UNREADABLE_TIME = "unreadable-time"
    DATED_1970 = "dated-1970"
    IN_THE_FUTURE = "in-the-future"
    NEGATIVE_NUMBER = "negative-number"
    ABSURD_NUMBER = "absurd-number"
    UNKNOWN_LINE = "unknown-line"
    BEFORE_THE_LINE = "before-the-line"
    AFTER_THE_LINE = "after-the-line"
    MISSING_COLUMN = "missing-column"
    EXTRA_COLUMN = "extra-column"
    UNREADABLE_VALUE = "unreadable-value"
    NO_TIME_ZONE = "no-time-zone"
    NO_SUCH_HOUR = "no-such-hour"
    HOUR_TWICE = "hour-twice"
    WRONG_NUMBER = "wrong-number"
    UNKNOWN_SERVICE = "unknown-service"
    UNKNOWN_DIRECTION = "unknown-direction"
    UNKNOWN_COUNTRY = "unknown-country"
    NO_BEGIN = "no-begin"
    NO_END = "no-end"
    MISSING_AMOUNT = "missing-amount"
    UNEXPECTED_AMOUNT = "unexpected-amount"
    OTHER_CURRENCY = "other-currency"
    OTHER_TAX = "other-tax"
    NO_PLAN = "no-plan"
    NO_ZONE = "no-zone"
    NO_RATE = "no-rate"


# Reasons that may vanish without the record changing: a line that is entered, entered with an earlier day, or goes on.
RETRYABLE = frozenset({Reason.UNKNOWN_LINE, Reason.BEFORE_THE_LINE, Reason.AFTER_THE_LINE})
# Reasons that rating finds in what the operator sells: each later rating of the group judges the record anew.
UNPRICED = frozenset({Reason.NO_PLAN, Reason.NO_ZONE, Reason.NO_RATE})


class Unusable(Exception):
    """A record that goes to suspense, with its reason and the attribute that is at fault."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Delivered:
    """One record as it was delivered: its place (line of the file, or row), its text as it is kept in suspense, and
    either its attributes or what makes it unreadable."""

    place: int
    raw: str
    attributes: Mapping[str, str] | None
    fault: Unusable | None = None

    @property
    def fingerprint(self) -> str:
        """What recognises the same record when it is delivered again without being usable."""
        half = "half " if self.fault and self.fault.reason is Reason.HALF_BLOCK else ""
        return hashlib.sha256((half + self.raw).encode()).hexdigest()
