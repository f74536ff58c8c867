"""The detail of a document, from page two on: its lines, their sums, and VAT by rate, as text."""

from __future__ import annotations

from decimal import Decimal

from ligneclaire.journeys import formats
from ligneclaire.journeys.invoice_view import Group, Line, Prices, Tax
from ligneclaire.journeys.invoice_writer import Sheet, Writer


def lines(write: Writer) -> Sheet:
    """The lines under their columns, with the reasons of each, and the rows of sums under them."""
    view = write.view
    mixed = len(view.taxes) > 1 or view.prices == Prices.EXCLUSIVE
    priced = any(line.unit_price and line.quantity != 1 for line in view.lines)
    rows, subject = [], ""
    for line in view.lines:
        changes = line.subject != subject
        rows.append({**_line(write, line), "subject": (line.subject or write.words["other"]) if changes else ""})
        subject = line.subject
    return {
        "priced": priced,
        "dated": any(line.period for line in view.lines),
        "mixed": mixed,
        "amount_title": write.words[f"amount_{view.prices.value}"],
        "lines": rows,
        "totals": _totals(write),
    }


def _line(write: Writer, line: Line) -> Sheet:
    return {
        "label": line.label,
        "period": formats.period(line.period, write.lang) if line.period and line.period.days else "",
        "quantity": formats.number(line.quantity, write.lang) if line.quantity % 1 == 0 else "",
        "unit_price": write.money(line.unit_price) if line.unit_price else "",
        "rate": _rate(write, line.tax_category, formats.percent(line.tax_rate, write.lang)),
        "amount": write.money(line.amount),
        "credit": line.group == Group.CREDIT,
        "reasons": [[reason.sentence, reason.source] for reason in line.reasons],
    }


def _rate(write: Writer, category: str, rate: str) -> str:
    return write.words.get(f"tax_{category}", rate)


def outside(write: Writer) -> list[Sheet]:
    """The last part: what lay beside the bundles, number by number and month by month, with the warnings sent."""
    return [
        {
            "title": f"{one.number}, {formats.month(one.month, write.lang)}",
            "costs": [
                [
                    cost.label,
                    formats.number(Decimal(cost.records), write.lang) if cost.records else "",
                    write.money(cost.amount),
                ]
                for cost in one.costs
            ],
            "warnings": list(one.warnings),
        }
        for one in write.view.outside
    ]


def _totals(write: Writer) -> list[Sheet]:
    """The rows under the lines: label, amount, whether it is a sum in bold."""
    view = write.view
    rows: list[Sheet] = []
    if view.prices == Prices.EXCLUSIVE:
        rows.append({"label": write.words["total_exclusive"], "amount": write.money(view.net), "bold": False})
        rows += [
            {"label": _said(write, tax, "vat_line", "none_line"), "amount": write.money(tax.vat), "bold": False}
            for tax in view.taxes
        ]
    said = ""
    if view.prices == Prices.INCLUSIVE:
        said = ", ".join(_said(write, tax, "of_which_vat", "of_which_none") for tax in view.taxes)
    total = {"label": write.words["total_inclusive"], "said": said, "amount": write.money(view.total), "bold": True}
    rows.append(total)
    if view.paid:
        rows.append({"label": write.words["paid_line"], "amount": write.money(-view.paid), "bold": False})
    if view.credited:
        rows.append({"label": write.words["credited_line"], "amount": write.money(-view.credited), "bold": False})
    if view.paid or view.credited:
        rows.append({"label": write.words["open_line"], "amount": write.money(view.open), "bold": True})
    return rows


def _said(write: Writer, tax: Tax, taxed: str, untaxed: str) -> str:
    """What VAT is in a sum or comes to it; where there is none, why."""
    net, vat = write.money(tax.net), write.money(tax.vat)
    if why := write.words.get(f"tax_{tax.category}"):
        return write.say(untaxed, why=why, net=net)
    return write.say(taxed, rate=formats.percent(tax.rate, write.lang), net=net, vat=vat)


def taxes(write: Writer) -> list[list[str]]:
    """VAT rate by rate: the rate, net, VAT and both together."""
    return [
        [
            _rate(write, tax.category, formats.percent(tax.rate, write.lang)),
            write.money(tax.net),
            write.money(tax.vat),
            write.money(tax.gross),
        ]
        for tax in write.view.taxes
    ]
