"""What lines are charged, added up from the loop's outcomes without making a table of the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ligneclaire.domains.rulebook.taxes import PASS_THROUGH, STANDARD
from ligneclaire.domains.usage.rules.compiled import gauges, words
from ligneclaire.domains.usage.rules.compiled.columns import NONE, Array, Records, Result, Table
from ligneclaire.domains.usage.rules.compiled.groups import Prepared
from ligneclaire.domains.usage.rules.compiled.jit import entry
from ligneclaire.domains.usage.rules.compiled.order import fixed
from ligneclaire.domains.usage.rules.compiled.results import CATEGORIES, CATEGORY, OF_OTHERS, OTHER
from ligneclaire.domains.usage.rules.totals import Charged


@dataclass(frozen=True, slots=True)
class Charges:
    """What each line is charged: usage type -> service -> millionths of a euro, by the place of the line in `lines`;
    and how many of its records could not be rated."""

    lines: list[int]
    types: list[str]
    amounts: Array
    unrated: Array

    def by_category(self) -> Mapping[int, tuple[list[int], int]]:
        """For each line what it is charged of each of CATEGORIES, and how many records could not be rated."""
        found = np.zeros((len(self.lines), len(CATEGORIES)), np.int64)
        for kind, service in zip(*np.nonzero(self.amounts.any(axis=0)), strict=True):
            found[:, self._category(kind, service)] += self.amounts[:, kind, service]
        return dict(zip(self.lines, zip(found.tolist(), self.unrated.tolist(), strict=True), strict=True))

    def by_kind(self, line_id: int) -> tuple[Charged, ...]:
        """What one line is charged, by usage type and tax, as totals are kept."""
        amounts = self.amounts[self.lines.index(line_id)]
        found: dict[tuple[str, str, str], int] = defaultdict(int)
        for kind, service in zip(*np.nonzero(amounts), strict=True):
            tax = PASS_THROUGH if service == words.THIRD_PARTY else STANDARD
            found[self.types[kind], tax, CATEGORIES[self._category(kind, service)]] += int(amounts[kind, service])
        return tuple(Charged(*names, amount) for names, amount in sorted(found.items()))

    def _category(self, kind: int, service: int) -> int:
        if self.types[kind] in OF_OTHERS and service != words.THIRD_PARTY:
            return OTHER
        return int(CATEGORY[service])


def places_of(lines: Table, records: Records) -> Array:
    """The place of each record's line among the lines of all groups, or NONE."""
    order = np.argsort(lines.id, kind="stable")
    ids = lines.id[order]
    place = np.minimum(np.searchsorted(ids, records.rows.line), max(len(ids) - 1, 0))
    known = ids[place] == records.rows.line if len(ids) else np.zeros(len(records.rows), np.bool_)
    return fixed(np.where(known, order[place] if len(ids) else NONE, NONE).astype(np.int64))


def charges_of(places: Array, records: Records, prepared: Prepared, result: Result) -> Charges:
    """The sums of one rating. Raises gauges.TooMuch."""
    ids = prepared.running.lines.id.tolist()
    amounts = np.zeros((len(ids), len(prepared.types), len(words.SERVICES)), np.int64)
    unrated = np.zeros(len(ids), np.int64)
    add_up(places, records.rows, result.outcomes, amounts, unrated)
    return Charges(ids, prepared.types, amounts, unrated)


@entry
def add_up(places: Array, rows: Table, outcomes: Table, amounts: Array, unrated: Array) -> None:
    """Add what each record is charged to its line's sum of its usage type and service. Raises gauges.TooMuch."""
    for row in range(len(outcomes)):
        place, outcome = places[row], outcomes[row]
        if place == NONE:
            continue
        if outcome.fault != words.USABLE:
            unrated[place] += 1
            continue
        if outcome.charged:
            kind, service = outcome.usage_type, rows[row].service
            amounts[place, kind, service] = gauges.added(amounts[place, kind, service], outcome.charged)
