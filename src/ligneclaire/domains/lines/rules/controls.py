"""What may be said of a line's spending (W-22, W-32): a cap of its own, to go on above a ceiling, blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

CAP, AGREEMENT, BLOCK = "cap", "agreement", "block"
USER, COMPANY = "user", "company"
OWN, ROAMING, WORLD = "own", "roaming-eu", "roaming-world"  # ceilings above which somebody may agree to go on
CEILINGS = (OWN, ROAMING, WORLD)
LINE, ABROAD, DATA_ABROAD, INTERNATIONAL, SPECIAL, THIRD_PARTY = (
    "line", "abroad", "data-abroad", "international", "special", "third-party",
)  # fmt: skip
BLOCKS = (LINE, ABROAD, DATA_ABROAD, INTERNATIONAL, SPECIAL, THIRD_PARTY)
PORTAL = "portal"
CHANNELS = (PORTAL, "telephone", "letter", "mail", "counter")
ALWAYS_US = 2**62
MOST = 10_000  # euros: a cap beyond it is a slip of the hand

Times = tuple[tuple[int, int], ...]  # half-open, in microseconds since 1970, ascending


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said, at an instant in microseconds. `amount`: of a cap, in millionths, tax included. An
    agreement lapses by itself at `until_us`."""

    number: int
    kind: str
    subject: str
    on: bool
    side: str
    at_us: int
    amount: int = 0
    stops: bool = False
    until_us: int = ALWAYS_US


def in_time(said: Iterable[Said]) -> tuple[Said, ...]:
    """In the order in which it was said."""
    return tuple(sorted(said, key=lambda one: (one.at_us, one.number)))


def times_of(said: Sequence[Said], kind: str, subject: str, side: str) -> Times:
    """When it holds: from each "on" to what was said of the same next, or to where it lapses."""
    of_these = [one for one in said if (one.kind, one.subject, one.side) == (kind, subject, side)]
    ends = [*(one.at_us for one in of_these[1:]), ALWAYS_US]
    found = [(one.at_us, min(end, one.until_us)) for one, end in zip(of_these, ends, strict=False) if one.on]
    return tuple((start, end) for start, end in found if start < end)


def last(said: Sequence[Said], kind: str, subject: str, side: str) -> Said | None:
    """What was said last of a subject by a side, or None."""
    return next((one for one in reversed(said) if (one.kind, one.subject, one.side) == (kind, subject, side)), None)


def since(said: Sequence[Said], at_us: int) -> tuple[Said, ...]:
    """What still counts from an instant on: without what was replaced or taken back before it."""
    before = {(one.kind, one.subject, one.side): one for one in said if one.at_us <= at_us}
    return tuple(one for one in said if one.at_us > at_us or (one.on and one in before.values()))


def ended(said: Iterable[Said], at_us: int) -> tuple[Said, ...]:
    """All of it taken back at an instant: who said it has no say any more."""
    subjects = {(one.kind, one.subject, one.side): one for one in said if one.at_us < at_us}
    return tuple(replace(one, on=False, at_us=at_us, until_us=ALWAYS_US) for one in subjects.values())


def without(times: Times, taken: Times) -> Times:
    """Times less other times."""
    found = list(times)
    for begins, ends in taken:
        cut = []
        for start, end in found:
            cut += [(start, min(end, begins)), (max(start, ends), end)]
        found = [(start, end) for start, end in cut if start < end]
    return tuple(sorted(found))
