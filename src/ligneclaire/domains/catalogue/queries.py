"""What can be bought on a day, at which price."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from ligneclaire.domains.catalogue.models import PriceVersion, Product
from ligneclaire.kernel.refusal import Refusal
from ligneclaire.kernel.scope import Scope


class UnknownProduct(Refusal):
    """The catalogue holds no such offer, option, equipment or fee."""

    code = "catalogue.refused.unknown-product"


class NotSold(Refusal):
    """The product is not sold on that day."""

    code = "catalogue.refused.not-sold"


class NoPrice(Refusal):
    """No price of the product is in force on that day."""

    code = "catalogue.refused.no-price"


@dataclass(frozen=True, slots=True)
class OnSale:
    """A product as it is sold on a day, with the price of that day."""

    product: Product
    price: PriceVersion


def on_sale(operator_id: int, kind: str, code: str, on: date) -> OnSale:
    """The product of a kind ("offer", "option", "equipment", "fee") and its price of the day.

    Raises UnknownProduct, NotSold, NoPrice.
    """
    product = Product.objects.filter(operator_id=operator_id, kind=kind, code=code).first()
    if product is None:
        raise UnknownProduct(kind=kind, product=code)
    if on < product.sold_from or (product.sold_to is not None and on >= product.sold_to):
        raise NotSold(product=code, on=on)
    price = price_on(product, on)
    if price is None:
        raise NoPrice(product=code, on=on)
    return OnSale(product, price)


def price_on(product: Product, on: date) -> PriceVersion | None:
    """The price version of a day, or None."""
    return (
        PriceVersion.objects.filter(product=product, effective_from__lte=on)
        .filter(Q(effective_to=None) | Q(effective_to__gt=on))
        .first()
    )


def sold_on(scope: Scope, kind: str, on: date) -> tuple[OnSale, ...]:
    """All products of a kind that can be bought on a day, by code; the catalogue is public within its operator."""
    products = (
        Product.objects.filter(operator_id=scope.operator_id, kind=kind, sold_from__lte=on)
        .filter(Q(sold_to=None) | Q(sold_to__gt=on))
        .order_by(F("code"))
    )
    found = ((product, price_on(product, on)) for product in products)
    return tuple(OnSale(product, price) for product, price in found if price is not None)
