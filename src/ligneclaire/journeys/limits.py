"""How a line's spending is held, as pages show it: ceilings with what going on costs, blocks, and what was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from ligneclaire.domains.catalogue import queries as catalogue
from ligneclaire.domains.catalogue.rules.tariff import Rate
from ligneclaire.domains.lines.models import Control
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage.queries import limits, wall
from ligneclaire.domains.usage.queries.limits import Ceiling, Limits
from ligneclaire.domains.usage.queries.wall import AsOf
from ligneclaire.domains.usage.rules.instants import instant_of, micros
from ligneclaire.domains.usage.rules.terms import ALWAYS
from ligneclaire.journeys import usage_explorer
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope

BY_ZONE = 8  # prices of more places are told from the least to the most
PER = {"voice": (60, "minute"), "special": (60, "minute"), "data": (10**6, "megabyte"), "sms": (1, "message"),
       "mms": (1, "message")}  # fmt: skip
_NEAR = 80  # percent


@dataclass(frozen=True, slots=True)
class Price:
    """What usage costs where a ceiling would stop it: of a `service` in a `zone` ("" = in all), per unit, from the
    least to the most."""

    service: str
    zone: str
    per: str
    least: Money
    most: Money


@dataclass(frozen=True, slots=True)
class Gauge:
    """A ceiling. `state`: "stopped", "stops", "agreed" (until `until`, None = until it is taken back) or "warns"."""

    name: str
    limit: Money
    used: Money
    with_tax: bool
    percent: int
    state: str
    until: date | None
    prices: tuple[Price, ...]

    @property
    def of_one_service(self) -> bool:
        """Whether the prices are of one service in several places, which need not name it each time."""
        return len({one.service for one in self.prices}) == 1 and all(one.zone for one in self.prices)

    @property
    def width(self) -> int:
        """Of the drawing, in percent."""
        return min(self.percent, 100)

    @property
    def tone(self) -> str:
        """Look here before it is reached; stop from there on."""
        return "stop" if self.percent >= 100 else "warn" if self.percent >= _NEAR else ""


@dataclass(frozen=True, slots=True)
class Block:
    """What can be blocked: whether the reader's side did, and whether the other did."""

    what: str
    is_mine: bool
    by_other: bool


@dataclass(frozen=True, slots=True)
class Word:
    """Something that was said of the line's spending, with its instant in local time."""

    at: datetime
    kind: str
    subject: str
    on: bool
    amount: Money | None
    stops: bool
    month: date | None
    side: str
    channel: str
    why: str

    @property
    def amount_text(self) -> str:
        """As texts take it."""
        return "" if self.amount is None else f"{self.amount.amount:.2f}"

    @property
    def code(self) -> str:
        """The text that says it."""
        how = {"cap": "-stops" if self.stops else "-warns", "agreement": "-month" if self.month else "-open"}
        return f"usage.said.{self.kind}-{'on' if self.on else 'off'}{how.get(self.kind, '') if self.on else ''}"


@dataclass(frozen=True, slots=True)
class LimitsPage:
    """A line's limits. `decides`: the reader decides on caps and agreements; `blocks` what he may block, empty when he
    may not; `sees_money`: nothing of spending is told of a shared line to who does not pay it. `prices`: "inclusive" or
    "exclusive" of tax; `as_of`: by when spending is counted."""

    public_id: str
    number: str
    is_company: bool
    is_split: bool
    sees_money: bool
    decides: bool
    may_block: bool
    gauges: tuple[Gauge, ...]
    own: Money | None
    own_stops: bool
    blocks: tuple[Block, ...]
    log: tuple[Word, ...]
    prices: str
    month: date
    as_of: AsOf

    @property
    def stopped(self) -> tuple[Gauge, ...]:
        """The ceilings that stop usage right now."""
        return tuple(one for one in self.gauges if one.state == "stopped")


def limits_page(scope: Scope, public_id: str, on: date, at: datetime, lang: str) -> LimitsPage:
    """The limits of a line on a day. Raises NotFound."""
    found = limits.limits_of(scope, public_id, on, at)
    operator, line = Operator.objects.get(pk=scope.operator_id), found.say.line
    zone, names = ZoneInfo(operator.timezone), catalogue.zone_names(operator.pk, lang, on)
    return LimitsPage(
        public_id=line.public_id,
        number=usage_explorer.number_of(found.say.seen, operator),
        is_company=line.account.party.kind == "company",
        is_split=found.say.seen.is_split,
        sees_money=found.say.sees_money,
        decides=found.say.side is not None,
        may_block=found.say.blocks is not None,
        gauges=tuple(_gauge(one, found, at, zone, names) for one in found.ceilings),
        own=Money.from_micro(found.own.amount) if found.own else None,
        own_stops=bool(found.own and found.own.stops),
        blocks=tuple(_blocks(found)),
        log=tuple(_word(one, zone) for one in found.log),
        prices=line.account.prices,
        month=on.replace(day=1),
        as_of=wall.as_of([found.say.seen]),
    )


def _gauge(one: Ceiling, found: Limits, at: datetime, zone: ZoneInfo, names: Mapping[str, str]) -> Gauge:
    until = None
    if one.until_us is not None and one.until_us < ALWAYS[1]:
        until = (instant_of(one.until_us).astimezone(zone) - timedelta(days=1)).date()
    state = (
        "stopped" if one.stops and one.is_reached else "stops" if one.stops else "agreed" if one.may_stop else "warns"
    )
    prices = _prices(found, one, at, names) if one.may_stop else ()
    return Gauge(one.name, one.limit, one.used.rounded_down(), one.with_tax, one.percent, state, until, prices)


def _prices(found: Limits, one: Ceiling, at: datetime, names: Mapping[str, str]) -> tuple[Price, ...]:
    """What the plan of now asks for what the ceiling concerns, beside the bundles; the cheapest first."""
    tariff = next((tariff for start, tariff in reversed(found.in_force.tariffs) if start <= micros(at)), None)
    rates = [
        rate
        for (service, zone, _band), rate in (tariff.rates if tariff else {}).items()
        if service in PER and zone in one.zones and (not one.services or service in one.services) and rate.price
    ]
    places = {(rate.service, rate.zone) for rate in rates}
    by_zone = len(places) <= BY_ZONE
    prices = []
    for service, zone in places if by_zone else {(service, "") for service, _zone in places}:
        some = [_per(rate) for rate in rates if rate.service == service and (not zone or rate.zone == zone)]
        prices.append(Price(service, names.get(zone, ""), PER[service][1], min(some), max(some)))
    return tuple(sorted(prices, key=lambda price: (price.service, price.most, price.zone)))


def _per(rate: Rate) -> Money:
    return Money.from_micro(rate.price) * Fraction(PER[rate.service][0], rate.unit)


def _blocks(found: Limits) -> Iterable[Block]:
    for one in found.blocks:
        sides = {side for side, _since in one.by}
        yield Block(one.what, found.say.blocks in sides, bool(sides - {found.say.blocks}))


def _word(one: Control, zone: ZoneInfo) -> Word:
    return Word(
        one.at.astimezone(zone), one.kind, one.subject, one.on, None if one.amount is None else Money(one.amount),
        one.stops, one.month, one.side, one.channel, one.why,
    )  # fmt: skip
