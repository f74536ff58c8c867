"""Until when a customer may withdraw, and whether that is free (L-FR-05, ADM-25, C4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.contracts.policies import Withdrawal
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.periods import add_days
from ligneclaire.kernel.policy import InForce, Law
from ligneclaire.kernel.working_days import next_working_day


@dataclass(frozen=True, slots=True)
class WithdrawalFacts:
    """What is known, as local dates: `asked_on` is the day of the request; at least one of the first two is known."""

    country: str
    contract_on: date | None
    delivered_on: date | None
    activated_on: date | None
    asked_on: date


@dataclass(frozen=True, slots=True)
class Right:
    """The last day of the right, and whether a cancellation asked on that day costs nothing."""

    until: date
    free: bool
    because: tuple[Step, ...]


def right_to_withdraw(facts: WithdrawalFacts, terms: InForce[Withdrawal], law: Law | None) -> Right:
    """Days after delivery, else after the contract; an end on a day off moves to the next working day.

    Free when asked on time, or while the service is not yet activated (ADM-25). `law` is L-FR-05, whose days are the
    least everywhere, since the right is European. Raises ValueError without contract and delivery.
    """
    start = facts.delivered_on or facts.contract_on
    if start is None:
        raise ValueError("a right of withdrawal starts with the contract or the delivery")
    days = max(terms.value.withdrawal_days, int(law["days"]) if law else 0)
    code = "withdrawal-delivery" if facts.delivered_on else "withdrawal-contract"
    steps = [step(f"contracts.step.{code}", "L-FR-05", start, on=start), _days_step(terms, days, law)]
    if facts.delivered_on and facts.contract_on:
        on = facts.contract_on
        steps.insert(0, step("contracts.step.withdrawal-both", "L-FR-05", on, on=on))
    counted = add_days(start, days)
    until = next_working_day(counted, facts.country)
    if until != counted:
        steps.append(step("contracts.step.withdrawal-shift", "C4", until, end=counted, on=until))
    in_time = facts.asked_on <= until
    waiting = facts.activated_on is None or facts.activated_on > facts.asked_on
    steps.append(_activation_step(facts.activated_on, waiting))
    steps.append(_asked_step(facts.asked_on, until, in_time, waiting))
    return Right(until, in_time or waiting, tuple(steps))


def _days_step(terms: InForce[Withdrawal], days: int, law: Law | None) -> Step:
    clip = terms.clip_of("withdrawal_days")
    asked = int(clip.policy_value) if clip else terms.value.withdrawal_days
    if law is not None and asked < days:
        return step("contracts.step.withdrawal-days-law", law.id, days, terms.source, asked=asked, days=days)
    return terms.step("contracts.step.withdrawal-days", "L-FR-05", days, days=days)


def _activation_step(activated_on: date | None, waiting: bool) -> Step:
    if activated_on is None:
        return step("contracts.step.not-activated", "ADM-25", "true")
    return step("contracts.step.activated", "ADM-25", "true" if waiting else "false", on=activated_on)


def _asked_step(asked_on: date, until: date, in_time: bool, waiting: bool) -> Step:
    code = "withdrawal-in-time" if in_time else "withdrawal-waiting" if waiting else "withdrawal-late"
    rule = "L-FR-05" if in_time else "ADM-25"
    return step(f"contracts.step.{code}", rule, until, asked=asked_on, until=until)
