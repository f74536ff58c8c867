"""Reads rows of FreeRADIUS's table `radacct`: one row a session, written anew with each record of it.

A row becomes the records that it still shows, as attributes, so that they are judged like those of a detail file and
have the same event keys: a session that comes both ways counts once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ligneclaire.domains.usage.rules.suspense import Delivered, Reason, Unusable

SLACK = 60  # seconds by which a session's own count and the clock may differ
_ESCAPED = re.compile(rb"=([0-9A-F]{2})")


@dataclass(frozen=True, slots=True)
class Row:
    """What is read of a row. Instants are seconds since 1970, or None. Texts are octets where the database does not
    know their encoding."""

    radacctid: int
    acctsessionid: str | bytes
    username: str | bytes | None
    nasipaddress: str | bytes
    started: Decimal | None
    updated: Decimal | None
    stopped: Decimal | None
    acctsessiontime: int | None
    acctinputoctets: int | None
    acctoutputoctets: int | None


def read(rows: Iterable[Row]) -> Iterator[Delivered]:
    """The records that the rows show, in their order; `place` is the row's radacctid."""
    for row in rows:
        yield from records_of(row)


def reread(place: int, raw: str) -> Delivered:
    """A record out of the text that suspense kept of it."""
    return Delivered(place, raw, json.loads(raw))


def records_of(row: Row) -> Iterator[Delivered]:
    """Start, and the last interim update or the stop.

    FreeRADIUS puts the instant of the first record that it sees into acctstarttime; when that was an update, the
    session began earlier, and there is no start to be told. A row without update and stop was written at the log-in:
    no accounting has arrived yet.
    """
    last = row.stopped if row.stopped is not None else row.updated
    if last is None:
        return
    try:
        base = {
            "NAS-IP-Address": _text(row.nasipaddress, "NAS-IP-Address"),
            "Acct-Session-Id": _text(row.acctsessionid, "Acct-Session-Id"),
            "User-Name": _text(row.username or "", "User-Name"),
        }
    except Unusable as fault:
        yield Delivered(row.radacctid, repr(row).replace("\x00", "\\x00"), None, fault)
        return
    seconds = row.acctsessiontime or 0
    if row.started is not None and _is_start(row.started, last, seconds):
        yield _record(row, base, "Start", row.started, {})
    if row.stopped is None and last == row.started and not seconds:
        return
    counts = {
        "Acct-Session-Time": row.acctsessiontime,
        "Acct-Input-Octets": row.acctinputoctets,
        "Acct-Output-Octets": row.acctoutputoctets,
    }
    yield _record(row, base, "Interim-Update" if row.stopped is None else "Stop", last, counts)


def _is_start(started: Decimal, last: Decimal, seconds: int) -> bool:
    if not (started.is_finite() and last.is_finite()):
        return True  # and is refused as a time that can't be read
    return last - started + SLACK >= seconds


def _record(row: Row, base: Mapping[str, str], kind: str, at: Decimal, counts: Mapping[str, int | None]) -> Delivered:
    attributes = {
        **base,
        "Acct-Status-Type": kind,
        "Event-Timestamp": str(int(at)) if at.is_finite() else str(at),
        **{name: str(count) for name, count in counts.items() if count is not None},
    }
    return Delivered(row.radacctid, json.dumps(attributes, ensure_ascii=False), attributes)


def _text(value: str | bytes, attribute: str) -> str:
    """FreeRADIUS writes what it holds unsafe for SQL as =XX, octet by octet."""
    octets = value.encode() if isinstance(value, str) else value
    try:
        return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), octets).decode()
    except UnicodeDecodeError:
        raise Unusable(Reason.WRONG_ENCODING, attribute) from None
