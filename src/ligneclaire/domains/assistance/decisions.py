"""The decisions of help: `opening-hours`, `outage-credit`, `complaint`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from ligneclaire.domains.assistance.policies import Complaints, Goodwill, OpeningHours
from ligneclaire.domains.assistance.rules import complaint, opening_hours, outage
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.decision import Answer, Context, Facts, Fault, Record, Segment, decision, refuse
from ligneclaire.kernel.facts import Amount, At, Day, Flag, Price, Text


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


class OutageCreditFacts(Facts):
    """A full outage. `restored_at` absent = still out at the moment of asking.

    `scale`: the amount of each started day where the law wants a scale, the last one repeating.
    """

    segment: Segment
    monthly_price: Price
    started_at: At
    restored_at: At | None = None
    scale: Annotated[list[Price], Field(min_length=1, max_length=1000)] | None = None

    def check(self) -> Iterable[Fault]:
        """Nothing is restored before it fails."""
        if self.restored_at is not None and self.restored_at.at < self.started_at.at:
            yield Fault("assistance.fault.restored-before-start", "restored_at", {"start": self.started_at.text})


class OutageCreditAnswer(Answer):
    """The length, the goodwill that may be asked, and what the law sets; null where nothing applies."""

    duration: str
    goodwill_eligible: bool
    goodwill_amount: Amount | None
    statutory_amount: Amount | None
    prices: str | None


@decision(
    "outage-credit",
    "What an outage earns, by the operator's goodwill and by law",
    rules=("OUT-02", "C8", "C9", "L-FR-13", "L-BE-08"),
    facts=OutageCreditFacts,
    answer=OutageCreditAnswer,
    policies=(Goodwill,),
    example={
        "segment": "consumer",
        "monthly_price": "34.90",
        "started_at": "2026-04-10T08:00:00+02:00",
        "restored_at": "2026-04-13T08:30:00+02:00",
    },
    example_operator="rural",
)
def decide_outage_credit(facts: OutageCreditFacts, context: Context) -> tuple[OutageCreditAnswer, tuple[Step, ...]]:
    """Policy and law of the local day on which it began."""
    country, zone = context.country, context.zone
    began = facts.started_at.at.astimezone(zone).date()
    restored = facts.restored_at.at if facts.restored_at else _still_out_at(facts.started_at.at, context)
    failed = outage.Outage(facts.started_at.at, restored, facts.monthly_price, facts.segment == "consumer", zone)
    law = context.law("L-FR-13" if country == "FR" else "L-BE-08", began)
    found = outage.earned(failed, context.policy(Goodwill, began), law, facts.scale)
    answer = OutageCreditAnswer(
        duration=found.duration,
        goodwill_eligible=found.goodwill_eligible,
        goodwill_amount=found.goodwill_amount,
        statutory_amount=found.statutory_amount,
        prices=context.prices(facts.segment),
    )
    return answer, found.because


def _still_out_at(started_at: datetime, context: Context) -> datetime:
    """The moment of asking; asked for the day itself, an outage that starts on it has no length yet."""
    if context.at >= started_at:
        return context.at
    if started_at.astimezone(context.zone).date() == context.on:
        return started_at
    raise refuse("assistance.fault.not-started", "started_at", on=context.on.isoformat())


def _level(value: object) -> object:
    """JSON's true and 1.0 are no levels, although they equal 1."""
    return value if type(value) in (int, str) else repr(value)


class ComplaintStepFacts(Record):
    """One step of a complaint, with its answer and whether it satisfied."""

    level: Annotated[Literal[1, 2, "ombudsman"], BeforeValidator(_level)]
    sent_on: Day
    answered_on: Day | None = None
    satisfied: Flag | None = None


class ComplaintFacts(Facts):
    """The steps of a complaint so far, in any order."""

    steps: Annotated[list[ComplaintStepFacts], Field(min_length=1, max_length=100)]

    def check(self) -> Iterable[Fault]:
        """No answer comes before its question."""
        for index, one in enumerate(self.steps):
            if one.answered_on is not None and one.answered_on < one.sent_on:
                place = f"steps[{index}].answered_on"
                yield Fault("assistance.fault.answered-before-sent", place, {"sent": one.sent_on.isoformat()})


class ComplaintAnswer(Answer):
    """From when and until when the mediator may be asked, and until when collection is suspended; null = not."""

    mediator_from: Day | None
    mediator_until: Day | None
    collection_suspended_until: Day | None


@decision(
    "complaint",
    "From when and until when the mediator may be asked",
    rules=("CMP-01", "CMP-02", "CMP-03", "C3", "C4", "L-FR-09", "L-BE-09"),
    facts=ComplaintFacts,
    answer=ComplaintAnswer,
    policies=(Complaints,),
    example={
        "steps": [
            {"level": 1, "sent_on": "2026-01-31", "answered_on": "2026-02-20", "satisfied": False},
            {"level": 2, "sent_on": "2026-02-28"},
        ]
    },
    example_operator="rural",
)
def decide_complaint(facts: ComplaintFacts, context: Context) -> tuple[ComplaintAnswer, tuple[Step, ...]]:
    """Policy and law of the day of the first step."""
    steps = [
        complaint.ComplaintStep(one.level, one.sent_on, one.answered_on, one.satisfied or False) for one in facts.steps
    ]
    began = min(one.sent_on for one in steps)
    found = complaint.settled(steps)
    if found is None:
        found = _way(steps, began, context)
    answer = ComplaintAnswer(
        mediator_from=found.mediator_from,
        mediator_until=found.mediator_until,
        collection_suspended_until=found.collection_suspended_until,
    )
    return answer, found.because


def _way(steps: list[complaint.ComplaintStep], began: date, context: Context) -> complaint.Way:
    terms = context.policy(Complaints, began)
    if context.country == "FR":
        return complaint.french_way(steps, terms, context.law("L-FR-09", began))
    law = context.law("L-BE-09", began)
    if law is None:
        raise refuse("rulebook.fault.no-policy", "steps", key="L-BE-09", on=began.isoformat())
    return complaint.belgian_way(steps, terms, law)
