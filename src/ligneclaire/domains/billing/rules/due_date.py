"""When an invoice is paid: the day of the debit, or the last day for a transfer or a cheque."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.accounts.policies import Cheque, DirectDebit, Transfer
from ligneclaire.domains.accounts.rules import debit
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.periods import add_days, add_months, last_day_before, month_label
from ligneclaire.kernel.policy import InForce, Law


@dataclass(frozen=True, slots=True)
class Due:
    """The last day to pay, or the day of the debit (then both are equal), and the steps to it."""

    due_on: date
    debit_on: date | None
    because: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class PaymentPolicies:
    """The operator's policies about payment in the month of the invoice, and the law of direct debit (L-EU-03)."""

    debit: InForce[DirectDebit]
    transfer: InForce[Transfer]
    cheque: InForce[Cheque]
    scheme: Law


def due(method: str, issued_on: date, notice_days_agreed: int | None, policies: PaymentPolicies) -> Due:
    """The day for one method of payment ("direct-debit", "transfer", "cheque"). PAY-02, PAY-03, PAY-04, C4, C5, C6."""
    if method == "direct-debit":
        return _debit(issued_on, notice_days_agreed, policies.debit, policies.scheme)
    if method == "cheque":
        return _cheque(issued_on, policies.cheque)
    days = policies.transfer.value.transfer_days
    on = add_days(issued_on, days)
    because = policies.transfer.step("billing.paid.transfer", "C4", on, issued=issued_on, days=days, on=on)
    return Due(on, None, (because,))


def _debit(issued_on: date, agreed: int | None, policy: InForce[DirectDebit], scheme: Law) -> Due:
    """The first debit of the operator that the invoice announces in time (PAY-02, PAY-03, C6)."""
    notice = int(scheme["notice_days"]) if agreed is None else agreed
    on, steps = debit.first_allowed_debit(issued_on, policy.value.debit_day, notice, policy.source)
    if month_label(on) != month_label(issued_on):
        code, rule = ("notice-legal", "L-EU-03") if agreed is None else ("notice-agreed", "PAY-03")
        earliest = add_days(issued_on, notice)
        late = step(f"billing.paid.{code}", rule, earliest, issued=issued_on, days=notice, on=earliest)
        steps = (late, *steps)
    return Due(on, on, (*steps, step("accounts.debit.on", "PAY-02", on, on=on)))


def _cheque(issued_on: date, policy: InForce[Cheque]) -> Due:
    """A cheque arrives before the operator's day of the month; a later invoice counts for the next one (PAY-04, C5)."""
    before = policy.value.cheque_before
    on = last_day_before(issued_on, before)
    if on <= issued_on:
        on = last_day_before(add_months(issued_on.replace(day=1), 1), before)
    return Due(on, None, (policy.step("billing.paid.cheque", "PAY-04", on, day=before, on=on),))
