"""Issued invoices within a scope, with what is paid, open, disputed and may be collected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Sum

from ligneclaire.domains.accounts.queries import within
from ligneclaire.domains.billing.models import Dispute, DisputeAnswer, Invoice
from ligneclaire.domains.billing.rules.disputed import collectable as rule
from ligneclaire.domains.ledger import queries as ledger
from ligneclaire.domains.operators import bulk
from ligneclaire.kernel.money import Money, zero
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class InvoiceState:
    """An issued document and how it stands. Amounts of a credit note are positive, its `open` is not.

    `open` is in euro, `complementary_open` in the complementary currency; `collectable` leaves disputed sums out.
    """

    id: int
    public_id: str
    number: str
    kind: str
    account_id: int
    issued_on: date
    month: date
    due_on: date
    method: str
    structured_communication: str
    total: Money
    complementary: Money
    paid: Money
    open: Money
    complementary_open: Money
    disputed: Money
    collectable: Money


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An open item in one currency with what a collector needs: the account, the day, the communication."""

    account_id: int
    item: str
    currency: str
    open: Money
    collectable: Money
    due_on: date
    method: str
    structured_communication: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a document: whether it is its account's first invoice, whether a line of it is or was
    disputed, whether later documents correct it, and what credit notes gave back of it."""

    is_first: bool
    is_disputed: bool
    is_corrected: bool
    credited: Money


_BESIDE = """
SELECT NOT EXISTS (SELECT FROM invoice e WHERE e.operator_id = %(operator)s AND e.account_id = %(account)s
                   AND e.kind = 'invoice' AND e.id < %(id)s),
       EXISTS (SELECT FROM dispute d JOIN invoice_line l ON l.id = d.line_id
               WHERE l.operator_id = %(operator)s AND l.invoice_id = %(id)s),
       count(*) > 0, coalesce(sum(n.total) FILTER (WHERE n.kind = 'credit-note'), 0)
FROM invoice n WHERE n.operator_id = %(operator)s AND n.credits_id = %(id)s"""


def beside(invoice: Invoice) -> Beside:
    """What stands beside a document that the caller may see."""
    known = {"operator": invoice.operator_id, "account": invoice.account_id, "id": invoice.pk}
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE, known)
        is_first, is_disputed, is_corrected, credited = cursor.fetchone()
    return Beside(is_first, is_disputed, is_corrected, Money(credited, invoice.currency))


def invoices_of(
    scope: Scope, *, account_id: int | None = None, public_id: str | None = None
) -> tuple[InvoiceState, ...]:
    """The documents of the accounts in the scope, newest first."""
    rows = _rows(scope)
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if public_id is not None:
        rows = rows.filter(public_id=public_id)
    found = list(rows.order_by("-issued_on", "-pk"))
    names = [row.public_id for row in found]
    items = {(one.item, one.currency): one for one in ledger.items(scope, items=names)}
    disputed = disputed_sums(scope, names)
    return tuple(_state(row, items, disputed.get(row.public_id, zero())) for row in found)


def open_invoices(scope: Scope) -> tuple[OpenInvoice, ...]:
    """What is still to be paid, per invoice and currency, oldest first."""
    items = [one for one in ledger.open_items(scope) if one.open.amount > 0]
    rows = {row.public_id: row for row in _rows(scope).filter(public_id__in=[one.item for one in items])}
    disputed = disputed_sums(scope, list(rows))
    found = [
        OpenInvoice(
            one.account_id, one.item, one.currency, one.open,
            rule(one.open, disputed.get(one.item, zero())) if one.currency == "EUR" else one.open,
            rows[one.item].due_on, rows[one.item].payment_method, rows[one.item].structured_communication,
        )
        for one in items
        if one.item in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.due_on, one.account_id, one.item)))


def collectable(scope: Scope, item: str) -> Money:
    """What may be collected in euro of the invoice of that public id now. Zero when it is settled or out of scope."""
    return next((one.collectable for one in invoices_of(scope, public_id=item)), zero())


def disputed_sums(scope: Scope, items: list[str]) -> dict[str, Money]:
    """The sums of disputes without an answer, by invoice."""
    if not items:
        return {}
    rows = (
        Dispute.objects.filter(within(scope, "line__invoice__account"), line__invoice__public_id__in=items)
        .exclude(pk__in=DisputeAnswer.objects.filter(operator_id=scope.operator_id).values("dispute_id"))
        .values_list("line__invoice__public_id")
        .annotate(sum=Sum("amount"))
    )
    return {item: Money(amount) for item, amount in rows}


_MOVED = """
SELECT i.public_id, i.currency,
       coalesce((SELECT sum(d.amount) FROM invoice_line l JOIN dispute d ON d.line_id = l.id
                 WHERE l.invoice_id = i.id
                 AND NOT EXISTS (SELECT FROM dispute_answer a WHERE a.dispute_id = d.id)), 0),
       coalesce((SELECT sum(n.total) FROM invoice n WHERE n.credits_id = i.id AND n.kind = 'credit-note'), 0)
FROM invoice i JOIN account a ON a.id = i.account_id
WHERE i.operator_id = %(operator)s AND i.public_id = ANY(%(items)s)
  AND (%(accounts)s::bigint[] IS NULL OR a.id = ANY(%(accounts)s::bigint[]))
  AND (%(parties)s::bigint[] IS NULL OR a.party_id = ANY(%(parties)s::bigint[]))"""


def disputed_and_credited(scope: Scope, items: Sequence[str]) -> dict[str, tuple[Money, Money]]:
    """What is disputed without an answer, and what credit notes took back, by invoice."""
    known: dict[str, Any] = {
        "operator": scope.operator_id,
        "items": list(items),
        "accounts": None if scope.account_ids is None else bulk.array(scope.account_ids),
        "parties": None if scope.party_ids is None else bulk.array(scope.party_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, known)
        return {
            item: (Money(disputed, currency), Money(credited, currency))
            for item, currency, disputed, credited in cursor.fetchall()
        }


def _rows(scope: Scope) -> QuerySet[Invoice]:
    return Invoice.objects.filter(within(scope, "account"))


def _state(row: Invoice, items: dict[tuple[str, str], ledger.OpenItem], disputed: Money) -> InvoiceState:
    euro, res = items.get((row.public_id, row.currency)), items.get((row.public_id, "RES"))
    nothing = zero(row.currency)
    left = euro.open if euro else nothing
    return InvoiceState(
        id=row.pk,
        public_id=row.public_id,
        number=row.number,
        kind=row.kind,
        account_id=row.account_id,
        issued_on=row.issued_on,
        month=row.month,
        due_on=row.due_on,
        method=row.payment_method,
        structured_communication=row.structured_communication,
        total=Money(row.total, row.currency),
        complementary=Money(row.complementary, row.currency),
        paid=euro.paid if euro else nothing,
        open=left,
        complementary_open=res.open if res else zero("RES"),
        disputed=disputed,
        collectable=rule(left, disputed),
    )
