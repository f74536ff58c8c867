"""Reads `Master.csv` as Asterisk's cdr_csv writes it (docs/usage-files.md): a line a call, values in quotes.

What is billed is an answered call: `billsec` from `answer` on. The column `uniqueid` begins with the second in which
the channel was made; it tells apart an hour that the clock shows twice, and a file that is read in a wrong zone.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from ligneclaire.domains.usage.readers import lines
from ligneclaire.domains.usage.readers.batch import Batch
from ligneclaire.domains.usage.rules.suspense import Reason, Unusable
from ligneclaire.domains.usage.rules.switch import Half, Origin, moments

COLUMNS = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags",
)  # fmt: skip
LATER = ("peeraccount", "linkedid", "sequence")  # with newcdrcolumns
ANSWERED = "ANSWERED"
UNANSWERED = frozenset({"NO ANSWER", "BUSY", "FAILED", "CONGESTION"})
RINGING = 1_800  # seconds that a call may ring; less than the hour between two instants of one local time
SLACK = 60  # seconds by which the clocks of a call and of its channel may differ
CLOCK = 2  # seconds by which a difference of whole hours may miss them
_HOUR = 3_600
_UNIQUE = re.compile(r"(?:[^\s,]*-)?([0-9]{9,10})\.[0-9]+", re.ASCII)
_PEER = re.compile(r"[^/]+/(.+?)(?:-[0-9a-f]+)?(?:;[12])?")  # PJSIP/carrier-0000002a
_COMPOSITE = ("channel", "dstchannel", "src", "dst", "start", "end")
_SECONDS = re.compile(r"[0-9]{1,8}", re.ASCII)


def read(
    name: str,
    stream: lines.Stream,
    watched: frozenset[int] = frozenset(),
    piece: int = lines.PIECE,
    *,
    origin: Origin,
    waiting: Sequence[Half] = (),
) -> Iterator[Batch]:
    """The answered calls of a file, in its order; the others are passed over. The file has no heading to refuse, and no
    call comes in halves."""
    return lines.read(stream, watched, piece, origin.zone, partial(_call, origin=origin, zone=ZoneInfo(origin.zone)))


def _call(text: str, origin: Origin, zone: ZoneInfo) -> Mapping[str, str] | None:
    row = _row(text)
    if row["disposition"] in UNANSWERED:
        return None
    if row["disposition"] != ANSWERED:
        raise Unusable(Reason.UNKNOWN_STATUS, "disposition")
    _check_seconds(row)
    made_at = _made_at(row.get("uniqueid", ""))
    if made_at is not None:
        _check_zone(row["start"], made_at, zone)
    peer = _PEER.fullmatch(row["channel"])
    by_trunk = peer is not None and peer[1] in origin.trunks
    caller = row["src"] if by_trunk else row["accountcode"] or row["src"]
    return {
        "source": origin.source,
        "id": _id(row),
        **origin.parties(caller, row["dst"], by_trunk=by_trunk),
        "start": _told_apart(row["answer"], made_at, zone),
        "quantity": row["billsec"],
    }


def _row(text: str) -> dict[str, str]:
    """The values of a line by the names of their columns. 17 columns end with the uniqueid or with the user field."""
    try:
        (values,) = csv.reader([text], strict=True)
    except (csv.Error, ValueError):
        raise Unusable(Reason.UNREADABLE_LINE) from None
    least, most = len(COLUMNS), len(COLUMNS) + 2 + len(LATER)
    if not least <= len(values) <= most:
        reason = Reason.MISSING_COLUMN if len(values) < least else Reason.EXTRA_COLUMN
        raise Unusable(reason, f"{len(values)} / {least}-{most}")
    more = values[least:]
    if len(more) >= len(LATER):
        row = dict(zip(LATER, more[-len(LATER) :], strict=True))
        more = more[: -len(LATER)]
    else:
        row = {}
    row |= dict(zip(COLUMNS, values[:least], strict=True))
    if more and (len(more) == 2 or _UNIQUE.fullmatch(more[0])):
        row["uniqueid"] = more[0]
    return row


def _id(row: Mapping[str, str]) -> str:
    """The uniqueid, with the sequence where the file has one; else a digest of what makes a call unique."""
    unique = row.get("uniqueid", "")
    if unique:
        return f"{unique}/{row['sequence']}" if row.get("sequence") else unique
    return hashlib.sha256("\0".join(row[name] for name in _COMPOSITE).encode()).hexdigest()[:32]


def _made_at(unique: str) -> int | None:
    found = _UNIQUE.fullmatch(unique)
    return int(found[1]) if found else None


def _check_seconds(row: Mapping[str, str]) -> None:
    """A call can't be billed for longer than it lasted. Seconds of another form are judged with the other columns."""
    duration, billed = row["duration"], row["billsec"]
    if _SECONDS.fullmatch(duration) and _SECONDS.fullmatch(billed) and int(billed) > int(duration) + 1:
        raise Unusable(Reason.CONTRADICTION, "billsec, duration")


def _check_zone(start: str, made_at: int, zone: ZoneInfo) -> None:
    """A call that begins before its channel, or to the second some hours after it, was written in another zone than
    the file is read in."""
    ahead = [int(one.timestamp()) - made_at for one in _moments(start, zone)]
    if any(-SLACK <= one <= SLACK for one in ahead):
        return
    if ahead and all(one < -SLACK or min(one % _HOUR, -one % _HOUR) <= CLOCK for one in ahead):
        raise Unusable(Reason.CONTRADICTION, "start, uniqueid")


def _told_apart(local: str, made_at: int | None, zone: ZoneInfo) -> str:
    """A local time that came twice, with the offset of the one that can belong to the channel; any other as it is."""
    found = _moments(local, zone)
    if made_at is not None and len(found) == 2:
        for one in found:
            if -SLACK <= one.timestamp() - made_at < RINGING:
                return one.isoformat(sep=" ")
    return local


def _moments(local: str, zone: ZoneInfo) -> tuple[datetime, ...]:
    try:
        return moments(local, zone)
    except ValueError:
        return ()
