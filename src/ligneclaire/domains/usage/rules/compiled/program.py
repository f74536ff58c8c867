"""The fast engine: one compiled pass over the columns of one or many rating groups (docs/rating.md).

The same columns in and the same results out as `rules/rating.py`, which it is proven against record by record and with
which it shares values alone. Here the input becomes arrays of whole numbers, and the arrays become results:
what the operator sells is compiled once (`book`), equal terms of lines once a call (`profiles`), the records are put in
order (`order`) and rated (`loop`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Lock
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.domains.usage.rules.columns import RECORDS
from ligneclaire.domains.usage.rules.compiled import charges, clocks, columns, groups, loop, order, words
from ligneclaire.domains.usage.rules.compiled.book import Shelf
from ligneclaire.domains.usage.rules.compiled.charges import Charges
from ligneclaire.domains.usage.rules.compiled.columns import NONE, Array, Records, Result
from ligneclaire.domains.usage.rules.compiled.groups import Group, Prepared
from ligneclaire.domains.usage.rules.compiled.results import RatedGroups
from ligneclaire.domains.usage.rules.rated import Rated
from ligneclaire.domains.usage.rules.state import State
from ligneclaire.domains.usage.rules.terms import GroupTerms

MOST_DECKS = 2_000  # versions of tariffs that are remembered
_LOCK = Lock()
_shelf = Shelf()


def rate(records: pa.Table, terms: GroupTerms, opening: State | None = None, *, closed: bool = False) -> Rated:
    """Rate the records of a group (columns RECORDS, any order). Like `rating.rate`; raises as `rate_groups` does."""
    group = np.zeros(len(records), np.int64)
    return _rate(records, group, {0: Group(terms, opening, closed)}).of(0)


def rate_groups(records: pa.Table, asked: Mapping[int, Group]) -> RatedGroups:
    """Rate the records of many groups at once: account -> group. The table is in the order of the accounts.

    Raises KeyError for records of another account, `book.TooDear` for a price that could not be multiplied,
    `gauges.TooMuch` for a month that could not be counted.
    """
    by_account = dict(sorted(asked.items()))
    return _rate(records, order.groups_of(_numbers(records, "account"), list(by_account)), by_account)


def charge_groups(
    records: pa.Table, variants: Sequence[Mapping[int, GroupTerms]], workers: int = 1
) -> Iterator[Charges]:
    """What the same records of whole months cost under each of several terms, by account, without saying it of each
    record. The records are put in order and read into arrays once. Every variant has the same accounts and lines.

    Raises KeyError, `book.TooDear` and `gauges.TooMuch` as `rate_groups` does.
    """
    accounts, records = sorted(variants[0]), records.combine_chunks()
    group, start = order.groups_of(_numbers(records, "account"), accounts), _numbers(records, "start")
    ordered = order.order_of(group, start, start, _whole(records, "event_key"))
    if ordered is not None:
        records, group = records.take(pa.array(ordered)), group[ordered]
    days, rows = _days(records), np.searchsorted(group, np.arange(len(accounts) + 1))
    asked = [[Group(one[account]) for account in accounts] for one in variants]
    made, countries = _prepare(asked, days, rows)
    found = _columns(records, countries)
    places = charges.places_of(made[0].running.lines, found)

    def charged(prepared: Prepared) -> Charges:
        result = _room(len(records), prepared)
        loop.rate_all(prepared.book, prepared.terms, found, prepared.running, result)
        return charges.charges_of(places, found, prepared, result)

    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(charged, made)


def warm() -> None:
    """Have everything compiled, or read from where it is kept."""
    nobody = GroupTerms(ZoneInfo("UTC"), "", {})
    rate_groups(RECORDS.empty_table(), {0: Group(nobody)})
    list(charge_groups(RECORDS.empty_table(), [{0: nobody}]))


def _rate(records: pa.Table, group: Array, by_account: Mapping[int, Group]) -> RatedGroups:
    records, asked = records.combine_chunks(), list(by_account.values())
    first = _first_instant(records, group, asked)
    ordered = order.order_of(group, first, _numbers(records, "start"), _whole(records, "event_key"))
    if ordered is not None:
        records, group = records.take(pa.array(ordered)), group[ordered]
    (prepared,), countries = _prepare([asked], _days(records), np.searchsorted(group, np.arange(len(asked) + 1)))
    result = _room(len(records), prepared)
    found = _columns(records, countries)
    loop.rate_all(prepared.book, prepared.terms, found, prepared.running, result)
    return RatedGroups(list(by_account), records, found, prepared, result)


def _first_instant(records: pa.Table, group: Array, asked: Sequence[Group]) -> Array:
    """The instant that orders records before their start: the arrival in closed months."""
    start = _numbers(records, "start")
    if not any(one.closed for one in asked):
        return start
    closed = np.array([one.closed for one in asked], np.bool_)
    return np.where(closed[group], _numbers(records, "arrived"), start)


def _prepare(
    variants: Sequence[Sequence[Group]], days: tuple[int, int], rows: Array
) -> tuple[list[Prepared], dict[str, int]]:
    """Everything but the records as arrays, and the numbers of the countries. All have the book of the last one: it
    only grows, so that it holds what each of them names."""
    global _shelf  # noqa: PLW0603 - what is sold is remembered between calls, and forgotten when it became too much
    with _LOCK:
        if len(_shelf) > MOST_DECKS:
            _shelf = Shelf()
        made = [groups.prepare(_shelf, asked, days, rows) for asked in variants]
        return [replace(one, book=made[-1].book, types=made[-1].types) for one in made], dict(_shelf.countries.number)


def _days(records: pa.Table) -> tuple[int, int]:
    """The first and the last day of the records, in UTC since 1970."""
    ends = pc.min_max(records["start"].cast(pa.int64())).as_py()
    return (ends["min"] // clocks.DAY, ends["max"] // clocks.DAY) if len(records) else (0, 0)


def _room(rows: int, prepared: Prepared) -> Result:
    """Tables for what the loop will say. Memory that is never written is never taken."""
    most = rows * prepared.most_shares, prepared.most_warnings
    parts, crossings = (np.empty(each, kind) for each, kind in zip(most, (columns.PART, columns.CROSSING), strict=True))
    return Result(
        outcomes=np.zeros(rows, columns.OUTCOME).view(np.recarray),
        parts=parts.view(np.recarray),
        crossings=crossings.view(np.recarray),
        filled=np.zeros(columns.OF_GROUPS + len(prepared.terms.groups), np.int64),
    )


def _columns(records: pa.Table, countries: Mapping[str, int]) -> Records:
    """The records as rows of numbers."""
    other_at, text = order.text_of(_whole(records, "other"))
    amount = _whole(records, "amount")
    rows = np.empty(len(records), columns.RECORD)
    for name in ("line", "start", "arrived", "quantity"):
        rows[name] = _numbers(records, name)
    rows["amount"] = amount.fill_null(0).to_numpy(zero_copy_only=False)
    rows["has_amount"] = amount.is_valid().to_numpy(zero_copy_only=False)
    rows["other_from"], rows["other_to"] = other_at[:-1], other_at[1:]
    rows["service"] = _codes(records, "service", lambda name: words.SERVICE.get(name, NONE))
    rows["direction"] = _codes(records, "direction", lambda name: words.DIRECTION.get(name, NONE))
    rows["visited"] = _codes(records, "visited", lambda name: _country(name, countries))
    return Records(rows.view(np.recarray), text)


def _country(name: str, countries: Mapping[str, int]) -> int:
    if not name:
        return words.AT_HOME
    if not (len(name) == 2 and name.isascii() and name.isalpha() and name.isupper()):
        return words.NO_COUNTRY
    return countries.get(name, words.ELSEWHERE)


def _codes(records: pa.Table, name: str, number: Callable[[str], int]) -> Array:
    """A column of few words as numbers."""
    column = records[name].combine_chunks()
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    numbers = np.array([number(word) for word in coded.dictionary.to_pylist()], np.int64)
    return numbers[coded.indices.to_numpy(zero_copy_only=False)]


def _numbers(records: pa.Table, name: str) -> Array:
    """A column of whole numbers or instants, not to be written to."""
    found: Array = _whole(records, name).cast(pa.int64()).to_numpy()
    return found


def _whole(records: pa.Table, name: str) -> pa.Array:
    """A column in one piece, with the type of RECORDS."""
    column = records[name].cast(RECORDS.field(name).type)
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
