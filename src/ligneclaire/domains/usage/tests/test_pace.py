"""When an allowance will be used up at the pace so far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.usage.rules import pace

BEGUN, ENDS = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.rule("USE-02")
@pytest.mark.parametrize(
    ("used", "day", "reached"),
    [
        (79, 22, datetime(2026, 11, 27, 13, 58, 29, tzinfo=UTC)),  # 21 days for 79 of 100: 26.58 days for all
        (40, 13, None),  # 30 days for all: it lasts
        (0, 22, None),
        (100, 22, None),  # reached already
    ],
)
def test_the_day_at_this_pace(used: int, day: int, reached: datetime | None) -> None:
    assert pace.reached_at(used, 100, BEGUN, BEGUN.replace(day=day), ENDS) == reached


def test_the_first_days_say_nothing() -> None:
    assert not pace.is_told(50, BEGUN, BEGUN + timedelta(days=2))
    assert pace.is_told(50, BEGUN, BEGUN + timedelta(days=3))
    assert not pace.is_told(0, BEGUN, ENDS)


@given(st.integers(1, 10**12), st.integers(1, 10**12), st.integers(1, 30 * 86_400))
def test_it_lies_ahead_and_within_the_month(used: int, allowance: int, passed: int) -> None:
    now = BEGUN + timedelta(seconds=passed)
    found = pace.reached_at(used, allowance, BEGUN, now, ENDS)
    if found is not None:
        assert now < found < ENDS
        assert used < allowance
