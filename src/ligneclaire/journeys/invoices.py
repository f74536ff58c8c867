"""The one builder of an invoice's view, for the page, the PDF, the API and the command line alike."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F, prefetch_related_objects

from ligneclaire.domains.accounts.queries import last_four
from ligneclaire.domains.billing import queries as billing
from ligneclaire.domains.billing.models import Invoice, InvoiceLine, InvoiceTax
from ligneclaire.domains.billing.queries import Beside
from ligneclaire.domains.ledger import queries as ledger
from ligneclaire.domains.ledger.queries import OpenItem
from ligneclaire.domains.operators.models import Operator
from ligneclaire.journeys import formats, invoice_parts, invoice_pdf, invoice_usage, payment_qr, reasons
from ligneclaire.journeys.invoice_view import (
    Brand,
    Buyer,
    Contact,
    Correction,
    Forecast,
    InvoiceView,
    Kind,
    Line,
    Method,
    Payment,
    Prices,
    Seller,
    Settlement,
    Tax,
)
from ligneclaire.journeys.usage_view import UsedOn
from ligneclaire.kernel.money import Money, sum_money, zero
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.refusal import Refusal
from ligneclaire.kernel.scope import Scope

ACCENT = "#17567f"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """What of a document was read before: its lines with the kinds of their products, what the ledger says of it (none
    for one as it was sent), and what stands beside it. `ahead` is whether to say what the next one will be."""

    rows: Sequence[InvoiceLine]
    kinds: Sequence[str]
    items: Sequence[OpenItem]
    beside: Beside
    ahead: bool = True


def known_of(invoice: Invoice, *, at_issue: bool = False, ahead: bool = True) -> Known:
    """What a document is shown from; `at_issue` before anything was paid of it."""
    items = () if at_issue else ledger.items(Scope.staff(invoice.operator_id), items=[invoice.public_id])
    return Known(*_rows(invoice), items, billing.beside(invoice), ahead)


def view_of(invoice: Invoice, language: str, *, at_issue: bool = False, known: Known | None = None) -> InvoiceView:
    """The document as a reader of `language` sees it now, with what was paid since.

    `at_issue` shows it as it was sent: nothing paid yet. The caller has checked that the reader may see it.
    """
    known = known or known_of(invoice, at_issue=at_issue)
    operator, rows, used = invoice.operator, known.rows, invoice_usage.lines_of(invoice, known.rows)
    lines, kinds = _lines(invoice, rows, language, used), known.kinds
    credit, (net, vat, total) = invoice.kind == Kind.CREDIT_NOTE, _sums(invoice)
    first = not credit and known.beside.is_first
    paid, left, unit_left = (zero(), total, None) if credit else _moved(known.items, total)
    settlement = None if credit else _settlement(invoice, left, unit_left)
    taxes = tuple(_tax(row, invoice.currency) for row in InvoiceTax.objects.filter(invoice=invoice).order_by("pk"))
    month = invoice.month if not credit else None
    words = invoice_parts.Words(language, month, first)
    several = len({row.contract_id for row in rows if row.contract_id}) > 1
    return InvoiceView(
        kind=Kind(invoice.kind),
        number=invoice.number,
        language=language,
        brand=Brand(operator.name, operator.look.get("accent", ACCENT), operator.look.get("logo_svg", "")),
        seller=_seller(invoice.seller, operator),
        buyer=_buyer(invoice),
        issued_on=invoice.issued_on,
        supply=Period(invoice.supply_from, formats.day_after(invoice.supply_to)),
        payment=_payment(invoice, settlement.euro_open if settlement else left, language),
        prices=Prices(invoice.prices),
        lines=lines,
        taxes=taxes,
        net=net,
        vat=vat,
        total=total,
        paid=paid,
        credited=total - left - paid,
        open=left,
        bar=invoice_parts.bar(lines, taxes, Prices(invoice.prices), words),
        month=month,
        first=first,
        usual=None if credit else invoice_parts.usual(lines, kinds, Prices(invoice.prices), words, several=several),
        next_invoice=_next(invoice, rows) if known.ahead and not credit else None,
        settlement=settlement,
        corrects=_corrects(invoice) if credit else None,
        notes=_notes(operator, language),
        outside=invoice_usage.outside_of(invoice, rows, used, language) if used else (),
    )


def _rows(invoice: Invoice) -> tuple[Sequence[InvoiceLine], Sequence[str]]:
    """The lines in order, with what tells their contracts apart when there are several; and their products' kinds."""
    found = InvoiceLine.objects.filter(invoice=invoice).order_by("position")
    rows = list(found.annotate(product_kind=F("item__product__kind")))
    if len({row.contract_id for row in rows if row.contract_id}) > 1:
        prefetch_related_objects(rows, "contract__line", "contract__site", "contract__cost_centre")
    return rows, [row.product_kind or "" for row in rows]


def document(invoice: Invoice, language: str) -> bytes:
    """The PDF as it was sent. Made when it is first asked for, then kept by its hash: it never changes again.

    A file that was changed or lost is made anew.
    """
    folder = Path(settings.FILES) / "documents"
    name = folder / f"{invoice.public_id}.{language}"
    if name.exists():
        digest = name.read_text().strip()
        kept = folder / f"{digest}.pdf"
        if kept.exists() and hashlib.sha256(found := kept.read_bytes()).hexdigest() == digest:
            return found
    made = invoice_pdf.render_invoice(view_of(invoice, language, at_issue=True))
    digest = hashlib.sha256(made).hexdigest()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _put(folder / f"{digest}.pdf", made)
        _put(name, digest.encode())
    except OSError as error:  # a full disk keeps nobody from reading
        log.warning("the PDF of %s is not kept: %s", invoice.number, error)
    return made


def _put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    half = tempfile.NamedTemporaryFile(dir=path.parent, delete=False)  # noqa: SIM115 (closed below, before it moves)
    try:
        with half:
            half.write(content)
        os.replace(half.name, path)
    except OSError:
        Path(half.name).unlink(missing_ok=True)
        raise


def _lines(invoice: Invoice, rows: Sequence[InvoiceLine], lang: str, used: Mapping[int, UsedOn]) -> tuple[Line, ...]:
    several = len({row.contract_id for row in rows if row.contract_id}) > 1
    return tuple(_line(row, invoice.currency, lang, used.get(row.position), several=several) for row in rows)


def _line(row: InvoiceLine, currency: str, lang: str, used: UsedOn | None, *, several: bool) -> Line:
    label = invoice_parts.label(row.code, row.names.get(lang) or next(iter(row.names.values())), lang)
    where = _subject(row) if several else ""
    return Line(
        position=row.position,
        code=row.code,
        label=f"{label}, {where}" if where else label,
        amount=Money.of(row.amount, currency),
        tax_rate=row.tax_rate.normalize() + 0,
        group=invoice_parts.group(row.code),
        quantity=row.quantity,
        unit_price=Money.of(row.unit_price, currency),
        period=Period(row.period_from, row.period_to) if row.period_from and row.period_to else None,
        subject=used.number if used else "",
        tax_category=row.tax_category,
        reasons=reasons.of(row.because, lang),
        usage=used,
    )


def _subject(row: InvoiceLine) -> str:
    """What tells a company's contracts apart: the cost centre, else the site, else the line."""
    contract = row.contract
    if contract is None:
        return ""
    if contract.cost_centre:
        return str(contract.cost_centre.name)
    if contract.site and (contract.site.name or contract.site.city):
        return str(contract.site.name or contract.site.city)
    return str(contract.line.identifier) if contract.line else str(contract.number)


def _tax(row: InvoiceTax, currency: str) -> Tax:
    rate = row.tax_rate.normalize() + 0
    return Tax(row.tax_category, rate, Money.of(row.net, currency), Money.of(row.vat, currency))


def _sums(invoice: Invoice) -> tuple[Money, ...]:
    return tuple(Money.of(amount, invoice.currency) for amount in (invoice.net, invoice.vat, invoice.total))


def _moved(found: Sequence[OpenItem], total: Money) -> tuple[Money, Money, Money | None]:
    """What was paid, what is left to pay in all, and of it in the complementary currency."""
    if not found:
        return zero(), total, None
    by_currency = Counter({one.currency: one.open.amount for one in found})
    unit = Money.of(sum(amount for code, amount in by_currency.items() if code != total.currency) or 0)
    euro = Money.of(by_currency[total.currency])
    left = min(max(euro, zero()) + max(unit, zero()), total)
    paid = sum_money(Money.of(one.paid.amount) for one in found)
    return min(max(paid, zero()), total - left), left, max(unit, zero())


def _settlement(invoice: Invoice, left: Money, unit_left: Money | None) -> Settlement | None:
    if not invoice.complementary:
        return None
    unit = Money.of(invoice.complementary)
    open_unit = min(unit if unit_left is None else unit_left, left)
    made = [step["params"] for step in invoice.because if step["code"] == "accounts.settlement.complementary"]
    agreed = Decimal(made[0]["share"]) if made else invoice_parts.share(invoice.account.complementary_share)
    return Settlement(
        unit="RES",
        share=agreed,
        complementary=unit,
        complementary_open=open_unit,
        euro=Money.of(invoice.total) - unit,
        euro_open=left - open_unit,
        eligible=Money.of(made[0]["eligible"]) if made else None,
        account=invoice.operator.profile.get("contact", {}).get("complementary_account", ""),
    )


def _payment(invoice: Invoice, euro: Money, lang: str) -> Payment:
    if invoice.kind == Kind.CREDIT_NOTE:
        return Payment(Method.SET_OFF)
    payment = Payment(
        Method(invoice.payment_method),
        on=invoice.debit_on or invoice.due_on,
        account_last4=last_four(invoice.debited_iban),
        mandate=invoice.mandate_reference,
        reference=invoice.structured_communication,
        because=" ".join(one.sentence for one in reasons.of(_about_the_day(invoice.because), lang)),
    )
    if payment.method != Method.TRANSFER:
        return payment
    name, iban, bic = (str(invoice.seller.get(key, "")) for key in ("name", "iban", "bic"))
    code = payment_qr.code_of(name=name, iban=iban, bic=bic, amount=euro, reference=payment.reference)
    return replace(payment, qr=code)


def _about_the_day(steps: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps that say why the day of the debit is not the usual one."""
    return [one for one in steps if one["code"] in ("accounts.debit.moved", "accounts.debit.too-late")]


def _seller(kept: dict[str, Any], operator: Operator) -> Seller:
    contact = operator.profile.get("contact", {})
    ways = (
        ("phone", formats.phone(contact.get("telephone", ""), operator.country)),
        ("mail", contact.get("finance_email")),
    )
    return Seller(
        legal_name=kept["name"],
        address=(kept["street"], f"{kept['postcode']} {kept['city']}"),
        country=kept["country"],
        vat_id=kept["vat_number"],
        registration=kept.get("registration_number", ""),
        iban=kept.get("iban", ""),
        bic=kept.get("bic", ""),
        creditor_id=kept.get("creditor_identifier", ""),
        contacts=tuple(Contact(kind, value) for kind, value in ways if value),
    )


def _buyer(invoice: Invoice) -> Buyer:
    kept = invoice.buyer
    place = f"{kept.get('postcode', '')} {kept.get('city', '')}".strip()
    return Buyer(
        name=kept["name"],
        address=tuple(part for part in (kept.get("street", ""), place) if part),
        customer_number=kept.get("customer_number") or invoice.account.party.number,
        account_number=kept.get("account_number") or invoice.account.number,
        vat_id=kept.get("vat_number", ""),
        reference=invoice.buyer_reference,
    )


def _corrects(invoice: Invoice) -> Correction | None:
    corrected = invoice.credits
    return Correction(corrected.number, corrected.issued_on, invoice.reason) if corrected else None


def _next(invoice: Invoice, rows: Iterable[InvoiceLine]) -> Forecast | None:
    """The month after this invoice's, by the rule of the run, as known when it was issued, without usage."""
    try:
        found = billing.forecast_after(invoice)
    except Refusal:
        return None
    if found is None or found.kind != Kind.INVOICE:
        return None
    used = any(row.usage_month for row in rows)
    return Forecast(found.issue.month, found.total, complementary=found.complementary or None, with_usage=used)


def _notes(operator: Operator, lang: str) -> tuple[str, ...]:
    footer = (operator.texts.get(lang) or {}).get("invoice_footer", "")
    return (footer,) if footer else ()
