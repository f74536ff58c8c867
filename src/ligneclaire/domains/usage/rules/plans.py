"""From what a contract contains, by instant, to the tariffs and allowances of a line in one month (RAT-02, RAT-11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from ligneclaire.domains.catalogue.rules.contents import Terms
from ligneclaire.domains.catalogue.rules.tariff import Bundle, Tariff
from ligneclaire.domains.usage.rules.instants import instant_of, micros
from ligneclaire.domains.usage.rules.terms import Allowance
from ligneclaire.kernel.periods import Period


@lru_cache(maxsize=4096)
def _instant(day: date, zone: ZoneInfo) -> int:
    """The first instant of a local day: asked of the same few days by every line."""
    return micros(datetime(day.year, day.month, day.day, tzinfo=zone))


@dataclass(frozen=True, slots=True)
class Month:
    """A local calendar month, with its bounds as instants in microseconds."""

    period: Period
    zone: ZoneInfo

    def instant(self, day: date) -> int:
        """The first instant of a local day."""
        return _instant(day, self.zone)

    def day(self, instant: int) -> date:
        """The local day of an instant."""
        return instant_of(instant).astimezone(self.zone).date()

    @property
    def from_us(self) -> int:
        """Its first instant."""
        return self.instant(self.period.start)

    @property
    def to_us(self) -> int:
        """The first instant after it."""
        return self.instant(self.period.end)


@dataclass(frozen=True, slots=True)
class Held:
    """An offer or option of a line, from an instant to an instant (half-open), with its usage terms: day -> terms, for
    the first day of the month or of the item and every later day on which others begin. `once`: bought once, not by
    the month; it holds to the end of the month in which it began."""

    from_us: int
    to_us: int
    terms: Mapping[date, Terms]
    once: bool = False


def tariffs_of(held: Iterable[Held], month: Month) -> tuple[tuple[int, Tariff], ...]:
    """(instant, tariff) ascending: each begins with its item, or with the day on which other terms or another deck do.

    What began before the month counts from its first instant. Of two that begin together the later one of `held` wins.
    """
    found: dict[int, Tariff] = {}
    for one in sorted(held, key=lambda item: item.from_us):
        if one.to_us <= month.from_us or one.from_us >= month.to_us:
            continue
        for start, _, terms in _pieces(one, month):
            if terms.tariff is not None:
                found[start] = terms.tariff
    return tuple(sorted(found.items(), key=lambda pair: pair[0]))


def allowances_of(held: Iterable[Held], month: Month) -> tuple[Allowance, ...]:
    """What a line alone may use within the month: in full, or by the days when the offer prorates its first month
    (RAT-11)."""
    found = [part for one in held for part in parts_of(one, month, shared=False)]
    return tuple(sorted(found, key=by_start))


def by_start(allowance: Allowance) -> tuple[int, str, int]:
    """In which order allowances are listed."""
    return allowance.from_us, allowance.bundle.code, allowance.to_us


def parts_of(one: Held, month: Month, *, shared: bool) -> list[Allowance]:
    """The allowances of an item within the month: the line's own, or what it adds to those that lines share."""
    if one.once and not month.from_us <= one.from_us < month.to_us:
        return []
    return [
        Allowance(bundle, start, end)
        for start, end, terms in _pieces(one, month)
        for bundle in _bundles(one, terms, month, shared=shared)
    ]


def _pieces(one: Held, month: Month) -> list[tuple[int, int, Terms]]:
    """(from, to, terms) of an item within the month; the pieces follow each other."""
    start, end = max(one.from_us, month.from_us), min(one.to_us, month.to_us)
    days = sorted(one.terms)
    begins = [max(start, month.instant(day)) for day in days]
    ends = [*begins[1:], end]
    pieces = zip(begins, ends, days, strict=True)
    return [(first, min(last, end), one.terms[day]) for first, last, day in pieces if first < min(last, end)]


def _bundles(one: Held, terms: Terms, month: Month, *, shared: bool) -> Sequence[Bundle]:
    bundles = terms.shared if shared else terms.bundles
    if not terms.prorated or one.from_us <= month.from_us:
        return bundles
    days = (month.period.end - month.day(one.from_us)).days
    passes = [bundle for bundle in bundles if bundle.day_price is not None]
    sizes = ((one, one.size * days // month.period.days) for one in bundles if one.day_price is None)
    return [*(replace(bundle, size=size) for bundle, size in sizes if size), *passes]
