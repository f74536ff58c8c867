"""The decisions of help: `opening-hours`."""

from __future__ import annotations

from ligneclaire.domains.assistance.policies import OpeningHours
from ligneclaire.domains.assistance.rules import opening_hours
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.decision import Answer, Context, Facts, decision, refuse
from ligneclaire.kernel.facts import At, Text


class OpeningHoursFacts(Facts):
    """A desk of the operator ("billing", "helpdesk", "sales") and a moment."""

    desk: Text
    at: At


class OpeningHoursAnswer(Answer):
    """Whether the desk answers, and when it opens next (null while it is open)."""

    open: bool
    next_opening: str | None


@decision(
    "opening-hours",
    "Whether a desk answers at a moment, and when it opens next",
    rules=("BIL-08",),
    facts=OpeningHoursFacts,
    answer=OpeningHoursAnswer,
    policies=(OpeningHours,),
    example={"desk": "billing", "at": "2026-07-21T09:00:00+02:00"},
    example_operator="lessor",
)
def decide_opening_hours(facts: OpeningHoursFacts, context: Context) -> tuple[OpeningHoursAnswer, tuple[Step, ...]]:
    """The hours of the local day, in the operator's zone and with its country's public holidays."""
    country, zone = context.country, context.zone
    policy = context.policy(OpeningHours, facts.at.at.astimezone(zone).date())
    desks = {desk.name: desk for desk in policy.value.desks}
    if facts.desk not in desks:
        raise refuse("rulebook.fault.not-allowed", "desk", expected=", ".join(desks))
    found = opening_hours.answering(desks[facts.desk], facts.at.at, zone, country, policy)
    following = found.next_opening.isoformat() if found.next_opening else None
    return OpeningHoursAnswer(open=found.is_open, next_opening=following), found.because
