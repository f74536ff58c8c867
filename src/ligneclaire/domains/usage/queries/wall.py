"""The wall (FMP-11): what a scope may see of a line in a month. Every page, export and endpoint that tells of usage
asks here, and nothing else reads usage for them.

With split bill, who sees a line through its company sees what the company pays: the bundles, up to all of them, and
amounts that the company is billed; no volume beside the bundles, no third party, no record, no number. Without split
bill: amounts and volumes, other parties masked. The user of a line sees everything of his own days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import DecimalField, ExpressionWrapper, F, Q
from django.db.models.functions import Cast

from ligneclaire.domains.accounts.queries import within
from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts.models import Contract, SplitBill
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.lines.models import Line, LineUser
from ligneclaire.domains.operators.among import among
from ligneclaire.domains.operators.queries import zone_of
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Alert, Counter, Group, Total
from ligneclaire.domains.usage.rules.columns import RATED
from ligneclaire.domains.usage.rules.rated import SPEND
from ligneclaire.domains.usage.rules.state import State
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.scope import Scope

Days = tuple[tuple[date, date | None], ...]  # half-open
_SHOWN, _SHORTEST = 4, 7  # digits that stay of a masked number; what is shorter is masked whole


class Sight(StrEnum):
    """How much of a line may be seen: what its employer pays of it, all without numbers, or all."""

    EMPLOYER = "employer"
    PAID = "paid"
    ALL = "all"


class Seen(NamedTuple):
    """A line of which something may be seen in a month. `days`: those of its user's own use; None = the whole month.
    `prices`: whether the amounts of its account hold VAT, "inclusive" or "exclusive".

    Made by `lines_in`, and for many lines at once by `fleet.fleet`: who holds one has passed the wall.
    """

    line_id: int
    public_id: str
    identifier: str
    kind: str
    account_id: int
    prices: str
    month: date
    sight: Sight
    is_split: bool
    days: Days | None = None


class Gauge(NamedTuple):
    """How much of an allowance is used, in the unit of the service; of a ceiling (`is_spend`), in millionths of a euro.
    Behind the wall never more than the allowance."""

    line_id: int
    code: str
    service: str
    used: int
    allowance: int

    @property
    def is_spend(self) -> bool:
        """Whether it counts money."""
        return self.service == SPEND

    @property
    def share(self) -> Fraction:
        """How much of the allowance is used; of none 0."""
        return Fraction(self.used, self.allowance) if self.allowance else Fraction(0)

    @property
    def percent(self) -> int:
        """In whole percent, rounded down."""
        return int(self.share * 100)


@dataclass(frozen=True, slots=True)
class Used:
    """What a line used of one kind: billed quantities in the unit of the service, the exact amount in the price mode of
    its account."""

    line_id: int
    category: str
    usage_type: str
    tax_code: str
    records: int
    inside: int
    outside: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Reached:
    """A threshold that was reached: of a bundle, or of a ceiling."""

    line_id: int
    counter: str
    service: str
    threshold: int
    used: int
    allowance: int
    event_at: datetime


@dataclass(frozen=True, slots=True)
class AsOf:
    """How fresh usage is: when it was rated (None = never), whether more has arrived since, whether it is closed.
    `rated_to`, the start of the last record, is for who sees everything."""

    rated_at: datetime | None
    is_stale: bool
    is_closed: bool
    rated_to: datetime | None = None


def as_employer(scope: Scope, account_ids: Iterable[int]) -> Scope:
    """The scope of a page that is opened for an employer, whoever opens it: manager, billing role, or the operator's
    staff. Nobody's private part, not even the reader's own."""
    wanted = frozenset(account_ids)
    mine = wanted if scope.account_ids is None else wanted & scope.account_ids
    return replace(scope, account_ids=mine, line_ids=frozenset(), private_part=False, person_id=None)


def lines_in(
    scope: Scope, month: date, *, line_ids: Collection[int] | None = None, public_id: str | None = None
) -> tuple[Seen, ...]:
    """The lines of which a scope sees something in the month of a day, by number; some of them, when ids are given."""
    rows = Line.objects.filter(_within(scope)).order_by("identifier")
    if line_ids is not None:
        rows = rows.filter(pk__in=line_ids)
    if public_id is not None:
        rows = rows.filter(public_id=public_id)
    lines, first = list(map(_Line._make, rows.values_list(*_READ))), month.replace(day=1)
    ids = [line.pk for line in lines]
    splits, used = contracts.split_of_lines(ids, first), _own_days(scope, ids, first)
    centres = _in_cost_centres(scope, ids)
    found = []
    for line in lines:
        split, days = splits.get(line.pk), used.get(line.pk, ())
        sight = _sight(scope, line, split, days, is_in_centre=centres is None or line.pk in centres)
        if sight is not None:
            own = days if sight is Sight.ALL and not _is_staff(scope) and not _is_home(scope, line) else None
            found.append(
                Seen(
                    line.pk, line.public_id, line.identifier, line.kind, line.account_id, line.prices, first, sight,
                    split is not None, own,
                )
            )  # fmt: skip
    return tuple(found)


def line_in(scope: Scope, month: date, public_id: str) -> Seen:
    """One line. Raises NotFound when nothing of it may be seen in that month."""
    found = lines_in(scope, month, public_id=public_id)
    if not found:
        raise NotFound(public_id)
    return found[0]


def gauges(seen: Sequence[Seen]) -> Mapping[int, tuple[Gauge, ...]]:
    """The counters of lines of one month, by line. Behind the wall: the bundles, with what came out of them."""
    if not seen:
        return {}
    by_line = {one.line_id: one for one in seen}
    rows = Counter.objects.filter(line_id__in=by_line, group__month=seen[0].month).order_by("line_id", "code")
    taken = _taken([one for one in seen if one.sight is Sight.EMPLOYER])
    found: dict[int, tuple[Gauge, ...]] = {}
    for line_id, code, service, used, allowance in rows.values_list(*_COUNTED):
        counted = used
        if by_line[line_id].sight is Sight.EMPLOYER:
            if service == SPEND:
                continue
            counted = min(used, allowance, taken.get((line_id, code), 0))
        gauge = Gauge(line_id, code, service, counted, allowance)
        found[line_id] = (*found.get(line_id, ()), gauge)
    return found


def fullest(seen: Sequence[Seen]) -> Mapping[int, Gauge]:
    """Of lines of one month the bundle of which the most is used, by line; what `gauges` says, without the rest."""
    if not seen:
        return {}
    behind = gauges([one for one in seen if one.sight is Sight.EMPLOYER])
    found = {line_id: one for line_id, some in behind.items() if (one := fullest_of(some))}
    open_ = [one.line_id for one in seen if one.sight is not Sight.EMPLOYER]
    rows = Counter.objects.filter(among("line_id", open_), group__month=seen[0].month, allowance__gt=0)
    share = ExpressionWrapper(Cast("used", _EXACT) / F("allowance"), _EXACT)
    first = rows.exclude(service=SPEND).order_by("line_id", share.desc(), "code").distinct("line_id")
    return found | {row[0]: Gauge(*row) for row in first.values_list(*_COUNTED)}


_EXACT = DecimalField(max_digits=40, decimal_places=0)  # whole numbers would divide to whole ones
_COUNTED = ("line_id", "code", "service", "used", "allowance")


def fullest_of(some: Iterable[Gauge]) -> Gauge | None:
    """The bundle of which the most is used, the first by code of several, among the gauges of one line."""
    bundles = (one for one in some if one.allowance and not one.is_spend)
    return max(bundles, key=lambda one: one.share, default=None)


def used(seen: Sequence[Seen]) -> Mapping[int, tuple[Used, ...]]:
    """What lines of one month used by kind, by line. Nothing of a line behind the wall."""
    open_ = [one.line_id for one in seen if one.sight is not Sight.EMPLOYER]
    if not open_:
        return {}
    found: dict[int, tuple[Used, ...]] = {}
    rows = Total.objects.filter(line_id__in=open_, group__month=seen[0].month)
    for row in rows.order_by("line_id", "category", "usage_type", "tax_code"):
        one = Used(
            row.line_id, row.category, row.usage_type, row.tax_code, row.records, row.inside, row.outside,
            Money(row.amount),
        )  # fmt: skip
        found[row.line_id] = (*found.get(row.line_id, ()), one)
    return found


def warnings(seen: Sequence[Seen]) -> tuple[Reached, ...]:
    """The thresholds that lines of one month reached, by line and time. Behind the wall those of bundles alone."""
    if not seen:
        return ()
    by_line, services = {one.line_id: one for one in seen}, _services(seen)
    rows = Alert.objects.filter(line_id__in=by_line, month=seen[0].month)
    found = []
    for row in rows.order_by("line_id", "event_at", "counter", "epoch", "threshold"):
        line_id = row.line_id or 0  # there is one: lines alone were asked for
        service, used = services.get((line_id, row.counter)), row.used
        if by_line[line_id].sight is Sight.EMPLOYER:
            if service is None or service == SPEND:
                continue
            used = min(used, row.allowance)
        found.append(Reached(line_id, row.counter, service or SPEND, row.threshold, used, row.allowance, row.event_at))
    return tuple(found)


def records_of(scope: Scope, seen: Seen, columns: pa.Schema = RATED) -> pa.Table:
    """The rated records of a line that was seen by the same scope, in its month, by (start, event key): of the user's
    own days; without other parties for who pays; none behind the wall. Raises store.SegmentDamaged."""
    if seen.sight is Sight.EMPLOYER:
        return columns.empty_table()
    table = store.rated_of_line(scope, seen.line_id, seen.month, columns=columns)
    return _masked(table) if seen.sight is Sight.PAID else _of_days(table, seen, scope.operator_id)


def as_of(seen: Iterable[Seen]) -> AsOf:
    """How fresh the usage of lines of one month is: of the account that was rated longest ago."""
    lines = list(seen)
    rows = Group.objects.defer("closing_state")
    groups = list(rows.filter(account_id__in={one.account_id for one in lines}, month=lines[0].month)) if lines else []
    times = [group.rated_at for group in groups if group.rated_at]
    whole = bool(lines) and all(one.sight is Sight.ALL for one in lines)
    return AsOf(
        rated_at=min(times, default=None),
        is_stale=any(group.stale_since for group in groups),
        is_closed=bool(groups) and all(group.closed_at for group in groups),
        rated_to=max((group.rated_to for group in groups if group.rated_to), default=None) if whole else None,
    )


class _Line(NamedTuple):
    """What is read of a line to decide on it."""

    pk: int
    public_id: str
    identifier: str
    kind: str
    account_id: int
    prices: str
    party_id: int
    party_kind: str


_READ = (
    "pk", "public_id", "identifier", "kind", "account_id", "account__prices", "account__party_id",
    "account__party__kind",
)  # fmt: skip


def _is_staff(scope: Scope) -> bool:
    """Staff on a page that is not opened for a customer."""
    return scope.party_ids is None and scope.account_ids is None and scope.line_ids is None and scope.private_part


def _within(scope: Scope) -> Q:
    mine = within(scope, "account")
    return mine | Q(operator_id=scope.operator_id, pk__in=scope.line_ids) if scope.line_ids else mine


def _sight(scope: Scope, line: _Line, split: SplitBill | None, days: Days, *, is_in_centre: bool) -> Sight | None:
    """The one place that decides."""
    if _is_staff(scope):
        return Sight.ALL
    pays = _pays(scope, line)
    if scope.line_ids and scope.sees_all_of(line.pk):
        if _is_home(scope, line):
            return Sight.ALL
        if days and (split is None or split.account_id in (scope.account_ids or ())):
            return Sight.ALL
    if not pays or not is_in_centre:
        return None
    return Sight.EMPLOYER if split else Sight.PAID


def _is_home(scope: Scope, line: _Line) -> bool:
    """A line of the reader's own household."""
    return _pays(scope, line) and line.party_kind == "household"


def _pays(scope: Scope, line: _Line) -> bool:
    if scope.account_ids is not None:
        return line.account_id in scope.account_ids
    return scope.party_ids is None or line.party_id in scope.party_ids


def _own_days(scope: Scope, line_ids: Sequence[int], first: date) -> Mapping[int, Days]:
    """On which days of the month the scope's person used each of these lines."""
    if scope.person_id is None:
        return {}
    found: dict[int, Days] = {}
    before = Period.month_of(first).end
    uses = LineUser.objects.filter(line_id__in=line_ids, person_id=scope.person_id, from_on__lt=before)
    for use in uses.exclude(to_on__lte=first).order_by("from_on"):
        found[use.line_id] = (*found.get(use.line_id, ()), (use.from_on, use.to_on))
    return found


def _in_cost_centres(scope: Scope, line_ids: Sequence[int]) -> frozenset[int | None] | None:
    """The lines of the scope's cost centres; None when it has no such bound."""
    if scope.cost_centre_ids is None:
        return None
    rows = Contract.objects.filter(line_id__in=line_ids, cost_centre_id__in=scope.cost_centre_ids)
    return frozenset(rows.values_list("line_id", flat=True))


def _taken(seen: Sequence[Seen]) -> Mapping[tuple[int, str], int]:
    """What lines took out of their bundles, by (line, counter): a gauge counts what flowed over as well."""
    if not seen:
        return {}
    groups = Group.objects.filter(account_id__in={one.account_id for one in seen}, month=seen[0].month)
    names, found = {str(one.line_id) for one in seen}, dict[tuple[int, str], int]()
    for state in groups.values_list("closing_state", flat=True):
        of_these = {line: kept for line, kept in state.get("lines", {}).items() if line in names}
        for line_id, line in State.from_json(of_these).lines.items():
            found |= {(line_id, code): taken for code, taken in line.taken.items()}
    return found


def _services(seen: Sequence[Seen]) -> Mapping[tuple[int, str], str]:
    rows = Counter.objects.filter(line_id__in=[one.line_id for one in seen], group__month=seen[0].month)
    return {(line, code): service for line, code, service in rows.values_list("line_id", "code", "service")}


def _masked(table: pa.Table) -> pa.Table:
    """Without the numbers of other parties."""
    if "other" not in table.column_names:
        return table
    other = table["other"]
    short = pc.less(pc.utf8_length(other), _SHORTEST)
    shown = pc.if_else(short, "", pc.utf8_slice_codeunits(other, 0, _SHOWN))
    hidden = pc.if_else(pc.equal(other, ""), "", pc.binary_join_element_wise(shown, "•••", ""))
    return table.set_column(table.schema.get_field_index("other"), RATED.field("other"), hidden)


def _of_days(table: pa.Table, seen: Seen, operator_id: int) -> pa.Table:
    """The records of the user's own days."""
    month = Period.month_of(seen.month)
    if seen.days is None or any(start <= month.start and (end or date.max) >= month.end for start, end in seen.days):
        return table
    zone = zone_of(operator_id)
    own = pa.array([False] * len(table), pa.bool_())
    for start, end in seen.days:
        part = pc.greater_equal(table["start"], _instant(start, zone))
        if end is not None:
            part = pc.and_(part, pc.less(table["start"], _instant(end, zone)))
        own = pc.or_(own, part)
    return table.filter(own)


def _instant(day: date, zone: ZoneInfo) -> pa.Scalar:
    return pa.scalar(datetime.combine(day, time(), zone), RATED.field("start").type)
