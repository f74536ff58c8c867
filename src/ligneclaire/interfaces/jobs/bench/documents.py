"""Invoices as PDF, as the product makes them, and what typst alone needs for documents of the same shape.

Every other document goes to the product and the others to typst, in turn: neither finds what the other one left in
typst's memory, and whatever else the machine does slows both alike.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, cast

import typst

from ligneclaire.adapters.pdf import typesetter
from ligneclaire.domains.billing.models import Invoice


def measure(operator_id: int, count: int) -> dict[str, Any]:
    """Seconds and processor seconds of that many documents by each of the two, and the bytes that they made."""
    from ligneclaire.domains.operators.acting import acting_for

    with acting_for(operator_id):
        found = Invoice.objects.filter(operator_id=operator_id).select_related("operator", "account__party", "credits")
        rows = list(found.order_by("pk")[: 2 * count + 2])
        ours, theirs = rows[::2], [_prepared(row) for row in rows[1::2]]
        spent = {"product": _Spent(), "typst": _Spent()}
        for number, (row, sheet) in enumerate(zip(ours, theirs, strict=False)):
            warm = number == 0  # fonts and templates are read once
            spent["product"].run(partial(_as_the_product, row), warm=warm)
            spent["typst"].run(partial(_typst_alone, *sheet), warm=warm)
    made = spent["product"].documents
    return {"documents": made, **{f"{name}_{key}": v for name, one in spent.items() for key, v in one.sums().items()}}


class _Spent:
    """What some documents cost."""

    def __init__(self) -> None:
        self.documents, self.seconds, self.cpu, self.bytes = 0, 0.0, 0.0, 0

    def run(self, make: Callable[[], bytes], *, warm: bool) -> None:
        began, cpu = time.perf_counter(), time.process_time()
        size = len(make())
        if not warm:
            self.documents += 1
            self.seconds += time.perf_counter() - began
            self.cpu += time.process_time() - cpu
            self.bytes += size

    def sums(self) -> dict[str, float]:
        return {"s": self.seconds, "cpu_s": self.cpu, "bytes": self.bytes}


def _as_the_product(invoice: Invoice) -> bytes:
    """From the row to the file: read, check, write out, typeset. The kept copy is not used."""
    from ligneclaire.journeys import invoice_pdf, invoices

    return invoice_pdf.render_invoice(invoices.view_of(invoice, invoice.language, at_issue=True))


def _prepared(invoice: Invoice) -> tuple[str, datetime]:
    """What typst is given for an invoice, made beforehand."""
    from ligneclaire.journeys import invoice_pdf, invoices

    view = invoices.view_of(invoice, invoice.language, at_issue=True)
    sheet = json.dumps(invoice_pdf.sheet_of(view), ensure_ascii=False, sort_keys=True)
    return sheet, datetime(view.issued_on.year, view.issued_on.month, view.issued_on.day, tzinfo=UTC)


@cache
def _compiler() -> typst.Compiler:
    """Typst with our template and fonts, kept."""
    here = typesetter.HERE
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[here / "fonts"])
    return typst.Compiler(input=here / "invoice.typ", root=here, font_paths=fonts, ignore_system_fonts=True)


def _typst_alone(sheet: str, stamp: datetime) -> bytes:
    made = _compiler().compile(
        sys_inputs={"sheet": sheet},
        format="pdf",
        pdf_standards=typesetter.STANDARDS,
        timestamp=int(stamp.timestamp()),
    )
    return cast("bytes", made)
