"""The days of a month as bars, drawn on the server in two widths: what lay in the bundles, and what went beyond. Pure
geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ligneclaire.interfaces.charts import LETTER, Box, Drawing, Text

TOP, FLOOR = 30, 160
EVERY = 5  # days between two numbers under the bars


@dataclass(frozen=True, slots=True)
class DayBar:
    """A day: its number in the month, what lay inside and outside of bundles, and how both together are written."""

    number: int
    inside: int
    outside: int
    written: str

    @property
    def whole(self) -> int:
        """Both together."""
        return self.inside + self.outside


def days(bars: Sequence[DayBar], of_days: int, width: int) -> Drawing:
    """One bar a day, to scale; room is kept for the days to come. The highest day says how much it was."""
    most = max((bar.whole for bar in bars), default=0)
    boxes: list[Box] = []
    for bar in bars:
        left, right = _edges(bar.number, of_days, width)
        inside, outside = (_height(part, most) for part in (bar.inside, bar.outside))
        if inside:
            boxes.append(Box(left, FLOOR - inside, right - left, inside, "month"))
        if outside:
            boxes.append(Box(left, FLOOR - inside - outside, right - left, outside, "outside-bundle"))
    numbers = [day for day in range(1, of_days + 1) if day == 1 or day % EVERY == 0]
    texts = [Text(sum(_edges(day, of_days, width)) // 2, FLOOR + 20, str(day), "", "middle") for day in numbers]
    return Drawing(width, FLOOR + 28, tuple(boxes), (*texts, *_note(bars, most, of_days, width)), (), _floor(width))


def _note(bars: Sequence[DayBar], most: int, of_days: int, width: int) -> list[Text]:
    """What the highest day was, above it and within the drawing."""
    highest = next((bar for bar in bars if most and bar.whole == most), None)
    if highest is None:
        return []
    needed = len(highest.written) * LETTER
    middle = sum(_edges(highest.number, of_days, width)) // 2
    start = max(0, min(middle - needed // 2, width - needed))
    return [Text(start, TOP - 10, highest.written, "strong")]


def _edges(day: int, of_days: int, width: int) -> tuple[int, int]:
    left = 2 + (day - 1) * (width - 4) // of_days
    right = 2 + day * (width - 4) // of_days
    return left + 1, max(right - 2, left + 3)


def _height(part: int, most: int) -> int:
    return max(2, (FLOOR - TOP) * part // most) if part else 0


def _floor(width: int) -> tuple[str, ...]:
    return (f"M0 {FLOOR}H{width}",)
