"""A tariff as the facts of the decision `usage-charge` give it (docs/rating.md), and the same as a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from datetime import time
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ligneclaire.domains.catalogue.rules.tariff import Bundle, PeakTimes, Rate, Tariff
from ligneclaire.kernel.decision import Fault, Record
from ligneclaire.kernel.facts import Flag, Text, UnitPrice
from ligneclaire.kernel.money import Money

Units = Annotated[int, Field(strict=True, ge=0, le=10**15)]
Unit = Annotated[int, Field(strict=True, ge=1, le=10**15)]
Weekday = Annotated[int, Field(strict=True, ge=1, le=7)]
Clock = Annotated[str, Field(strict=True, pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", examples=["08:00"])]
Digits = Annotated[str, Field(strict=True, pattern=r"^\d{1,15}$", examples=["324"])]
Country = Annotated[str, Field(strict=True, pattern=r"^[A-Z]{2}$", examples=["FR"])]
Band = Literal["any", "peak", "off-peak"]
Service = Literal["voice", "sms", "mms", "data", "special", "third-party"]
NOTHING = Money.of("0")


def _not_negative(price: Money) -> Money:
    from pydantic_core import PydanticCustomError

    if price.amount < 0:
        raise PydanticCustomError("money_negative", "this amount can't be negative")
    return price


Cost = Annotated[UnitPrice, AfterValidator(_not_negative)]


class PrefixFact(Record):
    """Numbers that begin so belong to a zone; a short code is written as it is dialled."""

    prefix: Digits
    zone: Text


class TierFact(Record):
    """What lies above a quantity of the month has this price."""

    above: Unit
    price: Cost


class RateFact(Record):
    """The price per `unit` of a service in a zone and band; `first` and `next` are its increments. Rates with `tiers`
    and the same `count` are priced by their quantity together, from nothing on."""

    service: Service
    zone: Text
    band: Band = "any"
    price: Cost
    unit: Unit = 1
    first: Unit = 1
    next: Unit = 1
    fee: Cost = NOTHING
    minimum: Cost = NOTHING
    flags: list[Literal["free", "emergency"]] = []
    call_fee: Cost = NOTHING
    minute_fee: Cost = NOTHING
    usage_type: Text | None = None
    tiers: list[TierFact] = []
    count: Text | None = None

    def rate(self) -> Rate:
        """The same as a value, in micro-euro."""
        return Rate(
            service=self.service,
            zone=self.zone,
            band=self.band,
            price=self.price.micro,
            unit=self.unit,
            first=self.first,
            next=self.next,
            fee=self.fee.micro,
            minimum=self.minimum.micro,
            flags=frozenset(self.flags),
            call_fee=self.call_fee.micro,
            minute_fee=self.minute_fee.micro,
            usage_type=self.usage_type or "",
            tiers=tuple((one.above, one.price.micro) for one in self.tiers),
            count=self.count or "",
        )


class BundleFact(Record):
    """An allowance of services in zones; the lowest priority is used first. With a `day_price` it is a day pass: bought
    by the first record of a local day that takes from it, after all other bundles; its size is that of one day."""

    code: Text
    services: Annotated[list[Service], Field(min_length=1)]
    zones: Annotated[list[Text], Field(min_length=1)]
    size: Units
    priority: Units = 1
    band: Band = "any"
    day_price: Cost | None = None

    def bundle(self) -> Bundle:
        """The same as a value."""
        services, zones = frozenset[str](self.services), frozenset(self.zones)
        day_price = None if self.day_price is None else self.day_price.micro
        return Bundle(self.code, services, zones, self.size, self.priority, self.band, day_price=day_price)


class PeakFact(Record):
    """When peak is: ISO weekdays, from a local time (included) to another (excluded)."""

    weekdays: list[Weekday]
    start: Annotated[Clock, Field(alias="from")]
    end: Annotated[Clock, Field(alias="to")]
    holidays_off: Flag = False

    def peak(self) -> PeakTimes:
        """The same as a value; 24:00 is midnight."""
        end = time.fromisoformat(self.end) if self.end != "24:00" else time()
        return PeakTimes(frozenset(self.weekdays), time.fromisoformat(self.start), end, self.holidays_off)


class RouteFact(Record):
    """Calls from a visited country (or its zone) to a zone belong to a zone of their own."""

    visited: Text
    to: Text
    zone: Text


class TariffFact(Record):
    """A price list with its deck. `short`: codes as dialled, `visited`: countries, each with its zone."""

    prefixes: list[PrefixFact] = []
    rates: list[RateFact]
    bundles: list[BundleFact] = []
    peak: PeakFact | None = None
    visited: dict[Country, Text] = {}
    routes: list[RouteFact] = []
    short: dict[Digits, Text] = {}

    def tariff(self) -> Tariff:
        """The same as a value."""
        rates = [one.rate() for one in self.rates]
        return Tariff(
            prefixes={one.prefix: one.zone for one in self.prefixes},
            rates={(rate.service, rate.zone, rate.band): rate for rate in rates},
            peak=self.peak.peak() if self.peak else None,
            visited=self.visited,
            routes={(one.visited, one.to): one.zone for one in self.routes},
            short=self.short,
            code="tariff",
        )

    def faults(self) -> Iterator[Fault]:
        """What is wrong although each part alone is right: two zones for one prefix, two prices for one place."""
        yield from _twice("tariff.prefixes", "prefix", (one.prefix for one in self.prefixes))
        yield from _twice("tariff.rates", "zone", ((one.service, one.zone, one.band) for one in self.rates))
        yield from _twice("tariff.bundles", "code", (one.code for one in self.bundles))
        yield from _twice("tariff.routes", "to", ((one.visited, one.to) for one in self.routes))
        for place, rate in enumerate(self.rates):
            above = [one.above for one in rate.tiers]
            if bool(above) is not bool(rate.count):
                missing = "count" if above else "tiers"
                yield Fault("rulebook.fault.missing", f"tariff.rates[{place}].{missing}")
            if above != sorted(set(above)):
                yield Fault("usage.fault.tiers-ascend", f"tariff.rates[{place}].tiers")
        if self.peak and self.peak.end <= self.peak.start and self.peak.end != "00:00":
            yield Fault("usage.fault.peak-ends-before", "tariff.peak.to", {"start": self.peak.start})


def _twice(where: str, key: str, values: Iterable[Hashable]) -> Iterator[Fault]:
    seen: Counter[Hashable] = Counter()
    for place, value in enumerate(values):
        seen[value] += 1
        if seen[value] == 2:
            yield Fault("rulebook.fault.twice", f"{where}[{place}].{key}")
