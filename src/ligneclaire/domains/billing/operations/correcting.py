"""Correct an issued invoice: a credit note, or a credit note and a new invoice as one act (W-51)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.accounts.policies import ComplementaryCurrency
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.billing.models import Invoice, InvoiceLine, InvoiceTax
from ligneclaire.domains.billing.operations import issuing
from ligneclaire.domains.billing.queries.inputs import Inputs, Knowing, Reader
from ligneclaire.domains.billing.queries.setting import setting
from ligneclaire.domains.billing.refusals import CreditedAlready, NotCreditable, TooMuchCredit, UnknownLine
from ligneclaire.domains.billing.rules import crediting, numbers, tax
from ligneclaire.domains.billing.rules import document as rule
from ligneclaire.domains.billing.rules.values import DueLine
from ligneclaire.domains.operators import queries as operators
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.domains.rulebook import taxes
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.facts import percent_text
from ligneclaire.kernel.money import Money

Wanted = Mapping[int, Money | None]


@dataclass(frozen=True, slots=True)
class Reissue:
    """A credit note over all that was left of an invoice, and the invoice that takes its place."""

    credit_note: Invoice
    invoice: Invoice


def credit_invoice(*, invoice: Invoice, reason: str, at: datetime, actor: str, lines: Wanted | None = None) -> Invoice:
    """A credit note over the whole of what is left, or over some lines (position -> amount, None = all of the line).

    It lies on the invoice's own item: what was paid too much becomes a credit of the account. Raises NotCreditable,
    CreditedAlready, UnknownLine, TooMuchCredit.
    """
    with acting_for(invoice.operator_id):
        accounts.lock(invoice.account)
        return _credit(invoice, reason, at, actor, lines)


def credit_and_reissue(
    *, invoice: Invoice, reason: str, at: datetime, actor: str, amounts: Mapping[int, Money] | None = None
) -> Reissue:
    """Credit all that is left of an invoice and issue it anew, with the account's data and terms of today.

    `amounts` gives lines (by position) another amount. Coverage stays: nothing is billed again. Raises NotCreditable,
    CreditedAlready, TooMuchCredit.
    """
    with acting_for(invoice.operator_id):
        accounts.lock(invoice.account)
        lines = _left_lines(invoice, amounts or {})
        note = _credit(invoice, reason, at, actor, None)
        return Reissue(note, _reissue(invoice, lines, reason, at, actor))


def creditable(invoice: Invoice) -> tuple[tuple[crediting.CreditableLine, ...], crediting.Left]:
    """The lines of an invoice and its sums, less what credit notes took. Inside a transaction of the operator."""
    credited = dict(
        InvoiceLine.objects.filter(operator_id=invoice.operator_id, credits__invoice=invoice)
        .values_list("credits_id")
        .annotate(sum=Sum("amount"))
    )
    currency, euro_only = invoice.currency, _euro_only(invoice)
    lines = tuple(
        crediting.CreditableLine(
            line.position,
            Money(line.amount, currency),
            Money(credited.get(line.pk, Decimal(0)), currency),
            line.tax_rate,
            line.category not in euro_only,
            line.tax_category,
        )
        for line in InvoiceLine.objects.filter(invoice=invoice).order_by("position")
    )
    notes = Invoice.objects.filter(credits=invoice, kind=rule.CREDIT_NOTE)
    left: dict[tax.Band, tuple[Money, Money]] = {}
    for one in InvoiceTax.objects.filter(invoice=invoice):
        left[tax.band_of(one.tax_rate, one.tax_category)] = (Money(one.net, currency), Money(one.vat, currency))
    for one in InvoiceTax.objects.filter(invoice__in=notes):
        band = tax.band_of(one.tax_rate, one.tax_category)
        net, vat = left[band]
        left[band] = (net - Money(one.net, currency), vat - Money(one.vat, currency))
    gone = notes.aggregate(sum=Sum("complementary"))["sum"] or Decimal(0)
    return lines, crediting.Left(left, Money(invoice.complementary - gone, currency))


def _euro_only(invoice: Invoice) -> tuple[str, ...]:
    """The categories of lines that are paid in euro only (PAY-12)."""
    if not invoice.complementary:
        return ()
    found = rulebook.book_of(invoice.operator_id).in_force(ComplementaryCurrency, invoice.month)
    return found.value.complementary_excluded if found else ()


def _credit(invoice: Invoice, reason: str, at: datetime, actor: str, wanted: Wanted | None) -> Invoice:
    if invoice.kind != rule.INVOICE:
        raise NotCreditable(number=invoice.number)
    lines, left = creditable(invoice)
    try:
        found = crediting.credit(lines, wanted, invoice.prices, left)
    except crediting.NothingLeft:
        raise CreditedAlready(number=invoice.number) from None
    except crediting.NoSuchLine as error:
        raise UnknownLine(line=error.position, number=invoice.number) from None
    except crediting.TooMuch as error:
        raise TooMuchCredit(line=error.position, number=invoice.number, left=error.left) from None
    data = _note_data(invoice, found, _local_day(invoice.operator_id, at))
    note = _issue(invoice, data, reason, at)
    _audit(invoice, "credit_invoice", at, actor, note)
    return note


def _note_data(invoice: Invoice, found: crediting.Credit, on: date) -> dict[str, Any]:
    rows = {line.position: line for line in InvoiceLine.objects.filter(invoice=invoice)}
    lines = [
        _note_line(rows[position], amount, number) for number, (position, amount) in enumerate(found.amounts.items(), 1)
    ]
    return {
        "kind": rule.CREDIT_NOTE, "month": invoice.month.isoformat(), "issued_on": on.isoformat(),
        "supply_from": min(line["period_from"] for line in lines), "supply_to": invoice.supply_to.isoformat(),
        "due_on": on.isoformat(), "debit_on": None, "payment_method": invoice.payment_method,
        "payment_means_code": invoice.payment_means_code, "mandate_reference": "", "debited_iban": "",
        "currency": invoice.currency, "prices": invoice.prices, "net": str(found.net), "vat": str(found.vat),
        "total": str(found.total), "complementary": str(found.complementary), "language": invoice.language,
        "buyer_reference": invoice.buyer_reference, "seller": invoice.seller, "buyer": invoice.buyer,
        "because": [one.to_json() for one in found.because],
        "taxes": [rule.tax_json(one) for one in found.taxes],
        "lines": lines,
    }  # fmt: skip


def _note_line(row: InvoiceLine, amount: Money, position: int) -> dict[str, Any]:
    whole = amount.amount == row.amount
    sign = -1 if amount.amount < 0 else 1
    because = step("billing.credit.line", "C1", amount, line=row.position, amount=amount)
    return {
        "position": position, "code": row.code, "product_code": row.product_code, "names": row.names,
        "category": row.category, "contract_id": row.contract_id, "item_id": row.item_id,
        "discount_id": row.discount_id, "charge_id": None, "credits_id": row.pk,
        "period_from": (row.period_from or row.invoice.supply_from).isoformat(),
        "period_to": row.period_to.isoformat() if row.period_to else None,
        "quantity": str(row.quantity if whole else sign), "unit_price": str(row.unit_price if whole else abs(amount)),
        "amount": str(amount), "tax_category": row.tax_category, "tax_rate": f"{row.tax_rate:.2f}",
        "because": [*row.because, because.to_json()] if whole else [because.to_json()],
        "line_id": row.line_id, "usage_month": row.usage_month and row.usage_month.isoformat(),
        "usage_revision": row.usage_revision,
    }  # fmt: skip


def _left_lines(invoice: Invoice, amounts: Mapping[int, Money]) -> list[DueLine]:
    """What is left of an invoice as lines of a new one."""
    known, _left = creditable(invoice)
    left = {line.position: line.left for line in known if line.left}
    positions = {line.position for line in known}
    for position in amounts:
        if position not in positions:
            raise UnknownLine(line=position, number=invoice.number)
        if position not in left:
            raise TooMuchCredit(line=position, number=invoice.number, left=Money.of(0))
    rows = InvoiceLine.objects.filter(invoice=invoice, position__in=left).order_by("position")
    return [_again(row, amounts.get(row.position, left[row.position])) for row in rows]


def _again(row: InvoiceLine, amount: Money) -> DueLine:
    whole = amount.amount == row.amount
    because = tuple(Step.from_json(one) for one in row.because)
    if not whole:
        because = (*because, step("billing.due.charge", "W-51", amount, amount=amount))
    start = row.period_from or row.invoice.supply_from
    return DueLine(
        code=row.code, product_code=row.product_code, names=row.names, category=row.category,
        tax_code=taxes.PASS_THROUGH if row.tax_category == tax.EXEMPT else percent_text(row.tax_rate), amount=amount,
        unit_price=Money(row.unit_price) if whole else abs(amount),
        quantity=row.quantity if whole else Decimal(-1 if amount.amount < 0 else 1),
        start=start, end=row.period_to or start, because=because, contract_id=row.contract_id, item_id=row.item_id,
        discount_id=row.discount_id, line_id=row.line_id, usage_month=row.usage_month,
        usage_revision=row.usage_revision,
    )  # fmt: skip


def _reissue(invoice: Invoice, lines: list[DueLine], reason: str, at: datetime, actor: str) -> Invoice:
    on = _local_day(invoice.operator_id, at)
    found = setting(invoice.operator_id, invoice.legal_entity_id, invoice.month, on)
    inputs = read_one(invoice.operator_id, invoice.account_id, on, at)
    made = found.document_of(inputs, tuple(lines))
    if made.kind != rule.INVOICE:
        raise NotCreditable(number=invoice.number)
    new = _issue(invoice, rule.to_json(made), reason, at)
    _audit(invoice, "reissue_invoice", at, actor, new)
    return new


def read_one(operator_id: int, account_id: int, on: date, at: datetime) -> Inputs:
    """The inputs of one account."""
    (inputs,) = Reader(Knowing(operator_id, on, at)).read([account_id])
    return inputs


def _issue(invoice: Invoice, data: dict[str, Any], reason: str, at: datetime) -> Invoice:
    """Insert one document with its number, post it and tell the customer."""
    values = {key: value for key, value in data.items() if key not in ("account_id", "lines", "taxes")}
    on = date.fromisoformat(data["issued_on"])
    entity, kind = invoice.legal_entity, data["kind"]
    sequence = issuing.take_numbers(
        operator_id=invoice.operator_id, entity=entity, kind=kind, year=on.year, count=1
    )  # fmt: skip
    new = Invoice.objects.create(
        operator_id=invoice.operator_id, account_id=invoice.account_id, legal_entity=entity, year=on.year,
        sequence=sequence, number=numbers.number_of(kind, on.year, sequence), issued_at=at,
        structured_communication=numbers.communication_of(kind, entity.country, on, sequence),
        credits=invoice, reason=reason[:200], digest=rule.digest(rule.canonical(data)), **values,
    )  # fmt: skip
    InvoiceLine.objects.bulk_create(
        InvoiceLine(operator_id=invoice.operator_id, invoice=new, **line) for line in data["lines"]
    )
    InvoiceTax.objects.bulk_create(
        InvoiceTax(operator_id=invoice.operator_id, invoice=new, **tax) for tax in data["taxes"]
    )
    issuing.post_one(invoice.operator_id, new.pk, on, at)
    issuing.tell(invoice.operator_id, [(new.pk, kind)], at)
    new.refresh_from_db()
    return new


def _local_day(operator_id: int, at: datetime) -> date:
    return at.astimezone(operators.zone_of(operator_id)).date()


def _audit(invoice: Invoice, act: str, at: datetime, actor: str, made: Invoice) -> None:
    audit.record(
        operator_id=invoice.operator_id, at=at, actor=actor, act=act, subject=f"invoice:{invoice.public_id}",
        detail={"made": made.public_id},
    )  # fmt: skip
