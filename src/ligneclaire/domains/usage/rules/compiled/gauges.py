"""Warnings: how much of an allowance or a cap was used, and which thresholds are newly reached (C10)."""

from __future__ import annotations

from ligneclaire.domains.usage.rules.compiled.columns import CROSSINGS, MOST, NEVER, Array, Result, Running, Table
from ligneclaire.domains.usage.rules.compiled.jit import step


class TooMuch(OverflowError):
    """What one line used in a month is more than 2^62 units or millionths of a euro: its records are wrong."""

    def __init__(self) -> None:
        super().__init__("what a line used in one month is more than whole numbers of 64 bits can count")


@step
def added(total: int, more: int) -> int:
    """A sum that would wrap is refused."""
    if total > MOST - more:
        raise TooMuch
    return total + more


@step
def reached_at(threshold: int, allowance: int) -> int:
    """The whole quantity from which on a threshold in percent is reached; never before the first use."""
    return max((threshold * allowance + 99) // 100, 1)


@step
def arm(thresholds: Array, group: Table, gauge: Table, told: int) -> None:
    """Of the thresholds the next one to tell is the one after `told`; there are none of an allowance of zero."""
    gauge.told, gauge.due_at = told, NEVER
    if gauge.allowance and told < group.thresholds:
        gauge.due_at = reached_at(thresholds[group.threshold + told], gauge.allowance)


@step
def change(thresholds: Array, group: Table, gauge: Table, allowance: int) -> None:
    """Another allowance from now on. Growing arms all thresholds again."""
    grows = allowance > gauge.allowance
    gauge.allowance = allowance
    if grows:
        gauge.epoch += 1
    arm(thresholds, group, gauge, 0 if grows else gauge.told)


@step
def warn(thresholds: Array, group: Table, running: Running, result: Result, line: Table, place: int, at: int) -> None:
    """Tell the thresholds of a counter that are newly reached, in ascending order; of a closed month none."""
    gauge = running.gauges[place]
    while gauge.used >= gauge.due_at and not group.closed:
        tell(result, line, place, gauge, thresholds[group.threshold + gauge.told], at)
        arm(thresholds, group, gauge, gauge.told + 1)


@step
def pass_over(thresholds: Array, group: Table, gauge: Table) -> None:
    """Have the thresholds that are reached be told already."""
    while gauge.used >= gauge.due_at:
        arm(thresholds, group, gauge, gauge.told + 1)


@step
def arm_cap(marks: Table, cap: Table, gauge: Table, told: int) -> None:
    """The same for a cap, whose marks are amounts."""
    gauge.told, gauge.due_at = told, NEVER
    if told < cap.marks:
        gauge.due_at = max(marks[cap.mark + told].at, 1)


@step
def warn_cap(
    marks: Table, group: Table, running: Running, result: Result, line: Table, place: int, cap: Table, at: int
) -> None:
    """The same for a cap."""
    gauge = running.gauges[place]
    while gauge.used >= gauge.due_at and not group.closed:
        tell(result, line, place, gauge, marks[cap.mark + gauge.told].threshold, at)
        arm_cap(marks, cap, gauge, gauge.told + 1)


@step
def pass_over_cap(marks: Table, gauge: Table, cap: Table) -> None:
    """The same for a cap."""
    while gauge.used >= gauge.due_at:
        arm_cap(marks, cap, gauge, gauge.told + 1)


@step
def tell(result: Result, line: Table, place: int, gauge: Table, threshold: int, at: int) -> None:
    """Add one warning."""
    crossing = result.crossings[result.filled[CROSSINGS]]
    crossing.line, crossing.gauge, crossing.event_us = line.id, place, at
    crossing.epoch, crossing.threshold = max(gauge.epoch, 0), threshold
    crossing.used, crossing.allowance = gauge.used, gauge.allowance
    result.filled[CROSSINGS] += 1
