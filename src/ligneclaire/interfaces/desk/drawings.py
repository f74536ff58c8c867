"""Drawings of the desk: a wire of time, what went up and down, what comes in on which day. Pure geometry, two sizes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ligneclaire.interfaces.charts import LETTER, NARROW, Box, Drawing, Text

TONES = {"past": "rest", "now": "month", "ahead": "once"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which one version holds: the first of them in words, "past", "now" or "ahead", its values in words."""

    since: str
    state: str
    words: str


def time_wire(stretches: Sequence[Stretch], width: int) -> Drawing:
    """One box per stretch, from left to right; on a telephone from top to bottom. The last six are drawn."""
    shown = list(stretches)[-6:]
    return _down(shown, width) if width <= NARROW else _across(shown, width)


def _across(shown: Sequence[Stretch], width: int) -> Drawing:
    step = (width - 4) // max(1, len(shown))
    room = max(10, (step - 16) // LETTER)
    boxes, texts = [], []
    lines = [textwrap.wrap(one.words, room)[:3] for one in shown]
    height = 18 + 18 * max((len(line) for line in lines), default=1)
    for index, (one, words) in enumerate(zip(shown, lines, strict=True)):
        x = 2 + index * step
        boxes.append(Box(x, 26, step, height, TONES[one.state]))
        texts += [Text(x + 9, 46 + 18 * row, line, "on-tone") for row, line in enumerate(words)]
        texts.append(Text(x + 1, 16, one.since, "strong" if one.state == "now" else ""))
    return Drawing(width, 26 + height + 4, tuple(boxes), tuple(texts))


def _down(shown: Sequence[Stretch], width: int) -> Drawing:
    boxes, texts, y = [], [], 2
    for one in shown:
        words = textwrap.wrap(one.words, (width - 30) // LETTER)[:3]
        height = 18 + 18 * len(words)
        texts.append(Text(2, y + 14, one.since, "strong" if one.state == "now" else ""))
        boxes.append(Box(2, y + 22, width - 4, height, TONES[one.state]))
        texts += [Text(12, y + 42 + 18 * row, line, "on-tone") for row, line in enumerate(words)]
        y += 22 + height + 10
    return Drawing(width, y, tuple(boxes), tuple(texts))


@dataclass(frozen=True, slots=True)
class Difference:
    """One reason for a difference: its name, the amount with its sign, and how that is written."""

    name: str
    amount: Decimal
    written: str


def differences(rows: Sequence[Difference], width: int) -> Drawing:
    """A bar per reason from a line in the middle: more goes right, less goes left. Names above, amounts at the end."""
    most = max((abs(one.amount) for one in rows), default=Decimal(0)) or Decimal(1)
    margin = 92
    left = max((int(-one.amount / most * 1000) for one in rows), default=0)
    right = max((int(one.amount / most * 1000) for one in rows), default=0)
    left, right = max(left, 0), max(right, 0)
    free = width - 8 - (margin if left else 4) - (margin if right else 4)
    scale = Decimal(free) / max(left + right, 1)
    axis = 4 + (margin if left else 4) + int(left * scale)
    boxes, texts, inked, y = [], [], [], 0
    for one in rows:
        length = max(3, int(abs(one.amount) / most * 1000 * scale)) if one.amount else 0
        up = one.amount > 0
        texts.append(Text(2, y + 14, one.name))
        boxes.append(Box(axis if up else axis - length, y + 24, length, 22, "once" if up else "credit"))
        inked.append(f"M{axis} {y + 20}V{y + 50}")
        x, anchor = (axis + length + 8, "start") if up else (axis - length - 8, "end")
        texts.append(Text(x, y + 40, one.written, "strong", anchor))
        y += 58
    return Drawing(width, y, tuple(boxes), tuple(texts), (), tuple(inked))


@dataclass(frozen=True, slots=True)
class PayDay:
    """What comes in on a day, before and after: the day in words, both amounts and how they are written."""

    name: str
    before: Decimal
    after: Decimal
    before_written: str
    after_written: str


def pay_days(days: Sequence[PayDay], width: int) -> Drawing:
    """Two bars per day, one above the other: before in paper, after in colour. At most eight days are drawn."""
    shown = list(days)[:8]
    most = max((max(one.before, one.after) for one in shown), default=Decimal(0)) or Decimal(1)
    boxes, texts, inked, y, room = [], [], [], 0, width - 8 - 100
    for one in shown:
        texts.append(Text(2, y + 14, one.name, "strong"))
        inked.append(f"M4 {y + 20}V{y + 66}")
        for amount, said, tone in ((one.before, one.before_written, "rest"), (one.after, one.after_written, "month")):
            length = max(3, int(amount / most * room)) if amount else 0
            if length:
                boxes.append(Box(4, y + 24, length, 18, tone))
            texts.append(Text(length + 12, y + 38, said))
            y += 20
        y += 42
    return Drawing(width, y, tuple(boxes), tuple(texts), (), tuple(inked))
