"""The operator's clock and its holidays as numbers, for peak times (RAT-08)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ligneclaire.domains.usage.rules.instants import instant_of

_FIRST_DAY = date(1970, 1, 1)
DAY = 86_400 * 10**6  # microseconds
_MINUTE = 60 * 10**6


@lru_cache(maxsize=256)
def changes(zone: ZoneInfo, first_day: int, last_day: int) -> tuple[tuple[int, int], ...]:
    """(instant, offset from then on) of a zone from one day in UTC to another, in microseconds; the first one holds
    from the first day on. Exact to the minute, as long as clocks are moved once a day."""
    found = [(first_day * DAY, _offset(zone, first_day * DAY))]
    for day in range(first_day, last_day + 1):
        begins, ends = day * DAY, (day + 1) * DAY
        offset = _offset(zone, ends)
        if offset != found[-1][1]:
            found.append((_moved(zone, begins, ends), offset))
    return tuple(found)


def days_of(holidays: Collection[date]) -> list[int]:
    """Days as numbers since 1970."""
    return sorted((day - _FIRST_DAY).days for day in holidays)


def _moved(zone: ZoneInfo, before: int, after: int) -> int:
    """The minute between two instants at which the clock was moved."""
    offset = _offset(zone, after)
    low, high = before // _MINUTE, after // _MINUTE
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(zone, middle * _MINUTE) == offset else (middle, high)
    return high * _MINUTE


def _offset(zone: ZoneInfo, instant: int) -> int:
    local = instant_of(instant).astimezone(zone)
    return (local.utcoffset() or timedelta()) // timedelta(microseconds=1)
