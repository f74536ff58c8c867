"""Files that are read line by line: what stands on each line, whatever the octets. Memory does not grow with the file.

Text is UTF-8. No line can swallow another, and each keeps its number; what stands after the last line feed is half a
record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from ligneclaire.domains.usage.readers.batch import Batch, table, unreadable
from ligneclaire.domains.usage.readers.heading import Heading
from ligneclaire.domains.usage.rules.rows import COLUMNS
from ligneclaire.domains.usage.rules.suspense import Delivered, Reason, Unusable

PIECE = 8_000_000  # octets
LONGEST = 4_096  # octets of a line
Fields = Mapping[str, str]
Row = tuple[int, Fields]  # place, fields by our names
Places = np.ndarray[Any, np.dtype[np.int64]]


class Stream(Protocol):
    """An open binary file."""

    def read(self, size: int, /) -> bytes:
        """At most `size` octets; nothing at the end."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines: (number, text) of those that can be read, the others with their faults, and the whole text of the
    places that were asked for."""

    lines: list[tuple[int, str]]
    faulty: list[Delivered]
    texts: Mapping[int, str]


def read(
    stream: Stream, watched: frozenset[int], piece: int, zone: str, fields: Callable[[str], Fields | None]
) -> Iterator[Batch]:
    """A batch of each piece, where every line is a record of its own. `fields`: what a line says, None when it is no
    usage; it may raise `Unusable`. `zone`: of starts without an offset."""
    for some in pieces(stream, watched, piece):
        yield batch_of(some, zone, fields)


def batch_of(some: Piece, zone: str, fields: Callable[[str], Fields | None]) -> Batch:
    """The batch of a piece, as `read` gives it."""
    rows: list[Row] = []
    faulty = list(some.faulty)
    for place, text in some.lines:
        try:
            found = fields(text)
        except Unusable as fault:
            faulty.append(unreadable(place, text.encode(), fault))
        else:
            if found is not None:
                rows.append((place, found))
    passed = len(some.lines) + len(some.faulty) - len(rows) - len(faulty)
    columns, places = columns_of(rows, zone)
    return Batch(columns, places, faulty, some.texts, passed)


def pieces(stream: Stream, watched: frozenset[int] = frozenset(), piece: int = PIECE) -> Iterator[Piece]:
    """All lines that are not empty, in their order."""
    place = 0
    for octets, is_whole in whole_lines(stream, piece):
        text = octets if place else octets.removeprefix(b"\xef\xbb\xbf")
        if is_whole:
            yield _piece(text, place + 1, watched)
        else:
            half = [unreadable(place + 1, text[:LONGEST], Unusable(Reason.HALF_BLOCK))] if text.strip() else []
            yield Piece([], half, {})
        place += text.count(b"\n")


def columns_of(rows: Sequence[Row], zone: str) -> tuple[pa.Table, Places]:
    """Rows that were read one by one as the columns of a batch, with their places."""
    columns = {name: pa.array([one.get(name, "") for _, one in rows], pa.string()) for name in COLUMNS}
    return table(columns, Heading((), zone), len(rows)), np.array([place for place, _ in rows], np.int64)


def whole_lines(stream: Stream, piece: int) -> Iterator[tuple[bytes, bool]]:
    """(whole lines, True), and at the end what has no end of line, False."""
    rest = b""
    while octets := stream.read(piece):
        octets = rest + octets
        end = octets.rfind(b"\n") + 1
        if end:
            yield octets[:end], True
        rest = octets[end:]
        if len(rest) > piece:  # a line of that length: its beginning and its digest stand for it
            rest = shortened(rest)
    if rest:
        yield rest, False


def shortened(line: bytes) -> bytes:
    """What stands for a line that is too long: its beginning and its digest."""
    return line[:LONGEST] + b" ... SHA-256 " + hashlib.sha256(line).hexdigest().encode() + b" " * LONGEST


def _piece(octets: bytes, first: int, watched: frozenset[int]) -> Piece:
    lines: list[tuple[int, str]] = []
    faulty: list[Delivered] = []
    texts: dict[int, str] = {}
    for place, line in enumerate(octets[:-1].split(b"\n"), start=first):
        if place in watched:
            texts[place] = line.decode(errors="backslashreplace")
        if not line.strip():
            continue
        try:
            lines.append((place, _text(line)))
        except Unusable as fault:
            kept = shortened(line).rstrip() if fault.reason is Reason.TOO_LONG else line
            faulty.append(unreadable(place, kept, fault))
    return Piece(lines, faulty, texts)


def _text(line: bytes) -> str:
    if len(line) > LONGEST:
        raise Unusable(Reason.TOO_LONG)
    try:
        text = line.removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        raise Unusable(Reason.WRONG_ENCODING) from None
    if "\x00" in text:
        raise Unusable(Reason.WRONG_ENCODING)
    return text
