"""Reads the table `radacct` that FreeRADIUS fills (rlm_sql_postgresql), in whichever database a URL names."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

TABLE = "radacct"
BATCH = 2_000
BEGINNING = datetime.fromtimestamp(0, UTC)
# Instants as numbers, so that not even 'infinity' stops the reading.
_QUERY = """
    SELECT radacctid, acctsessionid, username, host(nasipaddress),
           extract(epoch FROM acctstarttime), extract(epoch FROM acctupdatetime), extract(epoch FROM acctstoptime),
           acctsessiontime, acctinputoctets, acctoutputoctets
    FROM {table}
    WHERE radacctid > %(row)s OR acctstoptime IS NULL OR acctupdatetime >= %(since)s OR acctstoptime >= %(since)s
    ORDER BY radacctid
"""


class NoRadacct(Exception):
    """The database or its table can't be read; the message says why, without the password."""


def name_of(url: str, table: str = TABLE) -> str:
    """The table as deliveries name it: "host/database.table", without user and password."""
    known = _parameters(url)
    return f"{known.get('host') or 'localhost'}/{known.get('dbname') or ''}.{table}"


def rows(
    url: str, *, after_row: int = 0, changed_since: datetime = BEGINNING, table: str = TABLE
) -> Generator[tuple[Any, ...], None, None]:
    """Rows after a row's number, those of open sessions, and those that changed since; in one consistent view of the
    table, some thousands at a time. Texts are octets when the database does not know its encoding (SQL_ASCII).

    Raises `NoRadacct`.
    """
    parameters = {**_parameters(url), "client_encoding": "UTF8", "application_name": "ligneclaire intake"}
    query = sql.SQL(_QUERY).format(table=sql.Identifier(*table.split(".")))
    try:
        with psycopg.connect(**parameters) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            if connection.info.parameter_status("server_encoding") == "SQL_ASCII":
                connection.execute("SET client_encoding TO 'SQL_ASCII'")
            with connection.cursor(name="radacct") as cursor:
                cursor.itersize = BATCH
                cursor.execute(query, {"row": after_row, "since": changed_since})
                yield from cursor
    except psycopg.Error as error:
        raise NoRadacct(f"{name_of(url, table)}: {str(error).strip() or type(error).__name__}") from None


def _parameters(url: str) -> dict[str, Any]:
    try:
        parameters = dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError:
        parameters = {}
    if not parameters.get("dbname"):
        raise NoRadacct("the address must be like postgresql://user:password@host/database")
    return parameters
