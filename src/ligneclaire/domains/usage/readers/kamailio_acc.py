"""Reads calls out of what Kamailio's module acc logs, and out of its table `acc` (docs/usage-files.md).

A call lies between the answer of its INVITE and its BYE. The two are joined by Call-ID and both tags, whoever hangs up;
they may come in any order and in different deliveries. What has not met its other half yet waits in suspense.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ligneclaire.domains.usage.readers import lines
from ligneclaire.domains.usage.readers.batch import ROW, Batch, fields_of, raw_of, unreadable
from ligneclaire.domains.usage.rules.suspense import Delivered, Reason, Unusable
from ligneclaire.domains.usage.rules.switch import Half, Origin, moments

ROWS = 50_000  # of a table, in a batch
ENDED = 100_000  # calls that are remembered, so that a second BYE of one is known
INVITE, BYE = "INVITE", "BYE"
GONE = ("408", "481")  # answers to a BYE whose other side is not there any more; after any other the call may go on
NEEDED = ("timestamp", "method", "from_tag", "to_tag", "call_id", "code")
USED = frozenset({*NEEDED, "src_user", "dst_user", "src_ip"})
# Before the record stands only what nobody outside can write into: date, host and process of syslog, and the module.
_LOGGED = re.compile(
    r"(?:(?:[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}|[0-9T:.+Z-]{20,35}) [^ ]+ [^ :]+: ?)?"
    r" *(?:[0-9]+\([0-9]+\) )?[A-Z]+: (?:acc \[[a-z_.]+:[0-9]+\]: [a-z_]+\(\): )?"
    r"ACC: [a-z ]+: (timestamp=.*)",
    re.ASCII,
)
_RECORD = "ACC: "
_SECOND = re.compile(r"[0-9]{1,10}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table, as text: `time` as the clock of the server showed it; `time_attr`, src_ip: "" where the table
    has no such column."""

    id: int
    method: str
    from_tag: str
    to_tag: str
    callid: str
    sip_code: str
    time: str
    time_attr: str
    src_user: str
    dst_user: str
    src_ip: str


@dataclass(frozen=True, slots=True)
class Event:
    """The answer of an INVITE, or a BYE: the id of their call, the second, and what is kept of it in suspense."""

    place: int
    begins: bool
    call: str
    at: int
    fields: Mapping[str, str]
    call_id: str

    @property
    def waits(self) -> Delivered:
        """Itself in suspense."""
        fault = Unusable(Reason.NO_END if self.begins else Reason.NO_BEGIN, self.call_id[:64])
        if self.begins:
            return Delivered(self.place, raw_of(self.fields), None, fault)
        return unreadable(self.place, self.fields[ROW].encode(), fault)


def read(
    name: str,
    stream: lines.Stream,
    watched: frozenset[int] = frozenset(),
    piece: int = lines.PIECE,
    *,
    origin: Origin,
    waiting: Sequence[Half] = (),
) -> Iterator[Batch]:
    """The calls of a log, in the order in which they end, and at last the halves that stand alone in it; other lines
    are passed over. `waiting`: halves of before."""
    calls = _Calls(origin, waiting)
    for some in lines.pieces(stream, watched, piece):
        rows, faulty, before = [], list(some.faulty), calls.passed
        for place, text in some.lines:
            try:
                fields = _logged(text)
                rows += calls.take(place, fields) if fields else calls.skip()
            except Unusable as fault:
                faulty.append(unreadable(place, text.encode(), fault))
        columns, places = lines.columns_of(rows, origin.zone)
        yield Batch(columns, places, faulty, some.texts, calls.passed - before)
    yield calls.left()


def read_rows(rows: Iterable[Row], *, origin: Origin, waiting: Sequence[Half] = ()) -> Iterator[Batch]:
    """The same of rows of the table; places are their ids."""
    calls = _Calls(origin, waiting)
    found: list[lines.Row] = []
    faulty: list[Delivered] = []
    for row in rows:
        try:
            found += calls.take(row.id, _of_row(row, ZoneInfo(origin.zone)))
        except Unusable as fault:
            faulty.append(unreadable(row.id, repr(row).encode(), fault))
        if len(found) + len(faulty) >= ROWS:
            columns, places = lines.columns_of(found, origin.zone)
            yield Batch(columns, places, faulty)
            found, faulty = [], []
    columns, places = lines.columns_of(found, origin.zone)
    yield Batch(columns, places, faulty, passed=calls.passed)
    yield calls.left()


def half_of(text: str, source: str) -> Half | None:
    """The half of a call that a text of suspense is; None for anything else than one of this switch."""
    fields = fields_of(text)
    try:
        if ROW in fields:
            head, _, record = fields[ROW].partition(";")
            known = _split(record)
            return Half(_call(known), False, int(known["timestamp"])) if head == f"source={source}" else None
        began_at = int(datetime.fromisoformat(fields["start"]).timestamp())
        return Half(fields["id"], True, began_at) if fields["source"] == source else None
    except (Unusable, KeyError, ValueError):
        return None


class _Calls:
    """The calls of which one half is known so far."""

    def __init__(self, origin: Origin, waiting: Iterable[Half]) -> None:
        self.origin, self.passed = origin, 0
        self._begun: dict[str, int] = {}  # with an earlier delivery
        for half in waiting:
            if half.begins:
                self._begun[half.call] = min(half.at, self._begun.get(half.call, half.at))
        self._open: dict[str, list[Event | None]] = {}  # [begin, end]
        self._ended: set[str] = set()

    def skip(self) -> list[lines.Row]:
        """Pass over what is no usage."""
        self.passed += 1
        return []

    def take(self, place: int, fields: Mapping[str, str]) -> list[lines.Row]:
        """The call that this one completes. Raises `Unusable`."""
        event = _event(place, fields, self.origin)
        if event is None or event.call in self._ended:
            return self.skip()
        if event.begins and event.at > self._begun.get(event.call, event.at):
            return self.skip()  # asked again within a call that waits
        half = self._open.setdefault(event.call, [None, None])
        which = 0 if event.begins else 1
        known = half[which]
        if known:
            self.passed += 1  # asked again within the call, or ended by both: the first one counts
        if known is None or event.at < known.at:
            half[which] = event
        begin, end = half
        if begin is None or end is None:
            return []
        del self._open[event.call]
        if len(self._ended) >= ENDED:
            self._ended.clear()
        self._ended.add(event.call)
        return [(place, {**begin.fields, "quantity": str(end.at - begin.at)})]

    def left(self) -> Batch:
        """At the end of a delivery, the halves that came with it and wait."""
        halves = [event.waits for half in self._open.values() for event in half if event]
        columns, places = lines.columns_of([], self.origin.zone)
        return Batch(columns, places, sorted(halves, key=lambda one: one.place))


def _logged(text: str) -> dict[str, str] | None:
    """What a line says; None for another line than one of acc."""
    found = _LOGGED.fullmatch(text)
    if found:
        return _split(found[1])
    if _RECORD in text:
        raise Unusable(Reason.UNREADABLE_LINE)
    return None


def _split(record: str) -> dict[str, str]:
    """The values that are used, by name. One that stands there twice may have been slipped in by a caller."""
    found: dict[str, str] = {}
    for part in record.split(";"):
        name, _, value = part.partition("=")
        if name in USED and found.setdefault(name, value) != value:
            raise Unusable(Reason.CONTRADICTION, name)
    return found


def _of_row(row: Row, zone: ZoneInfo) -> dict[str, str]:
    return {
        "timestamp": row.time_attr or _second(row.time, zone),
        "method": row.method, "from_tag": row.from_tag, "to_tag": row.to_tag, "call_id": row.callid,
        "code": row.sip_code, "src_user": row.src_user, "dst_user": row.dst_user, "src_ip": row.src_ip,
    }  # fmt: skip


def _second(time: str, zone: ZoneInfo) -> str:
    """Seconds since 1970 of a local time, or of one with its offset where the column has one."""
    try:
        read = datetime.fromisoformat(time)
        found = moments(time, zone) if read.tzinfo is None else (read,)
    except ValueError:
        raise Unusable(Reason.UNREADABLE_TIME, "time") from None
    if len(found) != 1:
        raise Unusable(Reason.HOUR_TWICE if found else Reason.NO_SUCH_HOUR, time[:64])
    return str(int(found[0].timestamp()))


def _event(place: int, fields: Mapping[str, str], origin: Origin) -> Event | None:
    """What acc tells, or None when it is neither the answer of an INVITE nor a BYE."""
    method, code = fields.get("method", ""), fields.get("code", "")
    if method not in (INVITE, BYE, "") or (code and code[0] != "2" and (method == INVITE or code not in GONE)):
        return None
    for name in NEEDED:
        if not fields.get(name):
            raise Unusable(Reason.MISSING_ATTRIBUTE, name)
    if not _SECOND.fullmatch(fields["timestamp"]):
        raise Unusable(Reason.UNREADABLE_TIME, "timestamp")
    at, call, call_id = int(fields["timestamp"]), _call(fields), fields["call_id"]
    if method == BYE:
        ended = ";".join(f"{name}={fields[name]}" for name in NEEDED)
        return Event(place, False, call, at, {ROW: f"source={origin.source};{ended}"}, call_id)
    if origin.trunks and not fields.get("src_ip"):
        raise Unusable(Reason.MISSING_ATTRIBUTE, "src_ip")
    by_trunk = fields.get("src_ip", "") in origin.trunks
    parties = origin.parties(fields.get("src_user", ""), fields.get("dst_user", ""), by_trunk=by_trunk)
    start = datetime.fromtimestamp(at, UTC).isoformat(sep=" ")
    return Event(place, True, call, at, {"source": origin.source, "id": call, **parties, "start": start}, call_id)


def _call(fields: Mapping[str, str]) -> str:
    """The same for INVITE and BYE: who hangs up names the tags the other way round."""
    tags = sorted((fields["from_tag"], fields["to_tag"]))
    return hashlib.sha256("\0".join((fields["call_id"], *tags)).encode()).hexdigest()[:32]
