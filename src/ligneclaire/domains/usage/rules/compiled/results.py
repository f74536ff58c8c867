"""From the arrays of the loop to what a rating comes to: a table of all groups, and what each of them needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa

from ligneclaire.domains.rulebook.taxes import PASS_THROUGH, STANDARD
from ligneclaire.domains.usage.rules.columns import ADDED, INSIDE, RATED, RECORDS
from ligneclaire.domains.usage.rules.compiled import words
from ligneclaire.domains.usage.rules.compiled.columns import NONE, OF_GROUPS, PARTS, SLOTS, Array, Records, Result
from ligneclaire.domains.usage.rules.compiled.groups import Prepared
from ligneclaire.domains.usage.rules.compiled.profiles import Profile
from ligneclaire.domains.usage.rules.rated import CounterNow, Crossing, Rated
from ligneclaire.domains.usage.rules.state import LineState, State
from ligneclaire.domains.usage.rules.suspense import Reason, Unusable

CATEGORIES = ("voice", "messages", "data", "other", "third-party")
CATEGORY = np.array([0, 1, 1, 2, 3, 4], np.int32)  # of each of words.SERVICES
OTHER = 3
OF_OTHERS = frozenset({"special-number", "sms-parking", "premium"})  # usage types of the category other
_CUT = 20  # characters of a text that an unusable record is told with


Gauge = tuple[int, ...]  # a row of columns.GAUGE
_AMOUNTS = ("billed", "outside", "charged", "service_part", "loss")
_PART = [INSIDE.value_type.field(number) for number in range(2)]
_TOLD = ("event_key", "service", "direction", "other", "visited")


class RatedGroups:
    """The rated records of all groups of a call in `table` (columns RATED), by account and in each group's order; and
    each group's own part. `coded` is the same table with words of which there are few as a dictionary, for a file."""

    def __init__(
        self, accounts: Sequence[int], table: pa.Table, records: Records, prepared: Prepared, result: Result
    ) -> None:
        self._places = {account: place for place, account in enumerate(accounts)}
        self._records, self._prepared, self._result = table, prepared, result
        self._faulty = np.flatnonzero(result.outcomes.fault)
        self._groups: list[tuple[int, ...]] = prepared.terms.groups.tolist()
        self._told = [0, *result.filled[OF_GROUPS:].tolist()]
        self.coded = _table(table, records, prepared, result)

    @cached_property
    def table(self) -> pa.Table:
        """The columns RATED."""
        return self.coded.cast(RATED)

    def of(self, account: int) -> Rated:
        """What one group came to."""
        number = self._places[account]
        row, rows, line, lines, pool, *_ = self._groups[number]
        begins, ends = row, row + rows
        standing = [*range(line, line + lines), *(() if pool == NONE else (pool,))]
        before, after = np.searchsorted(self._faulty, (begins, ends)).tolist() if len(self._faulty) else (0, 0)
        return Rated(
            self.table.slice(begins - before, ends - begins - (after - before)),
            self._counters(standing),
            self._crossings(*self._told[number : number + 2]),
            self._state(standing),
            tuple(self._fault(row) for row in self._faulty[before:after].tolist()),
        )

    def _counters(self, places: Sequence[int]) -> tuple[CounterNow, ...]:
        """Where all counters and caps of some lines stand, by line and code."""
        found = []
        for line_id, profile, gauges in self._stands(places):
            named = zip(profile.codes, profile.services, gauges, strict=False)
            for number, (code, service, (taken, used, _, shown, epoch, *_)) in enumerate(named):
                inside = taken if number < profile.counters else used
                found.append(CounterNow(line_id, code, service, inside, used, shown, max(epoch, 0)))
        return tuple(sorted(found))

    def _state(self, places: Sequence[int]) -> State:
        """What a closing keeps of some lines."""
        found = {}
        for place, (line_id, profile, gauges) in zip(places, self._stands(places), strict=True):
            counters, caps, counts, dailies = profile.named
            stand = iter(gauges)
            taken, used = {}, {}
            for code in counters:
                taken[code], used[code], *_ = next(stand)
            found[line_id] = LineState(
                taken=taken,
                used=used,
                spent={code: next(stand)[1] for code in caps},
                counted={code: next(stand)[0] for code in counts},
                days={code: self._days(place, number) for number, code in enumerate(dailies)},
            )
        return State(found)

    def _days(self, place: int, number: int) -> dict[str, int]:
        """What the line in a place took from a day pass, by day."""
        running = self._prepared.running
        first = running.lines[place].day + number * SLOTS
        return {str(day): taken for day, taken in running.days[first : first + SLOTS].tolist() if day != NONE}

    def _stands(self, places: Sequence[int]) -> Iterator[tuple[int, Profile, list[Gauge]]]:
        """Each line with its gauges, as rows of columns.GAUGE."""
        lines, gauges = self._standing
        for place in places:
            profile, (line_id, *_, at, _) = self._prepared.profiles[place], lines[place]
            yield line_id, profile, gauges[at : at + len(profile.codes)]

    @cached_property
    def _standing(self) -> tuple[list[tuple[int, ...]], list[Gauge]]:
        """The rows of all lines and gauges."""
        running = self._prepared.running
        return running.lines.tolist(), running.gauges.tolist()

    def _crossings(self, first: int, last: int) -> tuple[Crossing, ...]:
        if first == last:
            return ()
        codes, gauges = self._prepared.codes, self._prepared.running.gauges
        return tuple(
            Crossing(line_id, codes[gauges[gauge].code], *rest)
            for line_id, gauge, *rest in self._result.crossings[first:last].tolist()
        )

    def _fault(self, row: int) -> tuple[str, Unusable]:
        """(event key, why the record can't be rated, with what is at fault)."""
        record = {name: self._records[name][row].as_py() for name in _TOLD}
        outcome = self._result.outcomes[row]
        fault, zone = int(outcome.fault), self._prepared.zones[outcome.zone]
        detail = {
            words.UNKNOWN_SERVICE: record["service"][:_CUT],
            words.UNKNOWN_DIRECTION: record["direction"][:_CUT],
            words.NEGATIVE_QUANTITY: "quantity",
            words.ABSURD_QUANTITY: "quantity",
            words.IN_THE_FUTURE: "start",
            words.NEGATIVE_AMOUNT: "amount",
            words.ABSURD_AMOUNT: "amount",
            words.UNKNOWN_COUNTRY: record["visited"][:_CUT],
            words.NO_ZONE_OF_COUNTRY: record["visited"],
            words.NO_ZONE_OF_NUMBER: record["other"][:_CUT],
            words.NO_RATE: f"{record['service']} {zone}",
        }
        return record["event_key"], Unusable(Reason(words.REASONS[fault]), detail.get(fault, ""))


def _table(table: pa.Table, records: Records, prepared: Prepared, result: Result) -> pa.Table:
    """The records that could be rated, with what each costs."""
    outcomes, service = result.outcomes, records.rows.service
    usable = np.flatnonzero(outcomes.fault == words.USABLE)
    if len(usable) < len(table):
        table, outcomes, service = table.take(pa.array(usable)), outcomes[usable], service[usable]
    others = np.array([name in OF_OTHERS for name in prepared.types], np.bool_)
    third = service == words.THIRD_PARTY
    added = {
        "zone": _named(prepared.zones, outcomes.zone),
        "band": _named(words.BANDS, outcomes.band),
        "inside": _inside(prepared, result, outcomes.parts),
        "category": _named(CATEGORIES, np.where(others[outcomes.usage_type] & ~third, OTHER, CATEGORY[service])),
        "usage_type": _named(prepared.types, outcomes.usage_type),
        "tax_code": _named((STANDARD, PASS_THROUGH), third.astype(np.int8)),
        "flag": _named(words.FLAGS, outcomes.flag),
        "plan": _named(prepared.plans, outcomes.plan),
        "revision": pa.repeat(pa.scalar(0, pa.int32()), len(service)),
    }
    numbers = {name: pa.array(np.ascontiguousarray(outcomes[name])) for name in _AMOUNTS}
    chosen = (_as_it_came(table[one.name], one.type) for one in RECORDS)
    columns = [*chosen, *((added | numbers)[one.name] for one in ADDED)]
    fields = [one.with_type(column.type) for one, column in zip(RATED, columns, strict=True)]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def _as_it_came(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """A column of the records; a dictionary of words stays one."""
    words_alone = pa.types.is_dictionary(column.type) and column.type.value_type == kind
    return column if words_alone else column.cast(kind)


def _named(names: Sequence[str], numbers: Array) -> pa.Array:
    """The words for numbers."""
    return pa.DictionaryArray.from_arrays(np.ascontiguousarray(numbers, np.int32), pa.array(names, pa.string()))


def _inside(prepared: Prepared, result: Result, ends: Array) -> pa.Array:
    """A list of (bundle, quantity) for each record."""
    parts = result.parts[: result.filled[PARTS]]
    bundles = _named(prepared.codes, prepared.running.gauges.code[parts.gauge]).cast(pa.string())
    quantities = pa.array(np.ascontiguousarray(parts.quantity))
    pairs = pa.StructArray.from_arrays([bundles, quantities], fields=_PART)
    return pa.ListArray.from_arrays(pa.array(np.append(np.zeros(1, np.int32), ends)), pairs)
