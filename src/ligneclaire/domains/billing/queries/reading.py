"""The rows of a statement, for many accounts at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection

Row = tuple[Any, ...]
Form = Callable[[str], str]


def rows(statement: str, known: Mapping[str, Any]) -> list[Row]:
    """All rows of a statement; `known` are its parameters."""
    with connection.cursor() as cursor:
        cursor.execute(statement, known)
        return list(cursor.fetchall())


def told(statement: str) -> str:
    """The statement with each row as text, after its first two columns: all that a digest needs, and quickly read."""
    return f"SELECT t.a, t.b, t::text FROM ({statement}) t(a, b)"  # noqa: S608 (a statement of our own)


def whole(statement: str) -> str:
    """The statement as it stands."""
    return statement


def grouped(statement: str, known: Mapping[str, Any]) -> dict[int, list[Row]]:
    """All rows of a statement by their first column, in their order."""
    found: dict[int, list[Row]] = {}
    for row in rows(statement, known):
        found.setdefault(row[0], []).append(row)
    return found
