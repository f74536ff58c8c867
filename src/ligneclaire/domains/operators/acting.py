"""The one wrapper that opens a transaction and says whose rows it may see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction


class OtherOperator(Exception):
    """A transaction of one operator was asked to act for another."""


@contextmanager
def acting_for(operator_id: int, *, using: str = "default") -> Iterator[None]:
    """One transaction in which only this operator's rows exist. Inside another of the same operator it is a savepoint.

    Raises `OtherOperator` inside a transaction of another one.
    """
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute(
                "select nullif(current_setting('lc.operator', true), '')::int, set_config('lc.operator', %s, true)",
                [str(operator_id)],
            )
            (before, _now) = cursor.fetchone()
        if before not in (None, operator_id):
            raise OtherOperator(f"this transaction acts for operator {before}, not {operator_id}")
        yield
