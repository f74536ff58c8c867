"""Reads usage as text, the form of docs/usage-files.md: UTF-8, a heading, fields between commas, a line a record.

Lines are told apart first, and only those with the right number of fields are parsed, in bulk; so no line can swallow
another, and each keeps its number. Memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from ligneclaire.domains.usage.readers import heading as headings
from ligneclaire.domains.usage.readers.batch import Batch, table, unreadable
from ligneclaire.domains.usage.readers.heading import Heading, UnreadableFile
from ligneclaire.domains.usage.readers.lines import LONGEST, Stream, shortened, whole_lines
from ligneclaire.domains.usage.rules.suspense import Delivered, Reason, Unusable

PIECE = 32_000_000  # octets
_NEW_LINE, _COMMA, _RETURN, _NUL = 10, 44, 13, 0

Octets = np.ndarray[Any, np.dtype[np.uint8]]
Integers = np.ndarray[Any, np.dtype[np.int64]]


def read(name: str, stream: Stream, watched: frozenset[int] = frozenset(), piece: int = PIECE) -> Iterator[Batch]:
    """The rows of a file, in its order. `watched`: places whose text is given as well. Raises what a heading refuses,
    and UnreadableFile."""
    heading: Heading | None = None
    place = 0
    for octets, is_whole in whole_lines(stream, piece):
        lines = octets
        if heading is None:
            first, lines = _split_heading(name, octets, is_whole)
            heading, place = headings.read(name, first.split(",")), 1
        if not is_whole:
            yield _rest(lines, heading, place + 1)
        elif lines:
            yield _batch(lines, heading, place + 1, watched)
            place += lines.count(b"\n")
    if heading is None:
        raise UnreadableFile(name=name, why="it is empty")


def _split_heading(name: str, lines: bytes, is_whole: bool) -> tuple[str, bytes]:
    first, _, rest = lines.partition(b"\n")
    if not is_whole or len(first) > LONGEST:
        raise UnreadableFile(name=name, why="it has no heading")
    try:
        return first.removeprefix(b"\xef\xbb\xbf").decode().rstrip("\r"), rest
    except UnicodeDecodeError:
        raise UnreadableFile(name=name, why="it is not UTF-8") from None


def _rest(octets: bytes, heading: Heading, place: int) -> Batch:
    """What stands after the last end of line: half a record, whatever it looks like."""
    faulty = [unreadable(place, octets[:LONGEST], Unusable(Reason.HALF_BLOCK))] if octets.strip() else []
    return Batch(table({}, heading, 0), np.zeros(0, np.int64), faulty)


def _batch(octets: bytes, heading: Heading, first: int, watched: frozenset[int]) -> Batch:
    buffer: Octets = np.frombuffer(octets, np.uint8)
    ends = np.flatnonzero(buffer == _NEW_LINE)
    begins = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
    fields = 1 + _count(buffer == _COMMA, begins, ends)
    odd = (fields != len(heading.columns)) | (ends - begins > LONGEST)
    odd[_lines_with_control(buffer, ends)] = True
    if not _is_utf8(octets):
        odd |= [not _is_utf8(octets[begin:end]) for begin, end in zip(begins, ends, strict=True)]
    faulty = []
    for index in np.flatnonzero(odd).tolist():
        line = octets[begins[index] : ends[index]]
        if line.strip():
            faulty.append(_odd_line(first + index, line, len(heading.columns)))
    good = octets if not odd.any() else buffer[np.repeat(~odd, ends - begins + 1)].tobytes()
    rows = _parse(good, heading, int((~odd).sum()))
    texts = {
        place: octets[begins[place - first] : ends[place - first]].decode(errors="backslashreplace")
        for place in watched
        if first <= place < first + len(ends)
    }
    return Batch(rows, first + np.flatnonzero(~odd), faulty, texts)


def _count(found: np.ndarray[Any, np.dtype[np.bool_]], begins: Integers, ends: Integers) -> Integers:
    """How often something is found in each line."""
    places = np.flatnonzero(found)
    counts: Integers = np.searchsorted(places, ends) - np.searchsorted(places, begins)
    return counts


def _lines_with_control(buffer: Octets, ends: Integers) -> Integers:
    """The lines with a NUL, or with a carriage return that is not at their end."""
    wrong = np.flatnonzero((buffer == _NUL) | (buffer == _RETURN))
    lines = np.searchsorted(ends, wrong)
    at_end = (buffer[wrong] == _RETURN) & (wrong + 1 == ends[lines])
    odd: Integers = lines[~at_end]
    return odd


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def _odd_line(place: int, line: bytes, fields: int) -> Delivered:
    if len(line) > LONGEST:
        return unreadable(place, shortened(line).rstrip(), Unusable(Reason.TOO_LONG))
    if b"\x00" in line or not _is_utf8(line):
        return unreadable(place, line, Unusable(Reason.WRONG_ENCODING))
    if b"\r" in line.removesuffix(b"\r"):
        return unreadable(place, line, Unusable(Reason.UNREADABLE_LINE))
    found = line.count(b",") + 1
    reason = Reason.MISSING_COLUMN if found < fields else Reason.EXTRA_COLUMN
    return unreadable(place, line, Unusable(reason, f"{found} / {fields}"))


def _parse(lines: bytes, heading: Heading, count: int) -> pa.Table:
    if not count:
        return table({}, heading, 0)
    rows = csv.read_csv(
        pa.BufferReader(lines),
        csv.ReadOptions(column_names=heading.columns),
        csv.ParseOptions(quote_char=False, escape_char=False, newlines_in_values=False),
        csv.ConvertOptions(
            column_types=dict.fromkeys(heading.columns, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )
    if rows.num_rows != count:
        raise AssertionError(f"{count} lines gave {rows.num_rows} rows")
    return table({name: rows[name] for name in heading.columns}, heading, count)
