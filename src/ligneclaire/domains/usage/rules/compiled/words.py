"""Numbers for words: services, directions, flags and reasons as the loop knows them, and lists of names that grow."""

from __future__ import annotations

from collections.abc import Iterable

from ligneclaire.domains.catalogue.rules.tariff import EMERGENCY, FREE, HOME, OFF_PEAK, PEAK
from ligneclaire.domains.usage.rules import columns
from ligneclaire.domains.usage.rules.rated import BLOCKED, LATE_FREE, OVER_CAP
from ligneclaire.domains.usage.rules.suspense import Reason

SERVICES = (
    columns.VOICE, columns.SMS, columns.MMS, columns.DATA, columns.SPECIAL, columns.THIRD_PARTY,
)  # fmt: skip
SERVICE = {name: number for number, name in enumerate(SERVICES)}
MMS, DATA = SERVICE[columns.MMS], SERVICE[columns.DATA]
SPECIAL, THIRD_PARTY = SERVICE[columns.SPECIAL], SERVICE[columns.THIRD_PARTY]
DIRECTION = {columns.OUT: 0, columns.IN: 1}
IN = DIRECTION[columns.IN]
BANDS = (OFF_PEAK, PEAK)
IN_OFF_PEAK, IN_PEAK = 0, 1
FLAGS = ("", FREE, EMERGENCY, BLOCKED, OVER_CAP, LATE_FREE)
IS_FREE, IS_EMERGENCY, IS_BLOCKED, IS_OVER_CAP, IS_LATE_FREE = range(1, 6)

ZONES = (HOME, EMERGENCY, columns.THIRD_PARTY)  # those that no deck need name, before all others
ZONE_HOME, ZONE_EMERGENCY, ZONE_THIRD_PARTY = range(3)
AT_HOME, NO_COUNTRY, ELSEWHERE = -1, -2, 0  # no visited country; no such country; one that nothing names

# Why a record can't be rated: 0 is nothing, and the place in this list otherwise.
REASONS = (
    "", Reason.UNKNOWN_SERVICE, Reason.UNKNOWN_DIRECTION, Reason.NEGATIVE_NUMBER, Reason.ABSURD_NUMBER,
    Reason.IN_THE_FUTURE, Reason.MISSING_AMOUNT, Reason.UNEXPECTED_AMOUNT, Reason.UNKNOWN_LINE,
    Reason.BEFORE_THE_LINE, Reason.NO_PLAN, Reason.UNKNOWN_COUNTRY, Reason.NO_ZONE, Reason.NO_RATE,
    Reason.NEGATIVE_NUMBER, Reason.ABSURD_NUMBER, Reason.NO_ZONE,
)  # fmt: skip
(
    USABLE, UNKNOWN_SERVICE, UNKNOWN_DIRECTION, NEGATIVE_QUANTITY, ABSURD_QUANTITY, IN_THE_FUTURE, MISSING_AMOUNT,
    UNEXPECTED_AMOUNT, UNKNOWN_LINE, BEFORE_THE_LINE, NO_PLAN, UNKNOWN_COUNTRY, NO_ZONE_OF_NUMBER, NO_RATE,
    NEGATIVE_AMOUNT, ABSURD_AMOUNT, NO_ZONE_OF_COUNTRY,
) = range(len(REASONS))  # fmt: skip


class Names:
    """Names in the order in which they were met, each with its number."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self.number: dict[str, int] = {}
        for name in known:
            self.of(name)

    def of(self, name: str) -> int:
        """The number of a name."""
        return self.number.setdefault(name, len(self.number))

    def __len__(self) -> int:
        return len(self.number)

    def all(self) -> list[str]:
        """The names by their numbers."""
        return list(self.number)
