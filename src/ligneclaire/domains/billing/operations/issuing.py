"""Issue drafted documents: numbers, rows, postings and messages of many at once, in the caller's transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from ligneclaire.domains.billing.models import BillRun
from ligneclaire.domains.billing.rules import numbers
from ligneclaire.domains.ledger import operations as ledger
from ligneclaire.domains.ledger.operations import NewEntry, NewPosting
from ligneclaire.domains.operators import bulk
from ligneclaire.domains.operators.models import LegalEntity, new_public_id
from ligneclaire.domains.outbox import operations as outbox
from ligneclaire.domains.outbox.operations import NewMessage
from ligneclaire.kernel.money import Money

COMPLEMENTARY = "RES"


@dataclass(frozen=True, slots=True)
class Issued:
    """What postings and messages need of a document that is being issued."""

    invoice_id: int
    account_id: int
    public_id: str
    kind: str
    sequence: int
    number: str
    communication: str
    net: Money
    vat: Money
    total: Money
    complementary: Money


_SUMS = """
SELECT d.account_id, x.kind, x.net, x.vat, x.total, x.complementary, x.currency
FROM invoice_draft d
CROSS JOIN LATERAL jsonb_to_record(d.document)
  AS x(kind text, net numeric, vat numeric, total numeric, complementary numeric, currency text)
WHERE d.operator_id = %s AND d.run_id = %s AND d.account_id = ANY(%s::bigint[]) AND d.skip_reason = ''
ORDER BY d.account_id"""

_STAGED = """
CREATE TEMP TABLE issued_now (account_id bigint PRIMARY KEY, invoice_id bigint, public_id text, sequence bigint,
                              number text, communication text) ON COMMIT DROP"""

_FIELDS = (
    "month date, issued_on date, supply_from date, supply_to date, due_on date, debit_on date, payment_method text, "
    "payment_means_code text, mandate_reference text, debited_iban text, currency text, prices text, net numeric, "
    "vat numeric, total numeric, complementary numeric, language text, buyer_reference text, seller jsonb, "
    "buyer jsonb, because jsonb"
)
_NAMES = ", ".join(one.split()[0] for one in _FIELDS.split(", "))
_INVOICES = f"""
INSERT INTO invoice (id, operator_id, run_id, account_id, legal_entity_id, public_id, kind, year, sequence, number,
                     structured_communication, issued_at, reason, digest, {_NAMES})
SELECT n.invoice_id, d.operator_id, d.run_id, d.account_id, %(entity)s, n.public_id, d.document->>'kind',
       %(year)s, n.sequence, n.number, n.communication, %(at)s, '', d.digest,
       {", ".join("x." + one for one in _NAMES.split(", "))}
FROM issued_now n
JOIN invoice_draft d ON d.operator_id = %(operator)s AND d.run_id = %(run)s AND d.account_id = n.account_id
CROSS JOIN LATERAL jsonb_to_record(d.document) AS x({_FIELDS})
ORDER BY n.invoice_id"""  # noqa: S608 (names of our own)

_LINE_FIELDS = (
    "position int, code text, product_code text, names jsonb, category text, contract_id bigint, item_id bigint, "
    "discount_id bigint, charge_id bigint, period_from date, period_to date, quantity numeric, unit_price numeric, "
    "amount numeric, tax_category text, tax_rate numeric, because jsonb"
)
_LINE_NAMES = ", ".join(one.split()[0] for one in _LINE_FIELDS.split(", "))
_LINES = f"""
INSERT INTO invoice_line (operator_id, invoice_id, {_LINE_NAMES})
SELECT d.operator_id, n.invoice_id, {", ".join("x." + one for one in _LINE_NAMES.split(", "))}
FROM issued_now n
JOIN invoice_draft d ON d.operator_id = %(operator)s AND d.run_id = %(run)s AND d.account_id = n.account_id
CROSS JOIN LATERAL jsonb_to_recordset(d.document->'lines') AS x({_LINE_FIELDS})
ORDER BY n.invoice_id, x.position"""  # noqa: S608 (names of our own)

_TAXES = """
INSERT INTO invoice_tax (operator_id, invoice_id, tax_category, tax_rate, net, vat, total)
SELECT d.operator_id, n.invoice_id, x.tax_category, x.tax_rate, x.net, x.vat, x.total
FROM issued_now n
JOIN invoice_draft d ON d.operator_id = %(operator)s AND d.run_id = %(run)s AND d.account_id = n.account_id
CROSS JOIN LATERAL jsonb_to_recordset(d.document->'taxes')
  AS x(tax_category text, tax_rate numeric, net numeric, vat numeric, total numeric)
ORDER BY n.invoice_id, x.tax_rate DESC"""

_ADDRESSES = """
SELECT a.email, i.language, i.kind, jsonb_build_object(
         'invoice', i.public_id, 'number', i.number, 'total', i.total::text, 'month', i.month::text,
         'due', (i.total - i.complementary)::text, 'complementary', i.complementary::text, 'method', i.payment_method,
         'pay_on', coalesce(i.debit_on, i.due_on)::text, 'last_four', right(i.debited_iban, 4),
         'communication', i.structured_communication, 'corrects', coalesce(c.number, ''))::text
FROM invoice i JOIN account a ON a.operator_id = i.operator_id AND a.id = i.account_id
LEFT JOIN invoice c ON c.operator_id = i.operator_id AND c.id = i.credits_id
WHERE i.operator_id = %s AND i.id = ANY(%s::bigint[]) AND a.delivery = 'email' AND a.email <> '' ORDER BY i.id"""


def issue_drafts(*, run: BillRun, entity: LegalEntity, accounts: Sequence[int], at: datetime) -> int:
    """Issue the documents of these accounts, in their order; how many there were. The caller has locked them."""
    issued = list(_numbered(run, entity, accounts))
    if not issued:
        return 0
    columns = ("account_id", "invoice_id", "public_id", "sequence", "number", "communication")
    with connection.cursor() as cursor:
        cursor.execute(_STAGED)
        with cursor.copy(f"COPY issued_now ({', '.join(columns)}) FROM STDIN") as copy:
            for one in issued:
                copy.write_row(
                    (one.account_id, one.invoice_id, one.public_id, one.sequence, one.number, one.communication)
                )
        cursor.execute("ANALYZE issued_now")
        known: dict[str, Any] = {
            "entity": entity.pk,
            "year": run.bill_on.year,
            "at": at,
            "operator": run.operator_id,
            "run": run.pk,
        }
        for statement in (_INVOICES, _LINES, _TAXES):
            cursor.execute(statement, known)
        cursor.execute("DROP TABLE issued_now")
    ledger.post_many(operator_id=run.operator_id, posted_on=run.bill_on, entries=[entry(one) for one in issued], at=at)
    tell(run.operator_id, [one.invoice_id for one in issued], at)
    return len(issued)


def take_numbers(*, operator_id: int, entity: LegalEntity, kind: str, year: int, count: int) -> int:
    """Take that many numbers in one statement; the first of them. Others wait until this transaction ends (W-35)."""
    with connection.cursor() as cursor:
        key: list[Any] = [operator_id, entity.pk, kind, year]
        cursor.execute(
            "INSERT INTO number_series (operator_id, legal_entity_id, kind, year, last) VALUES (%s, %s, %s, %s, 0) "
            "ON CONFLICT (operator_id, legal_entity_id, kind, year) DO NOTHING",
            key,
        )
        cursor.execute(
            "UPDATE number_series SET last = last + %s "
            "WHERE operator_id = %s AND legal_entity_id = %s AND kind = %s AND year = %s RETURNING last",
            [count, *key],
        )
        (last,) = cursor.fetchone()
    return int(last) - count + 1


def entry(one: Issued, item: str = "") -> NewEntry:
    """The postings of a document: receivable against revenue and tax; the complementary part as an item of its own.

    A credit note has the other sign, and lies on the item of the invoice that it corrects.
    """
    item = item or one.public_id
    part, euro = one.complementary, one.total - one.complementary
    sums = [("receivable", euro), ("revenue", part - one.net), ("vat", -one.vat)]
    if part:
        in_units = Money(part.amount, COMPLEMENTARY)
        sums += [("receivable", in_units), ("revenue", -in_units)]
    postings = []
    for book, amount in sums:
        signed = amount if one.kind == "invoice" else -amount
        owed = book == "receivable"
        postings.append(NewPosting(book, signed, one.account_id if owed else None, item if owed else ""))
    return NewEntry(one.kind, f"invoice:{one.public_id}", tuple(postings))


def tell(operator_id: int, invoice_ids: Sequence[int], at: datetime) -> None:
    """Queue "your invoice is ready" for those who get their invoices by e-mail (BIL-11)."""
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, [operator_id, bulk.array(invoice_ids)])
        found = cursor.fetchall()
    outbox.queue_many(operator_id=operator_id, messages=_messages(found), at=at)


def _messages(rows: Iterable[Sequence[str]]) -> Iterator[NewMessage]:
    for email, language, kind, values in rows:
        known, template = json.loads(values), f"{kind}-ready"
        params = {name: known[name] for name in outbox.values_of(template)}
        yield NewMessage(f"{template}:{known['invoice']}", email, language, template, params)


def _numbered(run: BillRun, entity: LegalEntity, accounts: Sequence[int]) -> Iterator[Issued]:
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [run.operator_id, run.pk, bulk.array(accounts)])
        rows = cursor.fetchall()
    year = run.bill_on.year
    kinds = Counter(row[1] for row in rows)
    following = {
        kind: take_numbers(operator_id=run.operator_id, entity=entity, kind=kind, year=year, count=kinds[kind])
        for kind in sorted(kinds)
    }
    ids = bulk.take_ids("invoice", len(rows))
    for invoice_id, (account_id, kind, *sums, currency) in zip(ids, rows, strict=True):
        sequence = following[kind]
        following[kind] += 1
        yield named(invoice_id, account_id, kind, sequence, entity.country, run.bill_on, sums, currency)


def named(  # noqa: PLR0917
    invoice_id: int,
    account_id: int,
    kind: str,
    sequence: int,
    country: str,
    on: date,
    sums: Sequence[Decimal],
    currency: str,
) -> Issued:
    """A document with its number, its communication and a new public id. `sums`: net, VAT, total, complementary."""
    net, vat, total, complementary = (Money(one, currency) for one in sums)
    return Issued(
        invoice_id, account_id, new_public_id(), kind, sequence, numbers.number_of(kind, on.year, sequence),
        numbers.communication_of(kind, country, on, sequence), net, vat, total, complementary,
    )  # fmt: skip
