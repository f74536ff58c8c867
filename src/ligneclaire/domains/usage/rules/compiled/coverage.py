"""What bundles, blocks and caps concern: a bit for each time band, by service and zone (RAT-05, RAT-16)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ligneclaire.domains.catalogue.rules.tariff import ANY, OFF_PEAK, PEAK, Bundle
from ligneclaire.domains.usage.rules.compiled import words
from ligneclaire.domains.usage.rules.compiled.columns import Array
from ligneclaire.domains.usage.rules.compiled.words import Names
from ligneclaire.domains.usage.rules.terms import Block, Cap

_BITS = {OFF_PEAK: 1, PEAK: 2, ANY: 3}
Concern = tuple[frozenset[str], frozenset[str], str]  # services, zones, band


class Coverage:
    """Each set of concerns once. No services or zones in a block or cap = all of them."""

    def __init__(self, zones: Names) -> None:
        self._zones = zones
        self._known: dict[tuple[frozenset[Concern], bool], int] = {}

    def of_bundles(self, bundles: Iterable[Bundle]) -> int:
        """What one of the bundles covers."""
        return self._of(frozenset((bundle.services, bundle.zones, bundle.band) for bundle in bundles), False)

    def of(self, one: Block | Cap) -> int:
        """What a block or cap concerns."""
        return self._of(frozenset([(one.services, one.zones, ANY)]), True)

    def __len__(self) -> int:
        return len(self._known)

    def array(self) -> Array:
        """coverage, service, zone -> bits."""
        found = np.zeros((max(len(self._known), 1), len(words.SERVICES), len(self._zones)), np.uint8)
        for (concerns, empty_is_all), number in self._known.items():
            for services, zones, band in concerns:
                rows = _places(services, words.SERVICE, empty_is_all)
                places = _places(zones, self._zones.number, empty_is_all)
                found[number][np.ix_(rows, places)] |= _BITS[band]
        return found

    def _of(self, concerns: frozenset[Concern], empty_is_all: bool) -> int:
        known = self._known.get((concerns, empty_is_all))
        if known is None:
            for _, zones, _ in concerns:
                for zone in sorted(zones):
                    self._zones.of(zone)
            known = self._known[concerns, empty_is_all] = len(self._known)
        return known


def _places(names: Iterable[str], numbers: dict[str, int], empty_is_all: bool) -> list[int]:
    found = [numbers[name] for name in names if name in numbers]
    return list(numbers.values()) if empty_is_all and not names else found
