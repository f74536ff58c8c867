"""Issue drafted documents: numbers, rows, postings and messages of many at once, in the caller's transaction.

Nothing of a document leaves the database but its kind; what needs its number comes last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from ligneclaire.domains.billing.models import BillRun
from ligneclaire.domains.billing.rules import numbers
from ligneclaire.domains.ledger import operations as ledger
from ligneclaire.domains.operators import bulk
from ligneclaire.domains.operators.models import LegalEntity
from ligneclaire.domains.outbox import operations as outbox

COMPLEMENTARY = "RES"

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
_STAGED = f"""
CREATE TEMP TABLE issued_now (invoice_id bigint, public_id text, account_id bigint, digest text, {_FIELDS})
ON COMMIT DROP"""
# One statement, so that each draft is taken apart once. Lines and taxes go before their invoices, which wait for their
# numbers: the keys that hold them together are checked at the end.
_PARTS = f"""
WITH made AS MATERIALIZED (
  SELECT nextval('invoice_id_seq') AS invoice_id, {bulk.PUBLIC_ID} AS public_id, d.account_id, d.digest, x.* FROM (
    SELECT account_id, digest, document FROM invoice_draft
    WHERE operator_id = %(operator)s AND run_id = %(run)s AND account_id BETWEEN %(first)s AND %(last)s
      AND skip_reason = '' ORDER BY account_id) d
  CROSS JOIN LATERAL jsonb_to_record(d.document) AS x({_FIELDS}, lines jsonb, taxes jsonb)
), documents AS (
  INSERT INTO issued_now SELECT invoice_id, public_id, account_id, digest, {_NAMES} FROM made
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
_INVOICES = f"""
INSERT INTO invoice (id, operator_id, run_id, account_id, legal_entity_id, public_id, year, sequence, number,
                     structured_communication, issued_at, reason, digest, {_NAMES})
SELECT d.invoice_id, %(operator)s, %(run)s, d.account_id, %(entity)s, d.public_id, %(year)s, n.sequence, n.number,
       n.communication, %(at)s, '', d.digest, {_NAMES}
FROM issued_now d
JOIN unnest(%(ids)s::bigint[], %(sequences)s::bigint[], %(numbers)s::text[], %(communications)s::text[])
  n(invoice_id, sequence, number, communication)
  ON n.invoice_id = d.invoice_id
ORDER BY d.invoice_id"""  # noqa: S608

# The receivable against revenue and tax; the complementary part as an item of its own. A credit note has the other
# sign, and one by hand lies on the item of the invoice that it corrects.
_POSTINGS = """
SELECT d.kind, 'invoice:' || d.public_id, v.book, CASE v.book WHEN 'receivable' THEN d.account_id END,
       CASE v.book WHEN 'receivable' THEN d.item ELSE '' END,
       CASE d.kind WHEN 'invoice' THEN v.amount ELSE -v.amount END, v.currency
FROM ({documents}) d CROSS JOIN LATERAL (VALUES
  (1, 'receivable', d.total - d.complementary, d.currency), (2, 'revenue', d.complementary - d.net, d.currency),
  (3, 'vat', -d.vat, d.currency), (4, 'receivable', d.complementary, %(complementary)s),
  (5, 'revenue', -d.complementary, %(complementary)s)) v(place, book, amount, currency)
ORDER BY d.id, v.place"""
_SUMS = "d.account_id, d.public_id, d.kind, d.net, d.vat, d.total, d.complementary, d.currency"
_OF_NOW = f"SELECT d.invoice_id AS id, d.public_id AS item, {_SUMS} FROM issued_now d"  # noqa: S608
_OF_ONE = f"""
SELECT d.id, CASE d.kind WHEN 'credit-note' THEN c.public_id ELSE d.public_id END AS item, {_SUMS}
FROM invoice d JOIN invoice c ON c.operator_id = d.operator_id AND c.id = d.credits_id
WHERE d.operator_id = %(operator)s AND d.id = %(invoice)s"""  # noqa: S608

# What a message says of a document; its template names what it needs (BIL-11).
_SAID = {
    "invoice": "i.public_id", "number": "i.number", "total": "i.total", "month": "i.month",
    "due": "i.total - i.complementary", "complementary": "i.complementary", "method": "i.payment_method",
    "pay_on": "coalesce(i.debit_on, i.due_on)", "last_four": "right(i.debited_iban, 4)",
    "communication": "i.structured_communication", "corrects": "coalesce(c.number, '')",
}  # fmt: skip
# OFFSET keeps the planner from reading all invoices of the operator: it guesses badly while a run grows the table.
_TOLD = """
unnest(%(ids)s::bigint[]) one(id)
CROSS JOIN LATERAL (SELECT * FROM invoice WHERE id = one.id AND operator_id = %(operator)s OFFSET 0) i
JOIN account a ON a.operator_id = i.operator_id AND a.id = i.account_id
LEFT JOIN invoice c ON c.operator_id = i.operator_id AND c.id = i.credits_id
WHERE a.delivery = 'email' AND a.email <> '' ORDER BY i.id"""


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
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS invoice_line_invoice_id_same_operator, invoice_tax_invoice_id_same_operator DEFERRED"
        )
        cursor.execute(_STAGED)
        cursor.execute(_PARTS, known)
        cursor.execute("SELECT invoice_id, kind FROM issued_now ORDER BY invoice_id")
        issued = cursor.fetchall()
        if issued:
            _post(run.operator_id, run.bill_on, at, _OF_NOW, {})
            cursor.execute(_INVOICES, known | _numbered(run, entity, issued))
            tell(run.operator_id, issued, at)
        cursor.execute("DROP TABLE issued_now")
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


def post_one(operator_id: int, invoice_id: int, on: date, at: datetime) -> None:
    """Post a document that corrects another one."""
    _post(operator_id, on, at, _OF_ONE, {"invoice": invoice_id})


def _post(operator_id: int, on: date, at: datetime, documents: str, known: Mapping[str, Any]) -> None:
    """Post documents; one of zero moves nothing."""
    ledger.post_selected(
        operator_id=operator_id, posted_on=on, at=at, postings=_POSTINGS.format(documents=documents),
        known={**known, "complementary": COMPLEMENTARY},
    )  # fmt: skip


def tell(operator_id: int, issued: Sequence[tuple[int, str]], at: datetime) -> None:
    """Queue "your invoice is ready" for those who get their invoices by e-mail (BIL-11). `issued`: ids and kinds."""
    for kind in sorted({kind for _id, kind in issued}):
        ids = bulk.array(invoice_id for invoice_id, its in issued if its == kind)
        template = f"{kind}-ready"
        values = {name: _SAID[name] for name in sorted(outbox.values_of(template))}
        letter = outbox.Letter(template, "i.public_id", "a.email", "i.language", values, _TOLD)
        outbox.queue_selected(operator_id=operator_id, letter=letter, known={"ids": ids}, at=at)


def _numbered(run: BillRun, entity: LegalEntity, issued: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """Ids, sequences, numbers and communications of what is issued, as arrays."""
    on, kinds = run.bill_on, Counter(kind for _id, kind in issued)
    following = {
        kind: take_numbers(operator_id=run.operator_id, entity=entity, kind=kind, year=on.year, count=kinds[kind])
        for kind in sorted(kinds)
    }
    sequences, written, communications = [], [], []
    for _id, kind in issued:
        sequence = following[kind]
        following[kind] += 1
        sequences.append(sequence)
        written.append(numbers.number_of(kind, on.year, sequence))
        communications.append(numbers.communication_of(kind, entity.country, on, sequence))
    return {
        "ids": bulk.array(one[0] for one in issued), "sequences": bulk.array(sequences), "numbers": written,
        "communications": communications,
    }  # fmt: skip
