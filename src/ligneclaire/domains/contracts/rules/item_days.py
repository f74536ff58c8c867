"""On which days an item of a contract costs money."""

from __future__ import annotations

from datetime import date, timedelta

from ligneclaire.kernel.periods import Period


def active_days(
    from_on: date | None, to_on: date | None, service_from: date | None, last_day: date | None
) -> tuple[date, date | None] | None:
    """The first day of an item and the first day without it (None = open), or None when it never is active.

    An item starts with the service or on its own day, whichever is later, and ends on its own day or after the
    contract's last day with service, whichever is earlier (C7).
    """
    if service_from is None:
        return None
    start = max(from_on or service_from, service_from)
    ends = [day for day in (to_on, last_day + timedelta(days=1) if last_day else None) if day is not None]
    end = min(ends) if ends else None
    return (start, end) if end is None or start < end else None


def active_within(days: tuple[date, date | None] | None, period: Period) -> Period | None:
    """The part of a period on which those days cost money, or None."""
    if days is None:
        return None
    start, end = days
    return period.intersection(Period(start, max(start, end or period.end)))
