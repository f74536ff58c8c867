"""The law as data: entries with dates, numbers, source and the bounds that they set on policies."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ligneclaire.kernel.money import Money
from ligneclaire.kernel.policy import Law

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Bound:
    """What an entry allows for one policy field: at most `most`, at least `least`."""

    field: str
    most: Any = None
    least: Any = None

    def apply(self, value: Any) -> Any:
        """The value within the bound."""
        most, least = (_like(value, one) for one in (self.most, self.least))
        if most is not None and value > most:
            return most
        return least if least is not None and value < least else value


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of one entry of the law."""

    id: str
    country: str
    title: str
    effective_from: date
    effective_until: date | None
    source: str
    confidence: str
    values: Mapping[str, Any]
    bounds: tuple[Bound, ...]

    def covers(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.effective_from <= day and (self.effective_until is None or day < self.effective_until)

    def as_law(self) -> Law:
        """What a rule sees of it."""
        return Law(self.id, self.values, self.effective_from, self.effective_until, self.source, self.confidence)


@cache
def entries() -> tuple[Entry, ...]:
    """All entries that ship with the product, by id and date."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [_entry(law_id, path.stem.upper(), raw) for law_id, versions in tables.items() for raw in versions]
    return tuple(sorted(found, key=lambda entry: (entry.id, entry.effective_from)))


def _entry(law_id: str, country: str, raw: Mapping[str, Any]) -> Entry:
    bounds = tuple(Bound(one["field"], one.get("max"), one.get("min")) for one in raw.get("bounds", ()))
    return Entry(
        id=law_id,
        country=country,
        title=raw["title"],
        effective_from=raw["from"],
        effective_until=raw.get("until"),
        source=raw["source"],
        confidence=raw["confidence"],
        values=raw["values"],
        bounds=bounds,
    )


def _like(value: Any, bound: Any) -> Any:
    """A bound in the type of the value that it bounds."""
    if bound is None or isinstance(bound, type(value)):
        return bound
    return Money.of(bound) if isinstance(value, Money) else type(value)(bound)
