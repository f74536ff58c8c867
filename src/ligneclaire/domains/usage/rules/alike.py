"""What records in suspense have in common, so that one act settles them all. Pure: no clock, no database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ligneclaire.domains.usage.rules.rows import COLUMNS, USAGE
from ligneclaire.domains.usage.rules.suspense import RETRYABLE, UNPRICED, Reason

LONGEST = 64
# The column whose value makes records alike, wherever they came from. Of all other reasons those of one file are alike.
# Never the other party: whom a person called names no group.
_BY_VALUE = {
    Reason.UNKNOWN_LINE: "line", Reason.BEFORE_THE_LINE: "line", Reason.AFTER_THE_LINE: "line", Reason.NO_PLAN: "line",
    Reason.UNKNOWN_SERVICE: "service", Reason.UNKNOWN_DIRECTION: "direction", Reason.UNKNOWN_COUNTRY: "visited",
    Reason.NO_ZONE: "service", Reason.NO_RATE: "service",
}  # fmt: skip
_LEFT_ALONE = UNPRICED | {Reason.NO_BEGIN, Reason.NO_END}


@dataclass(frozen=True, slots=True)
class Alike:
    """Records that wait for one reason with the same in it: of one file, or with None of all files that came this way.
    `last`: the highest id that was seen; what came later is another matter."""

    reason: str
    same: str
    source: str
    file_id: int | None
    last: int

    @property
    def column(self) -> str:
        """The column at fault, "" when no single one is."""
        return self.same.partition("=")[0]

    @property
    def value(self) -> str:
        """What stands in that column of all of them, "" when they differ."""
        return self.same.partition("=")[2]

    @property
    def can_be_mended(self) -> bool:
        """Whether fields may be changed by hand: not of RADIUS, of what rating can't price, of halves of calls."""
        return self.source == USAGE and self.reason not in _LEFT_ALONE

    @property
    def can_be_retried(self) -> bool:
        """Whether the reason may vanish without the record changing."""
        return self.reason in RETRYABLE


def same(reason: str, detail: str, raw: str) -> str:
    """What a record shares with others: "column=value" of all files, or the column at fault (or "") in one file.

    `raw`: the text that suspense keeps, the fields as JSON where there are any.
    """
    column = _BY_VALUE.get(Reason(reason))
    if column is None:
        return detail if detail in COLUMNS else ""
    value = _fields(raw).get(column, "") or (detail if reason == Reason.UNKNOWN_LINE else "")
    return f"{column}={str(value).removeprefix('+')[:LONGEST]}" if value else column


def _fields(raw: str) -> Mapping[str, str]:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
