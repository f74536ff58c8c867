"""What an operator may set about invoices: prices with or without tax, and days.

The start of service is contracts.policies.ServiceStart, the complementary currency
accounts.policies.ComplementaryCurrency: the domains below need them.
"""

from __future__ import annotations

from dataclasses import dataclass

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
