"""Accounting as FreeRADIUS writes it into a detail file, for the demo's first connections and monthly sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def session(user: str, session_id: str, started: datetime, length: timedelta, octets: int) -> str:
    """The Start and Stop records of one session; instants are written as integers, so that no zone can be mistaken."""
    who = {"User-Name": f'"{user}"', "Acct-Session-Id": f'"{session_id}"', "NAS-IP-Address": "192.0.2.1"}
    start = _record({**who, "Acct-Status-Type": "Start"}, started, timedelta(), 0)
    return start + _record({**who, "Acct-Status-Type": "Stop"}, started + length, length, octets)


def _record(who: dict[str, str], at: datetime, so_far: timedelta, octets: int) -> str:
    arrived = at.astimezone(UTC) + timedelta(seconds=1)
    fields = {
        **who,
        "Event-Timestamp": str(int(at.timestamp())),
        "Acct-Session-Time": str(int(so_far.total_seconds())),
        "Acct-Input-Octets": str((octets // 10) % 2**32),
        "Acct-Input-Gigawords": str((octets // 10) >> 32),
        "Acct-Output-Octets": str(octets % 2**32),
        "Acct-Output-Gigawords": str(octets >> 32),
        "Timestamp": str(int(arrived.timestamp())),
    }
    head = arrived.strftime("%a %b %d %H:%M:%S %Y")
    return head + "\n" + "".join(f"\t{name} = {value}\n" for name, value in fields.items()) + "\n"
