"""Issue drafted documents: numbers, rows, postings and messages of many at once, in the caller's transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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
class Ready:
    """What postings need of a document that is about to be issued; the number comes later."""

    invoice_id: int
    account_id: int
    public_id: str
    kind: str
    net: Money
    vat: Money
    total: Money
    complementary: Money


_DRAFTS = """
FROM invoice_draft d
CROSS JOIN LATERAL jsonb_to_record(d.document) AS x({fields})
WHERE d.operator_id = %(operator)s AND d.run_id = %(run)s AND d.account_id BETWEEN %(first)s AND %(last)s
  AND d.skip_reason = ''"""
_SUMS = f"""
SELECT d.account_id, x.kind, x.net, x.vat, x.total, x.complementary, x.currency
{
    _DRAFTS.format(fields="kind text, net numeric, vat numeric, total numeric, complementary numeric, currency text")
} ORDER BY d.account_id"""

_STAGED = """
CREATE TEMP TABLE issued_now (account_id bigint PRIMARY KEY, invoice_id bigint, public_id text, sequence bigint,
                              number text, communication text) ON COMMIT DROP"""
_STAGED_COLUMNS = ("account_id", "invoice_id", "public_id", "sequence", "number", "communication")

_FIELDS = (
    "kind text, month date, issued_on date, supply_from date, supply_to date, due_on date, debit_on date, "
    "payment_method text, payment_means_code text, mandate_reference text, debited_iban text, currency text, "
    "prices text, net numeric, vat numeric, total numeric, complementary numeric, language text, "
    "buyer_reference text, seller jsonb, buyer jsonb, because jsonb"
)
_NAMES = ", ".join(one.split()[0] for one in _FIELDS.split(", "))
_LINE_FIELDS = (
    "position int, code text, product_code text, names jsonb, category text, contract_id bigint, item_id bigint, "
    "discount_id bigint, charge_id bigint, period_from date, period_to date, quantity numeric, unit_price numeric, "
    "amount numeric, tax_category text, tax_rate numeric, because jsonb, line_id bigint, usage_month date, "
    "usage_revision int"
)
_LINE_NAMES = ", ".join(one.split()[0] for one in _LINE_FIELDS.split(", "))
# One statement, so that each draft is taken apart once.
_ISSUE = f"""
WITH made AS MATERIALIZED (
  SELECT n.invoice_id, n.public_id, n.sequence, n.number, n.communication, f.* FROM issued_now n
  JOIN (SELECT d.account_id, d.digest, x.* {_DRAFTS.format(fields=_FIELDS + ", lines jsonb, taxes jsonb")}) f
    ON f.account_id = n.account_id
), invoices AS (
  INSERT INTO invoice (id, operator_id, run_id, account_id, legal_entity_id, public_id, year, sequence, number,
                       structured_communication, issued_at, reason, digest, {_NAMES})
  SELECT invoice_id, %(operator)s, %(run)s, account_id, %(entity)s, public_id, %(year)s, sequence, number,
         communication, %(at)s, '', digest, {_NAMES}
  FROM made ORDER BY invoice_id
), lines AS (
  INSERT INTO invoice_line (operator_id, invoice_id, {_LINE_NAMES})
  SELECT %(operator)s, m.invoice_id, {", ".join("x." + one for one in _LINE_NAMES.split(", "))}
  FROM made m CROSS JOIN LATERAL jsonb_to_recordset(m.lines) AS x({_LINE_FIELDS})
  ORDER BY m.invoice_id, x.position
)
INSERT INTO invoice_tax (operator_id, invoice_id, tax_category, tax_rate, net, vat, total)
SELECT %(operator)s, m.invoice_id, x.tax_category, x.tax_rate, x.net, x.vat, x.total
FROM made m CROSS JOIN LATERAL jsonb_to_recordset(m.taxes)
  AS x(tax_category text, tax_rate numeric, net numeric, vat numeric, total numeric)
ORDER BY m.invoice_id, x.tax_rate DESC"""  # noqa: S608 (names of our own)

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
    """Issue the documents of these accounts, a range in id order; how many there were. The caller has locked them.

    Numbers are taken as late as can be: whoever issues beside us waits for them until we commit (W-35).
    """
    if not accounts:  # all of them closed since the run was cut
        return 0
    known: dict[str, Any] = {
        "operator": run.operator_id, "run": run.pk, "first": accounts[0], "last": accounts[-1], "entity": entity.pk,
        "year": run.bill_on.year, "at": at,
    }  # fmt: skip
    issued = _ready(known)
    if not issued:
        return 0
    entries = [entry(one) for one in issued if one.net or one.vat]  # a statement of zero moves nothing
    ledger.post_many(operator_id=run.operator_id, posted_on=run.bill_on, entries=entries, at=at)
    rows = _numbered(run, entity, issued)
    with connection.cursor() as cursor:
        cursor.execute(_STAGED)
        with cursor.copy(f"COPY issued_now ({', '.join(_STAGED_COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(_ISSUE, known)
        cursor.execute("DROP TABLE issued_now")
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


def entry(one: Ready, item: str = "") -> NewEntry:
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


def ready(invoice_id: int, account_id: int, kind: str, sums: Iterable[Decimal], currency: str) -> Ready:
    """A document with a new public id. `sums`: net, VAT, total, complementary."""
    return Ready(invoice_id, account_id, new_public_id(), kind, *(Money(one, currency) for one in sums))


def _ready(known: Mapping[str, Any]) -> list[Ready]:
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, known)
        rows = cursor.fetchall()
    ids = bulk.take_ids("invoice", len(rows))
    return [
        ready(invoice_id, account_id, kind, sums, currency)
        for invoice_id, (account_id, kind, *sums, currency) in zip(ids, rows, strict=True)
    ]


def _numbered(run: BillRun, entity: LegalEntity, issued: Sequence[Ready]) -> list[tuple[Any, ...]]:
    """The rows of `issued_now`."""
    on, kinds = run.bill_on, Counter(one.kind for one in issued)
    following = {
        kind: take_numbers(operator_id=run.operator_id, entity=entity, kind=kind, year=on.year, count=kinds[kind])
        for kind in sorted(kinds)
    }
    rows = []
    for one in issued:
        sequence = following[one.kind]
        following[one.kind] += 1
        number = numbers.number_of(one.kind, on.year, sequence)
        communication = numbers.communication_of(one.kind, entity.country, on, sequence)
        rows.append((one.account_id, one.invoice_id, one.public_id, sequence, number, communication))
    return rows
