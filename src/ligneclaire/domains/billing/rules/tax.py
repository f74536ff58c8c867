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
EXEMPT = "E"  # EN 16931: exempt; what is paid on for others (VATEX-EU-79-C). "O" may not stand beside other categories
Band = tuple[Decimal, str]  # rate and category


def band_of(rate: Decimal, category: str = "") -> Band:
    """The rate without needless zeros and its category (BT-151): the one given, else standard rate or zero."""
    return rate.normalize(), category or ("S" if rate else "Z")


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """An invoice line as tax sees it: an amount in cents, with or without tax, its rate in percent, and its category
    when the rate does not say it."""

    amount: Money
    rate: Decimal
    category: str = ""


@dataclass(frozen=True, slots=True)
class RateSum:
    """All lines of one rate and category: net + tax = total, always."""

    rate: Decimal
    net: Money
    vat: Money
    total: Money
    category: str = ""

    @property
    def band(self) -> Band:
        """Rate and category."""
        return band_of(self.rate, self.category)

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
    amounts: dict[Band, Money] = {}
    for line in lines:
        _ = line.amount.cents
        band = band_of(line.rate, line.category)
        amounts[band] = amounts.get(band, zero(line.amount.currency)) + line.amount
    of_rate = _from_total if prices == INCLUSIVE else _from_net
    sums = tuple(of_rate(amounts[band], *band) for band in sorted(amounts, reverse=True))
    net, vat = sum_money(one.net for one in sums), sum_money(one.vat for one in sums)
    total = net + vat
    steps = [_step(one, prices) for one in sums]
    steps.append(step("billing.step.total", "C1", total, net=net, vat=vat, total=total))
    return Taxed(sums, net, vat, total, tuple(steps))


def _from_total(total: Money, rate: Decimal, category: str) -> RateSum:
    net = total.share_in_cents(Fraction(100) / (100 + Fraction(rate)), 1)
    return RateSum(rate, net, total - net, total, category)


def _from_net(net: Money, rate: Decimal, category: str) -> RateSum:
    vat = net.percent_in_cents(rate)
    return RateSum(rate, net, vat, net + vat, category)


def _step(one: RateSum, prices: str) -> Step:
    if one.category == EXEMPT:
        return step("billing.step.vat-untouched", "SPL-02", one.vat, amount=one.total)
    return step(
        f"billing.step.vat-{prices}",
        "C1",
        one.vat,
        rate=percent_text(one.rate),
        net=one.net,
        vat=one.vat,
        total=one.total,
    )
