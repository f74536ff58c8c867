"""From the stored content of decks and usage terms, plain JSON, to the values of tariff.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from ligneclaire.domains.catalogue.rules import number_plans
from ligneclaire.domains.catalogue.rules.tariff import EMERGENCY, Bundle, PeakTimes, Rate, Tariff
from ligneclaire.domains.rulebook.decks import EMERGENCY_NUMBERS, codes_of

Place = tuple[str, str, str]  # service, zone, band
_OF_ROW = ("services", "zones", "flags", "usage_type", "tiers")
EMERGENCY_SERVICES = ("voice", "sms", "special")


@dataclass(frozen=True, slots=True)
class Deck:
    """A version of a rate deck, read: all that is equal for every plan that uses it."""

    kinds: Mapping[str, str]  # zone -> national, international, roaming, special or third-party
    names: Mapping[str, Mapping[str, str]]  # zone -> language -> name
    prefixes: Mapping[str, str]
    short: Mapping[str, str]
    visited: Mapping[str, str]
    routes: Mapping[tuple[str, str], str]
    rates: Mapping[Place, Rate]
    peak: PeakTimes | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What usage costs under a product: its tariff (None for an option that only adds), its allowances, and what it
    adds to those that lines share.

    `prorated`: in the month of activation the allowances shrink with the days (RAT-11). `kinds`: zone -> kind."""

    tariff: Tariff | None
    bundles: tuple[Bundle, ...]
    prorated: bool = False
    kinds: Mapping[str, str] = field(default_factory=dict)
    shared: tuple[Bundle, ...] = ()


def expanded(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a deck as it is stored: its countries as prefixes, by zone. What the deck names itself wins.

    Done once, at publication, so that newer metadata never moves a number of a published deck to another zone.
    """
    prefixes = number_plans.prefixes_of(content["countries"]) | dict(content["numbers"])
    by_zone: dict[str, list[str]] = {}
    for prefix, zone in sorted(prefixes.items()):
        by_zone.setdefault(zone, []).append(prefix)
    kept = {key: value for key, value in content.items() if key not in ("countries", "numbers")}
    return {**kept, "prefixes": by_zone}


def deck_of(content: Mapping[str, Any]) -> Deck:
    """A deck as it is stored. The emergency numbers of its country are added: free, whoever sells (RAT-09)."""
    kinds = {zone: one["kind"] for zone, one in content["zones"].items()}
    country = content["country"]
    urgent = EMERGENCY_NUMBERS[""] | EMERGENCY_NUMBERS.get(country, frozenset())
    visited = {where: zone for zone, countries in content["visited"].items() for where in countries}
    rates = rates_of(content["rates"], kinds)
    for service in EMERGENCY_SERVICES:
        rate = Rate(service, EMERGENCY, "any", 0, 1, flags=frozenset({EMERGENCY}))
        rates[service, EMERGENCY, "any"] = rate
    return Deck(
        kinds=kinds,
        names={zone: one["names"] for zone, one in content["zones"].items()},
        prefixes={prefix: zone for zone, heads in content["prefixes"].items() for prefix in heads},
        short={code: zone for text, zone in content["short"].items() for code in codes_of(text)}
        | dict.fromkeys(urgent, EMERGENCY),
        visited=visited,
        routes=_routes(content["routes"], [*kinds, EMERGENCY]),
        rates=rates,
        peak=_peak(content.get("peak")),
    )


def terms_of(content: Mapping[str, Any], deck: Deck | None, code: str, version: str = "") -> Terms:
    """The usage terms of a product over its deck: its own rates and peak times win over the deck's."""
    found = [_bundle(one) for one in content["bundles"]]
    bundles, shared = (tuple(one for one in found if bool(one.shared) is wanted) for wanted in (False, True))
    if deck is None:
        return Terms(None, bundles, content["prorated"], shared=shared)
    tariff = Tariff(
        prefixes=deck.prefixes,
        rates=merged(deck.rates, rates_of(content["rates"], deck.kinds)),
        peak=_peak(content.get("peak")) or deck.peak,
        visited=deck.visited,
        routes=deck.routes,
        short=deck.short,
        code=code,
        version=version,
    )
    return Terms(tariff, bundles, content["prorated"], deck.kinds, shared)


def merged(of_deck: Mapping[Place, Rate], own: Mapping[Place, Rate]) -> dict[Place, Rate]:
    """A plan that prices a service in a zone prices it at every time: no band of the deck remains beside its own."""
    priced = {(service, zone) for service, zone, _ in own}
    return {place: rate for place, rate in of_deck.items() if place[:2] not in priced} | dict(own)


def rates_of(rows: Iterable[Mapping[str, Any]], kinds: Mapping[str, str]) -> dict[Place, Rate]:
    """Rows of services and zones as one rate each."""
    found: dict[Place, Rate] = {}
    for row in rows:
        numbers = {key: value for key, value in row.items() if key not in _OF_ROW}
        tiers = tuple((above, price) for above, price in row.get("tiers", ()))
        flags = frozenset(row.get("flags", ()))
        for service in row["services"]:
            for zone in row["zones"]:
                kind = row.get("usage_type") or usage_type(service, kinds[zone])
                found[service, zone, row["band"]] = Rate(
                    service=service, zone=zone, flags=flags, usage_type=kind, tiers=tiers, **numbers
                )
    return found


def usage_type(service: str, kind: str) -> str:
    """What the decision split-bill calls a service in a zone of a kind (SPL-10)."""
    if service in ("mms", "third-party"):
        return "premium" if service == "third-party" else "mms"
    if kind == "special" or service == "special":
        return "special-number"
    return f"{service}-{'national' if kind == 'third-party' else kind}"  # the message beside a third party's charge


def _routes(rows: Iterable[tuple[str, str, str]], zones: Iterable[str]) -> dict[tuple[str, str], str]:
    """Routes by destination. "*" is every destination without a route of its own; emergency stays what it is."""
    named = {(origin, target): zone for origin, target, zone in rows}
    origins = {origin for origin, _ in named}
    found = {}
    for origin in origins:
        for target in zones:
            zone = named.get((origin, target)) or named.get((origin, "*"))
            if target == EMERGENCY:
                found[origin, target] = EMERGENCY
            elif zone:
                found[origin, target] = zone
    return found


def _bundle(row: Mapping[str, Any]) -> Bundle:
    numbers = {key: value for key, value in row.items() if key not in ("services", "zones")}
    return Bundle(services=frozenset(row["services"]), zones=frozenset(row["zones"]), **numbers)


def _peak(row: Mapping[str, Any] | None) -> PeakTimes | None:
    if row is None:
        return None
    start, end = time.fromisoformat(row["start"]), time.fromisoformat(row["end"])
    return PeakTimes(frozenset(row["weekdays"]), start, end, row["holidays_off"])
