"""The decisions of invoices: `pro-rata`, `vat`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from ligneclaire.domains.billing.rules import pro_rata, tax
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.decision import Answer, Context, Facts, Fault, Record, decision
from ligneclaire.kernel.facts import Amount, Count, Day, Percent, Positive, Price, percent_text
from ligneclaire.kernel.periods import Period


class ProRataFacts(Facts):
    """A monthly price and the days with service: `to_on` is the first day not served."""

    monthly_price: Price
    from_on: Day
    to_on: Day

    def check(self) -> Iterable[Fault]:
        """The end may not lie before the start."""
        if self.to_on < self.from_on:
            yield Fault("billing.fault.ends-before-start", "to_on", {"start": self.from_on.isoformat()})


class ProRataLine(Record):
    """One calendar month's part."""

    month: str
    days: Count
    of_days: Positive
    amount: Amount


class ProRataAnswer(Answer):
    """The part of each calendar month, and the sum."""

    lines: list[ProRataLine]
    total: Amount
    prices: str | None


@decision(
    "pro-rata",
    "What part of a monthly price is due for some days of one or more months",
    rules=("C1", "C2", "BIL-03", "FMP-05"),
    facts=ProRataFacts,
    answer=ProRataAnswer,
    example={"monthly_price": "34.90", "from_on": "2026-04-16", "to_on": "2026-06-01"},
    example_operator="rural",
)
def decide_pro_rata(facts: ProRataFacts, context: Context) -> tuple[ProRataAnswer, tuple[Step, ...]]:
    """Lines by calendar month; the price mode is the operator's, since the amounts are as the price is."""
    found = pro_rata.parts(facts.monthly_price, Period(facts.from_on, facts.to_on))
    lines = [
        ProRataLine(month=part.period.label, days=part.days, of_days=part.of_days, amount=part.amount)
        for part in found.months
    ]
    return ProRataAnswer(lines=lines, total=found.total, prices=context.prices()), found.because


class VatLine(Record):
    """An amount in cents and its tax rate in percent."""

    amount: Amount
    rate: Percent


class VatFacts(Facts):
    """Lines, and whether their amounts hold the tax."""

    lines: Annotated[list[VatLine], Field(max_length=10_000)]
    prices: Literal["inclusive", "exclusive"]


class VatRate(Record):
    """The sums of one rate."""

    rate: str
    net: Amount
    vat: Amount
    total: Amount


class VatAnswer(Answer):
    """Net, tax and total, and the same for each rate, highest first."""

    net: Amount
    vat: Amount
    total: Amount
    per_rate: list[VatRate]
    prices: str


@decision(
    "vat",
    "The tax of an invoice, once per rate, on prices with or without tax",
    rules=("C1", "L-FR-15", "L-BE-11"),
    facts=VatFacts,
    answer=VatAnswer,
    example={
        "lines": [{"amount": "10.00", "rate": 21}, {"amount": "5.55", "rate": 21}, {"amount": "3.00", "rate": "6"}],
        "prices": "exclusive",
    },
    example_operator="lessor",
)
def decide_vat(facts: VatFacts, context: Context) -> tuple[VatAnswer, tuple[Step, ...]]:
    """Tax on the sum of each rate."""
    found = tax.tax([tax.TaxedLine(line.amount, line.rate) for line in facts.lines], facts.prices)
    rates = [VatRate(rate=percent_text(one.rate), net=one.net, vat=one.vat, total=one.total) for one in found.per_rate]
    answer = VatAnswer(net=found.net, vat=found.vat, total=found.total, per_rate=rates, prices=facts.prices)
    return answer, found.because
