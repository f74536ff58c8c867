"""TARGET days and national working days.

TARGET has no substitute days, and national holidays are TARGET days like others (C6).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays

ONE_DAY = timedelta(days=1)
COUNTRIES = ("BE", "FR")


@cache
def _target_closing_days(year: int) -> frozenset[date]:
    return frozenset(holidays.financial_holidays("XECB", years=year))


@cache
def _public_holidays(country: str, year: int) -> frozenset[date]:
    if country not in COUNTRIES:
        raise ValueError(f"no list of public holidays for {country!r}")
    return frozenset(holidays.country_holidays(country, years=year))


def is_target_day(day: date) -> bool:
    """Whether euro payments settle on that day (C6, L-EU-04)."""
    return day.weekday() < 5 and day not in _target_closing_days(day.year)


def next_target_day(day: date) -> date:
    """The day itself when TARGET is open, else the next day on which it is."""
    while not is_target_day(day):
        day += ONE_DAY
    return day


def previous_target_day_before(day: date) -> date:
    """The last TARGET day strictly before the day: the latest day for a bank file (C6)."""
    day -= ONE_DAY
    while not is_target_day(day):
        day -= ONE_DAY
    return day


def is_public_holiday(day: date, country: str) -> bool:
    """Whether the day is on the country's national list ("BE" or "FR")."""
    return day in _public_holidays(country, day.year)


def is_working_day(day: date, country: str) -> bool:
    """Monday to Friday, unless it is a public holiday of the country."""
    return day.weekday() < 5 and not is_public_holiday(day, country)


def next_working_day(day: date, country: str) -> date:
    """The day itself when it is a working day, else the next one that is."""
    while not is_working_day(day, country):
        day += ONE_DAY
    return day


def add_working_days(day: date, count: int, country: str) -> date:
    """The count-th working day after the day (the day itself is day 0)."""
    for _ in range(count):
        day = next_working_day(day + ONE_DAY, country)
    return day
