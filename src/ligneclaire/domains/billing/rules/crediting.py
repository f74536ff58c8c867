"""What a credit note takes back of an invoice: whole lines or parts, never more than is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ligneclaire.domains.billing.rules import tax
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.money import Money, sum_money, zero


@dataclass(frozen=True, slots=True)
class CreditableLine:
    """A line of an invoice with what earlier credit notes took of it, in the price mode."""

    position: int
    amount: Money
    credited: Money
    tax_rate: Decimal
    eligible: bool = True
    tax_category: str = ""

    @property
    def band(self) -> tax.Band:
        """Its tax rate and category."""
        return tax.band_of(self.tax_rate, self.tax_category)

    @property
    def left(self) -> Money:
        """What can still be credited; it has the line's sign."""
        return self.amount - self.credited


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of the sums of an invoice: per tax rate and category net and VAT, and of the complementary part."""

    per_rate: Mapping[tax.Band, tuple[Money, Money]]
    complementary: Money


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit note: amounts by line position (positive for a positive line), tax per rate, totals."""

    amounts: Mapping[int, Money]
    taxes: tuple[tax.RateSum, ...]
    net: Money
    vat: Money
    total: Money
    complementary: Money
    because: tuple[Step, ...]


class NothingLeft(ValueError):
    """The lines are credited already."""


class NoSuchLine(ValueError):
    """The invoice has no line of that position."""

    def __init__(self, position: int) -> None:
        super().__init__(f"no line {position}")
        self.position = position


class TooMuch(ValueError):
    """More than what is left of a line; carries the position and what is left."""

    def __init__(self, position: int, left: Money) -> None:
        super().__init__(f"line {position}: {left}")
        self.position, self.left = position, left


def credit(
    lines: Sequence[CreditableLine], wanted: Mapping[int, Money | None] | None, prices: str, left: Left
) -> Credit:
    """Credit the wanted lines (position -> amount, None = all that is left), or everything that is left.

    Tax per rate as on an invoice (C1); the credit that completes a rate takes exactly what is left of its net and VAT,
    so that all credits of an invoice sum to it. Raises NothingLeft, NoSuchLine, TooMuch.
    """
    amounts = _amounts(lines, wanted)
    bands = {line.position: line.band for line in lines}
    found = tax.tax([tax.TaxedLine(amount, *bands[position]) for position, amount in amounts.items()], prices)
    completed = {
        one.band
        for one in found.per_rate
        if all(amounts.get(line.position, zero()) == line.left for line in lines if line.band == one.band)
    }
    sums = tuple(
        _completed(one, left) if one.band in completed else _bounded(one, left, prices) for one in found.per_rate
    )
    net, vat = sum_money(one.net for one in sums), sum_money(one.vat for one in sums)
    total = net + vat
    if total.amount < 0:
        raise NothingLeft("a credit note pays back")
    everything = all(amounts.get(line.position, zero()) == line.left for line in lines)
    part = left.complementary if everything else _part(lines, amounts, left, net)
    because = [step("billing.credit.line", "C1", amount, line=at, amount=amount) for at, amount in amounts.items()]
    because.append(step("billing.step.total", "C1", total, net=net, vat=vat, total=total))
    return Credit(amounts, sums, net, vat, total, part, tuple(because))


def _amounts(lines: Sequence[CreditableLine], wanted: Mapping[int, Money | None] | None) -> dict[int, Money]:
    by_position = {line.position: line for line in lines}
    if wanted is None:
        found = {line.position: line.left for line in lines if line.left}
    else:
        found = {}
        for position, amount in sorted(wanted.items()):
            line = by_position.get(position)
            if line is None:
                raise NoSuchLine(position)
            asked = line.left if amount is None else amount
            if abs(asked) > abs(line.left) or (asked and (asked.amount < 0) != (line.amount.amount < 0)):
                raise TooMuch(position, line.left)
            if asked:
                found[position] = asked
    if not found:
        raise NothingLeft("nothing is left")
    return found


def _completed(one: tax.RateSum, left: Left) -> tax.RateSum:
    net, vat = left.per_rate[one.band]
    return replace(one, net=net, vat=vat, total=net + vat)


def _bounded(one: tax.RateSum, left: Left, prices: str) -> tax.RateSum:
    """Tax of a part: never more VAT than is left of the rate, so that the last credit is not negative."""
    vat_left = left.per_rate[one.band][1]
    if one.vat.amount <= 0 or one.vat <= vat_left or vat_left.amount < 0:
        return one
    if prices == tax.INCLUSIVE:
        return replace(one, net=one.total - vat_left, vat=vat_left)
    return replace(one, vat=vat_left, total=one.net + vat_left)


def _part(lines: Sequence[CreditableLine], amounts: Mapping[int, Money], left: Left, net: Money) -> Money:
    """The complementary part of a partial credit: as much of what is left as of the eligible lines, once (C11)."""
    if not left.complementary:
        return left.complementary
    eligible_left = sum_money(line.left for line in lines if line.eligible)
    eligible = sum_money(amounts[line.position] for line in lines if line.eligible and line.position in amounts)
    if eligible.amount <= 0 or eligible_left.amount <= 0:
        return zero()
    exact = left.complementary.share_in_cents(eligible.cents, eligible_left.cents)
    return min(exact, left.complementary, max(net, zero()))
