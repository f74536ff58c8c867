"""What lines are charged under several terms at once is what rating each of them says, to the last digit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ligneclaire.domains.usage.rules import compiled, rating, totals
from ligneclaire.domains.usage.rules.compiled import Charges
from ligneclaire.domains.usage.rules.compiled.results import CATEGORIES
from ligneclaire.domains.usage.rules.terms import GroupTerms
from ligneclaire.domains.usage.tests import histories

Variant = dict[int, GroupTerms]


def known_lines(drawn: histories.History, others: histories.History) -> list[Variant]:
    """The accounts of one history, each of whose lines exists once, with its own terms and with those of others."""
    lines = [terms.lines for _, terms in sorted(others.terms.items())]
    given_terms = [one for some in lines for _, one in sorted(some.items())]
    found: list[Variant] = [{}, {}]
    for place, (account, terms) in enumerate(sorted(drawn.terms.items())):
        own = {number + 10 * account: line for number, line in sorted(terms.lines.items())}
        other = {number: given_terms[(place + at) % len(given_terms)] for at, number in enumerate(own)}
        found[0][account], found[1][account] = (replace(terms, lines=one, pools=()) for one in (own, other))
    return found


def expected(records: pa.Table, variant: Variant) -> dict[int, tuple[dict[tuple[str, str], int], int]]:
    """By the obvious engine: line -> what it is charged by usage type and tax, and how many are unrated."""
    sums: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    faults: dict[int, int] = defaultdict(int)
    for account, terms in variant.items():
        own = records.filter(pc.equal(records["account"], account))
        rated = rating.rate(own, terms)
        for one in totals.of_records(rated.table):
            if one.charged:
                sums[one.line][one.usage_type, one.tax_code] = one.charged
        bad = pa.array([key for key, _ in rated.unusable], pa.string())
        placed = {(row["event_key"], row["line"]) for row in rated.table.to_pylist()}
        for row in own.filter(pc.is_in(own["event_key"], value_set=bad)).to_pylist():
            faults[row["line"]] += (row["event_key"], row["line"]) not in placed
    lines = [line for terms in variant.values() for line in terms.lines]
    return {line: (sums[line], faults[line]) for line in lines}


def told(charges: Charges) -> dict[int, tuple[dict[tuple[str, str], int], int]]:
    unrated = {line: count for line, (_, count) in charges.by_category().items()}
    sums: dict[int, dict[tuple[str, str], int]] = {line: defaultdict(int) for line in charges.lines}
    for line in charges.lines:
        for one in charges.by_kind(line):  # totals name one category of a kind, where here each has its own
            sums[line][one.usage_type, one.tax_code] += one.charged
    return {line: (sums[line], unrated[line]) for line in charges.lines}


def check_variants(seed: int, workers: int) -> None:
    random = Random(seed)
    drawn, others = histories.history(random), histories.history(random)
    variants = known_lines(drawn, others)
    rows = [{**row, "line": row["line"] + 10 * row["account"], "event_key": f"{place}-{row['event_key']}"}
            for place, row in enumerate(drawn.records.to_pylist())]  # fmt: skip
    records = pa.Table.from_pylist(rows, drawn.records.schema)
    found = list(compiled.charge_groups(records, variants, workers))
    assert [told(one) for one in found] == [expected(records, one) for one in variants]
    for one in found:
        for line, (amounts, _) in one.by_category().items():
            kinds = one.by_kind(line)
            assert amounts == [sum(kind.charged for kind in kinds if kind.category == name) for name in CATEGORIES]


@pytest.mark.rule("RAT-12", "RAT-14")
@settings(max_examples=20)
@given(st.integers(0, 2**40), st.integers(1, 2))
def test_many_variants_at_once_are_each_rated_alone(seed: int, workers: int) -> None:
    check_variants(seed, workers)


@pytest.mark.soak
@settings(max_examples=100)
@given(st.integers(0, 2**40), st.integers(1, 2))
def test_many_more_variants_at_once_are_each_rated_alone(seed: int, workers: int) -> None:
    check_variants(seed, workers)


def test_nobody_and_nothing_is_charged_nothing() -> None:
    drawn = histories.history(Random(1))
    nothing = drawn.records.slice(0, 0)
    (found,) = compiled.charge_groups(nothing, [drawn.terms])
    assert found.amounts.sum() == found.unrated.sum() == 0
    alone = replace(drawn.terms[min(drawn.terms)], lines={}, pools=())
    (nobody,) = compiled.charge_groups(nothing, [{1: alone}])
    assert nobody.by_category() == {}
