"""Drawings are to scale, and no label lies on another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ligneclaire.interfaces import charts
from ligneclaire.interfaces.charts import LETTER, Month, Piece, Text
from ligneclaire.kernel.periods import add_months

amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(5000), places=2)
words = st.text(alphabet="abcdefghij ", min_size=3, max_size=34)
pieces = st.lists(
    st.builds(lambda a, w: Piece(a, f"{a} €", w.strip() or "x", "month"), amounts, words), min_size=1, max_size=6
)


def _span(text: Text) -> tuple[int, int]:
    needed = len(text.words) * LETTER
    return (text.x - needed, text.x) if text.anchor == "end" else (text.x, text.x + needed)


def test_annas_bar_is_to_scale() -> None:
    parts = [("39.00", "once"), ("18.94", "month"), ("29.90", "month")]
    drawn = charts.bar_wide([Piece(Decimal(amount), amount, "part", tone) for amount, tone in parts])
    assert [box.tone for box in drawn.boxes] == ["once", "month", "month"]
    assert [box.width for box in drawn.boxes] == [248, 119, 189]  # of 556: 39.00, 18.94 and 29.90 of 87.84


def test_what_is_taken_off_lies_under_the_end_of_the_bar() -> None:
    drawn = charts.bar_wide(
        [Piece(Decimal(40), "40", "month", "month"), Piece(Decimal(-10), "-10", "credit", "credit")]
    )
    whole, off = drawn.boxes
    assert (off.x + off.width, off.tone) == (whole.x + whole.width, "credit")
    assert off.width * 4 == whole.width
    assert off.y >= whole.y + whole.height


@settings(max_examples=50, deadline=None)
@given(pieces)
def test_a_bar_fills_its_width_and_labels_do_not_meet(parts: list[Piece]) -> None:
    drawn = charts.bar_wide(parts)
    assert sum(box.width for box in drawn.boxes) == charts.WIDE - 4
    rows: dict[int, list[tuple[int, int]]] = {}
    for text in drawn.texts:
        rows.setdefault(text.y, []).append(_span(text))
    for y, spans in rows.items():
        ordered = sorted(spans)
        assert y == 33 or all(left[1] <= right[0] for left, right in pairwise(ordered))
    assert all(0 <= box.x <= box.x + box.width <= charts.WIDE for box in drawn.boxes)


@settings(max_examples=50, deadline=None)
@given(pieces)
def test_a_column_keeps_its_labels_apart(parts: list[Piece]) -> None:
    drawn = charts.bar_narrow(parts)
    heights = [text.y for text in drawn.texts]
    assert heights == sorted(heights)
    assert all(low - high >= 14 for high, low in pairwise(heights))
    assert max(heights) < drawn.height


def test_stairs_go_down_and_name_the_first_and_the_last() -> None:
    ends = [add_months(date(2026, 7, 11), index) for index in range(12)]
    months = [Month(end, "m", Decimal(29) * (11 - index), f"{29 * (11 - index)}") for index, end in enumerate(ends)]
    drawn = charts.stairs(months, charts.NARROW)
    assert [box.height for box in drawn.boxes] == sorted((box.height for box in drawn.boxes), reverse=True)
    assert len(drawn.boxes) == 11  # the last month costs nothing
    assert [text.words for text in drawn.texts if text.words in ("319", "0")] == ["319", "0"]
