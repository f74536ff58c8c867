"""The running state of one line while its group is rated: what is in force at an instant, its counters and caps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ligneclaire.domains.catalogue.rules.tariff import ANY, Tariff
from ligneclaire.domains.usage.rules.columns import VOICE
from ligneclaire.domains.usage.rules.gauge import Gauge, marks_of
from ligneclaire.domains.usage.rules.state import LineState
from ligneclaire.domains.usage.rules.suspense import Reason, Unusable
from ligneclaire.domains.usage.rules.terms import ALWAYS, Allowance, Block, Cap, LineTerms, Pool
from ligneclaire.domains.usage.rules.zones import Deck, Kind

SLOTS = 32  # the days of a month have a place each, by their number since 1970
Inside = tuple[tuple[str, int], ...]  # (bundle, quantity)
Told = Callable[[str, int, Gauge, int], None]  # counter, threshold, gauge, instant


@dataclass(slots=True)
class Counter:
    """What a line used of the bundles of one code: `taken` lay inside them; the gauge also has what overflowed.
    `allowance` is the last size that was not zero, for people to read."""

    code: str
    service: str
    gauge: Gauge
    taken: int
    allowance: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """What one code offers in a segment: its counter, its own size, and the allowances that make it up. What several
    lines share has its size from `pool`, at the instant that this has reached."""

    counter: Counter
    holds: int
    allowances: tuple[Allowance, ...]
    pool: Line | None = None

    @property
    def size(self) -> int:
        """How much there is now, used or not."""
        return self.holds if self.pool is None else self.pool.size_of(self.counter.code)

    def covers(self, service: str, kind: Kind) -> bool:
        """Whether one of its bundles covers the service, the zone and the time band (RAT-05)."""
        return any(
            service in bundle.services and kind.zone in bundle.zones and bundle.band in (ANY, kind.band)
            for bundle in (allowance.bundle for allowance in self.allowances)
        )

    @property
    def order(self) -> tuple[int, int, str]:
        """Priority, then the earliest end, then the code (RAT-05)."""
        priority = min(allowance.bundle.priority for allowance in self.allowances)
        return priority, min(allowance.to_us for allowance in self.allowances), self.counter.code


@dataclass(frozen=True, slots=True)
class Pass:
    """What the day passes of one code offer in a segment: the price of a day, and how much of it that includes."""

    code: str
    price: int
    share: Share


@dataclass(slots=True)
class Segment:
    """A stretch of time in which nothing changes for a line: its deck and what it may use, in the order of use."""

    from_us: int
    to_us: int
    deck: Deck | None
    shares: tuple[Share, ...]
    pool: Line | None
    passes: tuple[Pass, ...]
    covering: dict[tuple[str, str, str], tuple[Share, ...]] = field(default_factory=dict)

    def shares_for(self, service: str, kind: Kind) -> tuple[Share, ...]:
        """The bundles that cover a record, in the order in which it takes from them."""
        key = (service, kind.zone, kind.band)
        found = self.covering.get(key)
        if found is None:
            found = self.covering[key] = tuple(share for share in self.shares if share.covers(service, kind))
        return found


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A cap and what was spent under it, as it counts that."""

    cap: Cap
    gauge: Gauge


@dataclass(frozen=True, slots=True)
class Shared:
    """What a line may take from beside its own bundles: pools of the group, each with the times at which it may; `pool`
    is the line in whose place they all stand."""

    pool: Line
    times: tuple[tuple[Pool, tuple[tuple[int, int], ...]], ...]


class Line:
    """One line: `segment` is the stretch of time of the record at hand."""

    def __init__(
        self,
        terms: LineTerms,
        decks: Callable[[Tariff], Deck],
        opening: LineState,
        thresholds: Sequence[int],
        *,
        told: Told | None,
        shared: Shared | None = None,
    ) -> None:
        self.terms, self._told, self._thresholds = terms, told, thresholds
        self.counters = _counters(terms.allowances, opening)
        codes = sorted({one.bundle.code for one in terms.allowances if one.bundle.day_price is not None})
        self.days = {code: _opened(opening.days.get(code, {})) for code in codes}
        names = {rate.count for _, tariff in terms.tariffs for rate in tariff.rates.values() if rate.count}
        self.counted = {name: opening.counted.get(name, 0) for name in sorted(names)}
        self.ceilings = tuple(_ceiling(cap, opening.spent.get(cap.code, 0)) for cap in terms.caps)
        self._segments = list(_segments(terms, self.counters, decks, shared))
        self._starts = [segment.from_us for segment in self._segments]
        self._place = -1
        self._move_to(0)

    def at(self, start: int) -> Segment:
        """What is in force at an instant. Raises `Unusable` when the line did not exist yet, or has no plan then."""
        segment = self.segment
        if not segment.from_us <= start < segment.to_us:
            if start < self.terms.existed[0]:
                raise Unusable(Reason.BEFORE_THE_LINE)
            self.reach(start)
            segment = self.segment
        if segment.deck is None:
            raise Unusable(Reason.BEFORE_THE_LINE if start < self.terms.existed[0] else Reason.NO_PLAN)
        return segment

    def reach(self, start: int) -> None:
        """Have what is in force at an instant hold."""
        self._move_to(bisect_right(self._starts, start) - 1)

    def size_of(self, code: str) -> int:
        """How much the bundles of a code hold in the stretch of time at hand."""
        return next((share.holds for share in self.segment.shares if share.counter.code == code), 0)

    def finish(self) -> None:
        """Reach the end of the month: what grows after the last record is tested too."""
        self._move_to(len(self._segments) - 1)

    def block(self, start: int, service: str, zone: str) -> Block | None:
        """The block that a record met, or None (RAT-16)."""
        for block in self.terms.blocked:
            if block.from_us <= start < block.to_us and _concerns(block, service, zone):
                return block
        return None

    def take(self, start: int, quantity: int, shares: Sequence[Share]) -> tuple[Inside, int]:
        """Take a billed quantity from the bundles that cover it (RAT-05, RAT-06): what lay inside, and the rest. The
        gauge of the last bundle counts the rest too. A pool that holds nothing yet is not there."""
        if self.segment.pool is not None:
            self.segment.pool.reach(start)
        there = [share for share in shares if share.pool is None or share.size]
        inside: list[tuple[str, int]] = []
        rest = quantity
        for share in there:
            counter = share.counter
            part = min(rest, share.size - counter.taken)
            if part > 0:
                counter.taken += part
                counter.gauge.used += part
                rest -= part
                inside.append((counter.code, part))
            if share is there[-1]:
                counter.gauge.used += rest
            (share.pool or self).warn(counter.code, counter.gauge, start)
            if not rest:
                break
        return tuple(inside), rest

    def take_days(self, day: int, quantity: int, passes: Sequence[Pass], *, may_buy: bool) -> tuple[Inside, int]:
        """Take from the passes of a local day, and buy those that it has not bought yet: what lay inside, and what is
        paid for passes. Nothing is bought that nothing is taken from."""
        inside: list[tuple[str, int]] = []
        rest, cost = quantity, 0
        for one in passes:
            place = day % SLOTS
            bought_on, taken = self.days[one.code].get(place, (-1, 0))
            if bought_on != day:
                taken = 0
            part = min(rest, one.share.size - taken)
            if part <= 0 or (bought_on != day and not may_buy):
                continue
            cost += one.price if bought_on != day else 0
            self.days[one.code][place] = day, taken + part
            inside.append((one.code, part))
            rest -= part
        return tuple(inside), cost

    def stopped(self, start: int, service: str, zone: str) -> Cap | None:
        """The cap that was reached before this record and stops it, or None (RAT-16)."""
        for ceiling in self.ceilings:
            cap = ceiling.cap
            holds = any(from_us <= start < to_us for from_us, to_us in cap.stops)
            reached = ceiling.gauge.used >= cap.limit
            if holds and reached and _concerns(cap, service, zone):
                return cap
        return None

    def spend(self, start: int, service: str, zone: str, amount: int) -> None:
        """Count what a record costs towards the caps."""
        for ceiling in self.ceilings:
            if _concerns(ceiling.cap, service, zone):
                ceiling.gauge.used += ceiling.cap.counts(amount, service)
                self.warn(ceiling.cap.code, ceiling.gauge, start)

    def warn(self, code: str, gauge: Gauge, at: int) -> None:
        """Tell the thresholds that are newly reached, unless nobody is told (a closed month)."""
        if gauge.used >= gauge.due_at and self._told is not None:
            for threshold in gauge.reached():
                self._told(code, threshold, gauge, at)

    def _move_to(self, place: int) -> None:
        """Go to a segment; on the way forward, allowances change one after the other (RAT-11)."""
        for passed in range(self._place + 1, place + 1):
            segment = self._segments[passed]
            sizes = {share.counter.code: share.size for share in segment.shares}
            for code, counter in self.counters.items():
                size = sizes.get(code, 0)
                counter.allowance = size or counter.allowance
                if size != counter.gauge.allowance:
                    counter.gauge.change(size, marks_of(size, self._thresholds))
                    self.warn(code, counter.gauge, segment.from_us)
        self._place = max(self._place, place)
        self.segment = self._segments[place]


def _counters(allowances: Sequence[Allowance], opening: LineState) -> dict[str, Counter]:
    """A counter for each code of bundles, as far as it had got."""
    found = {}
    for bundle in (allowance.bundle for allowance in allowances if allowance.bundle.day_price is None):
        if bundle.code not in found:
            gauge = Gauge(0, (), opening.used.get(bundle.code, 0))
            service = (
                VOICE if VOICE in bundle.services else min(bundle.services)
            )  # minutes count for special numbers too
            found[bundle.code] = Counter(bundle.code, service, gauge, opening.taken.get(bundle.code, 0))
    return found


def _opened(days: Mapping[str, int]) -> dict[int, tuple[int, int]]:
    """By place: the day of a pass and what was taken from it."""
    return {int(day) % SLOTS: (int(day), taken) for day, taken in sorted(days.items(), key=lambda one: int(one[0]))}


def _segments(
    terms: LineTerms, counters: Mapping[str, Counter], decks: Callable[[Tariff], Deck], shared: Shared | None
) -> Iterator[Segment]:
    """The whole of time, cut wherever something changes for the line."""
    times = shared.times if shared else ()
    cuts = {*ALWAYS, terms.existed[0], *(instant for instant, _ in terms.tariffs)}
    cuts.update(instant for allowance in terms.allowances for instant in (allowance.from_us, allowance.to_us))
    cuts.update(instant for _, some in times for between in some for instant in between)
    for from_us, to_us in pairwise(sorted(cuts)):
        tariffs = [tariff for instant, tariff in terms.tariffs if instant <= from_us]
        deck = decks(tariffs[-1]) if tariffs and from_us >= terms.existed[0] else None
        held: dict[str, list[Allowance]] = {}
        daily: dict[str, list[Allowance]] = {}
        for allowance in terms.allowances:
            if allowance.from_us <= from_us < allowance.to_us:
                found = held if allowance.bundle.day_price is None else daily
                found.setdefault(allowance.bundle.code, []).append(allowance)
        shares = [Share(counters[code], _size(of_code), tuple(of_code)) for code, of_code in held.items()]
        pools = [pool for pool, some in times if any(begins <= from_us < ends for begins, ends in some)]
        if shared:
            shares += [Share(shared.pool.counters[pool.code], 0, pool.parts, shared.pool) for pool in pools]
        ordered = tuple(sorted(shares, key=lambda share: share.order))
        passes = sorted((_pass(code, some) for code, some in daily.items()), key=lambda one: one.share.order)
        yield Segment(from_us, to_us, deck, ordered, shared.pool if shared and pools else None, tuple(passes))


def _pass(code: str, allowances: Sequence[Allowance]) -> Pass:
    """Passes of one code are one: their sizes together, for the lowest of their prices."""
    counter = Counter(code, "", Gauge(0, ()), 0)
    price = min(one.bundle.day_price or 0 for one in allowances)
    return Pass(code, price, Share(counter, _size(allowances), tuple(allowances)))


def _size(allowances: Sequence[Allowance]) -> int:
    return sum(allowance.bundle.size for allowance in allowances)


def _concerns(one: Block | Cap, service: str, zone: str) -> bool:
    return (not one.services or service in one.services) and (not one.zones or zone in one.zones)


def _ceiling(cap: Cap, spent: int) -> Ceiling:
    return Ceiling(cap, Gauge(cap.limit, cap.marks, spent))
