"""Prices by tiers of the month's quantity (RAT-07)."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.catalogue.rules.tariff import Rate, Tariff
from ligneclaire.domains.usage.rules import compiled, pricing, rating
from ligneclaire.domains.usage.rules.columns import RECORDS
from ligneclaire.domains.usage.rules.state import LineState, State
from ligneclaire.domains.usage.rules.terms import ALWAYS, Cap, GroupTerms, LineTerms
from ligneclaire.domains.usage.tests import histories
from ligneclaire.domains.usage.tests.histories import HOUR, MARCH

RATE = Rate("data", "home", "any", price=10, unit=1, tiers=((100, 5), (300, 1)), count="all")


def month(quantities: list[int], counted: int = 0, line: LineTerms | None = None, rate: Rate = RATE) -> list[int]:
    """What both engines charge for records of one line, hour by hour."""
    tariff = Tariff(
        {}, {("data", "home", "any"): rate, ("data", "eu", "any"): replace(rate, zone="eu")}, visited={"FR": "eu"}
    )
    terms = GroupTerms(ZoneInfo("UTC"), "BE", {1: replace(line or LineTerms(()), tariffs=((ALWAYS[0], tariff),))})
    rows = [
        histories.data_record(
            start=MARCH + n * HOUR, arrived=MARCH + n * HOUR, event_key=f"k{n:03}", quantity=quantity,
            visited="FR" if n % 2 else "",
        )
        for n, quantity in enumerate(quantities)
    ]  # fmt: skip
    table, opening = pa.Table.from_pylist(rows, RECORDS), State({1: LineState(counted={"all": counted})})
    found, fast = rating.rate(table, terms, opening), compiled.rate(table, terms, opening)
    assert fast.table.to_pylist() == found.table.to_pylist()
    assert fast.state.to_json() == found.state.to_json() == State.from_json(found.state.to_json()).to_json()
    charged: list[int] = found.table["charged"].to_pylist()
    return charged


@pytest.mark.rule("RAT-07")
def test_each_unit_has_the_price_of_its_tier_in_whichever_zone() -> None:
    # 90 x 10; 10 x 10 + 150 x 5; 50 x 5 + 30 x 1; then 1 each
    assert month([90, 160, 80, 7]) == [900, 850, 280, 7]
    assert month([500]) == [10 * 100 + 5 * 200 + 200]


@pytest.mark.rule("RAT-13")
def test_a_close_hands_on_what_was_counted() -> None:
    assert month([20], counted=90) == [10 * 10 + 10 * 5]


@pytest.mark.rule("RAT-07")
def test_parts_are_rounded_by_themselves_and_the_minimum_is_of_the_whole() -> None:
    thirds = replace(RATE, price=1, unit=3, tiers=((2, 1),))
    assert month([4, 0, 1], rate=thirds) == [2, 0, 0]  # 2/3 rounds to 1, twice; 1/3 to 0
    assert month([1, 4], rate=replace(thirds, minimum=2)) == [2, 2]


@pytest.mark.rule("RAT-16")
def test_what_nobody_pays_is_not_counted() -> None:
    cap = Cap("c", "domestic-be", 1_000, stops=(ALWAYS,))
    assert month([100, 50, 7], line=LineTerms((), caps=(cap,))) == [1_000, 0, 0]
    free = replace(RATE, flags=frozenset({"free"}))
    assert month([100, 50], rate=free) == [0, 0]


@given(st.lists(st.integers(0, 400), max_size=8), st.integers(1, 7))
def test_in_pieces_or_at_once_is_the_same(quantities: list[int], unit: int) -> None:
    rate = replace(RATE, price=10 * unit, unit=unit, tiers=((100, 5 * unit), (300, unit)))
    counted = amount = 0
    for quantity in quantities:
        amount += pricing.outside_price(quantity, rate, counted)
        counted += quantity
    assert amount == pricing.outside_price(counted, rate)


def test_a_tier_that_could_wrap_is_refused() -> None:
    with pytest.raises(compiled.TooDear, match="5000000000000000000 millionths"):
        month([1], rate=replace(RATE, tiers=((1, 5 * 10**18),)))
    with pytest.raises(ValueError, match="tiers ascend"):
        month([1], rate=replace(RATE, tiers=((5, 1), (5, 2))))
    with pytest.raises(ValueError, match="by a name"):
        month([1], rate=replace(RATE, count=""))
