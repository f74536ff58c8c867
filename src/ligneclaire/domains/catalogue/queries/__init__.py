"""Reading the catalogue: what is sold at which price, and what usage costs."""

from ligneclaire.domains.catalogue.queries.offered import offered
from ligneclaire.domains.catalogue.queries.products import (
    Listing,
    NoPrice,
    NotSold,
    OnSale,
    UnknownProduct,
    listing,
    on_sale,
    sold_on,
)
from ligneclaire.domains.catalogue.queries.usage import NoUsageTerms, UsageBook, tariff_for, usage_book, zone_names

__all__ = [
    "Listing",
    "NoPrice",
    "NoUsageTerms",
    "NotSold",
    "OnSale",
    "UnknownProduct",
    "UsageBook",
    "listing",
    "offered",
    "on_sale",
    "sold_on",
    "tariff_for",
    "usage_book",
    "zone_names",
]
