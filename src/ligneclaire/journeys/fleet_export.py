"""What a company takes into its own books, as CSV by cost centre: its own amounts alone (FMP-11, SPL-08)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.billing.models import Invoice, InvoiceLine
from ligneclaire.domains.billing.queries import company_usage
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.lines import queries as line_queries
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.usage.queries import fleet as usage
from ligneclaire.domains.usage.queries.fleet import user_in
from ligneclaire.journeys import formats, spreadsheet
from ligneclaire.kernel import texts
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Booked:
    """A row: cost centre, number and user of the line ("" = none), what it is, its month, the amount without VAT."""

    centre: str
    centre_name: str
    number: str
    user: str
    what: str
    month: date
    amount: Money


def usage_by_cost_centre(scope: Scope, month: date, lang: str, country: str) -> tuple[Booked, ...]:
    """What the company pays beside the bundles in a month, by cost centre, line and category."""
    lines = usage.fleet(scope, month)
    paid = company_usage.paid_by_company([line.seen for line in lines])
    lines = tuple(line for line in lines if paid.get(line.seen.line_id))
    users = usage.users_in([line.seen for line in lines], month)
    found = [
        Booked(
            line.centre, line.centre_name, formats.phone(line.seen.identifier, country),
            users.get(line.seen.line_id, ""), texts.say(f"billing.usage.{one.category}", lang), month.replace(day=1),
            one.amount,
        )
        for line in lines
        for one in paid.get(line.seen.line_id, ())
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.centre, one.number)))


def invoice_by_cost_centre(invoice: Invoice, lang: str, country: str) -> tuple[Booked, ...]:
    """The lines of a company's document by cost centre; amounts of a credit note are negative.

    `invoice` is one that the company's scope sees (`customer_pages.invoice_of`).
    """
    found = InvoiceLine.objects.filter(invoice=invoice).select_related(
        "line", "contract__line", "contract__cost_centre"
    )
    rows = list(found.order_by("position"))
    lines = {line.pk: line for row in rows if (line := _line_of(row))}
    users, contracts = line_queries.users_of(lines), _contracts_of(lines, invoice.month)
    sign = -1 if invoice.kind == "credit-note" else 1
    booked = []
    for row in rows:
        line, month = _line_of(row), (row.usage_month or row.period_from or invoice.month).replace(day=1)
        names = (row.names.get(lang) or next(iter(row.names.values()), ""),)
        booked.append(
            Booked(
                *_centre_of(row.contract or contracts.get(line.pk if line else 0)),
                formats.phone(line.identifier, country) if line else "",
                _name(user_in(users.get(line.pk, ()), month)) if line else "",
                *names, month, Money(row.amount * sign, invoice.currency),
            )
        )  # fmt: skip
    return tuple(sorted(booked, key=lambda one: (one.centre, one.number)))


def as_csv(rows: Iterable[Booked], heading: Sequence[str], lang: str) -> bytes:
    """The file of these rows; `heading` has a name for each of the seven columns."""
    cells = (
        (row.centre, row.centre_name, row.number, row.user, row.what, f"{row.month:%Y-%m}", row.amount) for row in rows
    )
    return spreadsheet.as_csv(heading, cells, lang)


def _line_of(row: InvoiceLine) -> Line | None:
    line = row.line or (row.contract.line if row.contract else None)
    return line


def _contracts_of(lines: Iterable[int], month: date) -> dict[int, Contract]:
    """The last contract of each line that was signed by the end of a month."""
    rows = Contract.objects.filter(line_id__in=list(lines), signed_on__lt=Period.month_of(month).end)
    return {one.line_id: one for one in rows.select_related("cost_centre").order_by("signed_on", "pk") if one.line_id}


def _centre_of(contract: Contract | None) -> tuple[str, str]:
    centre = contract.cost_centre if contract else None
    return (centre.code, centre.name) if centre else ("", "")


def _name(person: Person | None) -> str:
    return f"{person.given_name} {person.family_name}" if person else ""
