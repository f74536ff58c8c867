"""The offers of the published catalogue with all their versions: what replays of usage try."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from ligneclaire.domains.catalogue.models import PriceVersion, Product
from ligneclaire.domains.catalogue.queries.products import UnknownProduct
from ligneclaire.domains.catalogue.queries.usage import NoUsageTerms, UsageBook, usage_book
from ligneclaire.domains.catalogue.rules.offered import MonthlyPrice, Offered, UsagePrices
from ligneclaire.kernel.money import Money


def offered(operator_id: int, codes: Sequence[str] | None = None) -> tuple[Offered, ...]:
    """The offers of these codes in their order; of no codes all that price usage and cost something by the month, by
    code. Raises UnknownProduct, NoUsageTerms."""
    rows = Product.objects.filter(operator_id=operator_id, kind="offer").order_by("code")
    products = {one.code: one for one in rows}
    book, prices = usage_book(operator_id), _prices(operator_id)
    if codes is None:
        known = [one for one in products.values() if book.says(one.pk) and one.pk in prices]
        made = [_offered(one, book, prices[one.pk]) for one in known]
        return tuple(one for one in made if one.usage)
    found = []
    for code in codes:
        if code not in products:
            raise UnknownProduct(kind="offer", product=code)
        one = _offered(products[code], book, prices.get(products[code].pk, ()))
        if not one.usage:
            raise NoUsageTerms(product=code, on=products[code].sold_from)
        found.append(one)
    return tuple(found)


def _prices(operator_id: int) -> dict[int, tuple[MonthlyPrice, ...]]:
    rows = PriceVersion.objects.filter(operator_id=operator_id, product__kind="offer")
    found: dict[int, tuple[MonthlyPrice, ...]] = {}
    named = rows.order_by("effective_from").values_list("product_id", "effective_from", "effective_to", "monthly_price")
    for product_id, first, until, monthly in named:
        if monthly is not None:
            price = MonthlyPrice(first, until or date.max, Money(monthly))
            found[product_id] = (*found.get(product_id, ()), price)
    return found


def _offered(product: Product, book: UsageBook, prices: Sequence[MonthlyPrice]) -> Offered:
    begins = [*book.borders(product.pk), date.max]
    usage = []
    for first, until in pairwise(begins):
        terms = book.terms(product.pk, first)
        if terms is not None and terms.tariff is not None:
            usage.append(UsagePrices(first, until, terms))
    return Offered(product.code, product.names, tuple(prices), tuple(usage))
