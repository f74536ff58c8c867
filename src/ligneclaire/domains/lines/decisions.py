"""The decisions of lines: `porting-compensation`."""

from __future__ import annotations

from ligneclaire.domains.lines.rules import porting
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.decision import Answer, Context, Facts, decision, refuse
from ligneclaire.kernel.facts import Amount, Count, Flag, Positive, Price


class PortingCompensationFacts(Facts):
    """A number transfer that came late or lost the number.

    `monthly_price` per number, tax included, is needed in France; `complex` is the higher Belgian rate.
    """

    days_late: Count
    monthly_price: Price | None = None
    numbers: Positive | None = None
    lost: Flag | None = None
    complex: Flag | None = None


class PortingCompensationAnswer(Answer):
    """The least that is owed, for all numbers together."""

    minimum: Amount
    prices: str | None


@decision(
    "porting-compensation",
    "What is owed at least when a number moves late or is lost",
    rules=("L-FR-08", "L-BE-05", "C8"),
    facts=PortingCompensationFacts,
    answer=PortingCompensationAnswer,
    example={"monthly_price": "19.99", "days_late": 3, "numbers": 2},
    example_operator="rural",
)
def decide_porting_compensation(
    facts: PortingCompensationFacts, context: Context
) -> tuple[PortingCompensationAnswer, tuple[Step, ...]]:
    """By the law of the country on the day of asking."""
    french = context.country == "FR"
    rule = "L-FR-08" if french else "L-BE-05"
    if french and facts.monthly_price is None:
        raise refuse("rulebook.fault.missing", "monthly_price")
    moved = porting.Porting(facts.days_late, facts.numbers or 1, bool(facts.lost), bool(facts.complex))
    law = context.law(rule, context.on)
    if law is None:
        found = porting.no_compensation(rule)
    elif facts.monthly_price is not None and french:
        found = porting.french_compensation(moved, facts.monthly_price, law)
    else:
        found = porting.belgian_compensation(moved, law)
    return PortingCompensationAnswer(minimum=found.minimum, prices="inclusive"), found.because
