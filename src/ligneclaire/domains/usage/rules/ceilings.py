"""The ceilings of spending that the law sets for a line: domestic in Belgium (L-BE-07), roaming data (L-EU-02).

A domestic ceiling warns and stops nothing; the roaming limit stops until the customer agrees to go on. Outside the
European area the operator has a ceiling of its own, of calls and messages too (W-22, W-23).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ligneclaire.domains.catalogue.rules.tariff import EMERGENCY, Tariff
from ligneclaire.domains.usage.rules import spending
from ligneclaire.domains.usage.rules.columns import DATA, THIRD_PARTY
from ligneclaire.domains.usage.rules.spending import DOMESTIC, ROAMING, WORLD
from ligneclaire.domains.usage.rules.terms import ALWAYS, Cap
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.policy import Law

WARNS_AT = 80  # percent of a ceiling that is not the law's, before it is reached
EUROPE = frozenset({  # the Union with Iceland, Liechtenstein and Norway, where Regulation 2022/612 bounds prices
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
MOST_DECKS = 256
_european: dict[tuple[int, int], tuple[Tariff, frozenset[str]]] = {}  # by a deck's own tables, which it keeps alive


def caps_of(kinds: Mapping[str, str], at_home: Law | None, abroad: Law | None, tax: int) -> tuple[Cap, ...]:
    """The caps of a line whose deck has these zones (zone -> kind). `tax`: basis points between its prices and those
    that include tax; the domestic ceiling includes it, the roaming limit does not."""
    found = []
    roaming = frozenset(zone for zone, kind in kinds.items() if kind == "roaming")
    if at_home is not None:
        limit = Money.of(at_home["ceiling_default"]).micro
        found.append(_cap(DOMESTIC, limit, spending.domestic(0, limit, None), zones=at_home_of(kinds), tax=tax))
    if abroad is not None and roaming:
        limit = Money.of(abroad["limit_default"]).micro
        watched = spending.roaming(abroad, 0, limit)
        found.append(_cap(ROAMING, limit, watched, services=frozenset({DATA}), zones=roaming))
    return tuple(found)


def outside_europe(tariffs: Iterable[Tariff], kinds: Mapping[str, str]) -> frozenset[str]:
    """The zones of roaming to which no country of the European area leads, by visit or by route."""
    europe = frozenset[str]().union(*map(_in_europe, tariffs))
    return frozenset(zone for zone, kind in kinds.items() if kind == "roaming" and zone not in europe)


def _in_europe(tariff: Tariff) -> frozenset[str]:
    """Looked for once in each deck: a pass asks it of every line."""
    key = id(tariff.visited), id(tariff.routes)
    if key not in _european:
        if len(_european) >= MOST_DECKS:
            _european.clear()
        visited = frozenset(tariff.visited[country] for country in EUROPE if country in tariff.visited)
        routed = frozenset(zone for (place, _to), zone in tariff.routes.items() if place in visited | EUROPE)
        _european[key] = tariff, visited | routed
    return _european[key][1]


def world_of(limit: Money, zones: frozenset[str]) -> Cap:
    """The operator's ceiling outside the European area: of every service, warning before it and stopping at it."""
    marks = ((WARNS_AT, limit.micro * WARNS_AT // 100), (100, limit.micro))
    return Cap(WORLD, WORLD, limit.micro, zones=zones, marks=marks, stops=(ALWAYS,))


def at_home_of(kinds: Mapping[str, str]) -> frozenset[str]:
    """The zones in which a ceiling at home counts: all but those of roaming."""
    return frozenset(zone for zone, kind in kinds.items() if kind != "roaming") | {THIRD_PARTY, EMERGENCY}


def _cap(
    code: str,
    limit: int,
    watched: spending.Ceiling,
    *,
    services: frozenset[str] = frozenset(),
    zones: frozenset[str],
    tax: int = 0,
) -> Cap:
    marks = tuple((level.amount * 100 // limit, level.amount) for level in watched.levels)
    return Cap(code, code, limit, services, zones, tax, marks, stops=() if watched.stop_at is None else (ALWAYS,))
