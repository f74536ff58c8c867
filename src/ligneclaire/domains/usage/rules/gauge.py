"""How much of an allowance or of a ceiling was used, and which warnings are due (C10)."""

from __future__ import annotations

from collections.abc import Sequence

Marks = tuple[tuple[int, int], ...]  # (threshold in percent, quantity at which it is reached), ascending


def marks_of(allowance: int, thresholds: Sequence[int]) -> Marks:
    """From which whole quantity on each threshold is reached, exactly; none of an allowance of zero."""
    if not allowance:
        return ()
    return tuple((threshold, -(-threshold * allowance // 100)) for threshold in sorted(set(thresholds)))


class Gauge:
    """A counter that tells each mark once, in ascending order, and all anew after its allowance grew. `epoch` counts
    how often it grew since there was one (-1: there was none yet). A mark of zero is reached by the first use.

    `due_at`: from which use on `reached` has something to tell.
    """

    __slots__ = ("allowance", "due_at", "epoch", "marks", "told", "used")

    def __init__(self, allowance: int, marks: Marks, used: int = 0) -> None:
        self.used, self.epoch = used, 0 if allowance else -1
        self._set(allowance, marks)

    def change(self, allowance: int, marks: Marks) -> None:
        """Another allowance from now on. Growing arms all thresholds again; they are tested at the change itself."""
        told = self.told
        grows = allowance > self.allowance
        self._set(allowance, marks)
        if grows:
            self.epoch += 1
        else:
            self._skip(told)

    def reached(self) -> tuple[int, ...]:
        """The thresholds that are reached and were not told yet, ascending; they are told now."""
        found = []
        while self.used >= self.due_at:
            found.append(self.marks[self.told][0])
            self._skip(self.told + 1)
        return tuple(found)

    def _set(self, allowance: int, marks: Marks) -> None:
        self.allowance, self.marks = allowance, marks
        self._skip(0)

    def _skip(self, told: int) -> None:
        self.told = told
        self.due_at = max(self.marks[told][1], 1) if told < len(self.marks) else 2**62
