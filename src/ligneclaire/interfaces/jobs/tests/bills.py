"""What the tests of `ligneclaire bill` share: a database with many accounts, and the command in a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import psycopg

from ligneclaire.adapters.postgres import roles
from ligneclaire.adapters.postgres.server import OWNER_ROLE
from ligneclaire.interfaces.jobs.bench import accounts

MONTH = ("--operator", "rural", "--month", "2026-07", "--as-of", "2026-07-02T03:00:00+02:00")
COMMITTED = "SELECT id, t::text FROM {} t"


def owner(database: str) -> psycopg.Connection[Any]:
    return psycopg.connect(**{**roles.connection(OWNER_ROLE), "dbname": database}, autocommit=True)


def fill(database: str, count: int, *, with_usage: bool = False) -> None:
    with owner(database) as connection:
        operator, entity = connection.execute(
            "SELECT o.id, e.id FROM operator o JOIN legal_entity e ON e.operator_id = o.id WHERE o.code = 'rural'"
        ).fetchone()
        accounts.make(connection, operator, entity, count, with_usage=with_usage)


def command(database: str, *arguments: str, **more: Any) -> subprocess.Popen[str]:
    environment: Mapping[str, str] = {**os.environ, "LIGNECLAIRE_DATABASE": database}
    return subprocess.Popen(
        [sys.executable, "-m", "ligneclaire.interfaces.jobs.main", "bill", *arguments], env=dict(environment),
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more,
    )  # fmt: skip


def done(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=600)
    return process.returncode, out, err


def asked(database: str, statement: str) -> list[tuple[Any, ...]]:
    with owner(database) as connection:
        return list(connection.execute(statement).fetchall())


def facts(database: str) -> dict[str, dict[int, str]]:
    """What is committed, of one moment: the server may still be at the last commit of a program that was killed."""
    tables = ("invoice", "invoice_line", "invoice_tax", "ledger_entry", "posting", "message")
    wanted = {table: COMMITTED.format(table) for table in tables}
    wanted["usage_group"] = "SELECT id, t::text FROM usage_group t WHERE closed_at IS NOT NULL"
    with owner(database) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return {table: dict(connection.execute(one).fetchall()) for table, one in wanted.items()}


def sound(database: str, count: int, *, lines: int | None = None) -> None:
    """Every account has one document of one run, of three lines unless it is said how many all have; numbers have no
    gap; the ledger is at zero."""
    ((invoices, accounts_, least, most),) = asked(
        database, "SELECT count(*), count(DISTINCT account_id), min(sequence), max(sequence) FROM invoice"
    )
    assert (invoices, accounts_, least, most) == (count, count, 1, count)
    assert asked(database, "SELECT last FROM number_series") == [(count,)]
    assert asked(database, "SELECT sum(amount), count(*) FROM posting") == [(0, 3 * count)]
    assert asked(database, "SELECT count(*) FROM invoice_line") == [(3 * count if lines is None else lines,)]
    assert asked(database, "SELECT count(*) FROM message") == [(count,)]
    assert asked(database, "SELECT count(*) FROM bill_run WHERE state = 'released'") == [(1,)]
