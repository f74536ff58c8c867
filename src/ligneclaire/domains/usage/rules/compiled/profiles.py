"""What is in force for lines, as tables: equal terms are compiled once, whoever's they are (RAT-02, RAT-11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ligneclaire.domains.usage.rules.columns import VOICE
from ligneclaire.domains.usage.rules.compiled import columns
from ligneclaire.domains.usage.rules.compiled.book import Shelf
from ligneclaire.domains.usage.rules.compiled.columns import MOST, NEVER, NONE, Table
from ligneclaire.domains.usage.rules.compiled.words import Names
from ligneclaire.domains.usage.rules.rated import SPEND
from ligneclaire.domains.usage.rules.terms import ALWAYS, WHOLE, Allowance, Cap, LineTerms


@dataclass(frozen=True, slots=True)
class Profile:
    """Terms of lines, compiled: the code and the service of each of its gauges (counters, then caps), and how they
    begin, as rows of columns.GAUGE. `growths` times there can be a warning of each threshold, `marks` warn of caps."""

    number: int
    counters: int
    codes: tuple[str, ...]
    services: tuple[str, ...]
    gauges: tuple[tuple[int, ...], ...]
    growths: int
    marks: int


class Profiles:
    """The profiles of one call."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.all: list[Profile] = []
        self.codes = Names()
        self.most_shares = 0
        self._known: dict[Any, Profile] = {}
        self._same: dict[tuple[int, ...], Profile] = {}
        self._rows: list[tuple[int, ...]] = []
        self._segments: list[tuple[int, ...]] = []
        self.sizes: list[int] = []
        self._shares: list[tuple[int, ...]] = []
        self._caps: list[tuple[int, ...]] = []
        self._marks: list[tuple[int, ...]] = []
        self._blocks: list[tuple[int, ...]] = []

    def of(self, terms: LineTerms) -> Profile:
        """The profile of a line. When it existed is not part of it. Raises book.TooDear, ValueError."""
        same = (id(terms.tariffs), id(terms.allowances), id(terms.caps), id(terms.blocked))  # held by the caller
        found = self._same.get(same)
        if found is None:
            found = self._same[same] = self._equal(terms)
        return found

    def _equal(self, terms: LineTerms) -> Profile:
        """The profile of equal terms."""
        tariffs = tuple((instant, id(tariff)) for instant, tariff in terms.tariffs)
        allowances = tuple((id(one.bundle), one.from_us, one.to_us) for one in terms.allowances)
        key = (tariffs, allowances, terms.caps, terms.blocked)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._made(terms)
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
            "blocks": columns.table(columns.BLOCK, self._blocks),
        }

    def _made(self, terms: LineTerms) -> Profile:
        counters = _counters(terms.allowances)
        segment, cap = len(self._segments), len(self._caps)
        growths = self._cut(terms, list(counters))
        for one in terms.caps:
            self._caps.append(self._cap(one))
        block = len(self._blocks)
        for each in terms.blocked:
            self._blocks.append((each.from_us, each.to_us, self._shelf.coverage.of(each)))
        number, segments = len(self._rows), len(self._segments) - segment
        self._rows.append((segment, segments, len(counters), cap, len(terms.caps), block, len(terms.blocked)))
        codes = (*counters, *(one.code for one in terms.caps))
        services = (*counters.values(), *(SPEND for _ in terms.caps))
        gauges = [self._gauge(code, 0, NONE) for code in counters]
        gauges += [self._gauge(one.code, one.limit, 0) for one in terms.caps]
        marks = sum(len(one.marks) for one in terms.caps)
        return Profile(number, len(counters), codes, services, tuple(gauges), growths, marks)

    def _gauge(self, code: str, allowance: int, epoch: int) -> tuple[int, ...]:
        """How a gauge begins: nothing taken or used, nothing told, nothing due."""
        return (0, 0, allowance, allowance, epoch, 0, NEVER, self.codes.of(code))

    def _cut(self, terms: LineTerms, codes: Sequence[str]) -> int:
        """The whole of time, cut wherever something changes. Returns how often an allowance changes."""
        cuts = {*ALWAYS, *(instant for instant, _ in terms.tariffs)}
        cuts.update(instant for one in terms.allowances for instant in (one.from_us, one.to_us))
        changes, before = 0, [0] * len(codes)
        for from_us, _ in pairwise(sorted(cuts)):
            tariffs = [tariff for instant, tariff in terms.tariffs if instant <= from_us]
            deck = self._shelf.deck(tariffs[-1]) if tariffs else NONE
            held = [one for one in terms.allowances if one.from_us <= from_us < one.to_us]
            sizes = [_size(one for one in held if one.bundle.code == code) for code in codes]
            shares = self._add_shares(held, codes, sizes)
            self._segments.append((from_us, deck, len(self._shares) - shares, shares, len(self.sizes)))
            self.sizes += sizes
            changes += sum(one != other for one, other in zip(sizes, before, strict=True))
            before = sizes
        return changes

    def _add_shares(self, held: Sequence[Allowance], codes: Sequence[str], sizes: Sequence[int]) -> int:
        """Bundles of one code are one share, in the order of use: priority, earliest end, code (RAT-05)."""
        found = []
        for number, code in enumerate(codes):
            own = [one for one in held if one.bundle.code == code]
            if own:
                order = min(one.bundle.priority for one in own), min(one.to_us for one in own), code
                coverage = self._shelf.coverage.of_bundles(one.bundle for one in own)
                found.append((order, (number, sizes[number], coverage)))
        self._shares += [row for _, row in sorted(found)]
        self.most_shares = max(self.most_shares, len(found))
        return len(found)

    def _cap(self, cap: Cap) -> tuple[int, ...]:
        """A cap, its limit and marks brought to the prices of usage, without tax. When it stops are blocks that hold
        once it is reached."""
        mark, block = len(self._marks), len(self._blocks)
        self._marks += [(threshold, _without_tax(amount, cap.tax)) for threshold, amount in cap.marks]
        stop_at, coverage = _without_tax(cap.limit, cap.tax), self._shelf.coverage.of(cap)
        self._blocks += [(from_us, to_us, coverage) for from_us, to_us in cap.stops]
        return (cap.limit, stop_at, coverage, block, len(cap.stops), mark, len(cap.marks))


def _counters(allowances: Sequence[Allowance]) -> dict[str, str]:
    """code -> service of each counter; minutes count for special numbers too."""
    found: dict[str, str] = {}
    for bundle in (one.bundle for one in allowances):
        found.setdefault(bundle.code, VOICE if VOICE in bundle.services else min(bundle.services))
    return found


def _size(allowances: Any) -> int:
    size = sum(one.bundle.size for one in allowances)
    if not 0 <= size * 1_000 < MOST:
        raise ValueError(f"an allowance of {size} units is more than warnings can be counted for")
    return int(size)


def _without_tax(amount: int, tax: int) -> int:
    """The least amount without tax that reaches an amount which includes it."""
    return -(-amount * WHOLE // (WHOLE + tax))
