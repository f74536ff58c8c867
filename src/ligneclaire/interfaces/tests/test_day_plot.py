"""The days of a month are drawn to scale, within the drawing, at both widths."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.interfaces import charts, day_plot
from ligneclaire.interfaces.charts import LETTER
from ligneclaire.interfaces.day_plot import DayBar

amounts = st.integers(0, 10**12)


def test_the_highest_day_fills_the_height_and_says_how_much() -> None:
    drawn = day_plot.days([DayBar(1, 50, 0, "1 Nov, 50"), DayBar(2, 60, 40, "2 Nov, 100")], 30, charts.WIDE)
    assert [(box.height, box.tone) for box in drawn.boxes] == [(65, "month"), (78, "month"), (52, "outside-bundle")]
    assert [text.words for text in drawn.texts if text.style == "strong"] == ["2 Nov, 100"]


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
@given(st.lists(st.tuples(amounts, amounts), max_size=31))
def test_bars_lie_beside_each_other_within_the_drawing(width: int, used: list[tuple[int, int]]) -> None:
    bars = [DayBar(day, inside, outside, "31 november, 123 GB") for day, (inside, outside) in enumerate(used, 1)]
    drawn = day_plot.days(bars, 31, width)
    edges = sorted({(box.x, box.x + box.width) for box in drawn.boxes})
    assert all(left[1] <= right[0] for left, right in pairwise(edges))
    assert all(box.x >= 0 and box.x + box.width <= width and box.y >= day_plot.TOP - 4 for box in drawn.boxes)
    for text in drawn.texts:
        needed = len(text.words) * LETTER
        assert text.style != "strong" or 0 <= text.x <= text.x + needed <= width
