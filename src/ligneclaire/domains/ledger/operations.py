"""Post entries. Rows are only inserted; each entry sums to zero in every currency, and so says the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from ligneclaire.domains.ledger.models import Entry
from ligneclaire.domains.operators import bulk
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import new_public_id
from ligneclaire.kernel.money import Money, zero
from ligneclaire.kernel.refusal import Refusal


class Unbalanced(Refusal):
    """The amounts of an entry do not sum to zero in each currency, or there are none."""

    code = "ledger.refused.unbalanced"


class AlreadyPosted(Refusal):
    """There is an entry of that source: a business fact is posted once."""

    code = "ledger.refused.already-posted"


@dataclass(frozen=True, slots=True)
class NewPosting:
    """An amount on a book; positive = debit. A receivable names its account and its open item."""

    book: str
    amount: Money
    account_id: int | None = None
    item: str = ""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One business fact to post: "invoice", "credit-note", "payment", "set-off". `source` is "type:public_id"."""

    kind: str
    source: str
    postings: tuple[NewPosting, ...]


def post(
    *, operator_id: int, posted_on: date, kind: str, source: str, postings: Sequence[NewPosting], at: datetime
) -> Entry:
    """Post one entry. Raises Unbalanced, AlreadyPosted."""
    with acting_for(operator_id):
        if Entry.objects.filter(operator_id=operator_id, source=source).exists():
            raise AlreadyPosted(source=source)
        entry = NewEntry(kind, source, tuple(postings))
        post_many(operator_id=operator_id, posted_on=posted_on, entries=[entry], at=at)
        return Entry.objects.get(operator_id=operator_id, source=source)


def post_many(*, operator_id: int, posted_on: date, entries: Sequence[NewEntry], at: datetime) -> None:
    """Post many entries in two statements, inside the caller's transaction. Raises Unbalanced, and then posts none.

    A source that is posted already is refused by the database (ledger_entry_once_per_source).
    """
    if not entries:
        return
    checked = [_checked(entry) for entry in entries]
    ids = bulk.take_ids("ledger_entry", len(entries))
    bulk.insert(
        "ledger_entry",
        ("id", "operator_id", "public_id", "posted_on", "posted_at", "kind", "source"),
        (
            (entry_id, operator_id, new_public_id(), posted_on, at, entry.kind, entry.source)
            for entry_id, entry in zip(ids, entries, strict=True)
        ),
    )
    bulk.insert(
        "posting",
        ("operator_id", "entry_id", "book", "account_id", "item", "amount", "currency"),
        (
            (operator_id, entry_id, one.book, one.account_id, one.item, one.amount.amount, one.amount.currency)
            for entry_id, postings in zip(ids, checked, strict=True)
            for one in postings
        ),
    )


_SELECTED = """
WITH wanted AS MATERIALIZED (
  SELECT row_number() OVER () AS place, w.* FROM ({postings}) w(kind, source, book, account_id, item, amount, currency)
  WHERE w.amount <> 0
), entries AS (
  INSERT INTO ledger_entry (operator_id, public_id, posted_on, posted_at, kind, source)
  SELECT %(operator)s, {public_id}, %(posted_on)s, %(at)s, e.kind, e.source
  FROM (SELECT min(place) AS place, kind, source FROM wanted GROUP BY kind, source ORDER BY 1) e
  RETURNING id, source
)
INSERT INTO posting (operator_id, entry_id, book, account_id, item, amount, currency)
SELECT %(operator)s, e.id, w.book, w.account_id, w.item, w.amount, w.currency
FROM wanted w JOIN entries e ON e.source = w.source ORDER BY w.place"""


def post_selected(*, operator_id: int, posted_on: date, at: datetime, postings: str, known: Mapping[str, Any]) -> None:
    """Post the entries of the postings that a statement selects, in the order of the books: kind and source of the
    entry, book, account, item, amount, currency. Inside the caller's transaction; nothing leaves the database.

    Nothing is posted of amounts of zero. `known` are the statement's parameters. The database refuses an entry that
    does not sum to zero, and a source that is posted already.
    """
    statement = _SELECTED.format(postings=postings, public_id=bulk.PUBLIC_ID)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**known, "operator": operator_id, "posted_on": posted_on, "at": at})


def _checked(entry: NewEntry) -> list[NewPosting]:
    sums: dict[str, Money] = {}
    postings = [one for one in entry.postings if one.amount]
    for one in postings:
        currency = one.amount.currency
        sums[currency] = sums.get(currency, zero(currency)) + one.amount
    if not postings or any(sums.values()) or any(not one.amount.is_whole_cents for one in postings):
        raise Unbalanced(source=entry.source)
    return postings
