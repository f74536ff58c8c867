"""Whether a desk answers, and when it opens next: local hours, closed on public holidays (BIL-08)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ligneclaire.domains.assistance.policies import Desk, OpeningHours
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.policy import InForce
from ligneclaire.kernel.working_days import is_public_holiday

FARTHEST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Answering:
    """Whether the desk answers at that moment, and the moment at which it opens next (None while it is open)."""

    is_open: bool
    next_opening: datetime | None
    because: tuple[Step, ...]


def answering(desk: Desk, at: datetime, zone: ZoneInfo, country: str, policy: InForce[OpeningHours]) -> Answering:
    """Whether a desk answers at an instant: the opening moment counts, the closing moment does not (BIL-08).

    `zone` and `country` are the operator's. Raises ValueError when the desk never opens within a year.
    """
    local = at.astimezone(zone)
    steps = [policy.step("assistance.hours.asked", "BIL-08", local.isoformat(), desk=desk.name, at=local.isoformat())]
    if is_public_holiday(local.date(), country):
        steps.append(step("assistance.hours.holiday", "BIL-08", local.date(), on=local.date()))
    for opens, closes in hours_of(desk, local.date(), country):
        if opens <= local.strftime("%H:%M:%S") < closes:
            steps.append(policy.step("assistance.hours.open", "BIL-08", "true", closes=closes[:5]))
            return Answering(True, None, tuple(steps))
    following = next_opening(desk, local, zone, country)
    steps.append(policy.step("assistance.hours.closed", "BIL-08", "false", at=following.isoformat()))
    return Answering(False, following, tuple(steps))


def hours_of(desk: Desk, day: date, country: str) -> list[tuple[str, str]]:
    """The hours of a desk on a day, as ("08:30:00", "12:00:00") in order; none on a public holiday."""
    if is_public_holiday(day, country):
        return []
    return sorted(
        (hours.opens.strftime("%H:%M:%S"), hours.closes.strftime("%H:%M:%S"))
        for hours in desk.hours
        if day.isoweekday() in hours.days
    )


def next_opening(desk: Desk, local: datetime, zone: ZoneInfo, country: str) -> datetime:
    """The next moment after a local one at which the desk opens."""
    for ahead in range(FARTHEST_DAYS):
        day = local.date() + timedelta(days=ahead)
        for opens, _ in hours_of(desk, day, country):
            moment = datetime.fromisoformat(f"{day.isoformat()}T{opens}").replace(tzinfo=zone)
            if moment > local:
                return moment
    raise ValueError(f"the desk {desk.name} never opens")
