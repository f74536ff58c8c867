"""Write many rows at once. COPY is refused under row security, so rows go through a temporary table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections
from psycopg import sql

# A random id that may stand in a URL, as `new_public_id` makes it: the last six bytes of a random UUID are all random.
PUBLIC_ID = (
    "translate(encode(substring(uuid_send(gen_random_uuid()) from 11) || "
    "substring(uuid_send(gen_random_uuid()) from 11), 'base64'), '+/', '-_')"
)


def take_ids(table: str, count: int, *, using: str = "default") -> list[int]:
    """That many new ids of a table, in ascending order."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT nextval(s.name) FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name OFFSET 0) s, "
            "generate_series(1, %s)",
            [f'"{table}"', count],
        )
        return sorted(row[0] for row in cursor.fetchall())


def array(ids: Iterable[int]) -> str:
    """The text of a bigint[]; a list as a parameter is slow to write."""
    return "{" + ",".join(map(str, ids)) + "}"


def insert(
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    known_stay: bool = False,
    known: str = "",
    using: str = "default",
) -> int:
    """Insert rows, in one statement, inside the caller's transaction; how many were given. JSON is given as text.

    `known_stay`: a row that a unique constraint refuses is passed over; `known`: what becomes of it, as SQL after ON
    CONFLICT.
    """
    ready = list(rows)  # before COPY: making a row may read from the same connection
    if not ready:
        return 0
    names = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    into, staged = sql.Identifier(table), sql.Identifier(f"new_{table}")
    with connections[using].cursor() as cursor:
        _stage(cursor, staged, names, into, ready)
        last = sql.SQL("ON CONFLICT DO NOTHING" if known_stay else f"ON CONFLICT {known}" if known else "")
        cursor.execute(sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} {}").format(into, names, names, staged, last))
        cursor.execute(sql.SQL("DROP TABLE {}").format(staged))
    return len(ready)


def update(
    table: str, key: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, using: str = "default"
) -> None:
    """Change rows, in one statement, inside the caller's transaction: each is (value of the key, values). JSON is given
    as text."""
    ready = list(rows)
    if not ready:
        return
    named = [sql.Identifier(column) for column in (key, *columns)]
    names, into, staged = sql.SQL(", ").join(named), sql.Identifier(table), sql.Identifier(f"changed_{table}")
    sets = sql.SQL(", ").join(sql.SQL("{0} = new.{0}").format(column) for column in named[1:])
    with connections[using].cursor() as cursor:
        _stage(cursor, staged, names, into, ready)
        change = "UPDATE {0} SET {1} FROM {2} new WHERE {0}.{3} = new.{3}"
        cursor.execute(sql.SQL(change).format(into, sets, staged, named[0]))
        cursor.execute(sql.SQL("DROP TABLE {}").format(staged))


def _stage(
    cursor: Any, staged: sql.Identifier, names: sql.Composable, like: sql.Identifier, rows: Sequence[Sequence[Any]]
) -> None:
    """Write rows into a table of this transaction, whose columns are those of another."""
    make = "CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA"
    cursor.execute(sql.SQL(make).format(staged, names, like))
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(staged, names)) as copy:
        for row in rows:
            copy.write_row(row)
