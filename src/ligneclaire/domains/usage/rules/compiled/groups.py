"""The groups of one call as arrays: their lines, where these stand, their clock, holidays and thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ligneclaire.domains.usage.rules.compiled import clocks, columns
from ligneclaire.domains.usage.rules.compiled.book import Shelf
from ligneclaire.domains.usage.rules.compiled.columns import (
    BEFORE,
    MOST,
    NONE,
    SLOTS,
    Array,
    Book,
    Running,
    Table,
    Terms,
)
from ligneclaire.domains.usage.rules.compiled.profiles import Profile, Profiles, Standing
from ligneclaire.domains.usage.rules.state import LineState, State
from ligneclaire.domains.usage.rules.terms import GroupTerms

_STANDING = ("line", "lines", "pool")


@dataclass(frozen=True, slots=True)
class Group:
    """A group to rate: what is in force, and the state from which it goes on: that of a closed month, or that to which
    a rating before came, under the same terms, with all records that start no later than `resumed_us`."""

    terms: GroupTerms
    opening: State | None = None
    closed: bool = False
    resumed_us: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything of a call but its records. `profiles` are those of the lines, in the order of `running.lines`; the
    lists are the words for the numbers of zones, usage types, plans and codes."""

    book: Book
    terms: Terms
    running: Running
    profiles: Sequence[Profile]
    zones: list[str]
    types: list[str]
    plans: list[str]
    codes: list[str]
    most_shares: int
    most_warnings: int


def prepare(shelf: Shelf, asked: Sequence[Group], days: tuple[int, int], rows: Array) -> Prepared:
    """The groups as arrays. `days`: the first and the last of the records, in UTC since 1970; `rows`: where the records
    of each group begin, and the end. Raises book.TooDear, ValueError."""
    profiles, shared = Profiles(shelf), _Shared(shelf, days)
    standing, ours = _standing(asked, profiles)
    of_groups: list[tuple[int, ...]] = []
    warnings = 0
    for number, (one, (first, lines, pool)) in enumerate(zip(asked, ours, strict=True)):
        place, (threshold, thresholds) = shared.of(one.terms)
        for stands in (*standing[first : first + lines], *(() if pool == NONE else (standing[pool],))):
            warnings += stands.profile.growths * thresholds + stands.profile.marks
        row, end = int(rows[number]), int(rows[number + 1])
        closed, late = int(one.closed), one.terms.late_free_us
        resumed = BEFORE if one.resumed_us is None else one.resumed_us
        of_groups.append((row, end - row, first, lines, pool, *place, threshold, thresholds, closed, late, resumed))
    terms_now = Terms(
        groups=columns.table(columns.GROUP, of_groups),
        sizes=np.array(profiles.sizes, np.int64),
        counts=np.array(profiles.counts, np.int64),
        thresholds=np.array(shared.thresholds, np.int64),
        clocks=columns.table(columns.CLOCK, shared.clocks),
        holidays=np.array(shared.holidays, np.int64),
        **profiles.tables(),
    )
    of_lines = [one.profile for one in standing]
    running = _running([(one.line, one.profile.number, *one.existed) for one in standing], profiles)
    _open(running, asked, terms_now.groups, of_lines)
    book = shelf.book()
    names = shelf.zones.all(), shelf.types.all(), shelf.plans.all()
    return Prepared(book, terms_now, running, of_lines, *names, profiles.codes.all(), profiles.most_shares, warnings)


def _standing(asked: Sequence[Group], profiles: Profiles) -> tuple[list[Standing], list[tuple[int, int, int]]]:
    """The lines of all groups, and behind them what stands in place of a line: pools. For each group its first line,
    how many they are, and the place of its pools or NONE."""
    lines: list[Standing] = []
    pools: list[Standing] = []
    found = []
    after = sum(len(one.terms.lines) for one in asked)
    for one in asked:
        pool = profiles.of_pools(one.terms)
        found.append((len(lines), len(one.terms.lines), after + len(pools) if pool else NONE))
        lines += profiles.of_lines(one.terms)
        pools += [pool] if pool else []
    return lines + pools, found


class _Shared:
    """What many groups have in common, each once: thresholds, clocks and holidays as (place, number) in their lists."""

    def __init__(self, shelf: Shelf, days: tuple[int, int]) -> None:
        self._shelf, self._days = shelf, days
        self.thresholds: list[int] = []
        self.clocks: list[tuple[int, int]] = []
        self.holidays: list[int] = []
        self._known: dict[object, tuple[tuple[int, ...], tuple[int, int]]] = {}

    def of(self, terms: GroupTerms) -> tuple[tuple[int, ...], tuple[int, int]]:
        """(home, country, clock, clocks, holiday, holidays) and (threshold, thresholds), as in columns.GROUP."""
        key = (terms.zone, terms.country, terms.holidays, terms.thresholds)
        found = self._known.get(key)
        if found is None:
            clock = self._add(self.clocks, clocks.changes(terms.zone, *self._days))
            holidays = self._add(self.holidays, clocks.days_of(terms.holidays))
            thresholds = self._add(self.thresholds, sorted(set(terms.thresholds)))
            found = self._known[key] = (*self._shelf.home(terms.country), *clock, *holidays), thresholds
        return found

    @staticmethod
    def _add(to: list, more: Sequence) -> tuple[int, int]:  # type: ignore[type-arg]
        place = len(to)
        to += more
        return place, len(more)


def _running(lines: Sequence[tuple[int, int, int, int]], profiles: Profiles) -> Running:
    """The state of all lines before their first record."""
    table, at = np.empty(len(lines), columns.LINE), np.array(lines, np.int64).reshape(-1, 4)
    for column, name in enumerate(("id", "profile", "from_us", "to_us")):
        table[name] = at[:, column]
    table["segment"], table["reached"] = 0, NONE
    begins = np.cumsum([0, *(len(one.gauges) for one in profiles.all)])
    count = np.diff(begins)[table["profile"]] if lines else np.zeros(0, np.int64)
    table["gauge"] = np.cumsum(count) - count
    dailies = np.array([one.dailies * SLOTS for one in profiles.all], np.int64)
    slots = dailies[table["profile"]] if lines else np.zeros(0, np.int64)
    table["day"] = np.cumsum(slots) - slots
    days = np.zeros(slots.sum(), columns.DAY)
    days["day"] = NONE
    of_profile = np.repeat(begins[table["profile"]] - table["gauge"], count) + np.arange(count.sum())
    blank = columns.table(columns.GAUGE, [row for one in profiles.all for row in one.gauges])
    return Running(table.view(np.recarray), blank[of_profile], days.view(np.recarray))


def _open(running: Running, asked: Sequence[Group], of_groups: Table, of_lines: Sequence[Profile]) -> None:
    """Set what lines had taken, used, spent and counted to where the opening states say that they stood."""
    if all(one.opening is None for one in asked):
        return
    ids, gauges, slots = (running.lines[name].tolist() for name in ("id", "gauge", "day"))
    stood: list[tuple[int, int, int]] = []  # gauge, taken, used
    for one, first, lines, pool in zip(asked, *(of_groups[name].tolist() for name in _STANDING), strict=True):
        known = one.opening.lines if one.opening else {}
        places = *range(first, first + lines), *(() if pool == NONE else (pool,))
        for place in places if known else ():
            if ids[place] in known:
                stood += _stood(gauges[place], of_lines[place], known[ids[place]])
                _open_days(running, slots[place], of_lines[place], known[ids[place]])
    at, taken, used = np.array(stood, np.int64).reshape(-1, 3).T
    running.gauges["taken"][at], running.gauges["used"][at] = taken, used


def _stood(at: int, profile: Profile, known: LineState) -> Iterator[tuple[int, int, int]]:
    """Where the gauges of a line stood, the first of which is `at`."""
    counters, caps, counts, _ = profile.named
    for place, code in enumerate(counters, at):
        yield place, bounded(known.taken.get(code, 0)), bounded(known.used.get(code, 0))
    for place, code in enumerate(caps, at + len(counters)):
        yield place, 0, bounded(known.spent.get(code, 0))
    for place, code in enumerate(counts, at + len(counters) + len(caps)):
        yield place, bounded(known.counted.get(code, 0)), 0


def _open_days(running: Running, at: int, profile: Profile, known: LineState) -> None:
    """What a line took from its day passes, whose places begin `at`."""
    for number, code in enumerate(profile.named[-1]):
        for day, quantity in sorted(known.days.get(code, {}).items(), key=lambda one: int(one[0])):
            place = at + number * SLOTS + bounded(int(day)) % SLOTS
            running.days["day"][place], running.days["taken"][place] = int(day), bounded(quantity)


def bounded(number: int) -> int:
    """A number that the loop can count on from. Raises ValueError."""
    if not -MOST < number < MOST:
        raise ValueError(f"{number} is more than whole numbers of 64 bits can go on from")
    return number
