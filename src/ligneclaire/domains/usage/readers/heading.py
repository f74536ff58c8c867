"""The heading of a usage file: which column holds what, and in which zone its times are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ligneclaire.domains.usage.rules.rows import COLUMNS, REQUIRED
from ligneclaire.kernel.refusal import Refusal

_START = re.compile(r"start\[([A-Za-z0-9_+/-]{1,64})\]")


class UnreadableFile(Refusal):
    """The file is not what its name says, or it is damaged."""

    code = "usage.refused.unreadable-file"


class MissingColumn(Refusal):
    """A column that every record needs is not there."""

    code = "usage.refused.file-without-column"


class UnknownColumn(Refusal):
    """A column is not one of ours, or is there twice: a misspelt one would be taken as absent."""

    code = "usage.refused.file-with-other-column"


class UnknownZone(Refusal):
    """The heading of the starts names a time zone that there is not."""

    code = "usage.refused.file-with-other-zone"


@dataclass(frozen=True, slots=True)
class Heading:
    """The columns in the order of the file, by our names, and the zone of starts without an offset ("" = none)."""

    columns: tuple[str, ...]
    zone: str


def read(name: str, written: Sequence[str]) -> Heading:
    """Understand a heading. Raises MissingColumn, UnknownColumn, UnknownZone."""
    columns: list[str] = []
    zone = ""
    for column in written:
        zoned = _START.fullmatch(column)
        if zoned:
            zone = _known_zone(name, zoned[1])
        ours = "start" if zoned else column
        if ours not in COLUMNS or ours in columns:
            raise UnknownColumn(name=name, column=repr(column[:40]))
        columns.append(ours)
    for column in REQUIRED:
        if column not in columns:
            raise MissingColumn(name=name, column=column)
    return Heading(tuple(columns), zone)


def _known_zone(name: str, zone: str) -> str:
    try:
        return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(name=name, zone=zone) from None
