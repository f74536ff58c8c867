"""Publish products and their prices. A published price is never edited: it ends, and another one begins."""

from __future__ import annotations

from ligneclaire.domains.catalogue.models import PriceVersion, Product
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.operators.operations import Written, write
from ligneclaire.domains.rulebook.products import PriceRow, ProductRow
from ligneclaire.kernel.refusal import Refusal


class PublishedPriceEdited(Refusal):
    """A price of that product and first day is published with other values."""

    code = "catalogue.refused.published-price-edited"


class ProductChangedKind(Refusal):
    """The code belongs to a product of another kind, category or commitment."""

    code = "catalogue.refused.product-changed-kind"


def publish_product(*, operator: Operator, row: ProductRow, using: str) -> list[Written]:
    """Make a product or bring its names and its end up to date, and publish its prices. Doing it again changes nothing.

    Call it inside a transaction of `using`. Raises ProductChangedKind, PublishedPriceEdited.
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
    return changes


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
        if edited or (found.effective_to is not None and found.effective_to != row.effective_until):
            raise PublishedPriceEdited(product=product.code, on=row.effective_from)
    price = found or PriceVersion(operator=operator, product=product, effective_from=row.effective_from)
    return write(price, values, f"price of {product.code} from {row.effective_from}", using)
