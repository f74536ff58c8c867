"""What one accounting record of a network says, and whether it can be used. Pure: no clock, no database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from ipaddress import ip_address
from zoneinfo import ZoneInfo

from ligneclaire.domains.usage.rules.suspense import FIRST_INSTANT, FUTURE_ALLOWED, Reason, Unusable

LONGEST_SESSION = 5 * 366 * 86_400  # seconds
MOST_OCTETS = 10**15
LONGEST_DELAY = 30 * 86_400  # seconds
LONGEST_NAME = 128  # characters, as the columns have
LONGEST_KEY = 200

DETAIL, RADACCT = "radius-detail", "radius-radacct"  # sources of deliveries
KINDS = {
    "Start": "start", "1": "start", "Stop": "stop", "2": "stop",
    "Interim-Update": "interim", "Alive": "interim", "3": "interim",
    "Accounting-On": "on", "7": "on", "Accounting-Off": "off", "8": "off",
}  # fmt: skip
USED = frozenset({
    "Acct-Status-Type", "Acct-Session-Id", "User-Name", "NAS-IPv6-Address", "NAS-IP-Address", "NAS-Identifier",
    "Event-Timestamp", "Timestamp", "Acct-Delay-Time", "Acct-Session-Time", "Acct-Input-Octets", "Acct-Input-Gigawords",
    "Acct-Output-Octets", "Acct-Output-Gigawords",
})  # fmt: skip

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}")
_WRITTEN = re.compile(
    r"([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{4}) (\d\d):(\d\d):(\d\d) ([A-Z]{3,4}|[+-]\d{2}(?:\d{2})?)", re.ASCII
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Abbreviations that mean one thing only. BST and IST do not, and are refused rather than guessed.
_ZONES = {"UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3}


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line that the operator knows: its row and the day on which it was ordered."""

    id: int
    ordered_on: date


@dataclass(frozen=True, slots=True)
class Accounting:
    """One accounting record. `kind` is start, interim or stop of a session, or on or off of a whole access server (then
    without session and user). `seconds` and octets count from the start of the session."""

    nas: str
    session_id: str
    kind: str
    user: str
    event_at: datetime
    arrived_at: datetime
    seconds: int
    octets_in: int
    octets_out: int

    @property
    def started_at(self) -> datetime:
        """When the session began, by the network's clock."""
        return self.event_at - timedelta(seconds=self.seconds)

    @property
    def event_key(self) -> str:
        """What makes the record unique within an operator: kind, instant in UTC, source and session (RAT-01)."""
        instant = self.event_at.astimezone(UTC).isoformat()
        nas = self.nas.replace("%", "%25").replace(" ", "%20")
        key = f"{self.kind} {instant} {nas} {self.session_id}"
        if len(key) <= LONGEST_KEY:
            return key
        return f"{self.kind} {instant} sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def read(attributes: Mapping[str, str], received_at: datetime) -> Accounting:
    """The record that RADIUS attributes describe. `received_at`: when the operator got the delivery.

    The instant is the network's own (Event-Timestamp), else the arrival less Acct-Delay-Time (RFC 2866). Raises
    `Unusable` with the first reason found.
    """
    status = _required(attributes, "Acct-Status-Type")
    kind = KINDS.get(status)
    if kind is None:
        raise Unusable(Reason.UNKNOWN_STATUS, status[:64])
    whole_server = kind in ("on", "off")
    nas = _access_server(attributes)
    event_at, arrived_at = _instants(attributes, received_at)
    if whole_server:
        return Accounting(nas, "", kind, "", event_at, arrived_at, 0, 0, 0)
    record = Accounting(
        nas=nas,
        session_id=_name(attributes, "Acct-Session-Id"),
        kind=kind,
        user=_required(attributes, "User-Name"),
        event_at=event_at,
        arrived_at=arrived_at,
        seconds=_number(attributes, "Acct-Session-Time", LONGEST_SESSION),
        octets_in=_octets(attributes, "Acct-Input"),
        octets_out=_octets(attributes, "Acct-Output"),
    )
    if record.started_at < FIRST_INSTANT:
        raise Unusable(Reason.ABSURD_NUMBER, "Acct-Session-Time")
    return record


def check_line(record: Accounting, line: KnownLine | None, zone: ZoneInfo) -> KnownLine:
    """The line of a session's record. Raises `Unusable` when nobody has it, or did not have it yet on the local day on
    which the session began (RAT-15)."""
    if line is None:
        raise Unusable(Reason.UNKNOWN_LINE, record.user[:64])
    if record.started_at.astimezone(zone).date() < line.ordered_on:
        raise Unusable(Reason.BEFORE_THE_LINE, line.ordered_on.isoformat())
    return line


def read_instant(text: str, attribute: str) -> datetime:
    """An instant as FreeRADIUS writes it: seconds since 1970, or "Nov 21 2026 10:41:00 CET" with its zone.

    Raises `Unusable`: unreadable (also for a zone that may mean two things), or before 2000.
    """
    written = _WRITTEN.fullmatch(text)
    try:
        if written:
            at = _written_instant(written)
        elif _NUMBER.fullmatch(text):
            at = datetime.fromtimestamp(int(text), UTC)
        else:
            raise ValueError(text)
    except (ValueError, OverflowError, OSError, KeyError):
        raise Unusable(Reason.UNREADABLE_TIME, attribute) from None
    if at < FIRST_INSTANT:
        raise Unusable(Reason.DATED_1970, attribute)
    return at


def _written_instant(written: re.Match[str]) -> datetime:
    month, zone = written[1], written[7]
    year, day, hour, minute, second = (int(written[n]) for n in (3, 2, 4, 5, 6))
    if zone in _ZONES:
        offset = timedelta(hours=_ZONES[zone])
    else:
        offset = timedelta(hours=int(zone[:3]), minutes=int(zone[0] + (zone[3:] or "0")))
    local = datetime(year, _MONTHS.index(month) + 1, day, hour, minute, second, tzinfo=timezone(offset))
    return local.astimezone(UTC)


def _instants(attributes: Mapping[str, str], received_at: datetime) -> tuple[datetime, datetime]:
    """(event, arrival). The arrival at the RADIUS server must be believable, else it is that of the delivery."""
    arrived_at = received_at
    if "Timestamp" in attributes:
        try:
            arrived_at = min(received_at, read_instant(attributes["Timestamp"], "Timestamp"))
        except Unusable:
            arrived_at = received_at
    if "Event-Timestamp" in attributes:
        event_at = read_instant(attributes["Event-Timestamp"], "Event-Timestamp")
    elif "Timestamp" in attributes:
        delay = _number(attributes, "Acct-Delay-Time", LONGEST_DELAY)
        event_at = read_instant(attributes["Timestamp"], "Timestamp") - timedelta(seconds=delay)
    else:
        raise Unusable(Reason.MISSING_ATTRIBUTE, "Event-Timestamp")
    if event_at > arrived_at + FUTURE_ALLOWED:
        raise Unusable(Reason.IN_THE_FUTURE, event_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return event_at, arrived_at


def _access_server(attributes: Mapping[str, str]) -> str:
    """Its address before its name, as FreeRADIUS's own table has it, so that file and table give the same key."""
    for attribute in ("NAS-IPv6-Address", "NAS-IP-Address"):
        if attributes.get(attribute):
            return _address(attributes[attribute], attribute)
    return _name(attributes, "NAS-Identifier", missing="NAS-IP-Address")


@lru_cache(maxsize=4096)
def _address(text: str, attribute: str) -> str:
    try:
        return str(ip_address(text.partition("/")[0]))
    except ValueError:
        raise Unusable(Reason.UNREADABLE_LINE, attribute) from None


def _required(attributes: Mapping[str, str], attribute: str, missing: str = "") -> str:
    value = attributes.get(attribute, "")
    if not value:
        raise Unusable(Reason.MISSING_ATTRIBUTE, missing or attribute)
    if "\x00" in value:
        raise Unusable(Reason.WRONG_ENCODING, attribute)
    return value


def _name(attributes: Mapping[str, str], attribute: str, missing: str = "") -> str:
    value = _required(attributes, attribute, missing)
    if len(value) > LONGEST_NAME:
        raise Unusable(Reason.TOO_LONG, attribute)
    return value


def _number(attributes: Mapping[str, str], attribute: str, most: int) -> int:
    """A whole number from 0 to `most`; absent is 0."""
    text = attributes.get(attribute)
    if text is None:
        return 0
    if not _NUMBER.fullmatch(text):
        raise Unusable(Reason.ABSURD_NUMBER, attribute)
    number = int(text)
    if number < 0:
        raise Unusable(Reason.NEGATIVE_NUMBER, attribute)
    if number > most:
        raise Unusable(Reason.ABSURD_NUMBER, attribute)
    return number


def _octets(attributes: Mapping[str, str], prefix: str) -> int:
    """Octets with their gigawords (2^32 octets each, RFC 2869)."""
    octets = _number(attributes, f"{prefix}-Octets", MOST_OCTETS)
    octets += _number(attributes, f"{prefix}-Gigawords", MOST_OCTETS >> 32) << 32
    if octets > MOST_OCTETS:
        raise Unusable(Reason.ABSURD_NUMBER, f"{prefix}-Gigawords")
    return octets
