"""Rating by Apache Spark says what rating on one machine says, to the last digit (docs/scale.md)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import cast

from ligneclaire.adapters.spark import cluster, needs
from ligneclaire.domains.catalogue.rules.tariff import Rate, Tariff
from ligneclaire.domains.usage.operations import rating as rating_pass
from ligneclaire.domains.usage.rules import compiled, rating
from ligneclaire.domains.usage.rules.columns import RECORDS
from ligneclaire.domains.usage.rules.terms import ALWAYS, LineTerms
from ligneclaire.domains.usage.tests import histories
from ligneclaire.domains.usage.tests import test_rating_pass as passes
from ligneclaire.domains.usage.tests.test_compiled_rating import of_account, openings, told
from ligneclaire.journeys import rating_on_spark

ENGINE = "ligneclaire.journeys.rating_on_spark.rate_groups"
LOCAL = override_settings(SPARK_MASTER="local[2]", RATING_ENGINE=ENGINE)


@pytest.fixture
def spark() -> None:
    """Spark as it is installed here; without it a test fails with what to type."""
    if lacking := needs.missing():
        pytest.fail(f"This test needs {lacking}")


def many(seeds: range) -> tuple[pa.Table, dict[int, compiled.Group]]:
    """Random months of many groups: the accounts of each history follow those of the one before."""
    tables, asked = [], {}
    for number, seed in enumerate(seeds):
        drawn = histories.history(Random(seed))
        begun = openings(drawn)
        for account, terms in drawn.terms.items():
            asked[100 * number + account] = compiled.Group(terms, begun[account], account in drawn.closed)
        account = pc.add(drawn.records["account"], 100 * number)
        tables.append(drawn.records.set_column(0, RECORDS.field("account"), account))
    return pa.concat_tables(tables), asked


@settings(max_examples=15)
@given(st.integers(0, 2**40), st.integers(1, 30), st.integers(1, 60))
def test_a_piece_of_the_work_says_the_same(seed: int, rows: int, most: int) -> None:
    """What each machine of a cluster does, without one: batches cut anywhere become whole groups, rated and packed."""
    records, asked = many(range(seed, seed + 2))
    expected = compiled.rate_groups(records, asked)
    ordered = records.sort_by([("account", "ascending"), *((name, "ascending") for name in rating_on_spark.ORDER)])
    pieces = cluster.whole_groups(iter(ordered.to_batches(rows)), "account", most)
    found = [one for piece in pieces for one in rating_on_spark.unpacked(rating_on_spark.rate_piece(piece, asked))]
    assert [account for account, _ in found] == sorted(records["account"].unique().to_pylist())
    for account, rated in found:
        assert told(rated) == told(expected.of(account))


def test_what_is_missing_is_said_with_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    assert needs.missing() == "Java 17, which is not installed. Type:  sudo apt-get install openjdk-17-jre-headless"


@pytest.mark.soak
@pytest.mark.usefixtures("spark")
@pytest.mark.rule("RAT-12", "RAT-13")
@pytest.mark.parametrize("first", [0, 60])
def test_spark_says_what_both_engines_say(first: int) -> None:
    records, asked = many(range(first, first + 60))
    with LOCAL:
        found = rating_on_spark.rate_groups(records, asked)
    fast = compiled.rate_groups(records, asked)
    assert len(asked) > 90
    for account, group in asked.items():
        alone = of_account(records, account)
        expected = rating.rate(alone, group.terms, group.opening, closed=group.closed)
        assert told(found.of(account)) == told(expected) == told(fast.of(account))
        assert found.of(account).table.equals(expected.table)


@pytest.mark.soak
@pytest.mark.usefixtures("spark")
def test_spark_refuses_what_one_machine_refuses() -> None:
    records, asked = many(range(1, 3))
    rate = Rate("data", "home", "any", price=5 * 10**9, unit=10**9)
    dear = Tariff({}, {("data", "home", "any"): rate}, code="gold@1")
    account = records["account"][0].as_py()
    terms = replace(asked[account].terms, lines={1: LineTerms(((ALWAYS[0], dear),))})
    with LOCAL, pytest.raises(compiled.TooDear, match="plan gold@1"):
        rating_on_spark.rate_groups(records, asked | {account: compiled.Group(terms)})
    with LOCAL, pytest.raises(KeyError, match=f"account {account}"):
        rating_on_spark.rate_groups(records, {one: group for one, group in asked.items() if one != account})


@pytest.mark.soak
@pytest.mark.usefixtures("spark")
def test_a_pass_on_spark_makes_the_same_revision(database: None) -> None:
    bora, start = cast.bora_mobile(), datetime(2026, 5, 3, 7, tzinfo=UTC)
    passes.deliver(bora, [passes.call(bora, f"call-{n:02}", start, 1_501 + n) for n in range(24)])
    passes.rate(bora)
    here = passes.priced(bora)
    with bora.acting():
        rating_pass.mark(bora.operator.pk, passes.AT)
    with LOCAL:
        assert passes.rate(bora) == rating_pass.Done(groups=1, records=24)
    assert passes.priced(bora) == here
    assert {row["revision"] for row in passes.rated(bora)} == {2}
