"""Dump a database with the digest of every table, and restore it where there is nothing yet."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from ligneclaire.adapters.postgres import roles
from ligneclaire.adapters.postgres.server import OWNER_ROLE, NoPostgres, binaries

Digests = dict[str, str]

# Sums need no memory and no order; rows are written the same whatever the session's settings were.
SETTINGS = "set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'iso_8601'; set bytea_output = 'hex'"
DIGEST = sql.SQL(
    "select count(*) || ':' || coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint::numeric), 0) from {} t"
)


class BackupRefused(Exception):
    """A backup or restore that cannot be done; nothing was changed, and the message says why."""


def dump(target: Path) -> tuple[str, Digests, Digests]:
    """Write the whole database into one file (custom format), as the owner, who sees every operator's rows.

    Returns the server's version, the digest of each table and that of each usage file, by its path: all of the very
    state that was dumped. Raises `BackupRefused` when there is no fitting `pg_dump` or it fails.
    """
    with _owner() as connection, connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        version = str(connection.info.server_version // 10000)
        snapshot = connection.execute("select pg_export_snapshot()").fetchone()
        options = ["--format=custom", "--no-password", "--lock-wait-timeout=60s", f"--file={target}"]
        _run(version, "pg_dump", [*options, f"--snapshot={snapshot[0] if snapshot else ''}"])
        return version, digests(connection), _usage_files(connection)


def restore(source: Path, version: str, expected: Digests) -> None:
    """Fill the empty database of this installation from a dump, whole or not at all, and compare every table.

    Raises `BackupRefused` when there are tables already, when the server is older than the one that was dumped, or
    when a table differs from what was dumped.
    """
    with _owner() as connection:
        if _tables(connection):
            raise BackupRefused(f"the database {roles.database_name()} is not empty: restore into a new one")
        here = connection.info.server_version // 10000
        if here < int(version):
            raise BackupRefused(
                f"PostgreSQL {here} runs here, the backup was made by {version}: take {version} or newer"
            )
    _run(str(here), "pg_restore", ["--single-transaction", "--exit-on-error", "--no-comments", "--no-password",
                                   f"--dbname={roles.database_name()}", str(source)])  # fmt: skip
    with _owner() as connection:
        found = digests(connection)
    if wrong := sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)):
        raise BackupRefused(f"restored, but these tables differ from the backup: {', '.join(wrong)}")


def digests(connection: psycopg.Connection[Any]) -> Digests:
    """The number of rows and a digest of their contents, by table; the order of rows does not matter."""
    connection.execute(SETTINGS)
    found = {}
    for table in _tables(connection):
        row = connection.execute(DIGEST.format(sql.Identifier(table))).fetchone()
        found[table] = str(row[0]) if row else ""
    return found


def _usage_files(connection: psycopg.Connection[Any]) -> Digests:
    """The files that the database lists: any other does not exist."""
    if "usage_segment" not in _tables(connection):
        return {}
    return dict(connection.execute("select path, digest from usage_segment where delisted_at is null").fetchall())


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute("select tablename from pg_tables where schemaname = 'public' order by 1").fetchall()
    return [name for (name,) in rows]


@contextmanager
def _owner() -> Iterator[psycopg.Connection[Any]]:
    try:
        with psycopg.connect(**roles.connection(OWNER_ROLE), autocommit=True) as connection:
            yield connection
    except psycopg.OperationalError as fault:
        raise BackupRefused(str(fault).strip()) from fault


def _run(version: str, program: str, options: list[str]) -> None:
    """Run a program of PostgreSQL against our database; its words become the refusal when it fails."""
    known = roles.connection(OWNER_ROLE)
    named = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
             "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}  # fmt: skip
    place = {variable: str(known[key]) for key, variable in named.items() if known.get(key)}
    env = {**os.environ, **place, "LC_ALL": "C.UTF-8"}
    done = subprocess.run([_program(version, program), *options], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupRefused(f"{program}: {done.stderr.strip()}")


def _program(version: str, name: str) -> str:
    """A program of the server's own major version, or a newer one of PATH: an older one cannot read it."""
    try:
        beside = binaries(version) / name
        if beside.exists():
            return str(beside)
    except NoPostgres:
        pass
    found = shutil.which(name)
    if not found:
        raise BackupRefused(f"{name} is missing: type `apt-get install postgresql-client`")
    shown = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    major = shown.split()[2].split(".")[0]
    if int(major) < int(version):
        raise BackupRefused(f"{name} {major} is older than the server ({version}): install postgresql-client-{version}")
    return found
