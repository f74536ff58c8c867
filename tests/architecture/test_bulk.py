"""Bulk writing passes the wall by the same rules as a single row."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import ProgrammingError

from ligneclaire.domains.customers.models import Party
from ligneclaire.domains.operators import bulk
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator, new_public_id

pytestmark = pytest.mark.usefixtures("database")
COLUMNS = ("operator_id", "public_id", "number", "kind", "name", "segment", "language", "vat_number",
           "registration_number", "since")  # fmt: skip


def rows(operator_id: int, count: int) -> list[tuple[object, ...]]:
    return [
        (operator_id, new_public_id(), f"B{n}", "household", f"Anna {n}", "consumer", "fr", "", "", date(2026, 1, 1))
        for n in range(count)
    ]


def test_many_rows_are_written_for_the_acting_operator() -> None:
    rural = Operator.objects.get(code="rural").pk
    with acting_for(rural):
        before = Party.objects.count()
        assert bulk.insert("party", COLUMNS, rows(rural, 500)) == 500
        assert bulk.insert("party", COLUMNS, []) == 0
        assert Party.objects.count() == before + 500


def test_one_row_of_another_operator_refuses_them_all() -> None:
    rural, fleet = (Operator.objects.get(code=code).pk for code in ("rural", "fleet"))
    mixed = [*rows(rural, 3), *rows(fleet, 1)]
    with pytest.raises(ProgrammingError, match="row-level security"), acting_for(rural):
        bulk.insert("party", COLUMNS, mixed)
    for operator_id in (rural, fleet):
        with acting_for(operator_id):
            assert not Party.objects.filter(number__startswith="B").exists()


def test_ids_are_taken_once() -> None:
    with acting_for(Operator.objects.get(code="rural").pk):
        first, second = bulk.take_ids("party", 3), bulk.take_ids("party", 3)
    assert first == sorted(first)
    assert len({*first, *second}) == 6
    assert min(second) > max(first)
