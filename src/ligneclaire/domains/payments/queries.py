"""Payments within a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.accounts.queries import within
from ligneclaire.domains.payments.models import Payment
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment as it was recorded."""

    public_id: str
    account_id: int
    received_on: date
    amount: Money
    method: str
    structured_communication: str
    reference: str
    recorded_by: str


def payments(scope: Scope, *, account_id: int | None = None) -> tuple[PaymentView, ...]:
    """The payments of the accounts in the scope, newest first."""
    rows = Payment.objects.filter(within(scope, "account")).order_by("-received_on", "-pk")
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    return tuple(
        PaymentView(
            row.public_id, row.account_id, row.received_on, Money(row.amount, row.currency), row.method,
            row.structured_communication, row.reference, row.recorded_by,
        )
        for row in rows
    )  # fmt: skip
