"""The wrapper that opens a transaction for one operator."""

from __future__ import annotations

import pytest
from django.db import connection

from ligneclaire.domains.operators.acting import OtherOperator, acting_for
from ligneclaire.domains.operators.models import LegalEntity, Operator

pytestmark = pytest.mark.usefixtures("database")


def whose_rows() -> set[int]:
    return set(LegalEntity.objects.values_list("operator_id", flat=True))


@pytest.fixture
def both() -> tuple[int, int]:
    return Operator.objects.get(code="rural").pk, Operator.objects.get(code="lessor").pk


def test_only_inside_it_are_there_rows(both: tuple[int, int]) -> None:
    for operator_id in both:
        with acting_for(operator_id):
            assert whose_rows() == {operator_id}
        assert whose_rows() == set()
        assert not connection.in_atomic_block


def test_inside_another_of_the_same_operator_it_is_a_savepoint(both: tuple[int, int]) -> None:
    rural, _ = both

    def inner() -> None:
        with acting_for(rural):
            LegalEntity.objects.update(city="nowhere")
            raise ZeroDivisionError

    with acting_for(rural):
        with pytest.raises(ZeroDivisionError):
            inner()
        assert not LegalEntity.objects.filter(city="nowhere").exists()
        assert whose_rows() == {rural}


def test_inside_that_of_another_operator_it_refuses_and_changes_nothing(both: tuple[int, int]) -> None:
    rural, lessor = both
    with acting_for(rural):
        with pytest.raises(OtherOperator, match=f"acts for operator {rural}, not {lessor}"), acting_for(lessor):
            pytest.fail("the body must not run")
        assert whose_rows() == {rural}


def test_a_fault_leaves_nothing_behind_on_the_connection(both: tuple[int, int]) -> None:
    rural, lessor = both
    with pytest.raises(ZeroDivisionError), acting_for(rural):
        raise ZeroDivisionError
    with acting_for(lessor):
        assert whose_rows() == {lessor}
