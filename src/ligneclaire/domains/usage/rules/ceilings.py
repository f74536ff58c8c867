"""The ceilings of spending that the law sets for a line: domestic in Belgium (L-BE-07), roaming data (L-EU-02).

A domestic ceiling warns and stops nothing; the roaming limit stops until the customer agrees to go on.
"""

from __future__ import annotations

from collections.abc import Mapping

from ligneclaire.domains.catalogue.rules.tariff import EMERGENCY
from ligneclaire.domains.usage.rules import spending
from ligneclaire.domains.usage.rules.columns import DATA, THIRD_PARTY
from ligneclaire.domains.usage.rules.spending import DOMESTIC, ROAMING
from ligneclaire.domains.usage.rules.terms import ALWAYS, Cap
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.policy import Law


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
