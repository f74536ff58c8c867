"""The month of a line as its own user sees it: what is left, the pace, each day, warnings, and what the employer pays.

Everything passes the wall (`usage.queries.wall`), and only a line that may be seen whole has such a page (FMP-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.billing.queries import private
from ligneclaire.domains.billing.queries.private import PrivatePart
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.lines import queries as lines
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.domains.rulebook.versions import Rulebook
from ligneclaire.domains.usage.policies import UsageAlerts
from ligneclaire.domains.usage.queries import notices, own, wall
from ligneclaire.domains.usage.queries.notices import Warned
from ligneclaire.domains.usage.queries.own import Day, Kind, Standing
from ligneclaire.domains.usage.queries.wall import Seen, Sight
from ligneclaire.domains.usage.rules import pace
from ligneclaire.journeys import own_share
from ligneclaire.journeys.own_share import Share
from ligneclaire.journeys.usage_explorer import number_of
from ligneclaire.kernel.money import Money, sum_money
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.scope import Scope

DATA, VOICE = "data", "voice"
ORDER = (DATA, VOICE, "special", "sms", "mms")


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads: the person, the scope with the lines of before, the operator with its rules, the language and
    the moment."""

    person: Person
    scope: Scope
    operator: Operator
    book: Rulebook
    lang: str
    at: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The operator's clock."""
        return ZoneInfo(self.operator.timezone)

    @property
    def on(self) -> date:
        """The local day."""
        return self.at.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Gauge:
    """An allowance: what is used and left of it, the promised warnings in percent, and the pace.

    `used` counts also what went beyond. `reached_on`: the day on which it will be used up at this pace, None when it
    lasts; `has_pace`: whether that can be said at all.
    """

    code: str
    service: str
    used: int
    allowance: int
    thresholds: tuple[int, ...]
    next_threshold: int | None
    has_pace: bool
    reached_on: date | None

    @property
    def percent(self) -> int:
        """Whole percent, rounded down."""
        return self.used * 100 // self.allowance

    @property
    def left(self) -> int:
        """What is left, never below nothing."""
        return max(0, self.allowance - self.used)

    @property
    def beyond(self) -> int:
        """What was used beyond it."""
        return max(0, self.used - self.allowance)

    @property
    def tone(self) -> str:
        """Look here from the first promised warning on; stop when it is used up."""
        if self.used >= self.allowance:
            return "stop"
        return "warn" if self.thresholds and self.percent >= self.thresholds[0] else ""


@dataclass(frozen=True, slots=True)
class Told:
    """A warning that the reader was sent, with each way and when it left (None: it waits, or was switched off)."""

    service: str
    threshold: int
    allowance: int
    event_at: datetime
    ways: tuple[tuple[str, datetime | None, str], ...]


@dataclass(frozen=True, slots=True)
class OwnMonth:
    """One month of one line. `standing` is None when nothing has come in yet; `plotted` is the service that the days
    show; amounts are in the price mode of the account that pays the line (`prices`)."""

    line: Seen
    number: str
    others: tuple[tuple[str, str], ...]
    month: date
    is_running: bool
    ends_on: date
    standing: Standing | None
    gauges: tuple[Gauge, ...]
    kinds: tuple[Kind, ...]
    plotted: str
    days: tuple[Day, ...]
    told: tuple[Told, ...]
    prices: str
    is_household: bool
    share: Share | None
    private: PrivatePart | None
    months: tuple[date, ...]

    @property
    def amount(self) -> Money:
        """All that was charged beside the bundles, exact."""
        return sum_money(one.amount for one in self.kinds)

    @property
    def main(self) -> Gauge | None:
        """The allowance that the heading speaks of."""
        return self.gauges[0] if self.gauges else None


def reading(person: Person, scope: Scope, operator: Operator, lang: str, at: datetime) -> Reading:
    """A reader of own lines: also of those of before, on the days of then."""
    book = rulebook.book_of(operator.pk)
    return Reading(person, lines.with_history(scope, person), operator, book, lang, at)


def seen_in(reader: Reading, month: date, public_id: str = "") -> Seen:
    """The line of that id, or the first one, in a month. Raises NotFound unless the reader may see all of it."""
    return _first(_own(reader, month), public_id)


def own_month(reader: Reading, month: date, public_id: str = "") -> OwnMonth:
    """A month of a line: that of the id, or the first one. Raises NotFound, store.SegmentDamaged."""
    mine = _own(reader, month)
    seen = _first(mine, public_id)
    period = Period.month_of(month)
    months = own.months(seen, reader.person.pk)
    standing = next((one for one in months if one.month == period.start and one.revision), None)
    account = Account.objects.select_related("party", "legal_entity").get(pk=seen.account_id)
    table = wall.records_of(reader.scope, seen, own.SUMMED)
    kinds = own.kinds(table)
    gauges = _gauges(reader, seen, standing)
    plotted = _plotted(seen, gauges, kinds)
    splits = private.splits_of(reader.scope)
    return OwnMonth(
        line=seen,
        number=number_of(seen, reader.operator),
        others=tuple((one.public_id, number_of(one, reader.operator)) for one in mine if one.line_id != seen.line_id),
        month=period.start,
        is_running=period.contains(reader.on),
        ends_on=period.end - timedelta(days=1),
        standing=standing,
        gauges=gauges,
        kinds=kinds,
        plotted=plotted,
        days=_days(reader, table, plotted, period),
        told=_told(reader, seen, gauges),
        prices=account.prices,
        is_household=account.party.kind == "household",
        share=own_share.share_of(splits, seen, account, kinds, reader.lang),
        private=private.private_part_of(reader.scope, reader.on, reader.book, splits),
        months=_other_months(reader, seen, months),
    )


def _own(reader: Reading, month: date) -> list[Seen]:
    found = wall.lines_in(reader.scope, month, line_ids=reader.scope.line_ids or ())
    return [one for one in found if one.sight is Sight.ALL and one.kind in lines.USED]


def _first(mine: Sequence[Seen], public_id: str) -> Seen:
    found = next((one for one in mine if not public_id or one.public_id == public_id), None)
    if found is None:
        raise NotFound(public_id)
    return found


def _gauges(reader: Reading, seen: Seen, standing: Standing | None) -> tuple[Gauge, ...]:
    """The bundles of the line; none for who had it before in that month, since they tell what the next one used."""
    if standing is None or _left_it(reader, seen):
        return ()
    found = wall.gauges([seen]).get(seen.line_id, ())
    policy = reader.book.in_force(UsageAlerts, seen.month)
    thresholds = policy.value.alert_thresholds if policy else ()
    some = [one for one in found if not one.is_spend and one.allowance]
    some.sort(key=lambda one: ((*ORDER, one.service).index(one.service), one.code))
    return tuple(_gauge(reader, seen, standing, one, thresholds) for one in some)


def _left_it(reader: Reading, seen: Seen) -> bool:
    ends, after = [end for _start, end in seen.days or ()], Period.month_of(seen.month).end
    return bool(ends) and all(end is not None and end <= reader.on and end < after for end in ends)


def _gauge(reader: Reading, seen: Seen, standing: Standing, one: wall.Gauge, thresholds: tuple[int, ...]) -> Gauge:
    period = Period.month_of(seen.month)
    first = max(period.start, min((start for start, _end in seen.days or ()), default=period.start))
    begun, ends = (datetime.combine(day, time(), reader.zone) for day in (first, period.end))
    now = standing.rated_at or begun
    running = period.contains(reader.on)
    told = running and pace.is_told(one.used, begun, now)
    reached = pace.reached_at(one.used, one.allowance, begun, now, ends) if told else None
    return Gauge(
        one.code, one.service, one.used, one.allowance, thresholds,
        next((each for each in thresholds if one.used * 100 < each * one.allowance), None) if running else None,
        told, reached.astimezone(reader.zone).date() if reached else None,
    )  # fmt: skip


def _plotted(seen: Seen, gauges: Sequence[Gauge], kinds: Sequence[Kind]) -> str:
    """What the days show: data where there is any, else calls."""
    services = {one.service for one in gauges} | {one.service for one in kinds}
    return DATA if DATA in services or seen.kind == "mobile" else VOICE


def _days(reader: Reading, table: pa.Table, service: str, period: Period) -> tuple[Day, ...]:
    last = min(period.end, max(reader.on + timedelta(days=1), period.start))
    return own.by_day(table, service, Period(period.start, last), reader.zone)


def _told(reader: Reading, seen: Seen, gauges: Sequence[Gauge]) -> tuple[Told, ...]:
    """The warnings that went to the reader, in their order."""
    services = {one.code: one.service for one in gauges}
    found: dict[tuple[object, ...], list[Warned]] = {}
    for one in notices.warned([seen.line_id], [seen.month]):
        if one.person_id == reader.person.pk:
            found.setdefault((one.counter, one.threshold, one.allowance, one.event_at), []).append(one)
    return tuple(
        Told(
            services.get(some[0].counter, "spend"), some[0].threshold, some[0].allowance, some[0].event_at,
            tuple((one.channel, one.sent_at, one.outcome) for one in some),
        )
        for some in found.values()
    )  # fmt: skip


def _other_months(reader: Reading, seen: Seen, months: Sequence[Standing]) -> tuple[date, ...]:
    """The other months that were rated so far, with a day of the reader's use; of his household's line all of them."""
    rated = (one for one in months if one.revision and one.month <= reader.on and one.month != seen.month)
    return tuple(one.month for one in rated if one.is_used or seen.days is None)
