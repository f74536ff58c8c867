"""Reads the table `radacct` that FreeRADIUS fills (rlm_sql_postgresql), in whichever database a URL names."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

from ligneclaire.adapters.postgres import elsewhere

TABLE = "radacct"
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


def rows(
    url: str, *, after_row: int = 0, changed_since: datetime = BEGINNING, table: str = TABLE
) -> Generator[tuple[Any, ...], None, None]:
    """Rows after a row's number, those of open sessions, and those that changed since. Raises `elsewhere.NoTable`."""
    return elsewhere.rows(url, table, _QUERY, {"row": after_row, "since": changed_since})
