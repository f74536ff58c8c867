"""What a contract costs a month on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ligneclaire.kernel.money import Money, sum_money, zero


@dataclass(frozen=True, slots=True)
class MonthlyPrice:
    """A price a month of all pieces; `is_offer` when discounts of the contract apply to it."""

    amount: Money
    is_offer: bool


@dataclass(frozen=True, slots=True)
class PriceCut:
    """A discount on the offer: a percentage of its price, or an amount that never takes more than the price (W-12)."""

    percent: Decimal | None = None
    amount: Money | None = None

    def of(self, price: Money) -> Money:
        """How much it takes off a price."""
        if self.percent is not None:
            return price.percent_in_cents(self.percent)
        return min(self.amount or zero(price.currency), price)


def price_now(prices: Iterable[MonthlyPrice], cuts: Iterable[PriceCut]) -> Money:
    """The sum of a whole month, each price and each discount rounded once (C1), as its lines will be."""
    known, reductions = tuple(prices), tuple(cuts)
    whole = sum_money(one.amount.rounded() for one in known)
    offers = [one.amount.rounded() for one in known if one.is_offer]
    return whole - sum_money(cut.of(offer).rounded() for offer in offers for cut in reductions)
