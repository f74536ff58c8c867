"""Reads a table of another program, in whichever PostgreSQL database a URL names. Nothing is ever written there."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

BATCH = 2_000


class NoTable(Exception):
    """The database or its table can't be read; the message says why, without the password."""


def name_of(url: str, table: str) -> str:
    """The table as deliveries name it: "host/database.table", without user and password."""
    known = _parameters(url)
    return f"{known.get('host') or 'localhost'}/{known.get('dbname') or ''}.{table}"


def rows(
    url: str, table: str, query: str, values: Mapping[str, Any], optional: Mapping[str, str] | None = None
) -> Generator[tuple[Any, ...], None, None]:
    """Rows of a query over `{table}`, in one consistent view of it, some thousands at a time. `optional`: columns that
    the table may lack, with what stands for them then; `{name}` in the query. Times are told in UTC; texts are octets
    when the database does not know its encoding (SQL_ASCII). Raises `NoTable`."""
    parameters = {**_parameters(url), "client_encoding": "UTF8", "application_name": "ligneclaire intake"}
    named = sql.Identifier(*table.split("."))
    try:
        with psycopg.connect(**parameters) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.execute("SET TimeZone TO 'UTC'")
            if connection.info.parameter_status("server_encoding") == "SQL_ASCII":
                connection.execute("SET client_encoding TO 'SQL_ASCII'")
            empty = connection.execute(sql.SQL("SELECT * FROM {table} LIMIT 0").format(table=named))
            has = {column.name for column in empty.description or ()}
            chosen: dict[str, sql.Composable] = {
                name: sql.Identifier(name) if name in has else sql.SQL(other)
                for name, other in (optional or {}).items()
            }
            with connection.cursor(name="intake") as cursor:
                cursor.itersize = BATCH
                cursor.execute(sql.SQL(query).format(table=named, **chosen), values)
                yield from cursor
    except psycopg.Error as error:
        raise NoTable(f"{name_of(url, table)}: {str(error).strip() or type(error).__name__}") from None


def _parameters(url: str) -> dict[str, Any]:
    try:
        parameters = dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError:
        parameters = {}
    if not parameters.get("dbname"):
        raise NoTable("the address must be like postgresql://user:password@host/database")
    return parameters
