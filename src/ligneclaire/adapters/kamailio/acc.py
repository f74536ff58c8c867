"""Reads the table `acc` that Kamailio fills (db_postgres), in whichever database a URL names."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from ligneclaire.adapters.postgres import elsewhere

TABLE = "acc"
_QUERY = """
    SELECT id, method, from_tag, to_tag, callid, sip_code, time::text, coalesce({time_attr}::text, ''),
           coalesce(src_user, ''), coalesce(dst_user, ''), coalesce({src_ip}, '')
    FROM {table}
    WHERE (id > %(row)s OR callid IN (SELECT callid FROM {table} WHERE id > %(row)s))
      AND method IN ('INVITE', 'BYE')
    ORDER BY id
"""
_OPTIONAL = {"time_attr": "''", "src_ip": "''"}


def rows(url: str, *, after_row: int = 0, table: str = TABLE) -> Generator[tuple[Any, ...], None, None]:
    """INVITEs and BYEs after a row's number, with those of the same calls before it. Raises `elsewhere.NoTable`."""
    return elsewhere.rows(url, table, _QUERY, {"row": after_row}, _OPTIONAL)
