"""The decisions of invoices: `first-invoice`, `pro-rata`, `vat`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from ligneclaire.domains.accounts.policies import DirectDebit
from ligneclaire.domains.billing.policies import BillingCalendar
from ligneclaire.domains.billing.rules import first_invoice, pro_rata, tax
from ligneclaire.domains.billing.rules.values import DueLine
from ligneclaire.domains.contracts.policies import ServiceStart
from ligneclaire.domains.contracts.rules.service_start import Start, StartFacts, service_start
from ligneclaire.domains.rulebook import taxes
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.decision import Answer, Context, Facts, Fault, Record, decision, refuse
from ligneclaire.kernel.facts import Amount, Count, Day, Percent, Positive, Price, Text, percent_text
from ligneclaire.kernel.periods import Period, days_in_month, month_label
from ligneclaire.kernel.policy import InForce

HeldDays = Annotated[int, Field(strict=True, ge=0, le=3650)]


class OptionFacts(Record):
    """An option of the offer; `from_on` absent = from the start of service."""

    label: Text
    monthly_price: Price
    from_on: Day | None = None


class FirstInvoiceFacts(Facts):
    """A new service: its prices, and what starts it. `held_days` stop the clock of the equipment."""

    monthly_price: Price
    activation_fee: Price
    connected_on: Day | None = None
    equipment_received_on: Day | None = None
    held_days: HeldDays = 0
    options: Annotated[list[OptionFacts], Field(max_length=100)] = []

    def check(self) -> Iterable[Fault]:
        """Something must start the service."""
        if self.connected_on is None and self.equipment_received_on is None:
            yield Fault("billing.fault.nothing-starts", "connected_on")


class FirstInvoiceLine(Record):
    """A line of the invoice; days and days of the month where it is a part of one."""

    code: str
    label: str
    days: Count | None
    of_days: Positive | None
    amount: Amount


class FirstInvoiceAnswer(Answer):
    """The first invoice, to the cent."""

    service_start_on: Day
    invoice_on: Day
    lines: list[FirstInvoiceLine]
    net: Amount
    vat: Amount
    total: Amount
    debit_on: Day
    prices: str


@decision(
    "first-invoice",
    "What the first invoice of a new service holds, when it comes and when it is debited",
    rules=("BIL-01", "BIL-02", "BIL-03", "BIL-05", "C1", "C2", "PAY-02", "PAY-03", "C6", "L-FR-15", "L-BE-11"),
    facts=FirstInvoiceFacts,
    answer=FirstInvoiceAnswer,
    policies=(ServiceStart, BillingCalendar, DirectDebit),
    example={
        "monthly_price": "29.90",
        "activation_fee": "39.00",
        "connected_on": "2026-06-12",
        "equipment_received_on": "2026-06-09",
    },
    example_operator="rural",
)
def decide_first_invoice(facts: FirstInvoiceFacts, context: Context) -> tuple[FirstInvoiceAnswer, tuple[Step, ...]]:
    """Service start by the policy of the receipt, then the rule of the bill run, then the debit."""
    start = _start(facts, context)
    calendar = _calendar(start.on, context)
    invoice_on = first_invoice.run_day(start.on, calendar.value.invoice_day)
    prices = context.prices() or tax.EXCLUSIVE
    quote = first_invoice.Quote(
        monthly=facts.monthly_price,
        activation=facts.activation_fee,
        options=tuple(first_invoice.QuotedOption(one.label, one.monthly_price, one.from_on) for one in facts.options),
        service_start=start.on,
        service_because=start.because,
        prices=prices,
        rate=taxes.rate_of(taxes.STANDARD, context.country, invoice_on),
    )
    found = first_invoice.first_invoice(quote, calendar, context.policy(DirectDebit, invoice_on.replace(day=1)))
    answer = FirstInvoiceAnswer(
        service_start_on=start.on,
        invoice_on=found.invoice_on,
        lines=[_line(line, quote, context) for line in found.lines],
        net=found.taxed.net,
        vat=found.taxed.vat,
        total=found.taxed.total,
        debit_on=found.debit_on,
        prices=prices,
    )
    return answer, found.because


def _start(facts: FirstInvoiceFacts, context: Context) -> Start:
    received = facts.equipment_received_on
    terms = context.policy(ServiceStart, received) if received else None
    known = StartFacts(connected_on=facts.connected_on, equipment_received_on=received, held_days=facts.held_days)
    start = service_start(known, terms)
    if start is None:
        raise refuse("billing.fault.nothing-starts", "connected_on")
    return start


def _calendar(start: date, context: Context) -> InForce[BillingCalendar]:
    """The calendar of the invoice's month: that of the start, unless its run is over; then the next month's."""
    calendar = context.policy(BillingCalendar, start.replace(day=1))
    invoice_on = first_invoice.run_day(start, calendar.value.invoice_day)
    return context.policy(BillingCalendar, invoice_on.replace(day=1))


def _line(line: DueLine, quote: first_invoice.Quote, context: Context) -> FirstInvoiceLine:
    days, of_days = (line.end - line.start).days, days_in_month(line.start)
    is_part = line.code != "activation" and days != of_days
    if line.code == "option":
        label = quote.options[(line.item_id or 0) - first_invoice.FIRST_OPTION].label
    elif line.code == "pro-rata":
        last = line.end - timedelta(days=1)
        label = context.say("billing.line.pro-rata", first=line.start.isoformat(), last=last.isoformat())
    else:
        label = context.say(f"billing.line.{line.code}", month=month_label(line.start))
    return FirstInvoiceLine(
        code=line.code,
        label=label,
        days=days if is_part else None,
        of_days=of_days if is_part else None,
        amount=line.amount,
    )


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
