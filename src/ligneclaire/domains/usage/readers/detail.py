"""Reads the detail files of FreeRADIUS: blocks of a heading, attributes that are indented, and an empty line.

    Sat Nov 21 10:41:00 2026
        User-Name = "anna@example"
        Acct-Status-Type = Start
        ...
        Timestamp = 1795254060

A block without its heading or without the empty line after it is half a record. Nothing here raises, whatever the
octets; a record that can't be read carries its fault. Memory does not grow with the file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Protocol

from ligneclaire.domains.usage.rules.accounting import USED
from ligneclaire.domains.usage.rules.suspense import Delivered, Reason, Unusable

LONGEST_BLOCK = 65_536  # octets; a RADIUS packet has at most 4,096
_ATTRIBUTE = re.compile(r'^[ \t]+([\w./:-]+) [:+]?= (?:"((?:[^"\\\n]|\\.)*)"|([^"\s]\S*))\r?$', re.ASCII | re.MULTILINE)
_BARE_TIME = re.compile(r"[ \t]+(Event-Timestamp) = ()(\w[^\"\r]*)\r?", re.ASCII)
_ESCAPE = re.compile(rb"\\(?:([0-7]{3})|(.))", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


class Lines(Protocol):
    """Where the octets come from: an open binary file, or anything that reads lines like one."""

    def readline(self, size: int, /) -> bytes:
        """At most `size` octets, up to the end of a line; nothing at the end."""


def read(stream: Lines) -> Iterator[Delivered]:
    """The records of a file, in its order, each with the number of its first line."""
    for place, block, ended in _blocks(stream):
        if block.too_long:
            yield _unreadable(place, block.octets(), Unusable(Reason.TOO_LONG))
        elif not (ended and block.has_heading):
            yield _unreadable(place, block.octets(), Unusable(Reason.HALF_BLOCK))
        else:
            yield _delivered(place, block.octets())


def reread(place: int, raw: str) -> Delivered:
    """A record out of the text that suspense kept of it."""
    return _delivered(place, raw.encode())


def _blocks(stream: Lines) -> Iterator[tuple[int, _Block, bool]]:
    """(number of the first line, block, whether an empty line ended it), one after the other."""
    block, place, number, at_line_start = _Block(), 0, 0, True
    while piece := stream.readline(LONGEST_BLOCK):
        if at_line_start:
            number += 1
            if number == 1:
                piece = piece.removeprefix(b"\xef\xbb\xbf")
            empty = not piece.strip()
            if block.size and (empty or piece[0] not in b" \t"):
                yield place, block, empty
                block = _Block()
            if not block.size:
                place = number
            if not empty:
                block.add(piece)
        else:
            block.add(piece)
        at_line_start = piece[-1:] == b"\n"
    if block.size:
        yield place, block, False


class _Block:
    """The octets of one block; of one that is too long only its beginning, its length and its digest."""

    __slots__ = ("pieces", "rest", "size")

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0
        self.rest: hashlib._Hash | None = None

    @property
    def has_heading(self) -> bool:
        return self.pieces[0][0] not in b" \t"

    @property
    def too_long(self) -> bool:
        return self.size > LONGEST_BLOCK

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size <= LONGEST_BLOCK:
            self.pieces.append(piece)
        else:
            self.rest = self.rest or hashlib.sha256()
            self.rest.update(piece)

    def octets(self) -> bytes:
        octets = b"".join(self.pieces)
        if self.rest is None:
            return octets
        return octets[:4096] + f"\n... {self.size} octets; SHA-256 of the rest: {self.rest.hexdigest()}".encode()


def _delivered(place: int, octets: bytes) -> Delivered:
    try:
        text = octets.decode()
        if "\x00" in text:
            raise Unusable(Reason.WRONG_ENCODING)
        return Delivered(place, text, _attributes(text))
    except UnicodeDecodeError as error:
        line = place + octets.count(b"\n", 0, error.start)
        return _unreadable(place, octets, Unusable(Reason.WRONG_ENCODING, f"line {line}"))
    except Unusable as fault:
        return _unreadable(place, octets, fault)


def _unreadable(place: int, octets: bytes, fault: Unusable) -> Delivered:
    raw = octets.decode(errors="backslashreplace").replace("\x00", "\\x00")
    return Delivered(place, raw, None, fault)


def _attributes(text: str) -> dict[str, str]:
    """The attributes that are used. Raises `Unusable` for a line of another form, also among the others, since then
    two records may have run into one."""
    _heading, _, body = text.partition("\n")
    read: list[tuple[str, str, str]] = _ATTRIBUTE.findall(body)
    if len(read) != body.count("\n"):
        read = [_one_line(number, line) for number, line in enumerate(body.removesuffix("\n").split("\n"), start=2)]
    found: dict[str, str] = {}
    for name, quoted, bare in read:
        if name in USED:
            value = _unescaped(quoted, name) if "\\" in quoted else quoted or bare
            if found.setdefault(name, value) != value:
                raise Unusable(Reason.CONTRADICTION, name)
    return found


def _one_line(number: int, line: str) -> tuple[str, str, str]:
    match = _ATTRIBUTE.fullmatch(line) or _BARE_TIME.fullmatch(line)
    if match is None:
        raise Unusable(Reason.UNREADABLE_LINE, f"line {number} of the record")
    return match[1], match[2] or "", match[3] or ""


def _unescaped(value: str, name: str) -> str:
    """FreeRADIUS writes quotes, backslashes and octets that are not UTF-8 with a backslash."""

    def one(found: re.Match[bytes]) -> bytes:
        if found[1]:
            return bytes([int(found[1], 8)])
        return _ESCAPED.get(found[2], found[2])

    try:
        return _ESCAPE.sub(one, value.encode()).decode()
    except ValueError:  # of decoding, or an octal number above 377
        raise Unusable(Reason.WRONG_ENCODING, name) from None
