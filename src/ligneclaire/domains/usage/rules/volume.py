"""Volume of internet sessions by local day, out of accounting records whose octets count from the start of the session.

What came between two records of a session is spread over the time between them, so that a session over midnight, or
over the end of a month, has its part on both sides and nothing is counted twice. Pure: the order of the records, and
the same record twice, change nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

SAME_START = timedelta(minutes=5)  # clocks of access servers count whole seconds, and some of them late


@dataclass(frozen=True, slots=True)
class Reading:
    """What an access server says of a session at an instant: octets since it began, to the customer and from him.
    `session` is the server's own name of it, which a server may give again after a restart."""

    session: str
    started_at: datetime
    event_at: datetime
    down: int = 0
    up: int = 0


@dataclass(frozen=True, slots=True)
class Volume:
    """Octets of a local day, to the customer and from him."""

    on: date
    down: int
    up: int

    @property
    def octets(self) -> int:
        """Both ways."""
        return self.down + self.up


def by_day(readings: Iterable[Reading], zone: ZoneInfo) -> tuple[Volume, ...]:
    """The days on which something came or went, ascending; together they are all octets of all sessions (RAT-02)."""
    downs: dict[date, int] = defaultdict(int)
    ups: dict[date, int] = defaultdict(int)
    for session in _sessions(readings):
        for before, after in pairwise(session):
            for day, down, up in _spread(before, after, zone):
                downs[day] += down
                ups[day] += up
    return tuple(Volume(day, downs[day], ups[day]) for day in sorted(downs) if downs[day] or ups[day])


def _sessions(readings: Iterable[Reading]) -> Iterator[Sequence[Reading]]:
    """The readings of each session in order of time, from its beginning with nothing. One name with two beginnings is
    two sessions."""
    named: dict[str, list[Reading]] = defaultdict(list)
    for one in set(readings):
        named[one.session].append(one)
    for some in named.values():
        some.sort(key=lambda one: (one.started_at, one.event_at))
        held: list[Reading] = []
        for one in some:
            if held and one.started_at - held[-1].started_at > SAME_START:
                yield _begun(held)
                held = []
            held.append(one)
        yield _begun(held)


def _begun(some: Sequence[Reading]) -> Sequence[Reading]:
    """A session with its beginning, its counters never falling: a reading below an earlier one says nothing."""
    first = min(one.started_at for one in some)
    found = [Reading(some[0].session, first, first)]
    for one in sorted(some, key=lambda one: (one.event_at, one.down, one.up)):
        down, up = max(one.down, found[-1].down), max(one.up, found[-1].up)
        found.append(Reading(one.session, first, max(one.event_at, first), down, up))
    return found


def _spread(before: Reading, after: Reading, zone: ZoneInfo) -> Iterator[tuple[date, int, int]]:
    """What came between two readings, by local day, in proportion to the time; whole octets that add up."""
    down, up = after.down - before.down, after.up - before.up
    if not down and not up:
        return
    # In UTC: the span between two instants of one other zone would leave out a change of its clocks.
    begins, ends = before.event_at.astimezone(UTC), after.event_at.astimezone(UTC)
    whole = _micros(ends - begins)
    day, done = begins.astimezone(zone).date(), (0, 0)
    last = max(day, (ends - timedelta(microseconds=1)).astimezone(zone).date())
    while day < last:
        midnight = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        passed = _micros(midnight - begins)
        so_far = down * passed // whole, up * passed // whole
        yield day, so_far[0] - done[0], so_far[1] - done[1]
        day, done = day + timedelta(days=1), so_far
    yield last, down - done[0], up - done[1]


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
