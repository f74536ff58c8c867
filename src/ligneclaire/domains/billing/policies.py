"""What an operator may set about invoices: prices with or without tax, and days.

The start of service is contracts.policies.ServiceStart, the complementary currency
accounts.policies.ComplementaryCurrency: the domains below need them.
"""

from __future__ import annotations

from dataclasses import dataclass

from ligneclaire.kernel.money import Money
from ligneclaire.kernel.policy import Anchor, policy


@policy("billing.disputes", Anchor.RECEIVED, dispute_answer_days="CMP-01")
@dataclass(frozen=True, slots=True)
class Disputes:
    """`dispute_answer_days`: days within which the operator answers a customer who says that a line is wrong."""

    dispute_answer_days: int

    def __post_init__(self) -> None:
        if not 1 <= self.dispute_answer_days <= 90:
            raise ValueError("dispute_answer_days lies between 1 and 90")


@policy("billing.calendar", Anchor.PERIOD_START, invoice_day="BIL-05")
@dataclass(frozen=True, slots=True)
class BillingCalendar:
    """`invoice_day`: the day of the month from which invoices stand in the customer area; the bill run's day."""

    invoice_day: int

    def __post_init__(self) -> None:
        if not 1 <= self.invoice_day <= 28:
            raise ValueError("invoice_day is a day that every month has, 1 to 28")


@policy(
    "billing.private_invoice",
    Anchor.PERIOD_START,
    private_threshold="SPL-04",
    threshold_basis="SPL-04",
    private_skips="SPL-05",
    zero_statement="SPL-05",
)
@dataclass(frozen=True, slots=True)
class PrivateInvoice:
    """When the employee of a split bill gets an invoice (C12).

    `private_threshold`: an invoice comes above it (VAT included), not at it. `threshold_basis`: what is compared, the
    balance since the last invoice ("accumulated") or what this period added ("period"). `private_skips`: periods that
    may pass without an invoice. `zero_statement`: whether a statement comes when an invoice must and nothing is due.
    """

    private_threshold: Money
    threshold_basis: str
    private_skips: int
    zero_statement: bool

    def __post_init__(self) -> None:
        if self.private_threshold.amount < 0:
            raise ValueError("private_threshold can't be negative")
        if self.threshold_basis not in ("accumulated", "period"):
            raise ValueError("threshold_basis is accumulated or period")
        if not 0 <= self.private_skips <= 24:
            raise ValueError("private_skips lies between 0 and 24")
