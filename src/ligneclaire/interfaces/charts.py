"""Drawings made on the server: what an amount is made of, and what leaving costs month by month. Pure geometry.

Each is drawn twice, for the width that it is read at; the page shows the one that fits, so labels stay 13 pixels.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

WIDE, NARROW = 560, 280
LETTER = 7  # pixels that a letter of 13 pixels takes on average, a little generous
GAP = 14
ROW = 24


@dataclass(frozen=True, slots=True)
class Piece:
    """A part to draw: its amount, how that is written, its label and its tone ("month", "once" …)."""

    amount: Decimal
    written: str
    label: str
    tone: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of one tone."""

    x: int
    y: int
    width: int
    height: int
    tone: str

    @property
    def path(self) -> str:
        """The same as SVG path data."""
        return f"M{self.x} {self.y}h{self.width}v{self.height}h{-self.width}z"


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a place; `style` is a class of the style sheet, `anchor` as in SVG."""

    x: int
    y: int
    words: str
    style: str = ""
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a template draws: boxes, texts, leaders (thin lines to a label) and inked lines, as SVG path data."""

    width: int
    height: int
    boxes: tuple[Box, ...] = ()
    texts: tuple[Text, ...] = ()
    leaders: tuple[str, ...] = ()
    inked: tuple[str, ...] = ()

    @property
    def is_hatched(self) -> bool:
        """Whether days of a month are drawn, which are hatched to tell them from a whole one, as in the PDF."""
        return any(box.tone == "days" for box in self.boxes)


def bar_wide(pieces: Sequence[Piece]) -> Drawing:
    """A bar from left to right; what is taken off lies under its end, so that the free part of the bar is the sum."""
    added, taken = _signed(pieces)
    widths = _lengths([piece.amount for piece in added], WIDE - 4)
    boxes, texts, words, x = [], [], list[tuple[str, int, int]](), 2
    for piece, width in zip(added, widths, strict=True):
        boxes.append(Box(x, 2, width, 50, piece.tone))
        inside = len(piece.written) * 8 + 16 <= width
        if inside:
            texts.append(Text(x + 10, 33, piece.written, "on-tone"))
        words.append((piece.label if inside else f"{piece.written} {piece.label}", x, width))
        x += width
    labels: list[_Label] = []
    for one in reversed(words):  # from the right, so that a leader comes down left of the words beside it
        labels.append(_placed(*one, labels))
    texts += [Text(one.start, 74 + ROW * one.row, one.words) for one in labels]
    leaders = tuple(f"M{one.stem} 52V{62 + ROW * one.row}" for one in labels if one.row or one.start > one.stem)
    y = 78 + ROW * (1 + max((one.row for one in labels), default=0))
    boxes_taken, texts_taken = _taken_off(added, taken, WIDE - 4, y)
    height = y - 8 + (40 * len(taken) if taken else 0)
    return Drawing(WIDE, height, (*boxes, *boxes_taken), (*texts, *texts_taken), leaders)


def bar_narrow(pieces: Sequence[Piece]) -> Drawing:
    """A column from top to bottom with its labels at the right; what is taken off stands under it."""
    added, taken = _signed(pieces)
    blocks = [textwrap.wrap(piece.label, 24)[:2] for piece in (*added, *taken)]
    needs = [20 + 18 * len(block) + 8 for block in blocks]
    heights = _lengths([piece.amount for piece in added], max(190, sum(needs[: len(added)])))
    boxes, texts, leaders = [], [], []
    y, free = 2, 2
    for piece, height, block, need in zip(added, heights, blocks, needs, strict=False):
        boxes.append(Box(2, y, 62, height, piece.tone))
        top = max(free, y + height // 2 - need // 2)
        leaders.append(f"M64 {y + height // 2}H72L80 {top + 12}H86")
        texts += _block(piece, block, top)
        free, y = top + need, y + height
    bottom = max(free, y) + 6
    for piece, block, need in zip(taken, blocks[len(added) :], needs[len(added) :], strict=True):
        boxes.append(Box(2, bottom, 62, max(18, need - 14), piece.tone))
        texts += _block(piece, block, bottom)
        bottom += need
    return Drawing(NARROW, bottom + 2, tuple(boxes), tuple(texts), tuple(leaders))


@dataclass(frozen=True, slots=True)
class Month:
    """The cost of leaving in a month: its first day, its short name, the cost and how it is written."""

    first: date
    name: str
    cost: Decimal
    written: str


def stairs(months: Sequence[Month], width: int) -> Drawing:
    """Bars that go down month by month until leaving is free; the first is now. `width` is WIDE or NARROW."""
    top, floor, most = 34, 190, max((month.cost for month in months), default=Decimal(0))
    pitch = (width - 4) // max(len(months), 1)
    every = max(1, -(-44 // pitch))
    boxes, texts = [], []
    for index, month in enumerate(months):
        x = 2 + index * pitch
        height = int((floor - top) * month.cost / most) if most else 0
        if height:
            boxes.append(Box(x + 1, floor - height, max(pitch - 4, 3), height, "once" if index == 0 else "month"))
        if index % every == 0:
            texts.append(Text(x + 1, floor + 20, month.name, "strong" if index == 0 else ""))
        if index % every == 0 and (index == 0 or month.first.month <= every):
            texts.append(Text(x + 1, floor + 38, str(month.first.year)))
    texts += _stair_notes(months, pitch, top, floor, width)
    return Drawing(width, floor + 46, tuple(boxes), tuple(texts), (), (f"M0 {floor}H{width}",))


def _stair_notes(months: Sequence[Month], pitch: int, top: int, floor: int, width: int) -> list[Text]:
    """The amounts above the bars: all of them where there is room, else the first and the last."""
    most = max((month.cost for month in months), default=Decimal(0))
    noted = range(len(months)) if pitch >= 68 else sorted({0, len(months) - 1} if months else set())
    heights = [int((floor - top) * month.cost / most) if most else 0 for month in months]
    notes = []
    for index in noted:
        words, x = len(months[index].written) * 8, 3 + index * pitch
        fits = x + words <= width
        left, right = (x, x + words) if fits else (width - words, width)
        highest = max(high for at, high in enumerate(heights) if left < 3 + (at + 1) * pitch and right > 3 + at * pitch)
        style, anchor = ("strong" if index == 0 else "on-tone"), ("start" if fits else "end")
        notes.append(Text(x if fits else width, floor - highest - 10, months[index].written, style, anchor))
    return notes


def _signed(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    added = [piece for piece in pieces if piece.amount > 0]
    taken = [replace(piece, tone="credit") for piece in pieces if piece.amount < 0]
    return (added, taken) if added else ([replace(piece, amount=-piece.amount) for piece in taken], [])


def _lengths(amounts: Sequence[Decimal], length: int) -> list[int]:
    """Lengths in proportion, none under six pixels, that together are the whole length."""
    whole = sum(amounts) or Decimal(1)
    lengths = [max(6, int(length * amount / whole)) for amount in amounts]
    if lengths:
        lengths[lengths.index(max(lengths))] += length - sum(lengths)
    return lengths


@dataclass(frozen=True, slots=True)
class _Label:
    """Words under a bar, from `start` to `end` in a row; the leader comes down at `stem`."""

    words: str
    start: int
    end: int
    row: int
    stem: int


def _placed(words: str, x: int, width: int, before: Sequence[_Label]) -> _Label:
    """Put a label under its part: in the first row where neither words nor leaders meet those before it."""
    needed = len(words) * LETTER
    start = max(2, min(x + 2, WIDE - needed - 2))
    end, stem = start + needed, x + min(width // 2, 8)
    for row in range(len(before) + 1):
        meets = any(one.row == row and one.start < end + GAP and start < one.end + GAP for one in before)
        crosses = any(one.row < row and one.start - 4 < stem < one.end + 4 for one in before)
        crossed = any(one.row > row and start - 4 < one.stem < end + 4 for one in before)
        if not (meets or crosses or crossed):
            return _Label(words, start, end, row, stem)
    lowest = max(one.row for one in before) + 1
    return _Label(words, start, end, lowest, stem)


def _taken_off(added: Sequence[Piece], taken: Sequence[Piece], length: int, y: int) -> tuple[list[Box], list[Text]]:
    whole = sum((piece.amount for piece in added), Decimal(0)) or Decimal(1)
    boxes, texts, right = [], [], length + 2
    for index, piece in enumerate(taken):
        width = min(length, max(6, int(length * -piece.amount / whole)))
        top = y + 40 * index
        boxes.append(Box(max(2, right - width), top - 14, width, 24, piece.tone))
        words = f"{piece.written} {piece.label}"
        needed = len(words) * LETTER
        outside = right - width - needed - 10 > 0
        texts.append(
            Text(right - width - 10 if outside else 10, top + 3, words, "on-tone", "end" if outside else "start")
        )
        right = max(2, right - width)
    return boxes, texts


def _block(piece: Piece, lines: Sequence[str], top: int) -> list[Text]:
    return [
        Text(92, top + 17, piece.written, "strong"),
        *(Text(92, top + 35 + 17 * index, line) for index, line in enumerate(lines)),
    ]
