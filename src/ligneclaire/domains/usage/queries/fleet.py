"""A company's lines in a month as its manager sees them (USE-04, W-21), behind the wall (FMP-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow.compute as pc
from django.db.models import Q

from ligneclaire.domains.contracts.models import Contract, SplitBill
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.lines import queries as lines
from ligneclaire.domains.usage.queries import wall
from ligneclaire.domains.usage.queries.wall import Gauge, Seen
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.scope import Scope

BELOW, NEAR, ABOVE = "below", "near", "above"
BANDS = (BELOW, NEAR, ABOVE)
_NEAR = 80  # percent


@dataclass(frozen=True, slots=True)
class FleetLine:
    """A line with its contract of the month (None: it has none of its own), who uses it, and its bundles."""

    seen: Seen
    contract: Contract | None
    user: Person | None
    gauges: tuple[Gauge, ...]

    @property
    def fullest(self) -> Gauge | None:
        """The bundle of which the most is used."""
        bundles = [one for one in self.gauges if not one.is_spend and one.allowance]
        return max(bundles, key=lambda one: one.share, default=None)

    @property
    def band(self) -> str:
        """Under 80 percent of its fullest bundle, up to all of it, or above."""
        return band_of(self.fullest)


@dataclass(frozen=True, slots=True)
class DearRecord:
    """A record that cost something, the number of the other party masked; quantity in the unit of the service."""

    at: datetime
    service: str
    usage_type: str
    other: str
    visited: str
    billed: int
    charged: Money


def band_of(gauge: Gauge | None) -> str:
    """In which band a gauge lies; without one, in the lowest."""
    if gauge is None or gauge.used * 100 < _NEAR * gauge.allowance:
        return BELOW
    return ABOVE if gauge.used > gauge.allowance else NEAR


def fleet(scope: Scope, month: date) -> tuple[FleetLine, ...]:
    """The telephone lines of a scope that exist in the month of a day, by number, with who used them last in it."""
    seen = [one for one in wall.lines_in(scope, month) if one.kind != "internet"]
    contracts = _contracts(seen, month)
    seen = [one for one in seen if one.line_id in contracts]
    return _lines(seen, contracts, month)


def fleet_line(scope: Scope, month: date, public_id: str) -> FleetLine:
    """One line. Raises NotFound when nothing of it may be seen in that month."""
    seen = [wall.line_in(scope, month, public_id)]
    return _lines(seen, _contracts(seen, month), month)[0]


def dear_records(scope: Scope, month: date, public_id: str, limit: int) -> tuple[tuple[DearRecord, ...], int]:
    """The records of a line that cost something, the newest first, and how many there are beyond the limit; none behind
    the wall. Raises NotFound, store.SegmentDamaged."""
    table = wall.records(scope, month, public_id)
    dear = table.filter(pc.greater(table["charged"], 0)).sort_by([("start", "descending")])
    found = dear.slice(0, limit).to_pylist()
    return tuple(_dear(one) for one in found), max(dear.num_rows - limit, 0)


def _dear(row: dict[str, Any]) -> DearRecord:
    return DearRecord(
        at=row["start"], service=row["service"], usage_type=row["usage_type"], other=row["other"],
        visited=row["visited"], billed=row["billed"], charged=Money.from_micro(row["charged"]),
    )  # fmt: skip


def user_in(uses: Sequence[tuple[date, date | None, Person]], month: date) -> Person | None:
    """The last who used a line in the month of a day, of `lines.queries.users_of`."""
    period = Period.month_of(month)
    found = [person for start, end, person in uses if start < period.end and (end is None or end > period.start)]
    return found[-1] if found else None


def split_bills(line: FleetLine) -> tuple[SplitBill, ...]:
    """What was offered to the users of a line, the newest first; what waits is without a first day."""
    rows = SplitBill.objects.filter(contract__line_id=line.seen.line_id).select_related(
        "account__party", "contract__account__party", "contract__line"
    )
    return tuple(rows.order_by("-offered_at", "-pk"))


def _lines(seen: Sequence[Seen], contracts: Mapping[int, Contract | None], month: date) -> tuple[FleetLine, ...]:
    gauges, users = wall.gauges(seen), lines.users_of([one.line_id for one in seen])
    return tuple(
        FleetLine(
            one, contracts.get(one.line_id), user_in(users.get(one.line_id, ()), month), gauges.get(one.line_id, ())
        )
        for one in seen
    )


def _contracts(seen: Sequence[Seen], month: date) -> Mapping[int, Contract | None]:
    """The last contract of each line that runs in the month; None for a line that never had one of its own (BIL-04).
    Lines whose contracts all ended before it, or begin after it, are left out."""
    period = Period.month_of(month)
    ids = [one.line_id for one in seen]
    rows = Contract.objects.filter(line_id__in=ids).select_related("offer", "cost_centre")
    runs = rows.filter(Q(last_day=None) | Q(last_day__gte=period.start), signed_on__lt=period.end)
    running = {one.line_id: one for one in runs.order_by("signed_on", "pk")}
    known = set(rows.values_list("line_id", flat=True))
    return {one: running.get(one) for one in ids if one in running or one not in known}
