"""A disk that fills is a named refusal, not a crash; the transaction has undone the chunk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError

from ligneclaire.domains.billing.refusals import NoSpace

FULL = ("could not extend file", "could not write", "No space left", "File too large")


@contextmanager
def space_or_refusal() -> Iterator[None]:
    """Raises NoSpace where the database says that it has no room (SQLSTATE class 53, or a failed write)."""
    try:
        yield
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", None) or ""
        if state == "53100" or any(words in str(error) for words in FULL):
            raise NoSpace() from error
        raise
