"""[[offer.usage]] and [[option.usage]] of catalogue.toml: what usage costs under a product, by date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from ligneclaire.domains.rulebook import decks, rates
from ligneclaire.domains.rulebook.decks import DeckRow
from ligneclaire.domains.rulebook.reader import Reader

KEYS = {"from", "until", "deck", "prorated", "bundle", "rate", "peak"}


@dataclass(frozen=True, slots=True)
class UsageRow:
    """What usage costs under a product from a day until (without) another. Without a deck it only adds allowances."""

    effective_from: date
    effective_until: date | None
    deck: str
    content: Mapping[str, Any]
    digest: str


def usage_of(reader: Reader, known: Sequence[DeckRow] | None) -> tuple[UsageRow, ...]:
    """The usage terms of a product, oldest first. Without `known` decks, which have faults, what names them goes
    unchecked."""
    found = sorted((row for one in reader.rows("usage") if (row := _row(one, known))), key=decks.in_order)
    for first, second in pairwise(found):
        if (first.effective_until or date.max) > second.effective_from:
            reader.fault("usage", f"from {second.effective_from} overlaps the one from {first.effective_from}")
    return tuple(found)


def _row(reader: Reader, known: Sequence[DeckRow] | None) -> UsageRow | None:
    before = len(reader.faults)
    reader.unknown(KEYS)
    start, end = reader.days(withdrawn=True)
    code = reader.value("deck", str, "")
    held = [one for one in known or () if one.effective_until != one.effective_from and code in ("", one.code)]
    if code and known is not None and not held:
        reader.fault("deck", f"there is no deck {code!r}")
    elif held and code and start and not _covered(held, start, end):
        reader.fault("deck", f"{code!r} does not cover all days from {start}")
    zones = None if known is None else {zone: kind for one in held for zone, kind in one.zones.items()}
    content: dict[str, Any] = {
        "bundles": rates.bundles_of(reader, "bundle", zones),
        "rates": rates.rates_of(reader, "rate", zones),
        "prorated": reader.value("prorated", bool, False),
    }
    if peak := rates.peak_of(reader):
        content["peak"] = peak
    if not code and content["rates"]:
        reader.fault("rate", "prices need a deck")
    if len(reader.faults) == before and code:
        _check_rates(reader, content, held)
    if len(reader.faults) > before or start is None:
        return None
    return UsageRow(start, end, code, content, decks.digest_of(content))


def _covered(held: Iterable[DeckRow], start: date, end: date | None) -> bool:
    """Whether the versions of a deck follow each other from a day on."""
    day: date | None = start
    for one in held:
        if day is not None and one.effective_from <= day and (one.effective_until or date.max) > day:
            day = one.effective_until
    return day is None or (end is not None and end <= day)


def _check_rates(reader: Reader, content: Mapping[str, Any], held: Iterable[DeckRow]) -> None:
    """Every zone that numbers and countries name has a rate, in both bands; peak prices have peak times."""
    own = {place for rate in content["rates"] for place in rates.places_of(rate)}
    for deck in held:
        priced = own | {place for rate in deck.content["rates"] for place in rates.places_of(rate)}
        called, used = _named(deck.content)
        for zone in sorted(called | used):
            services = {service for service, where, _ in priced if where == zone}
            if zone in called and not services & {"voice", "special", "third-party"}:
                reader.fault("rate", f"zone {zone!r}, which {deck.file} names, has no rate for calls")
            elif not services:
                reader.fault("rate", f"zone {zone!r}, which {deck.file} names, has no rate")
        banded = {(service, zone) for service, zone, band in priced if band != "any"}
        for pair in sorted(banded):
            have = {band for service, zone, band in priced if (service, zone) == pair}
            if "any" not in have and len(have) < 2:
                reader.fault("rate", f"{' '.join(pair)} has a price at one time of the day alone")
        if banded and "peak" not in content and "peak" not in deck.content:
            reader.fault("peak", f"missing: prices by the time of the day, as in {deck.file}, need peak times")


def _named(content: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """The zones of numbers that are called, and those that visits and routes name."""
    called = {row[key] for row in content["countries"] for key in ("zone", "mobile", "premium") if key in row}
    called |= set(content["numbers"].values()) | set(content["short"].values())
    return called, set(content["visited"]) | {zone for _, _, zone in content["routes"] if zone != "*"}
