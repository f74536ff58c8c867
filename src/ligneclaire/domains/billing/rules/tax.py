"""Tax per rate, once per rate and invoice, on prices with or without tax (C1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.facts import percent_text
from ligneclaire.kernel.money import Money, sum_money, zero

INCLUSIVE, EXCLUSIVE = "inclusive", "exclusive"


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """An invoice line as tax sees it: an amount in cents, with or without tax, and its rate in percent."""

    amount: Money
    rate: Decimal


@dataclass(frozen=True, slots=True)
class RateSum:
    """All lines of one rate: net + tax = total, always."""

    rate: Decimal
    net: Money
    vat: Money
    total: Money

    def __post_init__(self) -> None:
        if self.net + self.vat != self.total:
            raise ValueError("net and tax are not the total")


@dataclass(frozen=True, slots=True)
class Taxed:
    """An invoice's sums: per rate (highest first) and over all."""

    per_rate: tuple[RateSum, ...]
    net: Money
    vat: Money
    total: Money
    because: tuple[Step, ...]


def tax(lines: Iterable[TaxedLine], prices: str) -> Taxed:
    """The tax of an invoice. `prices`: "inclusive" (total first, net = total ÷ (1 + rate)) or "exclusive" (C1).

    Raises ValueError on any other mode, MoneyError when a line is not in cents.
    """
    if prices not in (INCLUSIVE, EXCLUSIVE):
        raise ValueError(f"prices are inclusive or exclusive, not {prices!r}")
    amounts: dict[Decimal, Money] = {}
    for line in lines:
        _ = line.amount.cents
        rate = line.rate.normalize()
        amounts[rate] = amounts.get(rate, zero(line.amount.currency)) + line.amount
    of_rate = _from_total if prices == INCLUSIVE else _from_net
    sums = tuple(of_rate(amounts[rate], rate) for rate in sorted(amounts, reverse=True))
    net, vat = sum_money(one.net for one in sums), sum_money(one.vat for one in sums)
    total = net + vat
    steps = [_step(one, prices) for one in sums]
    steps.append(step("billing.step.total", "C1", total, net=net, vat=vat, total=total))
    return Taxed(sums, net, vat, total, tuple(steps))


def _from_total(total: Money, rate: Decimal) -> RateSum:
    net = total.share_in_cents(Fraction(100) / (100 + Fraction(rate)), 1)
    return RateSum(rate, net, total - net, total)


def _from_net(net: Money, rate: Decimal) -> RateSum:
    vat = net.percent_in_cents(rate)
    return RateSum(rate, net, vat, net + vat)


def _step(one: RateSum, prices: str) -> Step:
    return step(
        f"billing.step.vat-{prices}",
        "C1",
        one.vat,
        rate=percent_text(one.rate),
        net=one.net,
        vat=one.vat,
        total=one.total,
    )
