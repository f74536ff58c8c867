"""Reads usage as Parquet: the columns of docs/usage-files.md, text or whole numbers, starts as instants or text.

The footer of Parquet stands at the end, so half a file is no file: it is refused whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ligneclaire.domains.usage.readers import heading as headings
from ligneclaire.domains.usage.readers.batch import Batch, table, unreadable
from ligneclaire.domains.usage.readers.heading import Heading, UnreadableFile
from ligneclaire.domains.usage.rules.suspense import Delivered, Reason, Unusable

ROWS = 250_000  # of a batch
Flags = np.ndarray[Any, np.dtype[np.bool_]]


def read(name: str, path: Path) -> Iterator[Batch]:
    """The rows of a file, in its order; places are their numbers, from 1. Raises what a heading refuses, and
    UnreadableFile."""
    try:
        with pq.ParquetFile(path, pre_buffer=False) as file:  # else all that was read stays in memory
            heading = headings.read(name, file.schema_arrow.names)
            place = 1
            for rows in file.iter_batches(ROWS):
                yield _batch(name, pa.table(rows), heading, place)
                place += rows.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableFile(name=name, why=str(error).split("\n")[0][:120]) from error


def _batch(name: str, given: pa.Table, heading: Heading, first: int) -> Batch:
    columns = {ours: _text(name, ours, given.column(index)) for index, ours in enumerate(heading.columns)}
    rows = table(columns, heading, given.num_rows)
    wrong = np.zeros(rows.num_rows, np.bool_)
    for column in heading.columns:
        wrong |= _is_no_text(rows[column])
    faulty = [_odd_row(rows, index, first + index) for index in np.flatnonzero(wrong).tolist()]
    places = first + np.flatnonzero(~wrong)
    return Batch(rows.filter(pa.array(~wrong)) if wrong.any() else rows, places, faulty)


def _text(name: str, column: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Any fitting type as the text that the other form has; absent values are ""."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.cast(kind.value_type)
        kind = values.type
    if pa.types.is_timestamp(kind):
        text = values.cast(pa.timestamp("us")).cast(pa.string())
        values = pc.binary_join_element_wise(text, "Z", "") if kind.tz else text
    elif not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)
              or pa.types.is_decimal(kind) or pa.types.is_null(kind)):  # fmt: skip
        raise UnreadableFile(name=name, why=f"column {column} is {kind}")
    return values.cast(pa.string()).fill_null("")


def _is_no_text(values: pa.ChunkedArray) -> Flags:
    """Where the octets are not UTF-8, or hold a NUL, which no text of the database can."""
    try:
        values.validate(full=True)
        found: Flags = pc.match_substring(values, "\x00").to_numpy()
        return found
    except pa.ArrowInvalid:
        return np.array([_is_wrong(octets) for octets in values.cast(pa.binary()).to_pylist()], np.bool_)


def _is_wrong(octets: bytes) -> bool:
    try:
        return "\x00" in octets.decode()
    except UnicodeDecodeError:
        return True


def _odd_row(rows: pa.Table, index: int, place: int) -> Delivered:
    row = b",".join(rows[name].cast(pa.binary())[index].as_py() for name in rows.column_names)
    return unreadable(place, row, Unusable(Reason.WRONG_ENCODING))
