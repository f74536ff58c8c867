"""The decisions of collecting: `reminder-cost`."""

from __future__ import annotations

from ligneclaire.domains.collections.rules import reminder_cost
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.decision import Answer, Context, Facts, Segment, decision
from ligneclaire.kernel.facts import Amount, Price


class ReminderCostFacts(Facts):
    """Who owes how much. The law is that of the day of asking."""

    segment: Segment
    debt: Price


class ReminderCostAnswer(Answer):
    """The most that may be asked, null where no law caps it. The first reminder is free under the Belgian law."""

    lump_sum_max: Amount | None
    reminder_fee_max: Amount | None
    prices: str | None


@decision(
    "reminder-cost",
    "What a late payer may be asked for at most",
    rules=("L-BE-10", "C8"),
    facts=ReminderCostFacts,
    answer=ReminderCostAnswer,
    example={"country": "BE", "segment": "consumer", "debt": "320.00"},
    example_operator="fleet",
)
def decide_reminder_cost(facts: ReminderCostFacts, context: Context) -> tuple[ReminderCostAnswer, tuple[Step, ...]]:
    """The scale of the law of the day of asking, for consumers in Belgium."""
    law = context.law("L-BE-10", context.on)
    if not reminder_cost.protects(law, context.country, facts.segment, context.on):
        law = None
    found = reminder_cost.reminder_cost(facts.debt, law, country=context.country, segment=facts.segment)
    answer = ReminderCostAnswer(
        lump_sum_max=found.lump_sum_max, reminder_fee_max=found.reminder_fee_max, prices=context.prices(facts.segment)
    )
    return answer, found.because
