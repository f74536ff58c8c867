"""TARGET and national working days, pinned by date."""

from datetime import date

import pytest

from ligneclaire.kernel.working_days import (
    add_working_days,
    is_target_day,
    is_working_day,
    next_target_day,
    next_working_day,
    previous_target_day_before,
)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 1, 1), False),
        (date(2026, 4, 3), False),  # Good Friday
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 5, 1), False),
        (date(2026, 12, 25), False),
        (date(2025, 12, 26), False),
        (date(2026, 12, 28), True),  # 26 December is a Saturday: no substitute day
        (date(2026, 7, 14), True),
        (date(2026, 7, 21), True),
        (date(2025, 8, 15), True),
        (date(2026, 5, 14), True),  # Ascension
        (date(2026, 4, 4), False),
    ],
)
@pytest.mark.rule("C6", "L-EU-04")
def test_target_days(day: date, is_open: bool) -> None:
    assert is_target_day(day) is is_open


@pytest.mark.rule("C6")
def test_moves_forward_over_easter_and_back_for_the_file() -> None:
    assert next_target_day(date(2026, 4, 3)) == date(2026, 4, 7)
    assert previous_target_day_before(date(2026, 4, 7)) == date(2026, 4, 2)
    assert next_target_day(date(2026, 6, 5)) == date(2026, 6, 5)


def test_national_working_days() -> None:
    assert not is_working_day(date(2026, 7, 14), "FR")
    assert is_working_day(date(2026, 7, 14), "BE")
    assert not is_working_day(date(2026, 7, 21), "BE")
    assert next_working_day(date(2026, 4, 5), "BE") == date(2026, 4, 7)
    assert add_working_days(date(2026, 7, 20), 1, "BE") == date(2026, 7, 22)
    with pytest.raises(ValueError):
        is_working_day(date(2026, 7, 20), "DE")
