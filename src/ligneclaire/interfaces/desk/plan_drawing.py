"""What each plan costs month by month: a row of bars for what was billed and for each plan, to one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ligneclaire.interfaces.charts import Box, Drawing, Text

HIGH, ROW = 44, 84
MOST = 6  # rows that are drawn


@dataclass(frozen=True, slots=True)
class Series:
    """A row: its name, its sum as written, its tone, and an amount for each month."""

    name: str
    written: str
    tone: str
    amounts: tuple[Decimal, ...]


def by_month(rows: Sequence[Series], months: Sequence[str], width: int) -> Drawing:
    """The rows one under another; under the last one the months are named, as many as there is room for."""
    shown = list(rows)[:MOST]
    most = max((amount for one in shown for amount in one.amounts), default=Decimal(0)) or Decimal(1)
    step = (width - 4) // max(1, len(months))
    boxes, texts, inked, y = [], [], [], 0
    for one in shown:
        base = y + 24 + HIGH
        texts += [Text(2, y + 14, one.name, "strong"), Text(width - 2, y + 14, one.written, "", "end")]
        for place, amount in enumerate(one.amounts):
            height = max(2, int(amount / most * HIGH)) if amount > 0 else 0
            if height:
                boxes.append(Box(2 + place * step, base - height, max(step - 6, 3), height, one.tone))
        inked.append(f"M2 {base}H{width - 2}")
        y += ROW
    every = max(1, -(-64 // step))
    texts += [Text(2 + place * step, y + 4, name) for place, name in enumerate(months) if place % every == 0]
    return Drawing(width, y + 12, tuple(boxes), tuple(texts), (), tuple(inked))
