"""The columns of usage: records as they were kept, and rated records (RAT-01). Pure Arrow, no files.

Quantities are whole seconds, octets or pieces; amounts are millionths of a euro, without tax of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

VOICE, SMS, MMS, DATA, SPECIAL, THIRD_PARTY = "voice", "sms", "mms", "data", "special", "third-party"
SERVICES = frozenset({VOICE, SMS, MMS, DATA, SPECIAL, THIRD_PARTY})
OUT, IN = "out", "in"

_INSTANT = pa.timestamp("us", tz="UTC")
RECORDS = pa.schema([
    pa.field("account", pa.int64(), nullable=False),
    pa.field("line", pa.int64(), nullable=False),
    pa.field("event_key", pa.string(), nullable=False),
    pa.field("start", _INSTANT, nullable=False),
    pa.field("service", pa.string(), nullable=False),
    pa.field("direction", pa.string(), nullable=False),  # out or in
    pa.field("other", pa.string(), nullable=False),  # digits of E.164 without "+", or a short code as dialled
    pa.field("quantity", pa.int64(), nullable=False),
    pa.field("visited", pa.string(), nullable=False),  # ISO 3166; "" = home
    pa.field("amount", pa.int64()),  # third-party only
    pa.field("file", pa.int64(), nullable=False),
    pa.field("place", pa.int64(), nullable=False),  # line of the file, or row
    pa.field("arrived", _INSTANT, nullable=False),
])  # fmt: skip
INSIDE = pa.list_(pa.struct([pa.field("bundle", pa.string()), pa.field("quantity", pa.int64())]))
ADDED = (
    pa.field("zone", pa.string(), nullable=False),
    pa.field("band", pa.string(), nullable=False),
    pa.field("billed", pa.int64(), nullable=False),  # inside + outside, always
    pa.field("inside", INSIDE, nullable=False),
    pa.field("outside", pa.int64(), nullable=False),
    pa.field("charged", pa.int64(), nullable=False),  # the service part included
    pa.field("service_part", pa.int64(), nullable=False),  # of a special number (RAT-10)
    pa.field("loss", pa.int64(), nullable=False),  # what it would have cost, when the flag says that nobody pays
    pa.field("category", pa.string(), nullable=False),
    pa.field("usage_type", pa.string(), nullable=False),
    pa.field("tax_code", pa.string(), nullable=False),
    pa.field("flag", pa.string(), nullable=False),
    pa.field("plan", pa.string(), nullable=False),  # Tariff.code: what explains the amount
    pa.field("revision", pa.int32(), nullable=False),
)
RATED = pa.schema([*RECORDS, *ADDED])


def rated_with(*names: str) -> pa.Schema:
    """These columns of rated records alone, beside those by which they are found and put in order."""
    return pa.schema([RATED.field(name) for name in ("line", "start", "event_key", *names)])


_READ = ("line", "event_key", "start", "service", "direction", "other", "quantity", "visited", "amount", "arrived")
_BY_EVENT = [("start", "ascending"), ("event_key", "ascending")]


class Record(NamedTuple):
    """One record as rating reads it; instants are microseconds since 1970."""

    line: int
    event_key: str
    start: int
    service: str
    direction: str
    other: str
    quantity: int
    visited: str
    amount: int | None
    arrived: int


def in_order(records: pa.Table, *, by_arrival: bool = False) -> pa.Table:
    """The records in their total order: (start, event key), or by arrival first (RAT-12, RAT-13)."""
    return records.sort_by([("arrived", "ascending"), *_BY_EVENT] if by_arrival else _BY_EVENT)


def rows(records: pa.Table) -> Iterator[Record]:
    """The records one by one, with integers for instants."""
    lists = [_plain(records[name]).to_pylist() for name in _READ]
    return map(Record, *lists)


def rated(records: pa.Table, charges: Sequence[Sequence[Any]]) -> pa.Table:
    """The records with what each costs: values in the order of `ADDED`, without the revision."""
    names = [one.name for one in ADDED[:-1]]
    found = dict(zip(names, zip(*charges, strict=True), strict=True)) if charges else dict.fromkeys(names, ())
    added = [
        _inside(found[one.name]) if one.type == INSIDE else pa.array(found[one.name], one.type) for one in ADDED[:-1]
    ]
    revision = pa.repeat(pa.scalar(0, pa.int32()), len(charges))
    chosen = records.select(RECORDS.names).cast(RECORDS)
    return pa.Table.from_arrays([*chosen.columns, *added, revision], schema=RATED)


def with_revision(table: pa.Table, revision: int) -> pa.Table:
    """A rated table that says which revision of its group it is."""
    return _with_revisions(table, pa.repeat(pa.scalar(revision, pa.int32()), len(table)))


def with_revisions(table: pa.Table, revisions: Mapping[int, int]) -> pa.Table:
    """A rated table of several groups, each with the revision of its account."""
    accounts = np.array(sorted(revisions), np.int64)
    numbers = np.array([revisions[account] for account in accounts.tolist()], np.int32)
    return _with_revisions(table, pa.array(numbers[np.searchsorted(accounts, table["account"].to_numpy())]))


def _with_revisions(table: pa.Table, column: pa.Array) -> pa.Table:
    return table.set_column(RATED.get_field_index("revision"), RATED.field("revision"), column)


def _inside(parts: Iterable[Sequence[tuple[str, int]]]) -> pa.Array:
    """A list of (bundle, quantity) for each record."""
    offsets, bundles, quantities = [0], [], []
    for of_record in parts:
        for bundle, quantity in of_record:
            bundles.append(bundle)
            quantities.append(quantity)
        offsets.append(len(bundles))
    pairs = pa.StructArray.from_arrays(
        [pa.array(bundles, pa.string()), pa.array(quantities, pa.int64())], names=["bundle", "quantity"]
    )
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pairs)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
