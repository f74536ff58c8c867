"""Publish products, prices, rate decks and usage terms. What is published is never edited: it ends, and another one
begins."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.db.models import QuerySet

from ligneclaire.domains.catalogue.models import PriceVersion, Product, RateDeck, UsageTerms
from ligneclaire.domains.catalogue.rules import contents
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.operators.operations import Written, write
from ligneclaire.domains.rulebook.decks import Dated, DeckRow
from ligneclaire.domains.rulebook.products import PriceRow, ProductRow
from ligneclaire.domains.rulebook.usage_terms import UsageRow
from ligneclaire.kernel.refusal import Refusal

T = TypeVar("T", RateDeck, UsageTerms)


class PublishedPriceEdited(Refusal):
    """A price of that product and first day is published with other values."""

    code = "catalogue.refused.published-price-edited"


class PublishedDeckEdited(Refusal):
    """A deck of that code and first day is published with other content."""

    code = "catalogue.refused.published-deck-edited"


class PublishedTermsEdited(Refusal):
    """Usage terms of that product and first day are published with other content."""

    code = "catalogue.refused.published-terms-edited"


class ProductChangedKind(Refusal):
    """The code belongs to a product of another kind, category or commitment."""

    code = "catalogue.refused.product-changed-kind"


def publish_product(*, operator: Operator, row: ProductRow, using: str) -> list[Written]:
    """Make a product or bring its names and its end up to date, and publish its prices and usage terms. Doing it again
    changes nothing.

    Call it inside a transaction of `using`. Raises ProductChangedKind, PublishedPriceEdited, PublishedTermsEdited.
    """
    found = Product.objects.using(using).filter(operator=operator, code=row.code).first()
    fixed = {"kind": row.kind, "category": row.category, "commitment_months": row.commitment_months}
    if found and any(getattr(found, name) != value for name, value in fixed.items()):
        raise ProductChangedKind(product=row.code)
    product = found or Product(operator=operator, code=row.code)
    values = {**fixed, "names": dict(row.names), "sold_from": row.sold_from, "sold_to": row.sold_until}
    changes = write(product, values, f"product {row.code}", using)
    for price in row.prices:
        changes += _publish_price(operator, product, price, using)
    for terms in row.usage:
        changes += _publish_terms(operator, product, terms, using)
    return changes


def publish_deck(*, operator: Operator, row: DeckRow, using: str) -> list[Written]:
    """Publish a version of a rate deck, its countries made prefixes. Doing it again changes nothing. One that was
    withdrawn (it ends on its first day) leaves that day to another.

    Call it inside a transaction of `using`. Raises PublishedDeckEdited.
    """
    rows = RateDeck.objects.using(using).filter(operator=operator, code=row.code)
    found, others = _of_first_day(rows, row)
    if others or (found and not _may_end(found.effective_to, row)):
        raise PublishedDeckEdited(deck=row.code, on=row.effective_from)
    values: dict[str, object] = {"effective_to": row.effective_until, "digest": row.digest}
    if found is None:
        values["content"] = contents.expanded(row.content)
    deck = found or RateDeck(operator=operator, code=row.code, effective_from=row.effective_from)
    return write(deck, values, f"rate deck {row.code} from {row.effective_from}", using)


def _publish_terms(operator: Operator, product: Product, row: UsageRow, using: str) -> list[Written]:
    rows = UsageTerms.objects.using(using).filter(product=product)
    found, others = _of_first_day(rows, row)
    if others or (found and (found.deck != row.deck or not _may_end(found.effective_to, row))):
        raise PublishedTermsEdited(product=product.code, on=row.effective_from)
    values = {"deck": row.deck, "content": dict(row.content), "digest": row.digest, "effective_to": row.effective_until}
    terms = found or UsageTerms(operator=operator, product=product, effective_from=row.effective_from)
    return write(terms, values, f"usage terms of {product.code} from {row.effective_from}", using)


def _of_first_day(rows: QuerySet[T], row: DeckRow | UsageRow) -> tuple[T | None, bool]:
    """Of the versions from the first day of a row on: the one with its content, and whether another one holds that is
    in its way."""
    first, some = row.effective_from, list(rows.filter(effective_from=row.effective_from))
    others = any(one.digest != row.digest and one.effective_to != first for one in some)
    return next((one for one in some if one.digest == row.digest), None), others and row.effective_until != first


def _may_end(published: date | None, row: Dated) -> bool:
    """A version without an end may get one, one that has an end keeps it; each may be withdrawn."""
    return published is None or row.effective_until in (published, row.effective_from)


def _publish_price(operator: Operator, product: Product, row: PriceRow, using: str) -> list[Written]:
    found = PriceVersion.objects.using(using).filter(product=product, effective_from=row.effective_from).first()
    values = {
        "monthly_price": row.monthly.amount if row.monthly is not None else None,
        "one_off_price": row.once.amount if row.once is not None else None,
        "tax_code": row.tax_code,
        "effective_to": row.effective_until,
    }
    if found:
        edited = [name for name, value in values.items() if getattr(found, name) != value and name != "effective_to"]
        if edited or not _may_end(found.effective_to, row):
            raise PublishedPriceEdited(product=product.code, on=row.effective_from)
    price = found or PriceVersion(operator=operator, product=product, effective_from=row.effective_from)
    return write(price, values, f"price of {product.code} from {row.effective_from}", using)
