"""The decisions of personal data: `retention`, `access-request`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ligneclaire.domains.privacy import policies
from ligneclaire.domains.privacy.rules import access, retention
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.decision import Answer, Context, Facts, decision, refuse
from ligneclaire.kernel.facts import Day, Flag

Category = Literal["customer", "identification", "traffic", "location", "call-recording", "web-log", "newsletter"]


class RetentionFacts(Facts):
    """A category of data, and when its clock started.

    `event_on`: the communication, the recording, the visit, the withdrawal of consent. `contracts_ended_on`: of the
    categories `customer` and `identification`, the last day of each contract, null for an open one.
    """

    category: Category
    event_on: Day | None = None
    contracts_ended_on: Annotated[list[Day | None], Field(max_length=10_000)] | None = None
    hold: Flag | None = None


class RetentionAnswer(Answer):
    """The day of deletion, and the rule of the policy or the law that limits it; both null while the data is needed."""

    delete_on: Day | None
    limited_by: str | None


@decision(
    "retention",
    "When personal data of a category is deleted",
    rules=("PRV-02", "PRV-04", "PRV-05", "PRV-06", "PRV-07", "PRV-10", "PRV-14", "C3", "L-FR-12", "L-BE-12"),
    facts=RetentionFacts,
    answer=RetentionAnswer,
    policies=(policies.Retention,),
    example={"category": "traffic", "event_on": "2026-02-28"},
    example_operator="rural",
)
def decide_retention(facts: RetentionFacts, context: Context) -> tuple[RetentionAnswer, tuple[Step, ...]]:
    """The shorter of policy and law on the day from which the months count. `hold` is read by nobody."""
    country = context.country
    contracts = None if facts.contracts_ended_on is None else tuple(facts.contracts_ended_on)
    start = retention.clock_starts(facts.category, facts.event_on, contracts)
    if start is None:
        if facts.category not in (*retention.OF_CONTRACTS, retention.NEWSLETTER):
            raise refuse("rulebook.fault.missing", "event_on")
        found = retention.still_needed(facts.category)
    else:
        law_id = retention.LAWS.get((country, facts.category))
        law = context.law(law_id, start) if law_id else None
        found = retention.kept_until(facts.category, start, context.policy(policies.Retention, start), law)
    return RetentionAnswer(delete_on=found.delete_on, limited_by=found.limited_by), found.because


class AccessRequestFacts(Facts):
    """A person's request about their data; the last two facts say who answers."""

    received_on: Day
    extended: Flag | None = None
    has_own_invoice: Flag | None = None
    end_user_of_business: Flag | None = None


class AccessRequestAnswer(Answer):
    """The last day to answer, the last day to announce an extension, and who answers."""

    answer_by: Day
    extension_notice_by: Day
    answered_by: Literal["operator", "employer"]


@decision(
    "access-request",
    "By when a request for access to personal data is answered, and by whom",
    rules=("L-EU-05", "PRV-20", "PRV-21", "C3", "C4"),
    facts=AccessRequestFacts,
    answer=AccessRequestAnswer,
    policies=(policies.AccessRequests,),
    example={"received_on": "2026-01-31", "extended": True, "end_user_of_business": True},
    example_operator="fleet",
)
def decide_access_request(facts: AccessRequestFacts, context: Context) -> tuple[AccessRequestAnswer, tuple[Step, ...]]:
    """By the policy of the day of receipt, within the law of the Union."""
    request = access.Request(
        facts.received_on, bool(facts.extended), bool(facts.has_own_invoice), bool(facts.end_user_of_business)
    )
    found = access.answered(request, context.policy(policies.AccessRequests, facts.received_on))
    answer = AccessRequestAnswer(
        answer_by=found.answer_by,
        extension_notice_by=found.extension_notice_by,
        answered_by=found.answered_by,
    )
    return answer, found.because
