"""The desk finds a customer by what it is told, within its scope, by an index also under row security."""

from __future__ import annotations

import pytest
from django.db import connection, connections
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from ligneclaire.domains.customers import queries, rules
from ligneclaire.domains.customers.models import SearchKey
from ligneclaire.kernel.scope import Scope


@pytest.fixture
def people(database: None) -> tuple[cast.Customer, cast.Customer, cast.Customer]:
    return cast.household(), cast.household("H2", "Élise", "Lefèvre"), cast.bora(installed_on=None)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("anna", "H1"), ("ROCHE", "H1"), ("Anna R", "H1"), ("h1", "H1"), ("anna@ex", "H1"), ("06 39 98 12 34", "H1"),
        ("+33 6 39 98", "H1"), ("anna.roche@haute", "H1"), ("elise", "H2"), ("LEFEV", "H2"), ("lefèvre", "H2"),
    ],
)  # fmt: skip
def test_by_name_number_telephone_address_or_line(people: tuple, typed: str, number: str) -> None:
    anna = people[0]
    with anna.acting():
        assert [one.number for one in queries.find_customers(Scope.staff(anna.operator.pk), typed)] == [number]


@pytest.mark.parametrize("typed", ["", "a", "%", "nobody", "roche'; drop table party; --", "bora"])
def test_nothing_for_too_little_or_for_others(people: tuple, typed: str) -> None:
    anna = people[0]
    with anna.acting():
        assert queries.find_customers(Scope.staff(anna.operator.pk), typed) == ()


def test_a_company_by_its_vat_number_its_manager_and_its_number(people: tuple) -> None:
    bora = people[2]
    with bora.acting():
        for typed in ("BE0403", "bogaert", "0470 12 34 56", "bora-1", "c1"):
            assert [one.name for one in queries.find_customers(Scope.staff(bora.operator.pk), typed)] == ["Bora NV"]


def test_within_the_scope_alone(people: tuple) -> None:
    anna, elise, _bora = people
    with anna.acting():
        assert queries.find_customers(elise.scope, "anna") == ()
        assert [one.number for one in queries.find_customers(anna.scope, "anna")] == ["H1"]


def test_an_index_serves_the_search_under_row_security(people: tuple) -> None:
    anna = people[0]
    with anna.acting():
        SearchKey.objects.bulk_create(
            SearchKey(operator_id=anna.operator.pk, party=anna.party, key=f"filler {n:05d}") for n in range(5000)
        )
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE search_key")  # as autovacuum does sooner or later: without it the plan depends on when
    with anna.acting(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT 1 FROM search_key WHERE key ~>=~ 'anna' AND key ~<~ 'annb'")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "search_key_prefix" in plan
    assert "Index Cond: (((key)::text ~>=~" in plan


@given(st.text(max_size=40))
def test_plain_is_stable_and_every_word_leads_to_a_name(name: str) -> None:
    once = rules.plain(name)
    assert rules.plain(once) == once
    keys = rules.name_keys(name)
    assert len(keys) == len(once.split())
    assert all(once.endswith(key) for key in keys)
