"""When an allowance will be used up if somebody goes on as before: for a page, never for a charge."""

from __future__ import annotations

from datetime import datetime, timedelta

TOO_EARLY = timedelta(days=3)  # what the first days say of a month is worth nothing


def reached_at(used: int, allowance: int, begun: datetime, now: datetime, ends: datetime) -> datetime | None:
    """When the allowance is reached at the pace since `begun`; None when it lasts until `ends`, or is reached already.

    Whole seconds, rounded up: never before it really would.
    """
    passed = min(now, ends) - begun
    if not 0 < used < allowance or passed <= timedelta():
        return None
    seconds = -(-allowance * int(passed.total_seconds()) // used)
    left = int((ends - begun).total_seconds())
    return begun + timedelta(seconds=seconds) if seconds < left else None


def is_told(used: int, begun: datetime, now: datetime) -> bool:
    """Whether enough time has passed to speak of a pace."""
    return used > 0 and now - begun >= TOO_EARLY
