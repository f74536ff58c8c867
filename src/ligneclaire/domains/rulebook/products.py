"""catalogue.toml: what an operator sells, with prices by date. Checked whole, every fault by its key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from pydantic_core import PydanticCustomError

from ligneclaire.domains.rulebook import taxes, usage_terms
from ligneclaire.domains.rulebook.decks import DeckRow
from ligneclaire.domains.rulebook.policy_tables import Fault
from ligneclaire.domains.rulebook.reader import Reader
from ligneclaire.domains.rulebook.usage_terms import UsageRow
from ligneclaire.kernel.facts import parse_percent
from ligneclaire.kernel.money import Money

FILE = "catalogue.toml"
KINDS = ("offer", "option", "equipment", "fee")
CATEGORIES = ("telephony", "internet", "hardware", "software", "service")
PRODUCT_KEYS = {"code", "category", "commitment_months", "sold_from", "sold_until", "names", "price", "usage"}
PRICE_KEYS = {"from", "until", "monthly", "once", "tax"}
LONGEST_COMMITMENT = 60
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")


@dataclass(frozen=True, slots=True)
class PriceRow:
    """Prices from a day until (without) another, as the operator sells: with or without tax."""

    effective_from: date
    effective_until: date | None
    monthly: Money | None
    once: Money | None
    tax_code: str


@dataclass(frozen=True, slots=True)
class ProductRow:
    """An offer, option, equipment or fee with its names and its prices by date."""

    code: str
    kind: str
    category: str
    names: Mapping[str, str]
    commitment_months: int
    sold_from: date
    sold_until: date | None
    prices: tuple[PriceRow, ...]
    usage: tuple[UsageRow, ...] = ()


def products_of(
    tables: Mapping[str, Any],
    country: str,
    languages: tuple[str, ...],
    faults: list[Fault],
    decks: Sequence[DeckRow] | None = (),
) -> list[ProductRow]:
    """All products of a catalogue; their usage terms name these `decks` (None: they have faults). What is wrong goes to
    `faults`, by key."""
    found: list[ProductRow] = []
    for kind, rows in tables.items():
        if kind not in KINDS:
            faults.append(Fault(FILE, kind, "unknown key: there are offer, option, equipment and fee"))
        elif not isinstance(rows, list):
            faults.append(Fault(FILE, kind, f"is written as [[{kind}]]"))
        else:
            for index, raw in enumerate(rows, 1):
                reader = Reader(FILE, f"{kind}[{index}]", raw, faults)
                product = _product(kind, reader, country, languages, decks)
                if product:
                    found.append(product)
    faults += [Fault(FILE, code, "bundles of this code are of two kinds") for code in _of_two_kinds(found)]
    codes = [one.code for one in found]
    faults += [
        Fault(FILE, code, "two products have this code") for code in sorted({c for c in codes if codes.count(c) > 1})
    ]
    if not tables.get("offer") and tables:
        faults.append(Fault(FILE, "offer", "missing: an operator sells at least one"))
    return found


def _product(
    kind: str, reader: Reader, country: str, languages: tuple[str, ...], decks: Sequence[DeckRow] | None
) -> ProductRow | None:
    before = len(reader.faults)
    reader.unknown(PRODUCT_KEYS)
    code = reader.value("code", str, "", wanted=True)
    if code and not _CODE.fullmatch(code):
        reader.fault("code", f"small letters, digits and dashes are wanted, not {code!r}")
    category = reader.value("category", str, "", wanted=True)
    if category and category not in CATEGORIES:
        reader.fault("category", f"none of {', '.join(CATEGORIES)}")
    months = reader.value("commitment_months", int, 0)
    if not 0 <= months <= LONGEST_COMMITMENT:
        reader.fault("commitment_months", f"lies between 0 and {LONGEST_COMMITMENT}")
    sold_from = reader.value("sold_from", date, None, wanted=True)
    sold_until = reader.value("sold_until", date)
    if sold_from and sold_until and sold_until <= sold_from:
        reader.fault("sold_until", f"ends ({sold_until}) before it starts ({sold_from})")
    names = reader.names(languages=languages)
    prices = _prices(reader, country)
    usage = usage_terms.usage_of(reader, decks)
    if usage and kind not in ("offer", "option"):
        reader.fault("usage", "an offer or an option has usage terms")
    bundles = [bundle for terms in usage for bundle in terms.content["bundles"]]
    if any("rollover" in one for one in bundles) and not any(one.monthly is not None for one in prices):
        reader.fault("usage", "what is bought once lapses with its month: nothing of it rolls over")
    if len(reader.faults) > before:
        return None
    return ProductRow(code, kind, category, names, months, sold_from, sold_until, prices, usage)


def _of_two_kinds(found: Sequence[ProductRow]) -> list[str]:
    """The codes of bundles that are shared, or day passes, in one place and not in another: they are one counter."""
    ways: dict[str, set[tuple[str, bool]]] = {}
    for bundle in (one for product in found for terms in product.usage for one in terms.content["bundles"]):
        ways.setdefault(bundle["code"], set()).add((bundle.get("shared", ""), "day_price" in bundle))
    return sorted(code for code, some in ways.items() if len(some) > 1)


def _prices(reader: Reader, country: str) -> tuple[PriceRow, ...]:
    raw = reader.raw.get("price")
    if not isinstance(raw, list) or not raw:
        reader.fault("price", "missing: a product has at least one price")
        return ()
    rows = [_price(one, country) for one in reader.rows("price")]
    found = sorted((row for row in rows if row), key=lambda row: row.effective_from)
    for first, second in pairwise(found):
        if first.effective_until is None or first.effective_until > second.effective_from:
            reader.fault(
                "price", f"the price from {first.effective_from} overlaps the one from {second.effective_from}"
            )
    return tuple(found)


def _price(reader: Reader, country: str) -> PriceRow | None:
    before = len(reader.faults)
    reader.unknown(PRICE_KEYS)
    start, end = reader.days()
    monthly, once = reader.value("monthly", Money), reader.value("once", Money)
    for key, price in (("monthly", monthly), ("once", once)):
        if price is not None and price.amount < 0:
            reader.fault(key, "a price can't be negative")
    if "monthly" not in reader.raw and "once" not in reader.raw:
        reader.fault("monthly", "missing: a price is monthly or once")
    tax_code = _tax_code(reader, country, start)
    return None if len(reader.faults) > before or start is None else PriceRow(start, end, monthly, once, tax_code)


def _tax_code(reader: Reader, country: str, start: date | None) -> str:
    raw = reader.raw.get("tax")
    if raw is None:
        reader.fault("tax", "missing")
        return ""
    try:
        return taxes.code_of(parse_percent(raw), country, start) if start else ""
    except taxes.NoSuchRate as error:
        reader.fault("tax", str(error))
    except PydanticCustomError as error:
        reader.fault("tax", error.message())
    return ""
