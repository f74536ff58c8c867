"""Instants of many records: read from text with their offset or by a zone, and put into local months (RAT-02).

Instants are microseconds since 1970 in UTC. Pure: the zones are Python's own.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.domains.usage.rules.suspense import FIRST_INSTANT

_FORM = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:?[0-9]{2})?$"
_WITH_OFFSET = r"(Z|[+-][0-9]{2}:?[0-9]{2})$"
_LOCAL, _UTC = pa.timestamp("us"), pa.timestamp("us", tz="UTC")
_QUARTER = 900 * 10**6  # clocks are moved at a quarter of an hour
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Flags = np.ndarray[Any, np.dtype[np.bool_]]
Integers = np.ndarray[Any, np.dtype[np.int64]]


class Read(NamedTuple):
    """What many texts say. `at` means nothing where one of the flags is set: no text, another form, no zone, an hour
    that the clock leaves out, an hour that it shows twice."""

    at: Integers
    absent: Flags
    unreadable: Flags
    zoneless: Flags
    skipped: Flags
    doubled: Flags


def micros(at: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def instant_of(us: int) -> datetime:
    """The instant in UTC that so many microseconds since 1970 are."""
    return _EPOCH + timedelta(microseconds=us)


FIRST = micros(FIRST_INSTANT)


def read(texts: pa.Array, zones: pa.Array) -> Read:
    """Instants from ISO 8601 texts like "2026-03-04T10:15:00+01:00", "… Z" or, where `zones` names one, without an
    offset."""
    absent = _flags(pc.equal(texts, ""))
    formed = _flags(pc.match_substring_regex(texts, _FORM))
    fixed = formed & _flags(pc.match_substring_regex(texts, _WITH_OFFSET))
    named = ~_flags(pc.equal(zones, ""))
    count = len(texts)
    at, skipped, doubled = np.zeros(count, np.int64), np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    unreadable = ~formed & ~absent
    for chosen, kind in ((fixed, _UTC), (formed & ~fixed & named, _LOCAL)):
        if chosen.any():
            at[chosen], unreadable[chosen] = _parse(texts.filter(pa.array(chosen)), kind)
    for name in [one for one in zones.unique().to_pylist() if one]:
        chosen = formed & ~fixed & _flags(pc.equal(zones, name)) & ~unreadable
        if chosen.any():
            at[chosen], skipped[chosen], doubled[chosen] = _to_utc(at[chosen], ZoneInfo(name))
    return Read(at, absent, unreadable, formed & ~fixed & ~named, skipped, doubled)


def written(at: pa.Array) -> pa.Array:
    """Each instant as text in UTC: "2026-03-04 10:15:00", with microseconds where it has some."""
    local = at.cast(_LOCAL)
    seconds = pc.floor_temporal(local, unit="second")
    short = seconds.cast(pa.timestamp("s")).cast(pa.string())
    whole = pc.equal(local, seconds)
    return short if pc.all(whole).as_py() in (True, None) else pc.if_else(whole, short, local.cast(pa.string()))


def months(at: Integers, zone: ZoneInfo) -> tuple[Integers, list[date]]:
    """The local calendar months that the instants lie in: an index for each, and their first days."""
    if not len(at):
        return np.zeros(0, np.int64), []
    month = instant_of(int(at.min())).astimezone(zone).date().replace(day=1)
    last = instant_of(int(at.max())).astimezone(zone).date()
    found = [month]
    while (month := (month + timedelta(days=31)).replace(day=1)) <= last:
        found.append(month)
    begins = [micros(datetime(day.year, day.month, 1, tzinfo=zone).astimezone(UTC)) for day in found]
    return np.searchsorted(np.array(begins, np.int64), at, side="right") - 1, found


def _parse(texts: pa.Array, kind: pa.DataType) -> tuple[Integers, Flags]:
    """(instants, which have no meaning). The fast way knows only all or nothing."""
    try:
        return texts.cast(kind).cast(pa.int64()).to_numpy(zero_copy_only=False), np.zeros(len(texts), np.bool_)
    except pa.ArrowInvalid:
        return _parse_singly(texts.to_pylist())


def _parse_singly(texts: list[str]) -> tuple[Integers, Flags]:
    at, wrong = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.bool_)
    for index, text in enumerate(texts):
        try:
            found = datetime.fromisoformat(text)
            at[index] = micros(found if found.tzinfo else found.replace(tzinfo=UTC))
        except ValueError:
            wrong[index] = True
    return at, wrong


def _to_utc(local: Integers, zone: ZoneInfo) -> tuple[Integers, Flags, Flags]:
    """(instants, hours left out, hours shown twice) of local times, given as if they were UTC."""
    quarters, back = np.unique(local // _QUARTER, return_inverse=True)
    first, second = (np.array([_offset(int(quarter), zone, fold) for quarter in quarters], np.int64) for fold in (0, 1))
    return local - first[back], (first < second)[back], (first > second)[back]


def _offset(quarter: int, zone: ZoneInfo, fold: int) -> int:
    local = datetime(1970, 1, 1) + timedelta(microseconds=quarter * _QUARTER)  # noqa: DTZ001
    offset = local.replace(tzinfo=zone, fold=fold).utcoffset()
    return (offset or timedelta()) // timedelta(microseconds=1)


def _flags(found: Any) -> Flags:
    flags: Flags = found.to_numpy(zero_copy_only=False)
    return flags
