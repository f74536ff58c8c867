"""What is sold, and its prices by date. A published price version is never edited."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from ligneclaire.domains.operators.models import Key, OperatorRow
from ligneclaire.domains.rulebook.models import DateRange


class Product(OperatorRow):
    """An offer, an option, equipment or a fee of the catalogue."""

    KINDS = [("offer", "offer"), ("option", "option"), ("equipment", "equipment"), ("fee", "fee")]
    CATEGORIES = [(c, c) for c in ("telephony", "internet", "hardware", "software", "service")]

    code = models.SlugField(max_length=48)
    kind = models.CharField(max_length=10, choices=KINDS)
    category = models.CharField(max_length=10, choices=CATEGORIES)
    names = models.JSONField(help_text="language -> name")
    commitment_months = models.PositiveSmallIntegerField(default=0)
    sold_from = models.DateField()
    sold_to = models.DateField(null=True)

    class Meta:
        db_table = "product"
        constraints = [models.UniqueConstraint(fields=["operator", "code"], name="product_code")]


class PriceVersion(OperatorRow):
    """Prices of a product from a day to a day (half-open), VAT-inclusive or exclusive as the operator sells (C1)."""

    product = Key(Product)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    monthly_price = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    one_off_price = models.DecimalField(
        max_digits=14, decimal_places=6, null=True, help_text="activation, purchase or fee"
    )
    tax_code = models.CharField(max_length=16, default="standard")

    class Meta:
        db_table = "price_version"
        constraints = [
            ExclusionConstraint(
                name="price_versions_never_overlap",
                expressions=[
                    ("operator", RangeOperators.EQUAL),
                    ("product", RangeOperators.EQUAL),
                    (DateRange("effective_from", "effective_to"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="price_version_has_a_price",
                condition=models.Q(monthly_price__isnull=False) | models.Q(one_off_price__isnull=False),
            ),
        ]


class RateDeck(OperatorRow):
    """Which numbers and countries belong to which zone, from a day to a day (half-open). Never edited."""

    code = models.SlugField(max_length=48)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    content = models.JSONField(help_text="zones, prefixes, visited countries, routes, rates: rules/contents.py")
    digest = models.CharField(max_length=64, help_text="of the deck as its folder has it")

    class Meta:
        db_table = "rate_deck"
        constraints = [
            ExclusionConstraint(
                name="rate_decks_never_overlap",
                expressions=[
                    ("operator", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (DateRange("effective_from", "effective_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class UsageTerms(OperatorRow):
    """What usage costs under a product, from a day to a day (half-open): an offer has a deck, rates, bundles and peak
    times; an option adds bundles. Never edited."""

    product = Key(Product)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    deck = models.SlugField(max_length=48, blank=True, help_text="code of the rate deck; an option has none")
    content = models.JSONField(help_text="rates, bundles, peak, prorated: rules/contents.py")
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "usage_terms"
        constraints = [
            ExclusionConstraint(
                name="usage_terms_never_overlap",
                expressions=[
                    ("operator", RangeOperators.EQUAL),
                    ("product", RangeOperators.EQUAL),
                    (DateRange("effective_from", "effective_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
