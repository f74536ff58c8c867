"""The first invoice: activation, the days from the start of service, the month in advance, options (BIL-01 to BIL-05).

A quote and a bill run are the same: the lines come from `due_lines`, the tax from `tax`, the debit from `debit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ligneclaire.domains.accounts.policies import DirectDebit
from ligneclaire.domains.accounts.rules import debit
from ligneclaire.domains.billing.policies import BillingCalendar
from ligneclaire.domains.billing.rules import tax
from ligneclaire.domains.billing.rules.due_lines import Asked, due_lines
from ligneclaire.domains.billing.rules.values import Agreed, AgreedItem, DueLine
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.policy import InForce

ACTIVATION, OFFER, FIRST_OPTION = 1, 2, 3


@dataclass(frozen=True, slots=True)
class QuotedOption:
    """An option as asked for: its name, its price a month, its first day (None = with the service)."""

    label: str
    monthly: Money
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What is known before the first invoice. Amounts hold tax or not, as `prices` says; `rate` is in percent."""

    monthly: Money
    activation: Money
    options: tuple[QuotedOption, ...]
    service_start: date
    service_because: tuple[Step, ...]
    prices: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class FirstInvoice:
    """The invoice with its lines in order, its sums, and the day of its debit."""

    invoice_on: date
    lines: tuple[DueLine, ...]
    taxed: tax.Taxed
    debit_on: date
    because: tuple[Step, ...]


def run_day(service_start: date, invoice_day: int) -> date:
    """The day of the first run after the start of service: a start on a run's day or later waits for the next one."""
    month = Period.month_of(service_start)
    run = month.start.replace(day=invoice_day)
    return run if service_start < run else month.end.replace(day=invoice_day)


def first_invoice(quote: Quote, calendar: InForce[BillingCalendar], terms: InForce[DirectDebit]) -> FirstInvoice:
    """The first invoice of a service (BIL-03, BIL-05, C1, C2, PAY-02, PAY-03).

    `calendar` and `terms` are the policies of the invoice's month; the mandate is taken to hold the operator's clause.
    """
    invoice_on = run_day(quote.service_start, calendar.value.invoice_day)
    lines = due_lines([_agreed(quote)], {}, [], Asked(Period.month_of(invoice_on), invoice_on))
    taxed = tax.tax([tax.TaxedLine(line.amount, quote.rate) for line in lines], quote.prices)
    debit_on, debit_steps = debit.first_allowed_debit(
        invoice_on, terms.value.debit_day, terms.value.notice_days, terms.source
    )
    issued = calendar.step("billing.first.issued", "BIL-05", invoice_on, day=calendar.value.invoice_day, on=invoice_on)
    because = (
        *quote.service_because,
        issued,
        *(one for line in lines for one in _steps_of(line)),
        *debit_steps,
        step("accounts.debit.on", "PAY-02", debit_on, on=debit_on),
        *taxed.because,
    )
    return FirstInvoice(invoice_on, lines, taxed, debit_on, because)


def _agreed(quote: Quote) -> Agreed:
    """The quote as a contract that billing knows."""
    items = [
        _item(ACTIVATION, "fee", "activation", one_off=quote.activation),
        _item(OFFER, "offer", "month", monthly=quote.monthly),
    ]
    items += [
        _item(FIRST_OPTION + index, "option", "option", monthly=option.monthly, from_on=option.from_on)
        for index, option in enumerate(quote.options)
    ]
    return Agreed(
        id=1, signed_on=quote.service_start, service_from=quote.service_start, last_day=None, items=tuple(items)
    )


def _item(
    number: int,
    kind: str,
    code: str,
    *,
    monthly: Money | None = None,
    one_off: Money | None = None,
    from_on: date | None = None,
) -> AgreedItem:
    return AgreedItem(
        id=number,
        kind=kind,
        product_code=code,
        names={},
        category="service",
        tax_code="standard",
        monthly=monthly,
        one_off=one_off,
        from_on=from_on,
    )


def _steps_of(line: DueLine) -> tuple[Step, ...]:
    """The last step of a line; a fee is its own reason here, since a quote has no day of signature."""
    if line.code == "activation":
        return (step("billing.first.activation", "BIL-03", line.amount, amount=line.amount),)
    return (line.because[-1],)
