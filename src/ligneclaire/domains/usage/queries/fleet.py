"""A company's lines in a month as its manager sees them (USE-04, W-21), behind the wall (FMP-11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import pyarrow.compute as pc
from django.db import connection
from django.db.models import Q

from ligneclaire.domains.contracts.models import Contract, SplitBill
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.lines.models import LineUser
from ligneclaire.domains.operators.among import among
from ligneclaire.domains.usage.queries import wall
from ligneclaire.domains.usage.queries.wall import Gauge, Seen, Sight
from ligneclaire.domains.usage.rules.columns import rated_with
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.scope import Scope

BELOW, NEAR, ABOVE = "below", "near", "above"
BANDS = (BELOW, NEAR, ABOVE)
_NEAR = 80  # percent


class FleetLine(NamedTuple):
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
    """The telephone lines of an employer's scope (`wall.as_employer`) that exist in the month of a day, by number. What
    `wall` and `fleet_line` say of each, of all of them in one statement; of shared ones the wall itself tells more."""
    period = Period.month_of(month)
    known: dict[str, Any] = {
        "operator": scope.operator_id, "accounts": list(scope.account_ids or ()), "first": period.start,
        "after": period.end, "centres": None if scope.cost_centre_ids is None else list(scope.cost_centre_ids),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LINES, known)
        found = [_fleet_line(row, period.start) for row in cursor.fetchall()]
    shared = wall.fullest([one.seen for one in found if one.seen.is_split])
    return tuple(one._replace(gauge=shared.get(one.seen.line_id)) if one.seen.is_split else one for one in found)


# A line comes with its last contract that runs in the month, without one when it never had any (BIL-04). What was
# counted of shared lines stays away.
_LINES = """
WITH mine AS (
    SELECT line.id, line.public_id, line.identifier, line.kind, line.account_id, account.prices
    FROM line JOIN account ON account.operator_id = line.operator_id AND account.id = line.account_id
    WHERE line.operator_id = %(operator)s AND line.account_id = ANY(%(accounts)s::bigint[]) AND line.kind <> 'internet'
), signed AS (
    SELECT contract.id, contract.line_id, contract.cost_centre_id, contract.signed_on,
           contract.signed_on < %(after)s AND coalesce(contract.last_day >= %(first)s, true) AS runs
    FROM contract JOIN mine ON mine.id = contract.line_id WHERE contract.operator_id = %(operator)s
), last AS (
    SELECT DISTINCT ON (line_id) * FROM signed ORDER BY line_id, runs DESC, signed_on DESC, id DESC
), shared AS (
    SELECT DISTINCT signed.line_id FROM split_bill JOIN signed ON signed.id = split_bill.contract_id
    WHERE split_bill.operator_id = %(operator)s AND split_bill.from_on <= %(first)s
          AND coalesce(split_bill.to_on > %(first)s, true)
), counted AS (
    SELECT DISTINCT ON (one.line_id) one.line_id, one.code, one.service, one.used, one.allowance
    FROM usage_counter one JOIN usage_group ON usage_group.id = one.group_id
    WHERE usage_group.operator_id = %(operator)s AND usage_group.account_id = ANY(%(accounts)s::bigint[])
          AND usage_group.month = %(first)s AND one.operator_id = %(operator)s AND one.allowance > 0
          AND one.service <> 'spend' AND one.line_id NOT IN (SELECT line_id FROM shared)
    ORDER BY one.line_id, one.used::numeric / one.allowance DESC, one.code
)
SELECT mine.*, shared.line_id IS NOT NULL, last.id, coalesce(centre.code, ''), coalesce(centre.name, ''),
       counted.code, counted.service, counted.used, counted.allowance
FROM mine LEFT JOIN last ON last.line_id = mine.id LEFT JOIN shared ON shared.line_id = mine.id
     LEFT JOIN cost_centre centre ON centre.operator_id = %(operator)s AND centre.id = last.cost_centre_id
     LEFT JOIN counted ON counted.line_id = mine.id
WHERE coalesce(last.runs, true) AND (%(centres)s::bigint[] IS NULL OR EXISTS (
    SELECT FROM signed WHERE signed.line_id = mine.id AND signed.cost_centre_id = ANY(%(centres)s::bigint[])))
ORDER BY mine.identifier"""


def _fleet_line(row: tuple[Any, ...], first: date) -> FleetLine:
    line_id, public_id, identifier, kind, account, prices, is_split, contract, centre, name, code, *counted = row
    sight = Sight.EMPLOYER if is_split else Sight.PAID
    seen = Seen(line_id, public_id, identifier, kind, account, prices, first, sight, is_split)
    return FleetLine(seen, contract, centre, name, Gauge(line_id, code, *counted) if code else None)


def fleet_line(scope: Scope, month: date, public_id: str) -> tuple[FleetLine, tuple[Gauge, ...]]:
    """One line with all its gauges. Raises NotFound when nothing of it may be seen in that month."""
    seen = wall.line_in(scope, month, public_id)
    contract = _contracts([seen], month).get(seen.line_id, _NONE)
    gauges = wall.gauges([seen]).get(seen.line_id, ())
    return FleetLine(seen, *contract, wall.fullest_of(gauges)), gauges


def plans_of(some: Iterable[FleetLine]) -> Mapping[int, Contract]:
    """The contracts of lines with the names of their offers, by id."""
    rows = Contract.objects.select_related("offer").only("public_id", "last_day", "offer__names")
    return rows.in_bulk([one.contract_id for one in some if one.contract_id])


def users_in(some: Iterable[Seen], month: date) -> Mapping[int, str]:
    """Who used lines last in the month of a day, by line."""
    period = Period.month_of(month)
    uses = LineUser.objects.filter(among("line_id", [one.line_id for one in some]), from_on__lt=period.end)
    read = uses.exclude(to_on__lte=period.start).order_by("from_on", "pk")
    names = read.values_list("line_id", "person__given_name", "person__family_name")
    return {line_id: f"{given} {family}" for line_id, given, family in names}


def dear_records(scope: Scope, seen: Seen, limit: int) -> tuple[tuple[DearRecord, ...], int]:
    """The records that cost something of a line that was seen by the same scope, the newest first, and how many there
    are beyond the limit; none behind the wall. Raises store.SegmentDamaged."""
    table = wall.records_of(scope, seen, _DEAR)
    dear = table.filter(pc.greater(table["charged"], 0)).sort_by([("start", "descending")])
    found = dear.slice(0, limit).to_pylist()
    return tuple(_dear(one) for one in found), max(dear.num_rows - limit, 0)


_DEAR = rated_with("service", "usage_type", "other", "visited", "billed", "charged")


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
    return tuple(SplitBill.objects.filter(contract__line_id=line.seen.line_id).order_by("-offered_at", "-pk"))


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
