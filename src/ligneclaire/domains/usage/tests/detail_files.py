"""Detail files for tests, written as FreeRADIUS writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

EVENT = datetime(2026, 11, 21, 9, 41, tzinfo=UTC)


def block(user: str = "anna@hauteligne.example", session: str = "8f21", kind: str = "Start", at: datetime = EVENT,
          more: Mapping[str, str] | None = None) -> str:  # fmt: skip
    """One record. `more` adds or replaces attributes, written as they stand; "" leaves one out."""
    arrived = at + timedelta(seconds=7)
    attributes = {
        "User-Name": f'"{user}"',
        "Acct-Status-Type": kind,
        "Acct-Session-Id": f'"{session}"',
        "NAS-IP-Address": "192.0.2.1",
        "NAS-Port-Type": "Virtual",
        "Event-Timestamp": str(int(at.timestamp())),
        "Connect-Info": '"1000/1000 \\"fibre\\""',
        "Class": "0x6c63",
        "Tunnel-Type:0": "L2TP",
        "Timestamp": str(int(arrived.timestamp())),
        **(more or {}),
    }
    heading = arrived.strftime("%a %b %d %H:%M:%S %Y\n")
    return heading + "".join(f"\t{name} = {value}\n" for name, value in attributes.items() if value) + "\n"
