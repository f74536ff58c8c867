"""Programs of others that tests start: where they are, and which ports are free."""

from __future__ import annotations

import os
import socket


def path() -> str:
    """Debian puts servers where only root looks."""
    return os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin"


def free_ports(count: int = 1) -> list[int]:
    """Different ports of UDP that nobody uses now."""
    probes = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
