"""Why a run differs from last month's, as a drawing names it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from ligneclaire.interfaces.desk.drawings import Difference
from ligneclaire.interfaces.desk.trying import signed
from ligneclaire.journeys.desk_pre_bill import PreBill

REASONS = {
    "joiners": gettext_lazy("Customers who had no invoice last month"),
    "leavers": gettext_lazy("Customers whose last month this was"),
    "changes": gettext_lazy("Options and offers that came or went"),
    "price": gettext_lazy("Other prices"),
    "usage": gettext_lazy("Calls, messages and data"),
    "credits": gettext_lazy("Credits"),
    "one-off": gettext_lazy("Single charges and parts of months"),
    "aside": gettext_lazy("Accounts that are put aside"),
    "vat": gettext_lazy("VAT on it"),
}


def plot_of(bill: PreBill) -> tuple[Difference, ...]:
    """One bar per reason for which something differs."""
    return tuple(
        Difference(str(REASONS.get(reason, reason)), amount.amount, signed(amount))
        for reason, amount in bill.differences
    )
