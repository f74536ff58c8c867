"""Days and half-open periods: months on the calendar, month arithmetic, last moments (C2 to C5)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` up to, and without, `end`. An empty period has start = end."""

    start: date
    end: date

    def __post_init__(self) -> None:
        for day in (self.start, self.end):
            if isinstance(day, datetime):
                raise TypeError("a period is made of dates, not of instants")
        if self.end < self.start:
            raise ValueError(f"a period ends before it starts: {self.start} > {self.end}")

    @classmethod
    def month(cls, label: str) -> Period:
        """The calendar month "2026-04". Raises ValueError on anything else."""
        found = _MONTH.fullmatch(label)
        if not found:
            raise ValueError(f"not a month: {label!r}")
        return cls.month_of(date(int(found[1]), int(found[2]), 1))

    @classmethod
    def month_of(cls, day: date) -> Period:
        """The calendar month in which the day lies."""
        first = day.replace(day=1)
        return cls(first, add_months(first, 1))

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def label(self) -> str:
        """The month of its first day, as "2026-04"."""
        return month_label(self.start)

    def contains(self, day: date) -> bool:
        """Whether the day lies in it: the first day does, the end does not."""
        return self.start <= day < self.end

    def intersection(self, other: Period) -> Period | None:
        """The days of both, or None when there are none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def subtract(self, others: Iterable[Period]) -> list[Period]:
        """What is left of it, in order, when the other periods are taken out."""
        left, start = [], self.start
        for other in sorted(others):
            if other.start > start:
                left.append(Period(start, max(start, min(other.start, self.end))))
            start = max(start, other.end)
        if start < self.end:
            left.append(Period(start, self.end))
        return [part for part in left if part.days]

    def months(self) -> Iterator[Period]:
        """Its parts, split at calendar month borders, in order."""
        start = self.start
        while start < self.end:
            end = min(self.end, Period.month_of(start).end)
            yield Period(start, end)
            start = end


def month_label(day: date) -> str:
    """The month of a day, as "2026-04"."""
    return f"{day.year:04d}-{day.month:02d}"


def days_in_month(day: date) -> int:
    """The real number of days of the day's calendar month (C2)."""
    return monthrange(day.year, day.month)[1]


def add_months(anchor: date, months: int) -> date:
    """The same day number that many months later, clamped to the month's end (C3).

    Always call it on the original date: add_months(add_months(31 Jan, 1), 1) is not add_months(31 Jan, 2).
    Raises ValueError beyond the years 1 to 9999.
    """
    index = anchor.year * 12 + anchor.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise ValueError(f"no such year: {year}")
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def add_years(anchor: date, years: int) -> date:
    """The same day and month that many years later; 29 February becomes the 28th (C3)."""
    return add_months(anchor, 12 * years)


def add_days(anchor: date, days: int) -> date:
    """N days after: the anchor is day 0, the answer the last day still in time (C4)."""
    return anchor + timedelta(days=days)


def day_of_month(day: date, number: int) -> date:
    """Day `number` of the day's month, or the month's last day when it has no such day."""
    return day.replace(day=min(number, days_in_month(day)))


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last second of a local day, the last moment that is still in time (C4)."""
    return datetime.combine(day, time(23, 59, 59), zone)


def last_day_before(month: date, number: int) -> date:
    """The last valid day of "before the Nth" in the day's month: the (N-1)th, in the month before for the 1st (C5)."""
    return day_of_month(month, number) - timedelta(days=1)


def whole_months_between(anchor: date, day: date) -> int:
    """How many whole months (C3) have passed from the anchor up to and including `day`'s date; negative before it."""
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    return months if add_months(anchor, months) <= day else months - 1
