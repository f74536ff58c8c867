"""When an invoice is paid: the day of the debit, or the last day for a transfer or a cheque."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.accounts.policies import Cheque, DirectDebit, Transfer
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.periods import add_days, add_months, day_of_month, last_day_before
from ligneclaire.kernel.policy import InForce
from ligneclaire.kernel.working_days import next_target_day, previous_target_day_before

LEGAL_NOTICE = 14  # calendar days of a mandate without a clause (L-EU-03)


@dataclass(frozen=True, slots=True)
class Due:
    """The last day to pay, or the day of the debit (then both are equal), and the steps to it."""

    due_on: date
    debit_on: date | None
    because: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class PaymentPolicies:
    """The operator's policies about payment, as in force in the month of the invoice."""

    debit: InForce[DirectDebit]
    transfer: InForce[Transfer]
    cheque: InForce[Cheque]


def due(method: str, issued_on: date, notice_days_agreed: int | None, policies: PaymentPolicies) -> Due:
    """The day for one method of payment ("direct-debit", "transfer", "cheque"). PAY-02, PAY-03, PAY-04, C4, C5, C6."""
    if method == "direct-debit":
        return _debit(issued_on, notice_days_agreed, policies.debit)
    if method == "cheque":
        return _cheque(issued_on, policies.cheque)
    days = policies.transfer.value.transfer_days
    on = add_days(issued_on, days)
    because = policies.transfer.step("billing.paid.transfer", "C4", on, issued=issued_on, days=days, on=on)
    return Due(on, None, (because,))


def _debit(issued_on: date, agreed: int | None, policy: InForce[DirectDebit]) -> Due:
    """The operator's day of the month, forward to a TARGET day (C6), not before the notice has passed (PAY-03)."""
    number = policy.value.debit_day
    wanted = day_of_month(issued_on, number)
    if wanted < issued_on:
        wanted = day_of_month(add_months(issued_on.replace(day=1), 1), number)
    steps = [policy.step("billing.paid.debit-day", "PAY-02", wanted, day=number, on=wanted)]
    notice = LEGAL_NOTICE if agreed is None else agreed
    earliest = add_days(issued_on, notice)
    if wanted < earliest:
        code = "billing.paid.notice-legal" if agreed is None else "billing.paid.notice-agreed"
        rule = "L-EU-03" if agreed is None else "PAY-03"
        steps.append(step(code, rule, earliest, issued=issued_on, days=notice, on=earliest))
        wanted = earliest
    on = next_target_day(wanted)
    if on != wanted:
        steps.append(step("billing.paid.closed", "C6", on, closed=wanted, on=on))
    steps.append(step("billing.paid.debit", "C6", on, on=on, file=previous_target_day_before(on)))
    return Due(on, on, tuple(steps))


def _cheque(issued_on: date, policy: InForce[Cheque]) -> Due:
    """A cheque arrives before the operator's day of the month; a later invoice counts for the next one (PAY-04, C5)."""
    before = policy.value.cheque_before
    on = last_day_before(issued_on, before)
    if on <= issued_on:
        on = last_day_before(add_months(issued_on.replace(day=1), 1), before)
    return Due(on, None, (policy.step("billing.paid.cheque", "PAY-04", on, day=before, on=on),))
