"""What a switch writes of a call, and what its operator must say beside it. Pure: no files, no clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers

from ligneclaire.domains.usage.rules.columns import IN, OUT, VOICE
from ligneclaire.domains.usage.rules.rows import SOURCE

_DIGITS = re.compile(r"\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class Origin:
    """Which switch wrote a file: the `source` of its records, the zone of its clock, the operator's country (ISO 3166)
    and the trunks by which calls come in from elsewhere. ValueError: no such zone, or a source of another form."""

    source: str
    zone: str
    country: str
    trunks: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not SOURCE.fullmatch(self.source):
            raise ValueError(f"a source is 1 to 40 of A-Z a-z 0-9 . _ : -, not {self.source!r}")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, OSError):
            raise ValueError(f"there is no time zone {self.zone!r}") from None

    def parties(self, caller: str, called: str, *, by_trunk: bool) -> Mapping[str, str]:
        """The fields line, direction and other of a call: the line is the caller, or who was called by a trunk."""
        line, other = (called, caller) if by_trunk else (caller, called)
        return {
            "line": e164(line, self.country),
            "service": VOICE,
            "direction": IN if by_trunk else OUT,
            "other": e164(other, self.country),
        }


class Half(NamedTuple):
    """The beginning or the end of a call: the id of the call, and its second since 1970."""

    call: str
    begins: bool
    at: int


def e164(dialled: str, country: str) -> str:
    """The digits of E.164 of a number as it is dialled in a country: those after "+" or "00"; after a single "0" stands
    a national number. Anything else stays as it is: a number of E.164 without "+", or a short code."""
    if not _DIGITS.fullmatch(dialled):
        return dialled
    if dialled.startswith("+"):
        return dialled[1:]
    if dialled.startswith("00"):
        return dialled[2:]
    if dialled.startswith("0"):
        return f"{phonenumbers.country_code_for_region(country)}{dialled[1:]}"
    return dialled


def moments(local: str, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants at which a clock shows "2026-03-04 10:15:00": two in the hour that it shows twice, none in the one
    that it leaves out. ValueError for another form."""
    read = datetime.fromisoformat(local)
    if read.tzinfo is not None:
        raise ValueError(local)
    first, second = (read.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    ahead = (first.utcoffset() or timedelta()) - (second.utcoffset() or timedelta())
    if ahead < timedelta():
        return ()
    return (first, second) if ahead else (first,)
