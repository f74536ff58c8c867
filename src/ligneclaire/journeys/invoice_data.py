"""A document's view as data (for the API and programs) and as plain text (for a terminal): the page's own figures."""

from __future__ import annotations

from typing import Any

from ligneclaire.journeys import formats, invoice_pdf
from ligneclaire.journeys.invoice_view import InvoiceView, Line
from ligneclaire.journeys.invoice_writer import Sheet
from ligneclaire.journeys.usage_view import UsedOn


def as_json(view: InvoiceView) -> dict[str, Any]:
    """The document as the API and the command line give it: amounts as text, dates ISO, periods by their last day."""
    return {
        "kind": str(view.kind),
        "number": view.number,
        "issued_on": view.issued_on.isoformat(),
        "currency": view.currency,
        "prices": str(view.prices),
        "net": str(view.net),
        "vat": str(view.vat),
        "total": str(view.total),
        "paid": str(view.paid),
        "credited": str(view.credited),
        "open": str(view.open),
        "complementary": str(view.settlement.complementary) if view.settlement else None,
        "payment": {
            "method": str(view.payment.method),
            "on": view.payment.on.isoformat() if view.payment.on else None,
            "account_last4": view.payment.account_last4,
            "mandate": view.payment.mandate,
            "reference": view.payment.reference,
        },
        "taxes": [
            {"category": one.category, "rate": str(one.rate), "net": str(one.net), "vat": str(one.vat)}
            for one in view.taxes
        ],
        "lines": [_line_json(line) for line in view.lines],
        "outside": [
            {
                "number": one.number,
                "month": f"{one.month:%Y-%m}",
                "costs": [
                    {"label": cost.label, "records": cost.records, "amount": str(cost.amount)} for cost in one.costs
                ],
                "warnings": list(one.warnings),
            }
            for one in view.outside
        ],
    }


def _line_json(line: Line) -> dict[str, Any]:
    last = formats.day_before(line.period.end) if line.period else None
    return {
        "position": line.position,
        "code": line.code,
        "label": line.label,
        "from": line.period.start.isoformat() if line.period else None,
        "to": last.isoformat() if last else None,
        "amount": str(line.amount),
        "tax_rate": str(line.tax_rate),
        "usage": _usage_json(line.usage) if line.usage else None,
        "because": [{"sentence": one.sentence, "rule": one.rule, "source": one.source} for one in line.reasons],
    }


def _usage_json(used: UsedOn) -> dict[str, str]:
    return {"line": used.line, "number": used.number, "month": f"{used.month:%Y-%m}", "category": used.category}


def as_text(view: InvoiceView) -> str:
    """The document for a terminal, in the reader's language: the sum, the lines, and why."""
    sheet, lang = invoice_pdf.sheet_of(view), view.language
    head = [sheet["title"], f"{sheet['numbered']} {sheet['dated']}", f"{view.brand.name} > {view.buyer.name}", ""]
    pay = [f"{sheet['payable']['label']}: {sheet['payable']['sum']}"]
    pay += [f"{label} {value}" for label, value in sheet["payable"]["cells"]]
    pay += [said for said in (sheet["payable"]["because"], sheet["payable"]["said"], sheet["payable"]["split"]) if said]
    body = [""]
    for line in view.lines:
        when = f"  ({formats.period(line.period, lang)})" if line.period and line.period.days else ""
        whose = f", {line.subject}" if line.subject else ""
        body.append(f"{formats.money(line.amount, lang):>14}  {line.label}{whose}{when}")
        body += [f"{'':16}- {one.sentence}{_origin(one.source, one.rule)}" for one in line.reasons]
    sums = [
        f"{row['amount']:>14}  {row['label']}" + (f" ({row['said']})" if row.get("said") else "")
        for row in sheet["detail"]["totals"]
    ]
    why = [sheet["why"]["title"], *sheet["why"]["sentences"]]
    ahead = [f"{sheet['next']['said']} {sheet['next']['sum']}, {sheet['next']['note']}"] if sheet["next"] else []
    return "\n".join([*head, *pay, *body, *sums, "", *why, *ahead, *_outside(sheet)])


def _outside(sheet: Sheet) -> list[str]:
    """The last part, for a terminal."""
    said = ["", sheet["words"]["outside"]] if sheet["outside"] else []
    for one in sheet["outside"]:
        said.append(one["title"])
        said += [
            f"{amount:>14}  {label}{f' ({records})' if records else ''}" for label, records, amount in one["costs"]
        ]
        said += [f"{'':16}- {warning}" for warning in one["warnings"]]
    return said


def _origin(source: str, rule: str) -> str:
    known = " · ".join(part for part in (source, rule) if part)
    return f" [{known}]" if known else ""
