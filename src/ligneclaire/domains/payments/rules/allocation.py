"""Which open items a payment settles: the invoice that it names, else the oldest; what is too much stays a credit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ligneclaire.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Owed:
    """An open item and what is open of it, in the payment's currency, oldest first."""

    item: str
    open: Money


@dataclass(frozen=True, slots=True)
class Allocation:
    """Parts of a payment by item, and the rest, which belongs to the customer. They sum to the payment."""

    parts: tuple[tuple[str, Money], ...]
    rest: Money


def allocation(amount: Money, owed: Sequence[Owed]) -> Allocation:
    """Settle the items in their order, none with more than what is open of it."""
    parts: list[tuple[str, Money]] = []
    rest = amount
    for one in owed:
        part = min(rest, one.open)
        if part.amount > 0:
            parts.append((one.item, part))
            rest -= part
    return Allocation(tuple(parts), rest)
