"""What was said of a line's spending, as the engines of rating take it: blocks, and times in which ceilings stop
(RAT-16, W-22, W-32)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ligneclaire.domains.lines.rules import controls
from ligneclaire.domains.lines.rules.controls import Said
from ligneclaire.domains.usage.rules import ceilings
from ligneclaire.domains.usage.rules.columns import DATA, THIRD_PARTY
from ligneclaire.domains.usage.rules.spending import OWN
from ligneclaire.domains.usage.rules.terms import ALWAYS, Block, Cap

_KINDS = {controls.ABROAD: "roaming", controls.DATA_ABROAD: "roaming", controls.INTERNATIONAL: "international",
          controls.SPECIAL: "special"}  # fmt: skip
_SERVICES = {controls.DATA_ABROAD: frozenset({DATA}), controls.THIRD_PARTY: frozenset({THIRD_PARTY})}


def blocks_of(said: Sequence[Said], kinds: Mapping[str, str]) -> tuple[Block, ...]:
    """The blocks of a line whose deck has these zones (zone -> kind), whoever asked for them."""
    if not said:
        return ()
    return tuple(
        Block(*times, subject, services, zones)
        for subject in controls.BLOCKS
        for services, zones in _concerns(subject, kinds)
        for side in (controls.USER, controls.COMPANY)
        for times in controls.times_of(said, controls.BLOCK, subject, side)
    )


def caps_of(
    caps: tuple[Cap, ...], said: Sequence[Said], side: str, kinds: Mapping[str, str], tax: int
) -> tuple[Cap, ...]:
    """The ceilings of a line as they stop: those of law and operator without the times for which it was agreed to go
    on, and its own caps; `side` has the say in the month. `tax`: basis points between prices of usage and those with
    tax, which an own cap includes. Of a line of which nothing was said they are the same tuple."""
    if not said:
        return caps
    agreed = (
        replace(one, stops=controls.without(one.stops, _agreed(said, one.kind, side))) if one.stops else one
        for one in caps
    )
    return *agreed, *_own(said, side, ceilings.at_home_of(kinds), tax)


def _own(said: Sequence[Said], side: str, zones: frozenset[str], tax: int) -> Iterator[Cap]:
    """Each cap that the line was given, under a counter of its own, so that each one warns; the last one alone does."""
    rows = [one for one in said if (one.kind, one.side) == (controls.CAP, side)]
    ends = [*(one.at_us for one in rows[1:]), ALWAYS[1]]
    agreed = _agreed(said, controls.OWN, side)
    for place, (one, ends_us) in enumerate(zip(rows, ends, strict=False)):
        if one.on and one.at_us < ends_us:
            since = tuple(each for each in agreed if each[0] >= one.at_us)
            stops = controls.without(((one.at_us, ends_us),), since) if one.stops else ()
            early = ((ceilings.WARNS_AT, one.amount * ceilings.WARNS_AT // 100),) if one.amount else ()
            marks = (*early, (100, one.amount)) if place == len(rows) - 1 else ()
            yield Cap(f"{OWN}-{one.number}", OWN, one.amount, zones=zones, tax=tax, marks=marks, stops=stops)


def _agreed(said: Sequence[Said], ceiling: str, side: str) -> controls.Times:
    return controls.times_of(said, controls.AGREEMENT, ceiling, side)


def _concerns(subject: str, kinds: Mapping[str, str]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """(services, zones) of a block; nothing when the deck has no such zone, since none would mean all."""
    kind = _KINDS.get(subject)
    zones = frozenset(zone for zone, one in kinds.items() if one == kind)
    if kind is None or zones:
        yield _SERVICES.get(subject, frozenset()), zones
