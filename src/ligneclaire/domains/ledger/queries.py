"""What is owed and what is paid: projections of the postings on receivables, never flags."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, F, Q, QuerySet, Sum, Value, When
from django.db.models.fields import DecimalField

from ligneclaire.domains.accounts.queries import within
from ligneclaire.domains.ledger.models import Posting
from ligneclaire.kernel.money import Money, sum_money
from ligneclaire.kernel.scope import Scope

DOCUMENTS = ("invoice", "credit-note")
ZERO = Value(0, output_field=DecimalField(max_digits=14, decimal_places=2))


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An item of an account in one currency: charged (after credit notes), paid, and what is open of it.

    `item` is the public id of the invoice, or of the payment that was too much (then `open` is negative).
    """

    account_id: int
    item: str
    currency: str
    charged: Money
    paid: Money
    open: Money


def items(scope: Scope, *, items: Iterable[str] | None = None) -> tuple[OpenItem, ...]:
    """All items of the accounts in the scope, settled or not, in the order of accounts and first postings."""
    rows = _chosen(scope, items).values_list("account_id", "item", "currency", "entry__kind")
    found: dict[tuple[int, str, str], list[Decimal]] = {}
    for account_id, item, currency, kind, amount in rows.annotate(sum=Sum("amount")).order_by():
        sums = found.setdefault((account_id, item, currency), [Decimal(0), Decimal(0)])
        sums[kind not in DOCUMENTS] += amount
    return tuple(_open_item(*key, *found[key]) for key in sorted(found))


def open_items(scope: Scope, *, items: Iterable[str] | None = None) -> tuple[OpenItem, ...]:
    """The items that are not settled: owed by the customer (positive) or to him (negative)."""
    is_document = Q(entry__kind__in=DOCUMENTS)
    grouped = (
        _chosen(scope, items)
        .values_list("account_id", "item", "currency")
        .annotate(
            charged=Sum(Case(When(is_document, then=F("amount")), default=ZERO)),
            moved=Sum(Case(When(is_document, then=ZERO), default=F("amount"))),
            open=Sum("amount"),
        )
        .order_by("account_id", "item", "currency")
    )
    return tuple(_open_item(*row[:-1]) for row in grouped.exclude(open=0))


def balance(scope: Scope, account_id: int, currency: str = "EUR") -> Money:
    """What an account owes in all (negative: what it is owed). Zero when the account is outside the scope."""
    found = _receivables(scope).filter(account_id=account_id, currency=currency).aggregate(sum=Sum("amount"))["sum"]
    return Money.of(found or 0, currency)


def total_open(found: Iterable[OpenItem], currency: str = "EUR") -> Money:
    """The sum of what is open in one currency."""
    return sum_money((one.open for one in found if one.currency == currency), currency)


def _receivables(scope: Scope) -> QuerySet[Posting]:
    return Posting.objects.filter(within(scope, "account"), book="receivable")


def _chosen(scope: Scope, items: Iterable[str] | None) -> QuerySet[Posting]:
    rows = _receivables(scope)
    return rows if items is None else rows.filter(item__in=list(items))


def _open_item(account_id: int, item: str, currency: str, charged: Decimal, moved: Decimal) -> OpenItem:
    """`moved` is what payments and corrections did to it: negative when they paid."""
    return OpenItem(
        account_id,
        item,
        currency,
        Money.of(charged, currency),
        Money.of(-moved, currency),
        Money.of(charged + moved, currency),
    )
