"""What is in force for lines, as tables: equal terms are compiled once, whoever's they are (RAT-02, RAT-11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from ligneclaire.domains.usage.rules.columns import VOICE
from ligneclaire.domains.usage.rules.compiled import columns
from ligneclaire.domains.usage.rules.compiled.book import LARGEST, Shelf, TooDear
from ligneclaire.domains.usage.rules.compiled.columns import MOST, NEVER, NONE, Table
from ligneclaire.domains.usage.rules.compiled.words import Names
from ligneclaire.domains.usage.rules.rated import SPEND
from ligneclaire.domains.usage.rules.terms import ALWAYS, OF_GROUP, Allowance, Cap, GroupTerms, LineTerms, Pool

Times = tuple[tuple[int, int], ...]


class Joined(NamedTuple):
    """A pool that a line takes from: its place in the order of use, its counter and what it covers; and when."""

    order: tuple[int, int, str]
    counter: int
    coverage: int
    times: Times


@dataclass(frozen=True)
class Profile:
    """Terms of lines, compiled: the code of each of its gauges (counters, caps, what is counted for tiers, day passes),
    how many they are, the service of counters and caps, and how gauges begin, as rows of columns.GAUGE. `growths` times
    there can be a warning of each threshold, `marks` warn of caps."""

    number: int
    counters: int
    counts: int
    dailies: int
    codes: tuple[str, ...]
    services: tuple[str, ...]
    gauges: tuple[tuple[int, ...], ...]
    growths: int
    marks: int

    @cached_property
    def named(self) -> tuple[tuple[str, ...], ...]:
        """The codes of its counters, of its caps, of what it counts for tiers, and of its day passes."""
        ends = self.counters, len(self.services), len(self.services) + self.counts, len(self.codes)
        return tuple(self.codes[begin:end] for begin, end in pairwise((0, *ends)))


class Standing(NamedTuple):
    """A line with its profile, and when it existed."""

    line: int
    profile: Profile
    existed: tuple[int, int]


class Profiles:
    """The profiles of one call."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.all: list[Profile] = []
        self.codes = Names()
        self.most_shares = 0
        self._known: dict[Any, Profile] = {}
        self._same: dict[tuple[Any, ...], Profile] = {}
        self._rows: list[tuple[int, ...]] = []
        self._segments: list[tuple[int, ...]] = []
        self.sizes: list[int] = []
        self._shares: list[tuple[int, ...]] = []
        self._caps: list[tuple[int, ...]] = []
        self._marks: list[tuple[int, ...]] = []
        self._blocks: list[tuple[int, ...]] = []
        self.counts: list[int] = []
        self._dailies: list[tuple[int, ...]] = []

    def of_pools(self, terms: GroupTerms) -> Standing | None:
        """The pools of a group in place of a line, each with a counter, in their order; None when it has none. Raises
        book.TooDear."""
        parts = tuple(part for pool in terms.pools for part in pool.parts)
        return Standing(OF_GROUP, self._equal(LineTerms((), parts), ()), ALWAYS) if parts else None

    def of_lines(self, terms: GroupTerms) -> Iterator[Standing]:
        """The lines of a group, by number. Raises book.TooDear, ValueError."""
        pools = [(pool, self._joined(pool, number)) for number, pool in enumerate(terms.pools)]
        for line_id in sorted(terms.lines):
            line = terms.lines[line_id]
            joined = tuple(one._replace(times=pool.takers[line_id]) for pool, one in pools if line_id in pool.takers)
            yield Standing(line_id, self._of(line, joined), line.existed)

    def _joined(self, pool: Pool, counter: int) -> Joined:
        coverage = self._shelf.coverage.of_bundles(part.bundle for part in pool.parts)
        return Joined(_order(pool.parts, pool.code), counter, coverage, ())

    def _of(self, terms: LineTerms, joined: tuple[Joined, ...]) -> Profile:
        """The profile of a line. When it existed is not part of it."""
        held = terms.tariffs, terms.allowances, terms.caps, terms.blocked  # by the caller
        same = (*map(id, held), joined)
        found = self._same.get(same)
        if found is None:
            found = self._same[same] = self._equal(terms, joined)
        return found

    def _equal(self, terms: LineTerms, joined: tuple[Joined, ...]) -> Profile:
        """The profile of equal terms."""
        tariffs = tuple((instant, id(tariff)) for instant, tariff in terms.tariffs)
        allowances = tuple((id(one.bundle), one.from_us, one.to_us) for one in terms.allowances)
        key = (tariffs, allowances, terms.caps, terms.blocked, joined)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._made(terms, joined)
            self.all.append(found)
        return found

    def tables(self) -> dict[str, Table]:
        """The tables of `columns.Terms` that tell of lines."""
        return {
            "profiles": columns.table(columns.PROFILE, self._rows),
            "segments": columns.table(columns.SEGMENT, self._segments),
            "shares": columns.table(columns.SHARE, self._shares),
            "caps": columns.table(columns.CAP, self._caps),
            "marks": columns.table(columns.MARK, self._marks),
            "dailies": columns.table(columns.DAILY, self._dailies),
            "blocks": columns.table(columns.BLOCK, self._blocks),
        }

    def _made(self, terms: LineTerms, joined: Sequence[Joined]) -> Profile:
        counters = _counters(terms.allowances)
        segment, cap = len(self._segments), len(self._caps)
        passes = sorted({one.bundle.code for one in terms.allowances if one.bundle.day_price is not None})
        growths = self._cut(terms, list(counters), passes, joined)
        for one in terms.caps:
            self._caps.append(self._cap(one))
        block = len(self._blocks)
        for each in terms.blocked:
            self._blocks.append((each.from_us, each.to_us, self._shelf.coverage.of(each)))
        number, segments = len(self._rows), len(self._segments) - segment
        counts, names = len(self.counts), self._counted(terms)
        self.counts += [number for _, number in names]
        caps = cap, len(terms.caps), block, len(terms.blocked)
        self._rows.append((segment, segments, len(counters), *caps, counts, len(names)))
        codes = (*counters, *(one.code for one in terms.caps), *(name for name, _ in names), *passes)
        services = (*counters.values(), *(SPEND for _ in terms.caps))
        gauges = [self._gauge(code, 0, NONE) for code in counters]
        gauges += [self._gauge(one.code, one.limit, 0) for one in terms.caps]
        gauges += [self._gauge(name, 0, 0) for name in codes[len(services) :]]
        marks = sum(len(one.marks) for one in terms.caps)
        sizes = len(counters), len(names), len(passes)
        return Profile(number, *sizes, codes, services, tuple(gauges), growths, marks)

    def _counted(self, terms: LineTerms) -> list[tuple[str, int]]:
        """What is counted for the tiers of its tariffs, by name."""
        decks = [self._shelf.deck(tariff) for _, tariff in terms.tariffs]
        names = self._shelf.counts.all()
        return sorted({(names[number], number) for deck in decks for number in self._shelf.counted(deck)})

    def _gauge(self, code: str, allowance: int, epoch: int) -> tuple[int, ...]:
        """How a gauge begins: nothing taken or used, nothing told, nothing due."""
        return (0, 0, allowance, allowance, epoch, 0, NEVER, self.codes.of(code))

    def _cut(self, terms: LineTerms, codes: Sequence[str], passes: Sequence[str], joined: Sequence[Joined]) -> int:
        """The whole of time, cut wherever something changes. Returns how often an allowance changes."""
        cuts = {*ALWAYS, *(instant for instant, _ in terms.tariffs)}
        cuts.update(instant for one in terms.allowances for instant in (one.from_us, one.to_us))
        cuts.update(instant for one in joined for between in one.times for instant in between)
        changes, before = 0, [0] * len(codes)
        for from_us, _ in pairwise(sorted(cuts)):
            tariffs = [tariff for instant, tariff in terms.tariffs if instant <= from_us]
            deck = self._shelf.deck(tariffs[-1]) if tariffs else NONE
            held = [one for one in terms.allowances if one.from_us <= from_us < one.to_us]
            sizes = [_size(one for one in held if one.bundle.code == code) for code in codes]
            pools = [one for one in joined if any(begins <= from_us < ends for begins, ends in one.times)]
            shares = self._add_shares(held, codes, sizes, pools)
            at = len(self._shares) - shares, shares, len(self.sizes)
            dailies = self._add_dailies(held, passes)
            self._segments.append((from_us, deck, *at, int(bool(pools)), len(self._dailies) - dailies, dailies))
            self.most_shares = max(self.most_shares, shares + dailies)
            self.sizes += sizes
            changes += sum(one != other for one, other in zip(sizes, before, strict=True))
            before = sizes
        return changes

    def _add_shares(
        self, held: Sequence[Allowance], codes: Sequence[str], sizes: Sequence[int], pools: Sequence[Joined]
    ) -> int:
        """Bundles of one code are one share, in the order of use: priority, earliest end, code (RAT-05)."""
        found = [(one.order, (one.counter, 0, one.coverage, 1)) for one in pools]
        for number, code in enumerate(codes):
            own = [one for one in held if one.bundle.code == code]
            if own:
                order = _order(own, code)
                coverage = self._shelf.coverage.of_bundles(one.bundle for one in own)
                found.append((order, (number, sizes[number], coverage, 0)))
        self._shares += [row for _, row in sorted(found)]
        return len(found)

    def _add_dailies(self, held: Sequence[Allowance], codes: Sequence[str]) -> int:
        """Passes of one code are one: their sizes together, for the lowest of their prices; in the same order."""
        found = []
        for number, code in enumerate(codes):
            own = [one for one in held if one.bundle.code == code]
            if own:
                price, coverage = _day_price(own), self._shelf.coverage.of_bundles(one.bundle for one in own)
                found.append((_order(own, code), (number, _size(own), price, coverage)))
        self._dailies += [row for _, row in sorted(found)]
        return len(found)

    def _cap(self, cap: Cap) -> tuple[int, ...]:
        """A cap. When it stops are blocks that hold once it is reached."""
        mark, block = len(self._marks), len(self._blocks)
        self._marks += cap.marks
        coverage = self._shelf.coverage.of(cap)
        self._blocks += [(from_us, to_us, coverage) for from_us, to_us in cap.stops]
        return (cap.limit, cap.tax, coverage, block, len(cap.stops), mark, len(cap.marks))


def _counters(allowances: Sequence[Allowance]) -> dict[str, str]:
    """code -> service of each counter; minutes count for special numbers too."""
    found: dict[str, str] = {}
    for bundle in (one.bundle for one in allowances if one.bundle.day_price is None):
        found.setdefault(bundle.code, VOICE if VOICE in bundle.services else min(bundle.services))
    return found


def _order(allowances: Sequence[Allowance], code: str) -> tuple[int, int, str]:
    """Priority, then the earliest end, then the code (RAT-05)."""
    return min(one.bundle.priority for one in allowances), min(one.to_us for one in allowances), code


def _day_price(allowances: Sequence[Allowance]) -> int:
    price = min(one.bundle.day_price or 0 for one in allowances)
    if not 0 <= price <= LARGEST:
        raise TooDear(f"a day pass for {price} millionths of a euro is too dear")
    return price


def _size(allowances: Any) -> int:
    size = sum(one.bundle.size for one in allowances)
    if not 0 <= size * 1_000 < MOST:
        raise TooDear(f"an allowance of {size} units is more than warnings can be counted for")
    return int(size)
