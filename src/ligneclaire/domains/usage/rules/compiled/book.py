"""What an operator sells, as arrays: tariffs and decks are compiled once, and remembered (RAT-03, RAT-09, RAT-10).

A book only grows. Tariffs are known by identity, because a catalogue keeps one object for each version; what several
tariffs share (numbers, codes, countries, routes) is compiled once as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import time
from typing import Any

import numpy as np

from ligneclaire.domains.catalogue.rules.tariff import ANY, EMERGENCY, FREE, OFF_PEAK, PEAK, PeakTimes, Rate, Tariff
from ligneclaire.domains.rulebook.decks import EMERGENCY_NUMBERS
from ligneclaire.domains.usage.rules.columns import DATA, MMS, SPECIAL, THIRD_PARTY
from ligneclaire.domains.usage.rules.compiled import columns, words
from ligneclaire.domains.usage.rules.compiled.columns import MOST, NEVER, NONE, Array, Book, Table
from ligneclaire.domains.usage.rules.compiled.coverage import Coverage
from ligneclaire.domains.usage.rules.compiled.digits import Trees
from ligneclaire.domains.usage.rules.compiled.places import DAY, route_key
from ligneclaire.domains.usage.rules.compiled.prices import MINUTE
from ligneclaire.domains.usage.rules.compiled.words import Names

FREE_RATE = (0, 1, 1, 1, 0, 0, 0, 0, NEVER, 0, NONE, 0, 0, NONE)  # of what has no rate: costs nothing, in single units
LARGEST = 10**15  # millionths of a euro, and units: far above any bill
NAMED = {SPECIAL: "special-number", THIRD_PARTY: "premium", MMS: "mms"}
_BANDS = {OFF_PEAK: (0,), PEAK: (1,), ANY: (0, 1)}


class TooDear(ValueError):
    """A price that whole numbers of 64 bits can't multiply, or an allowance that they can't count: the tariff must
    price a smaller unit."""


class Shelf:
    """The parts of a book while it grows."""

    def __init__(self) -> None:
        self.zones, self.types, self.plans = Names(words.ZONES), Names(), Names()
        self.countries = Names(["elsewhere"])  # number 0; no country is called so
        self.homes = Names()
        self.coverage = Coverage(self.zones)
        self._trees = Trees()
        self.counts = Names()
        self._rates: list[tuple[int, ...]] = [FREE_RATE]
        self._tiers: list[tuple[int, int]] = []
        self._counted: list[tuple[int, ...]] = []  # by each deck
        self._places: list[tuple[int, int, int, int, int]] = []  # deck, service, zone, band, rate
        self._decks: list[tuple[int, ...]] = []
        self._peaks: list[tuple[int, ...]] = []
        self._heads: list[Table] = []
        self._visited: list[tuple[int, int, int]] = []  # set, country, zone
        self._routes: dict[int, int] = {}
        self._known: dict[tuple[str, int], tuple[int, Any]] = {}  # (kind, identity) -> number, and the object itself
        self._met: Counter[str] = Counter()  # how many of a kind there are
        self._book: tuple[tuple[int, ...], Book] | None = None

    def deck(self, tariff: Tariff) -> int:
        """The number of a tariff. Raises TooDear, ValueError."""
        known = self._known.get(("deck", id(tariff)))
        if known is not None:
            return known[0]
        tree, heads = self._prefixes(tariff)
        number = len(self._decks)
        peak = NONE if tariff.peak is None else self._once("peak", tariff.peak, self._peak)
        short = self._once("short", tariff.short, self._short) if tariff.short else NONE
        visited = self._once("visited", tariff.visited, self._abroad)
        routes = self._once("routes", tariff.routes, self._route)
        rates = [
            (place, rate, self._once("rate", rate, self._rate, tariff.code)) for place, rate in tariff.rates.items()
        ]
        for (service, zone, band), _, rate in sorted(rates, key=lambda one: one[0][2] != ANY):  # the exact band wins
            if service in words.SERVICE:
                at = words.SERVICE[service], self.zones.of(zone)
                self._places += [(number, *at, each, rate) for each in _BANDS[band]]
        self._decks.append((tree, heads, short, visited, routes, peak, self.plans.of(tariff.code)))
        self._counted.append(tuple(sorted({self.counts.of(one.count) for one in tariff.rates.values() if one.count})))
        self._known["deck", id(tariff)] = number, tariff
        return number

    def counted(self, deck: int) -> tuple[int, ...]:
        """What is counted for the tiers of a tariff."""
        return self._counted[deck]

    def home(self, country: str) -> tuple[int, int]:
        """The operator's own country: as a home and as a country."""
        return self.homes.of(country), self.countries.of(country)

    def __len__(self) -> int:
        return len(self._decks)

    def book(self) -> Book:
        """Everything so far as arrays; made anew only after something was added."""
        grown = (len(self._decks), len(self.zones), len(self.countries), len(self.homes), len(self.coverage))
        if self._book is None or self._book[0] != grown:
            self._book = grown, self._made()
        return self._book[1]

    def _made(self) -> Book:
        type_at = self._type_at()
        return Book(
            rates=columns.table(columns.RATE, self._rates),
            tiers=columns.table(columns.TIER, self._tiers),
            rate_at=_placed(self._places, (max(len(self._decks), 1), len(words.SERVICES), len(self.zones), 2)),
            type_at=type_at,
            decks=columns.table(columns.DECK, self._decks),
            peaks=columns.table(columns.PEAK, self._peaks),
            heads=np.stack(self._heads).view(np.recarray)
            if self._heads
            else np.zeros((1, 1), columns.HEAD).view(np.recarray),
            urgent=self._urgent(),
            nodes=self._trees.array(),
            visited=_placed(self._visited, (max(self._met["visited"], 1), len(self.countries))),
            routes=columns.table(columns.ROUTE, sorted(self._routes.items())),
            covers=self.coverage.array(),
        )

    def _once(self, kind: str, value: Any, make: Any, *more: Any) -> int:
        """The number of a part, made when it is met first."""
        known = self._known.get((kind, id(value)))
        if known is None:
            known = self._known[kind, id(value)] = make(value, *more), value
            self._met[kind] += 1
        return known[0]

    def _prefixes(self, tariff: Tariff) -> tuple[int, int]:
        heads = self._once("prefixes", tariff.prefixes, self._prefix)
        return self._known["tree", id(tariff.prefixes)][0], heads

    def _prefix(self, prefixes: Mapping[str, str]) -> int:
        tree = self._trees.plant({prefix: self.zones.of(zone) for prefix, zone in prefixes.items() if prefix})
        self._known["tree", id(prefixes)] = tree, prefixes
        self._heads.append(self._trees.heads(tree))
        return len(self._heads) - 1

    def _short(self, short: Mapping[str, str]) -> int:
        return self._trees.plant({code: self.zones.of(zone) for code, zone in short.items() if code})

    def _abroad(self, visited: Mapping[str, str]) -> int:
        number = self._met["visited"]
        self._visited += [(number, self.countries.of(one), self.zones.of(zone)) for one, zone in visited.items()]
        return number

    def _route(self, routes: Mapping[tuple[str, str], str]) -> int:
        number = self._met["routes"]
        for (origin, target), zone in routes.items():
            if zone:
                both = 2 * self.countries.of(origin), 2 * self.zones.of(origin) + 1
                for one in both:  # its name says either a country or a zone
                    self._routes[int(route_key(number, one, self.zones.of(target)))] = self.zones.of(zone)
        return number

    def _peak(self, peak: PeakTimes) -> int:
        weekdays = sum(1 << day - 1 for day in peak.weekdays)
        begins, ends = _of_day(peak.start), _of_day(peak.end) if peak.end.hour or peak.end.minute else DAY
        self._peaks.append((weekdays, begins, ends, int(peak.holidays_off)))
        return len(self._peaks) - 1

    def _rate(self, rate: Rate, plan: str) -> int:
        check(rate, plan)
        flag = words.IS_EMERGENCY if EMERGENCY in rate.flags else words.IS_FREE if FREE in rate.flags else 0
        kind = self.types.of(rate.usage_type) if rate.usage_type else NONE
        numbers = (rate.price, rate.unit, rate.first, rate.next, rate.fee, rate.minimum, rate.call_fee, rate.minute_fee)
        tier, count = len(self._tiers), self.counts.of(rate.count) if rate.count else NONE
        self._tiers += rate.tiers
        self._rates.append((*numbers, most_of(rate), flag, kind, tier, len(rate.tiers), count))
        return len(self._rates) - 1

    def _type_at(self) -> Array:
        """What usage is called when its rate does not say it, as the decision split-bill names it."""
        found = np.empty((max(len(self.homes), 1), len(words.SERVICES), len(self.zones), 2), np.int32)
        for country, home in self.homes.number.items():
            own = [zone in (words.ZONES[:2]) or zone.partition("-")[0] == country.lower() for zone in self.zones.all()]
            for service, number in words.SERVICE.items():
                named = NAMED.get(service)
                at_home = np.array([one or service == DATA for one in own])
                here, there = (self.types.of(named or f"{service}-{one}") for one in ("national", "international"))
                found[home, number, :, 0] = np.where(at_home, here, there)
                found[home, number, :, 1] = self.types.of(named or f"{service}-roaming")
        return found

    def _urgent(self) -> Array:
        """For each country the tree of its emergency numbers."""
        trees = {country: self._once("urgent", numbers, self._plant_urgent, EMERGENCY_NUMBERS[""] | numbers)
                 for country, numbers in EMERGENCY_NUMBERS.items()}  # fmt: skip
        return np.array([trees.get(country, trees[""]) for country in self.countries.all()], np.int32)

    def _plant_urgent(self, _: Any, numbers: frozenset[str]) -> int:
        return self._trees.plant(dict.fromkeys(numbers, words.ZONE_EMERGENCY))


def check(rate: Rate, plan: str) -> None:
    """Refuse a rate whose price the loop could not multiply without wrapping. Raises TooDear, ValueError."""
    where = f"plan {plan}: {rate.service} in zone {rate.zone}"
    numbers = (*rate.prices, rate.fee, rate.minimum, rate.call_fee, rate.minute_fee)
    begins = [above for above, _ in rate.tiers]
    if min(numbers) < 0 or min(rate.unit, rate.first, rate.next) < 1:
        raise ValueError(f"{where}: a price is not negative, a unit and an increment are at least 1")
    if begins != sorted({one for one in begins if 0 < one < MOST}) or bool(begins) is not bool(rate.count):
        raise ValueError(f"{where}: tiers ascend from above zero, and are counted by a name")
    if 2 * max(rate.prices) * rate.unit + rate.unit >= MOST or 2 * rate.minute_fee * MINUTE >= MOST:
        raise TooDear(f"{where}: a price of {max(rate.prices)} millionths of a euro for {rate.unit} units is too large")
    if max(rate.fee, rate.minimum, rate.call_fee, rate.first, rate.next) > LARGEST:
        raise TooDear(f"{where}: a fee, a minimum or an increment above {LARGEST} is too large")


def most_of(rate: Rate) -> int:
    """The largest quantity that any bill can say the price of."""
    price = max(rate.prices)
    by_price = LARGEST * rate.unit // price if price else NEVER
    by_minute = LARGEST * MINUTE // rate.minute_fee if rate.minute_fee else NEVER
    return min(by_price, by_minute, NEVER)


def _of_day(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 10**6


def _placed(found: list[Any], shape: tuple[int, ...]) -> Array:
    """An array of NONE but for the numbers found: (place, ..., number); of two for one place the later one."""
    made = np.full(shape, NONE, np.int32)
    if found:
        *at, number = np.array(found, np.int64).T
        made[tuple(at)] = number
    return made
