"""An offer with all its versions: what it costs by the month and what usage costs under it, day by day, of the
published catalogue or of an operator's folder that nobody published yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ligneclaire.domains.catalogue.rules import contents
from ligneclaire.domains.catalogue.rules.contents import Deck, Terms
from ligneclaire.domains.rulebook.decks import DeckRow
from ligneclaire.domains.rulebook.products import ProductRow
from ligneclaire.domains.rulebook.usage_terms import UsageRow
from ligneclaire.kernel.money import Money

ALWAYS = (date.min, date.max)


@dataclass(frozen=True, slots=True)
class MonthlyPrice:
    """A price by the month, from a day until (without) another."""

    from_on: date
    until: date
    monthly: Money


@dataclass(frozen=True, slots=True)
class UsagePrices:
    """What usage costs, from a day until (without) another: one version of the terms with one of their deck."""

    from_on: date
    until: date
    terms: Terms


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer with its versions, each kind oldest first and without overlap."""

    code: str
    names: Mapping[str, str]
    prices: tuple[MonthlyPrice, ...]
    usage: tuple[UsagePrices, ...]

    def price_on(self, day: date) -> Money | None:
        """The price by the month on a day; None when the offer has none then."""
        return next((one.monthly for one in self.prices if one.from_on <= day < one.until), None)

    def usage_in(self, first: date, end: date) -> Mapping[date, Terms]:
        """What usage costs in [first, end): the first day and every later one on which other terms begin. Empty when
        nothing is said for the first day."""
        held = [one for one in self.usage if one.from_on < end and first < one.until]
        if not held or held[0].from_on > first:
            return {}
        return {max(one.from_on, first): one.terms for one in held}

    def as_on(self, day: date) -> Offered:
        """The offer as it is on one day, held for ever."""
        return self._always([one for one in self.prices if one.from_on <= day < one.until],
                            [one for one in self.usage if one.from_on <= day < one.until])  # fmt: skip

    def newest(self) -> Offered:
        """The offer by its last versions, held for ever: what a draft is tried by, whatever day it is to begin."""
        return self._always(self.prices, self.usage)

    def _always(self, prices: Sequence[MonthlyPrice], usage: Sequence[UsagePrices]) -> Offered:
        begins, ends = ALWAYS
        return replace(
            self,
            prices=tuple(replace(one, from_on=begins, until=ends) for one in prices[-1:]),
            usage=tuple(replace(one, from_on=begins, until=ends) for one in usage[-1:]),
        )


def drafted(products: Iterable[ProductRow], decks: Iterable[DeckRow]) -> tuple[Offered, ...]:
    """The offers of an operator's folder that cost something by the month and price usage, by code."""
    read: dict[str, list[tuple[DeckRow, Deck]]] = {}
    for deck in sorted(decks, key=lambda one: one.effective_from):
        read.setdefault(deck.code, []).append((deck, contents.deck_of(contents.expanded(deck.content))))
    found = [_drafted(one, read) for one in products if one.kind == "offer"]
    return tuple(sorted((one for one in found if one.prices and one.usage), key=lambda one: one.code))


def _drafted(product: ProductRow, decks: Mapping[str, Sequence[tuple[DeckRow, Deck]]]) -> Offered:
    prices = tuple(
        MonthlyPrice(one.effective_from, one.effective_until or date.max, one.monthly)
        for one in product.prices
        if one.monthly is not None
    )
    usage = [made for row in product.usage for made in _usage(product.code, row, decks.get(row.deck, ()))]
    return Offered(product.code, product.names, prices, tuple(usage))


def _usage(code: str, row: UsageRow, decks: Sequence[tuple[DeckRow, Deck]]) -> Iterable[UsagePrices]:
    """The terms of a product over each version of their deck."""
    for deck_row, deck in decks:
        begins = max(row.effective_from, deck_row.effective_from)
        ends = min(row.effective_until or date.max, deck_row.effective_until or date.max)
        if begins < ends:
            name = f"{code}@{row.effective_from}"
            if deck_row.effective_from > row.effective_from:
                name += f"+{deck_row.code}@{deck_row.effective_from}"
            yield UsagePrices(begins, ends, contents.terms_of(row.content, deck, name))
