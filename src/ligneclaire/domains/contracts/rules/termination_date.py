"""When service ends after a termination was received (C4, L-FR-02, L-BE-01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.contracts.policies import TerminationNotice
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.periods import add_days
from ligneclaire.kernel.policy import InForce


@dataclass(frozen=True, slots=True)
class End:
    """The last day with service, and the latest one that may be imposed on the customer."""

    last_day: date
    latest_allowed: date
    because: tuple[Step, ...]


def termination_date(
    country: str, received_on: date, wanted_on: date | None, notice: InForce[TerminationNotice]
) -> End:
    """The day of receipt + the notice, the day of receipt being day 0; a day that the customer wants is followed.

    `notice` is already within the law: at most ten days in France (L-FR-02), none in Belgium (L-BE-01).
    """
    rule = "L-BE-01" if country == "BE" else "L-FR-02"
    days = notice.value.notice_days_termination
    latest = add_days(received_on, days)
    clip = notice.clip_of("notice_days_termination")
    asked = int(clip.policy_value) if clip else days
    steps = [
        step("contracts.step.received", "C4", received_on, on=received_on),
        notice.step("contracts.step.notice", rule, asked, days=asked),
    ]
    if clip:
        steps.append(step("contracts.step.notice-law", clip.law, days, notice.source, days=days))
    steps.append(step("contracts.step.latest-end", rule, latest, on=latest))
    last_day = wanted_on or latest
    steps.append(step(f"contracts.step.{'end-wanted' if wanted_on else 'end-notice'}", rule, last_day, on=last_day))
    return End(last_day, latest, tuple(steps))
