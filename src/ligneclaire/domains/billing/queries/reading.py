"""The rows of a statement, for many accounts at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

Row = tuple[Any, ...]


def rows(statement: str, known: Mapping[str, Any]) -> list[Row]:
    """All rows of a statement; `known` are its parameters."""
    with connection.cursor() as cursor:
        cursor.execute(statement, known)
        return list(cursor.fetchall())


def grouped(statement: str, known: Mapping[str, Any]) -> dict[int, list[Row]]:
    """All rows of a statement by their first column, in their order."""
    found: dict[int, list[Row]] = {}
    for row in rows(statement, known):
        found.setdefault(row[0], []).append(row)
    return found
