"""What a dispute keeps from being collected."""

from __future__ import annotations

from decimal import Decimal

from ligneclaire.domains.billing.rules.tax import EXCLUSIVE
from ligneclaire.kernel.money import Money, zero


def disputed_sum(left: Money, tax_rate: Decimal, prices: str) -> Money:
    """The sum of a disputed line as it is paid: what is left of it, with its tax."""
    return left + left.percent_in_cents(tax_rate) if prices == EXCLUSIVE else left


def collectable(open_sum: Money, disputed: Money) -> Money:
    """What may be collected of an open item: not the disputed part of it, and never less than nothing."""
    return max(open_sum - max(disputed, zero(open_sum.currency)), zero(open_sum.currency))
