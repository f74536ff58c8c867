"""The decisions of invoices: `first-invoice`, `pro-rata`, `vat`, `split-bill`, `private-invoice`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from ligneclaire.domains.accounts.policies import DirectDebit
from ligneclaire.domains.billing.policies import BillingCalendar, PrivateInvoice
from ligneclaire.domains.billing.rules import first_invoice, pro_rata, split_bill, tax
from ligneclaire.domains.billing.rules.private_invoice import PrivatePeriod, private_invoices
from ligneclaire.domains.billing.rules.values import DueLine
from ligneclaire.domains.contracts.policies import ServiceStart
from ligneclaire.domains.contracts.rules.contribution import Category, Contribution, UsageType
from ligneclaire.domains.contracts.rules.service_start import Start, StartFacts, service_start
from ligneclaire.domains.rulebook import taxes
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.decision import Answer, Context, Facts, Fault, Record, decision, refuse
from ligneclaire.kernel.facts import Amount, Count, Day, Flag, Percent, Positive, Price, Text, percent_text
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


class SplitCharge(Record):
    """A charge of a line; `third_party` = an amount that the operator collects for somebody else."""

    category: Category
    usage_type: UsageType | None = None
    amount: Price
    third_party: Flag = False


class SplitFacts(Facts):
    """What the employer contributes (W-54), and the charges of one line in one month. Amounts are as given."""

    contribution: Contribution
    charges: Annotated[list[SplitCharge], Field(max_length=10_000)]


class SplitLine(Record):
    """A charge, or the part of it that one payer pays; a charge of nothing has no payer."""

    category: Category
    usage_type: UsageType | None
    amount: Amount
    third_party: bool
    payer: Literal["employer", "employee"] | None


class SplitAnswer(Answer):
    """Who pays what; the manager of the company sees the employer's part alone (FMP-11)."""

    employer: Amount
    employee: Amount
    manager_sees: Amount
    lines: list[SplitLine]
    prices: str | None


@decision(
    "split-bill",
    "Which part of the charges of a line the employer pays, and which the employee",
    rules=("SPL-01", "SPL-02", "SPL-03", "SPL-10", "W-54", "FMP-11"),
    facts=SplitFacts,
    answer=SplitAnswer,
    example={
        "contribution": {"type": "amount", "amount": "15.00"},
        "charges": [
            {"category": "subscription", "amount": "25.00"},
            {"category": "voice", "usage_type": "voice-international", "amount": "18.40"},
            {"category": "other", "usage_type": "sms-parking", "amount": "4.00", "third_party": True},
        ],
    },
    example_operator="fleet",
)
def decide_split(facts: SplitFacts, context: Context) -> tuple[SplitAnswer, tuple[Step, ...]]:
    """The split to the cent."""
    charges = [
        split_bill.Charge(one.category, one.amount, one.usage_type or "", one.third_party) for one in facts.charges
    ]
    found = split_bill.split_bill(facts.contribution, charges, in_cents=True)
    lines = [
        SplitLine.model_validate(
            {
                "category": one.charge.category,
                "usage_type": one.charge.usage_type or None,
                "amount": one.amount,
                "third_party": one.charge.third_party,
                "payer": one.payer,
            }
        )
        for one in found.parts
    ]
    answer = SplitAnswer(
        employer=found.employer,
        employee=found.employee,
        manager_sees=found.employer,
        lines=lines,
        prices=context.prices(),
    )
    return answer, found.because


class PrivateFacts(Record):
    """What a period adds to the private balance, VAT and third parties included; `leaves`: split bill ends with it."""

    amount: Amount
    leaves: Flag = False


class PrivateInvoiceFacts(Facts):
    """The periods in their order, from one without a balance; `basis` absent = as the operator's policy says."""

    periods: Annotated[list[PrivateFacts], Field(max_length=10_000)]
    basis: Literal["accumulated", "period"] | None = None


class PrivateDecision(Record):
    """What comes of a period: what is invoiced, and the balance that is carried into the next."""

    decision: Literal["skip", "invoice", "forced", "final", "zero-statement"]
    invoiced: Amount
    carried: Amount


class PrivateInvoiceAnswer(Answer):
    """One decision for each period."""

    periods: list[PrivateDecision]
    prices: str


@decision(
    "private-invoice",
    "In which months an employee with split bill gets an invoice, and what is carried",
    rules=("C12", "SPL-04", "SPL-05", "SPL-06"),
    facts=PrivateInvoiceFacts,
    answer=PrivateInvoiceAnswer,
    policies=(PrivateInvoice,),
    example={
        "periods": [{"amount": "1.20"}, {"amount": "2.10"}, {"amount": "0.85"}, {"amount": "6.40"}, {"amount": "0.30"}]
    },
    example_operator="fleet",
)
def decide_private_invoice(
    facts: PrivateInvoiceFacts, context: Context
) -> tuple[PrivateInvoiceAnswer, tuple[Step, ...]]:
    """The policy of the day of asking, since the periods have no dates."""
    terms = context.policy(PrivateInvoice, context.on)
    if facts.basis is not None:
        terms = replace(terms, value=replace(terms.value, threshold_basis=facts.basis))
    found = private_invoices([PrivatePeriod(one.amount, one.leaves) for one in facts.periods], terms)
    periods = [
        PrivateDecision.model_validate(
            {"decision": one.decision, "invoiced": one.invoiced, "carried": one.after.carried}
        )
        for one in found
    ]
    answer = PrivateInvoiceAnswer(periods=periods, prices=tax.INCLUSIVE)
    return answer, tuple(one for decided in found for one in decided.because)
