"""The warnings of one allowance, event by event (C10): the gauge of rating, with a door of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ligneclaire.domains.usage.rules.gauge import Gauge, marks_of


@dataclass(frozen=True, slots=True)
class Event:
    """What happens to an allowance: some of it is used, or it changes. `period` None: the running one."""

    quantity: int = 0
    allowance: int | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """A threshold that the event at `place` reached, and what of the allowance was used by then."""

    place: int
    threshold: int
    used: int
    allowance: int


def warnings(allowance: int, thresholds: Sequence[int], events: Iterable[Event]) -> tuple[Reached, ...]:
    """The warnings in the order of sending. A new period starts at zero with the same allowance; an event of an earlier
    period is late, and never warns."""
    gauge, period = Gauge(allowance, marks_of(allowance, thresholds)), ""
    found: list[Reached] = []
    for place, event in enumerate(events):
        if event.period is not None and event.period < period:
            continue
        if event.period is not None and event.period > period:
            gauge, period = Gauge(gauge.allowance, gauge.marks), event.period
        if event.allowance is not None and event.allowance != gauge.allowance:
            gauge.change(event.allowance, marks_of(event.allowance, thresholds))
            found += _reached(place, gauge)
        gauge.used += event.quantity
        found += _reached(place, gauge)
    return tuple(found)


def _reached(place: int, gauge: Gauge) -> list[Reached]:
    return [Reached(place, threshold, gauge.used, gauge.allowance) for threshold in gauge.reached()]
