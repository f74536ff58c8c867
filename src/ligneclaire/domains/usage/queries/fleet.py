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
from ligneclaire.domains.operators.among import among
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
    """A line with its contract of the month (None: it has none of its own), where that belongs, and the bundle of which
    the most is used."""

    seen: Seen
    contract_id: int | None
    centre: str
    centre_name: str
    gauge: Gauge | None

    @property
    def band(self) -> str:
        """Under 80 percent of its fullest bundle, up to all of it, or above."""
        return band_of(self.gauge)

    @property
    def fill(self) -> int:
        """How much of its fullest bundle is used, in millionths."""
        return self.gauge.used * 10**6 // self.gauge.allowance if self.gauge else 0


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
    """The telephone lines of a scope that exist in the month of a day, by number."""
    seen = [one for one in wall.lines_in(scope, month) if one.kind != "internet"]
    contracts, gauges = _contracts(seen, month), wall.fullest(seen)
    return tuple(
        FleetLine(one, *contracts[one.line_id], gauges.get(one.line_id)) for one in seen if one.line_id in contracts
    )


def fleet_line(scope: Scope, month: date, public_id: str) -> tuple[FleetLine, tuple[Gauge, ...]]:
    """One line with all its gauges. Raises NotFound when nothing of it may be seen in that month."""
    seen = wall.line_in(scope, month, public_id)
    contract = _contracts([seen], month).get(seen.line_id, _NONE)
    gauges = wall.gauges([seen]).get(seen.line_id, ())
    return FleetLine(seen, *contract, wall.fullest_of(gauges)), gauges


def plans_of(some: Sequence[FleetLine]) -> Mapping[int, Contract]:
    """The contracts of lines with their offers, by id."""
    return Contract.objects.select_related("offer").in_bulk([one.contract_id for one in some if one.contract_id])


def users_in(some: Sequence[FleetLine], month: date) -> Mapping[int, Person | None]:
    """Who used lines last in the month of a day, by line."""
    uses = lines.users_of([one.seen.line_id for one in some])
    return {line_id: user_in(used, month) for line_id, used in uses.items()}


def dear_records(scope: Scope, seen: Seen, limit: int) -> tuple[tuple[DearRecord, ...], int]:
    """The records that cost something of a line that was seen by the same scope, the newest first, and how many there
    are beyond the limit; none behind the wall. Raises store.SegmentDamaged."""
    table = wall.records_of(scope, seen)
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


_Belongs = tuple[int | None, str, str]  # contract, code and name of its cost centre
_NONE: _Belongs = (None, "", "")


def _contracts(seen: Sequence[Seen], month: date) -> Mapping[int, _Belongs]:
    """The last contract of each line that runs in the month; none for a line that never had one of its own (BIL-04).
    Lines whose contracts all ended before it, or begin after it, are left out."""
    period = Period.month_of(month)
    rows = Contract.objects.filter(among("line_id", [one.line_id for one in seen]))
    runs = rows.filter(Q(last_day=None) | Q(last_day__gte=period.start), signed_on__lt=period.end)
    read = runs.order_by("signed_on", "pk").values_list("line_id", "pk", "cost_centre__code", "cost_centre__name")
    found: dict[int, _Belongs] = {
        line: (pk, code or "", name or "") for line, pk, code, name in read if line is not None
    }
    others = [one.line_id for one in seen if one.line_id not in found]
    known = set(Contract.objects.filter(line_id__in=others).values_list("line_id", flat=True)) if others else set()
    return found | {one: _NONE for one in others if one not in known}
