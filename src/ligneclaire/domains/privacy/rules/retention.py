"""When personal data is deleted (PRV-04 to PRV-07, PRV-14, L-FR-12, L-BE-12, C3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from ligneclaire.domains.privacy.policies import Retention
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.periods import add_months
from ligneclaire.kernel.policy import InForce, Law

CUSTOMER, IDENTIFICATION, TRAFFIC = "customer", "identification", "traffic"
LOCATION, CALL_RECORDING, WEB_LOG, NEWSLETTER = "location", "call-recording", "web-log", "newsletter"
CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        CUSTOMER: "PRV-06",
        IDENTIFICATION: "PRV-06",
        TRAFFIC: "PRV-07",
        LOCATION: "PRV-04",
        CALL_RECORDING: "PRV-05",
        WEB_LOG: "PRV-14",
        NEWSLETTER: "PRV-02",
    }
)
"""Each category with the rule of its policy: what limits it where no law is shorter."""
LAWS: Mapping[tuple[str, str], str] = MappingProxyType({("FR", TRAFFIC): "L-FR-12", ("BE", IDENTIFICATION): "L-BE-12"})
"""The law that limits a category in a country."""
NUMBERS: Mapping[str, str] = MappingProxyType({"L-FR-12": "billing_months", "L-BE-12": "identification_months"})
"""Which number of those laws it is."""
OF_CONTRACTS = (CUSTOMER, IDENTIFICATION)


@dataclass(frozen=True, slots=True)
class Kept:
    """The day on which data is deleted, and the policy's rule or the law that says so; None while it is needed."""

    delete_on: date | None
    limited_by: str | None
    because: tuple[Step, ...]


def clock_starts(
    category: str, event_on: date | None, contracts_ended_on: tuple[date | None, ...] | None
) -> date | None:
    """The day from which the months count: the end of the last contract, else the event; None while it has not come.

    `contracts_ended_on` holds None for an open contract; an open contract keeps the customer's data.
    """
    if category not in OF_CONTRACTS or contracts_ended_on is None:
        return event_on
    ended = [day for day in contracts_ended_on if day is not None]
    return max(ended) if ended and len(ended) == len(contracts_ended_on) else None


def still_needed(category: str) -> Kept:
    """The clock has not started: an open contract, a newsletter that is still wanted."""
    rule = CATEGORIES[category]
    return Kept(None, None, (step(f"privacy.step.needed-{category}", rule, "null"),))


def kept_until(category: str, start: date, terms: InForce[Retention], law: Law | None) -> Kept:
    """Min(policy, law) in months after the start (C3). A hold plays no part: it never shows (PRV-10)."""
    field = f"{category.replace('-', '_')}_months"
    rule = CATEGORIES[category]
    clip = terms.clip_of(field)
    asked = int(clip.policy_value) if clip else int(getattr(terms.value, field))
    steps = [
        step(f"privacy.step.starts-{category}", rule, start, on=start),
        terms.step("privacy.step.months", rule, asked, months=asked),
    ]
    months, limited_by = asked, rule
    allowed = int(law[NUMBERS[law.id]]) if law else None
    if law is not None and allowed is not None and allowed <= asked:
        months, limited_by = allowed, law.id
        steps.append(step("privacy.step.months-law", law.id, months, law.text, months=months))
    delete_on = add_months(start, months)
    steps.append(step("privacy.step.delete", limited_by, delete_on, months=months, on=delete_on))
    return Kept(delete_on, limited_by, tuple(steps))
