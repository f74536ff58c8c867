"""What can be bought on a day, at which price."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

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


@dataclass(frozen=True, slots=True)
class Listing:
    """A product with all its price versions, to be asked for several days."""

    product: Product
    prices: tuple[PriceVersion, ...]

    def on(self, day: date) -> OnSale:
        """The product with its price of the day. Raises NotSold, NoPrice."""
        code = self.product.code
        if day < self.product.sold_from or (self.product.sold_to is not None and day >= self.product.sold_to):
            raise NotSold(product=code, on=day)
        for price in self.prices:
            if price.effective_from <= day and (price.effective_to is None or day < price.effective_to):
                return OnSale(self.product, price)
        raise NoPrice(product=code, on=day)


def listing(operator_id: int, kind: str, code: str) -> Listing:
    """The product of a kind ("offer", "option", "equipment", "fee") with its prices. Raises UnknownProduct."""
    named = PriceVersion.objects.filter(operator_id=operator_id, product__kind=kind, product__code=code)
    prices = tuple(named.select_related("product").order_by("effective_from"))
    product = (
        prices[0].product if prices else Product.objects.filter(operator_id=operator_id, kind=kind, code=code).first()
    )
    if product is None:
        raise UnknownProduct(kind=kind, product=code)
    return Listing(product, prices)


def on_sale(operator_id: int, kind: str, code: str, on: date) -> OnSale:
    """The product of a kind and its price of the day. Raises UnknownProduct, NotSold, NoPrice."""
    return listing(operator_id, kind, code).on(on)


def sold_on(scope: Scope, kind: str, on: date) -> tuple[OnSale, ...]:
    """All products of a kind that can be bought on a day, by code; the catalogue is public within its operator."""
    prices = (
        PriceVersion.objects.filter(operator_id=scope.operator_id, product__kind=kind, product__sold_from__lte=on)
        .filter(Q(product__sold_to=None) | Q(product__sold_to__gt=on), effective_from__lte=on)
        .filter(Q(effective_to=None) | Q(effective_to__gt=on))
        .select_related("product")
    )
    return tuple(OnSale(price.product, price) for price in prices.order_by("product__code"))
