"""What usage costs, as values: zones by number and country, rates, allowances, time bands (docs: rating, RAT-03 to
RAT-10). Prices are whole millionths of a euro, because rating adds exact integers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from ligneclaire.domains.rulebook.decks import EMERGENCY_NUMBERS

ANY, PEAK, OFF_PEAK = "any", "peak", "off-peak"
HOME = "home"  # the zone of data and of incoming usage in the operator's own country
FREE, EMERGENCY = "free", "emergency"  # flags of a rate (RAT-09); EMERGENCY is a zone as well
ACCOUNT, CENTRE, HOLDERS = "account", "cost-centre", "holders"  # who shares a bundle
LONGEST_SHORT = 6  # digits of a short code; no number in E.164 with its country's code is that short


@dataclass(frozen=True, slots=True)
class Rate:
    """The price of a service in a zone and time band. `price` is per `unit` (seconds, octets or pieces); `first` and
    `next` are the increments (RAT-04). A special number has a service part, never in a bundle (RAT-10): `call_fee` per
    call and `minute_fee` per 60 seconds of billed quantity.

    `tiers`: (quantity, price) ascending: what lies above that quantity of the month has that price. The month's
    quantity is what all rates of the same `count` priced for a line."""

    service: str
    zone: str
    band: str
    price: int
    unit: int
    first: int = 1
    next: int = 1
    fee: int = 0
    minimum: int = 0
    flags: frozenset[str] = frozenset()
    call_fee: int = 0
    minute_fee: int = 0
    usage_type: str = ""  # as the decision split-bill names it; "" = by service and zone
    tiers: tuple[tuple[int, int], ...] = ()
    count: str = ""

    @property
    def prices(self) -> tuple[int, ...]:
        """Its price and those of its tiers."""
        return self.price, *(price for _, price in self.tiers)


@dataclass(frozen=True, slots=True)
class Bundle:
    """An allowance of a plan or an option (RAT-05). `code` names the counter: bundles with one code add up.

    `shared`: who takes from it beside the line that has it, first come first served: all lines of the account, those of
    its cost centre, or those that have a bundle of the same code ("" = nobody). `rollover`: for how many months what is
    left of it stays, at most its size. `day_price`: it is a day pass, bought by the first record of a local day that
    takes from it, for what is left after all other bundles; its size is that of one day."""

    code: str
    services: frozenset[str]
    zones: frozenset[str]
    size: int
    priority: int = 1
    band: str = ANY
    shared: str = ""
    rollover: int = 0
    day_price: int | None = None


@dataclass(frozen=True, slots=True)
class PeakTimes:
    """When peak is (RAT-08): ISO weekdays, from a local time (included) to a local time (excluded)."""

    weekdays: frozenset[int]
    start: time
    end: time
    holidays_off: bool = False


@dataclass(frozen=True, slots=True)
class Tariff:
    """A price list with its deck. `prefixes`: digits of the other party -> zone. `visited`: country -> zone. `routes`:
    (visited country or its zone, zone of the destination) -> zone (RAT-03).

    `short`: code as dialled -> zone. Where there are any, another party of at most LONGEST_SHORT digits is such a code,
    looked up whole, never a prefix: "4411" is no number of the United Kingdom.
    """

    prefixes: Mapping[str, str]
    rates: Mapping[tuple[str, str, str], Rate]  # (service, zone, band)
    peak: PeakTimes | None = None
    visited: Mapping[str, str] = field(default_factory=dict)
    routes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    short: Mapping[str, str] = field(default_factory=dict)
    code: str = ""  # product and day of its version: what a rated record keeps to explain itself
    # of what its terms and its deck hold: a version that was withdrawn had the same code
    version: str = field(default="", compare=False)


def is_emergency(other: str, country: str) -> bool:
    """Whether a code as dialled reaches the emergency services of the country where it is dialled (RAT-09)."""
    return other in EMERGENCY_NUMBERS[""] or other in EMERGENCY_NUMBERS.get(country, ())
