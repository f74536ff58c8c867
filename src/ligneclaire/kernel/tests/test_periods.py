"""Periods and month arithmetic."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.kernel.periods import (
    Period,
    add_days,
    add_months,
    add_years,
    last_day_before,
    whole_months_between,
)

days = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("anchor", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),  # from the 31st again, not from the clamped 28th
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
@pytest.mark.rule("C3")
def test_months_after_a_day_keep_its_number(anchor: date, months: int, expected: date) -> None:
    assert add_months(anchor, months) == expected


@pytest.mark.rule("C3")
def test_a_leap_day_has_its_anniversary_on_the_28th() -> None:
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.rule("C4", "C5")
def test_last_days() -> None:
    assert add_days(date(2026, 2, 1), 30) == date(2026, 3, 3)
    assert last_day_before(date(2026, 4, 1), 25) == date(2026, 4, 24)
    assert last_day_before(date(2026, 4, 1), 10) == date(2026, 4, 9)


@given(days, st.integers(-60, 60))
@pytest.mark.rule("C3")
def test_whole_months_invert_month_arithmetic(anchor: date, months: int) -> None:
    assert whole_months_between(anchor, add_months(anchor, months)) == months
    assert whole_months_between(anchor, add_months(anchor, months) - timedelta(days=1)) == months - 1


@given(days, st.integers(0, 800))
def test_months_of_a_period_join_to_the_period(start: date, length: int) -> None:
    period = Period(start, start + timedelta(days=length))
    parts = list(period.months())
    assert sum(part.days for part in parts) == period.days
    for before, after in pairwise(parts):
        assert before.end == after.start == after.start.replace(day=1)


@given(days, st.integers(0, 60), st.lists(st.tuples(days, st.integers(0, 40)), max_size=5))
def test_subtract_takes_out_exactly_the_days_of_the_others(
    start: date, length: int, others: list[tuple[date, int]]
) -> None:
    period = Period(start, start + timedelta(days=length))
    taken = [Period(day, day + timedelta(days=count)) for day, count in others]
    left = period.subtract(taken)
    for offset in range(length):
        day = start + timedelta(days=offset)
        assert any(part.contains(day) for part in left) == (not any(part.contains(day) for part in taken))


def test_a_period_is_half_open() -> None:
    april = Period.month("2026-04")
    assert (april.start, april.end, april.days, april.label) == (date(2026, 4, 1), date(2026, 5, 1), 30, "2026-04")
    assert april.contains(date(2026, 4, 30))
    assert not april.contains(date(2026, 5, 1))
    assert april.intersection(Period(date(2026, 5, 1), date(2026, 6, 1))) is None
    with pytest.raises(ValueError):
        Period(date(2026, 5, 1), date(2026, 4, 1))
    with pytest.raises(ValueError):
        Period.month("2026-13")
