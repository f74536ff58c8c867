"""The decisions of contracts: `early-termination`, `termination-date`, `withdrawal`, `relocation`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from ligneclaire.domains.contracts import policies
from ligneclaire.domains.contracts.rules import (
    device_residual,
    early_termination,
    relocation,
    termination_date,
    withdrawal,
)
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.decision import Answer, Context, Facts, Fault, Refused, Segment, decision, refuse
from ligneclaire.kernel.facts import Amount, Count, Day, Flag, Positive, Price, percent_text
from ligneclaire.kernel.policy import Law

Months = Annotated[int, Field(strict=True, ge=0, le=1200)]


class EarlyTerminationFacts(Facts):
    """A contract with a commitment, and the last day with service.

    `numbers` counts the numbers of a Belgian contract from before 2022; `device_residual_start` is the device's value
    at the start of the commitment, written off over `device_months`.
    """

    contract_on: Day
    commitment_start_on: Day
    commitment_months: Months
    monthly_price: Price
    last_day: Day
    segment: Segment
    workers: Count | None = None
    numbers: Count | None = None
    subsidised_device: Flag | None = None
    device_residual_start: Price | None = None
    device_months: Positive | None = None
    listed_fee: Price | None = None


class EarlyTerminationAnswer(Answer):
    """The indemnity alone, the device and the fee apart; `capped_by` is the law that lowered the indemnity."""

    commitment_month: int
    months_in_full: int
    months_reduced: int
    reduced_rate: str
    amount: Amount
    device_charge: Amount
    fee: Amount | None
    capped_by: str | None
    prices: str | None


@decision(
    "early-termination",
    "What is due when a customer leaves within the commitment",
    rules=("CON-06", "CON-07", "CON-08", "C3", "C7", "C8", "L-FR-01", "L-FR-14", "L-BE-01", "L-BE-02", "L-BE-03"),
    facts=EarlyTerminationFacts,
    answer=EarlyTerminationAnswer,
    policies=(policies.EarlyTermination,),
    example={
        "contract_on": "2022-11-15",
        "commitment_start_on": "2022-12-01",
        "commitment_months": 24,
        "monthly_price": "34.90",
        "last_day": "2023-07-10",
        "segment": "consumer",
        "listed_fee": "49.00",
    },
    example_operator="rural",
)
def decide_early_termination(
    facts: EarlyTerminationFacts, context: Context
) -> tuple[EarlyTerminationAnswer, tuple[Step, ...]]:
    """Policy and law of the day of the contract (C7); the device by Belgian law alone."""
    french = context.country == "FR"
    faults = tuple(_early_termination_faults(facts, context))
    if faults:
        raise Refused(*faults)
    day = facts.contract_on
    leaving = early_termination.Leaving(
        country=context.country,
        contract_on=day,
        commitment_start_on=facts.commitment_start_on,
        commitment_months=facts.commitment_months,
        monthly_price=facts.monthly_price,
        last_day=facts.last_day,
        segment=facts.segment,
        workers=facts.workers,
        numbers=facts.numbers,
        subsidised_device=facts.subsidised_device or False,
        listed_fee=facts.listed_fee,
    )
    exit_law = context.law(early_termination.LAWS["FR" if french else "BE"], day)
    small_firms = context.law("L-FR-14", day) if french else exit_law
    terms = context.policy(policies.EarlyTermination, day, contract_on=day)
    device = device_residual.device_charge(leaving, _device(facts), None if french else context.law("L-BE-02", day))
    found = early_termination.leave(leaving, terms, early_termination.LawOfContract(exit_law, small_firms))
    answer = EarlyTerminationAnswer(
        commitment_month=found.month,
        months_in_full=found.due.in_full,
        months_reduced=found.due.reduced,
        reduced_rate=percent_text(found.due.rate),
        amount=found.amount,
        device_charge=device.amount,
        fee=found.fee,
        capped_by=found.capped_by,
        prices=context.prices(facts.segment),
    )
    return answer, (*found.because[:-1], *device.because, found.because[-1])


def _device(facts: EarlyTerminationFacts) -> device_residual.Device | None:
    """The device of the facts; `subsidised_device` false says that there is none."""
    if facts.device_residual_start is None or facts.device_months is None or facts.subsidised_device is False:
        return None
    return device_residual.Device(facts.device_residual_start, facts.device_months)


def _early_termination_faults(facts: EarlyTerminationFacts, context: Context) -> Iterator[Fault]:
    """Nobody leaves before the start; the law bounds a consumer's term; a device has both its facts."""
    if facts.last_day < facts.commitment_start_on:
        yield Fault("contracts.fault.before-start", "last_day", {"start": facts.commitment_start_on.isoformat()})
    elif facts.last_day < facts.contract_on:
        yield Fault("contracts.fault.before-contract", "last_day", {"contract": facts.contract_on.isoformat()})
    if facts.device_residual_start is not None and facts.device_months is None:
        yield Fault("contracts.fault.comes-with", "device_months", {"other": "device_residual_start"})
    if facts.device_months is not None and facts.device_residual_start is None:
        yield Fault("contracts.fault.comes-with", "device_residual_start", {"other": "device_months"})
    duration = _law_of_duration(facts, context)
    if facts.segment == "consumer" and duration and facts.commitment_months > duration["max_commitment_months"]:
        yield Fault("contracts.fault.too-long", "commitment_months", {"most": duration["max_commitment_months"]})
    table = context.law("L-BE-02", facts.contract_on) if context.country == "BE" else None
    if table and facts.device_months is not None and facts.device_months > table["table_months_max"]:
        yield Fault("contracts.fault.too-long", "device_months", {"most": table["table_months_max"]})


def _law_of_duration(facts: EarlyTerminationFacts, context: Context) -> Law | None:
    return context.law("L-FR-01" if context.country == "FR" else "L-BE-03", facts.contract_on)


class TerminationDateFacts(Facts):
    """The day on which a termination was received, and the last day that the customer wants."""

    received_on: Day
    wanted_on: Day | None = None

    def check(self) -> Iterable[Fault]:
        """Service can't have ended before anybody asked for it."""
        if self.wanted_on is not None and self.wanted_on < self.received_on:
            yield Fault("contracts.fault.before-receipt", "wanted_on", {"received": self.received_on.isoformat()})


class TerminationDateAnswer(Answer):
    """The last day with service, and the latest one that may be imposed on the customer."""

    last_day: Day
    latest_allowed: Day


@decision(
    "termination-date",
    "When service ends after a termination was received",
    rules=("CON-04", "CON-05", "C4", "L-FR-02", "L-BE-01"),
    facts=TerminationDateFacts,
    answer=TerminationDateAnswer,
    policies=(policies.TerminationNotice,),
    example={"received_on": "2026-06-12"},
    example_operator="rural",
)
def decide_termination_date(
    facts: TerminationDateFacts, context: Context
) -> tuple[TerminationDateAnswer, tuple[Step, ...]]:
    """The notice is the policy's of the day of receipt, within the law of the country."""
    country = context.country
    notice = context.policy(policies.TerminationNotice, facts.received_on)
    found = termination_date.termination_date(country, facts.received_on, facts.wanted_on, notice)
    return TerminationDateAnswer(last_day=found.last_day, latest_allowed=found.latest_allowed), found.because


class WithdrawalFacts(Facts):
    """The days of contract and delivery (at least one), of activation (absent = not activated) and of the request."""

    contract_on: Day | None = None
    delivered_on: Day | None = None
    activated_on: Day | None = None
    asked_on: Day | None = None

    def check(self) -> Iterable[Fault]:
        """Nobody withdraws from a contract that is still to come."""
        if self.contract_on and self.asked_on and self.asked_on < self.contract_on:
            yield Fault("contracts.fault.before-contract", "asked_on", {"contract": self.contract_on.isoformat()})


class WithdrawalAnswer(Answer):
    """The last day of the right, and whether the request is free."""

    until: Day
    free: bool


@decision(
    "withdrawal",
    "Until when a customer may withdraw, and whether a cancellation is free",
    rules=("ADM-25", "C4", "L-FR-05"),
    facts=WithdrawalFacts,
    answer=WithdrawalAnswer,
    policies=(policies.Withdrawal,),
    example={
        "contract_on": "2026-05-02",
        "delivered_on": "2026-05-09",
        "activated_on": "2026-05-12",
        "asked_on": "2026-05-26",
    },
    example_operator="rural",
)
def decide_withdrawal(facts: WithdrawalFacts, context: Context) -> tuple[WithdrawalAnswer, tuple[Step, ...]]:
    """Policy and law of the day of the contract, else of the delivery; asked on the day of asking unless given."""
    signed = facts.contract_on or facts.delivered_on
    if signed is None:
        raise refuse("contracts.fault.contract-or-delivery", "contract_on")
    known = withdrawal.WithdrawalFacts(
        country=context.country,
        contract_on=facts.contract_on,
        delivered_on=facts.delivered_on,
        activated_on=facts.activated_on,
        asked_on=facts.asked_on or context.on,
    )
    terms = context.policy(policies.Withdrawal, signed, contract_on=facts.contract_on)
    found = withdrawal.right_to_withdraw(known, terms, context.law("L-FR-05", signed))
    return WithdrawalAnswer(until=found.until, free=found.free), found.because


class RelocationFacts(Facts):
    """The day on which the date of a move was given, and the day of the move."""

    requested_on: Day
    move_on: Day

    def check(self) -> Iterable[Fault]:
        """A move is announced, not told afterwards."""
        if self.move_on < self.requested_on:
            yield Fault("contracts.fault.before-request", "move_on", {"requested": self.requested_on.isoformat()})


class RelocationAnswer(Answer):
    """The verdict, the days ahead, and the days by which the move is best, and at least, announced."""

    verdict: Literal["on-time", "accepted", "best-effort"]
    days: Count
    preferred_by: Day
    minimum_by: Day


@decision(
    "relocation",
    "Whether a move is announced early enough",
    rules=("MOV-01", "MOV-06", "C4"),
    facts=RelocationFacts,
    answer=RelocationAnswer,
    policies=(policies.Relocation,),
    example={"requested_on": "2026-06-01", "move_on": "2026-08-01"},
    example_operator="lessor",
)
def decide_relocation(facts: RelocationFacts, context: Context) -> tuple[RelocationAnswer, tuple[Step, ...]]:
    """By the policy of the day of the request."""
    terms = context.policy(policies.Relocation, facts.requested_on)
    found = relocation.announced(facts.requested_on, facts.move_on, terms)
    answer = RelocationAnswer(
        verdict=found.verdict,
        days=found.days,
        preferred_by=found.preferred_by,
        minimum_by=found.minimum_by,
    )
    return answer, found.because
