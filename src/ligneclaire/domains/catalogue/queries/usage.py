"""What usage costs under a product on a day. The versions are read once for a pass; what they hold is read and parsed
once per process, because a published version never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from ligneclaire.domains.catalogue.models import Product, RateDeck, UsageTerms
from ligneclaire.domains.catalogue.queries.products import UnknownProduct
from ligneclaire.domains.catalogue.rules import contents
from ligneclaire.domains.catalogue.rules.contents import Deck, Terms
from ligneclaire.kernel.refusal import Refusal


class NoUsageTerms(Refusal):
    """The product says nothing about usage on that day."""

    code = "catalogue.refused.no-usage-terms"


class _Version(NamedTuple):
    """A published version without its content; half-open days."""

    pk: int
    code: str
    effective_from: date
    effective_to: date | None
    digest: str
    deck: str = ""

    def covers(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)


class _Key(NamedTuple):
    """Published content: what a row of this digest holds never changes."""

    pk: int
    digest: str


@dataclass(frozen=True, slots=True)
class UsageBook:
    """All versions of an operator's decks and usage terms, to be asked for many products and days."""

    operator_id: int
    products: Mapping[int, Sequence[_Version]]
    decks: Mapping[str, Sequence[_Version]]

    def says(self, product_id: int) -> bool:
        """Whether the product ever said what usage costs."""
        return product_id in self.products

    def terms(self, product_id: int, on: date) -> Terms | None:
        """The usage terms of a product with the deck of the day, or None."""
        version = next((one for one in self.products.get(product_id, ()) if one.covers(on)), None)
        if version is None:
            return None
        deck = next((one for one in self.decks.get(version.deck, ()) if one.covers(on)), None)
        code = f"{version.code}@{version.effective_from}"
        if deck is not None and deck.effective_from > version.effective_from:
            code += f"+{deck.code}@{deck.effective_from}"
        return _terms(self.operator_id, _Key(version.pk, version.digest), deck and _Key(deck.pk, deck.digest), code)

    def changes(self, product_id: int, first: date, end: date) -> tuple[date, ...]:
        """The days of [first, end) on which other terms or another deck of the product begin, `first` included."""
        versions = self.products.get(product_id, ())
        days = {one.effective_from for one in versions}
        days |= {one.effective_from for version in versions for one in self.decks.get(version.deck, ())}
        return (first, *sorted(day for day in days if first < day < end))

    def borders(self, product_id: int) -> tuple[date, ...]:
        """All days on which terms of the product, or a deck of theirs, begin or end."""
        versions = self.products.get(product_id, ())
        both = [*versions, *(one for version in versions for one in self.decks.get(version.deck, ()))]
        days = {day for one in both for day in (one.effective_from, one.effective_to) if day}
        return tuple(sorted(days))


def usage_book(operator_id: int) -> UsageBook:
    """The versions of an operator: two small queries."""
    products: dict[int, list[_Version]] = {}
    rows = UsageTerms.objects.filter(operator_id=operator_id).order_by("effective_from")
    named = ("pk", "product__code", "effective_from", "effective_to", "digest", "deck")
    for product_id, *values in rows.values_list("product_id", *named):
        products.setdefault(product_id, []).append(_Version(*values))
    decks: dict[str, list[_Version]] = {}
    found = RateDeck.objects.filter(operator_id=operator_id).order_by("effective_from")
    for version in found.values_list("pk", "code", "effective_from", "effective_to", "digest"):
        decks.setdefault(version[1], []).append(_Version(*version))
    return UsageBook(operator_id, products, decks)


def tariff_for(operator_id: int, code: str, on: date) -> Terms:
    """The usage terms of an offer or option on a day. Raises UnknownProduct, NoUsageTerms."""
    product = Product.objects.filter(operator_id=operator_id, code=code, kind__in=("offer", "option")).first()
    if product is None:
        raise UnknownProduct(kind="offer", product=code)
    found = usage_book(operator_id).terms(product.pk, on)
    if found is None:
        raise NoUsageTerms(product=code, on=on)
    return found


def zone_names(operator_id: int, language: str, on: date) -> Mapping[str, str]:
    """The names of all zones of the decks in force on a day, in a language."""
    found: dict[str, str] = {}
    for versions in usage_book(operator_id).decks.values():
        for one in versions:
            if one.covers(on):
                names = _deck(operator_id, _Key(one.pk, one.digest)).names
                found |= {zone: words.get(language) or next(iter(words.values())) for zone, words in names.items()}
    return found


@lru_cache(maxsize=1024)
def _terms(operator_id: int, terms: _Key, deck: _Key | None, code: str) -> Terms:
    rows = UsageTerms.objects.filter(operator_id=operator_id, **terms._asdict())
    content, version = rows.values_list("content", flat=True).get(), f"{terms.digest} {deck.digest if deck else ''}"
    return contents.terms_of(content, deck and _deck(operator_id, deck), code, version)


@lru_cache(maxsize=128)
def _deck(operator_id: int, deck: _Key) -> Deck:
    rows = RateDeck.objects.filter(operator_id=operator_id, **deck._asdict())
    return contents.deck_of(rows.values_list("content", flat=True).get())
