"""The scratch database of a measurement, and what the database's processes spent."""

from __future__ import annotations

import os
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

NAME = "ligneclaire_bench"


class NotScratch(RuntimeError):
    """The database at hand is somebody's own."""


def prepare() -> None:
    """Make the scratch database and its files anew, with the demo operators and nobody else. Raises `NotScratch` before
    it would drop any other database."""
    from ligneclaire.adapters.postgres import roles
    from ligneclaire.interfaces.jobs import database

    if roles.database_name() != NAME:
        raise NotScratch(f"measurements drop their database: only {NAME}, never {roles.database_name()}")
    database.prepare(anew=True)
    from ligneclaire.interfaces.jobs import operator

    with redirect_stdout(StringIO()):
        operator.load_all()


def owner() -> Any:
    """A connection of the owner, who sees all rows; it commits by itself."""
    import psycopg

    from ligneclaire.adapters.postgres import roles
    from ligneclaire.adapters.postgres.server import OWNER_ROLE

    return psycopg.connect(**roles.connection(OWNER_ROLE), autocommit=True)


def database_cpu() -> float:
    """Processor seconds that our own PostgreSQL has spent since it started; 0 when the server is somebody else's."""
    from ligneclaire.adapters.postgres import roles

    server = roles.embedded_server()
    if server is None:
        return 0.0
    head = int((server.data / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{head}/task/{head}/children").read_text().split()
    ticks = sum(_ticks(pid) for pid in [str(head), *children])
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(pid: str) -> int:
    """Ticks of a process and of its children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(map(int, fields[11:15]))
