"""The compiled engine says of any month what the obvious one says, to the last digit (docs/rating.md)."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ligneclaire.domains.catalogue.rules.tariff import Bundle, Rate, Tariff
from ligneclaire.domains.usage.rules import compiled, pricing, rating, suspense
from ligneclaire.domains.usage.rules.columns import RECORDS, in_order
from ligneclaire.domains.usage.rules.compiled import book, jit, loop, order, prices, program
from ligneclaire.domains.usage.rules.rated import Rated
from ligneclaire.domains.usage.rules.state import State
from ligneclaire.domains.usage.rules.terms import ALWAYS, Allowance, GroupTerms, LineTerms
from ligneclaire.domains.usage.tests import histories
from ligneclaire.domains.usage.tests.histories import History
from ligneclaire.kernel.money import divided

SEEDS = st.integers(0, 2**40)
UNCOMPILED = """
import sys
from ligneclaire.domains.usage.tests import test_compiled_rating as it
for seed in range(int(sys.argv[1])):
    it.check_month(seed)
"""

WARM = """
from ligneclaire.domains.usage.rules.compiled import loop, order, program
program.warm()
print(*(sum(one.stats.cache_misses.values()) for one in (loop.rate_all, order.place_accounts, order.is_in_order)))
"""


def told(rated: Rated) -> list[object]:
    """All that a rating says, in a form that shows what differs."""
    faults = [(key, str(fault)) for key, fault in rated.unusable]
    return [rated.table.to_pylist(), faults, rated.counters, rated.crossings, rated.state.to_json()]


def openings(drawn: History) -> dict[int, State | None]:
    """Closed months go on from what the first half of their records came to."""
    half = drawn.records.slice(0, len(drawn.records) // 2)
    return {
        account: rating.rate(of_account(half, account), terms).state if account in drawn.closed else None
        for account, terms in drawn.terms.items()
    }


def of_account(records: pa.Table, account: int) -> pa.Table:
    return records.filter(pc.equal(records["account"], account))


def check(drawn: History) -> None:
    """Each group alone by the obvious engine, and all of them at once by the compiled one."""
    begun = openings(drawn)
    asked = {
        account: compiled.Group(terms, begun[account], account in drawn.closed)
        for account, terms in drawn.terms.items()
    }
    found = compiled.rate_groups(drawn.records, asked)
    for account in sorted(asked):
        records = of_account(drawn.records, account)
        expected = rating.rate(records, drawn.terms[account], begun[account], closed=account in drawn.closed)
        alone = compiled.rate(records, drawn.terms[account], begun[account], closed=account in drawn.closed)
        assert told(found.of(account)) == told(expected)
        assert told(alone) == told(expected)
        assert found.of(account).table.equals(expected.table)


def check_month(seed: int) -> None:
    check(histories.history(Random(seed)))


def check_going_on(seed: int) -> None:
    """A month rated to somewhere, and the rest from there, is the month rated at once."""
    drawn = histories.history(Random(seed))
    for account in drawn.terms.keys() - drawn.closed:
        records, terms = in_order(of_account(drawn.records, account)), drawn.terms[account]
        whole, half = compiled.rate(records, terms), Random(seed).randint(0, len(records))
        until = records["start"].cast(pa.int64())[half - 1].as_py() if half else ALWAYS[0] - 5
        earlier = pc.less_equal(records["start"].cast(pa.int64()), until)
        first = compiled.rate(records.filter(earlier), terms)
        goes_on = compiled.Group(terms, first.state, resumed_us=until)
        second = compiled.rate_groups(records.filter(pc.invert(earlier)), {account: goes_on}).of(account)
        assert [*first.table.to_pylist(), *second.table.to_pylist()] == whole.table.to_pylist()
        assert (second.counters, second.state) == (whole.counters, whole.state)
        told_before = [one for one in first.crossings if one.event_us <= until]
        assert sorted([*told_before, *second.crossings]) == sorted(whole.crossings)


@pytest.mark.rule("RAT-02", "RAT-03", "RAT-04", "RAT-05", "RAT-06", "RAT-07", "RAT-08", "RAT-09", "RAT-10")
@pytest.mark.rule("RAT-11", "RAT-12", "RAT-13", "RAT-15", "RAT-16", "C10")
@given(SEEDS)
def test_both_engines_say_the_same(seed: int) -> None:
    check_month(seed)


@pytest.mark.rule("RAT-11", "RAT-12", "C10")
@settings(max_examples=20)
@given(SEEDS)
def test_going_on_from_a_rating_before_says_what_rating_all_says(seed: int) -> None:
    check_going_on(seed)


@pytest.mark.soak
@settings(max_examples=500)
@given(SEEDS)
def test_both_engines_say_the_same_of_many_months(seed: int) -> None:
    check_month(seed)


@pytest.mark.soak
@settings(max_examples=75)
@given(SEEDS)
def test_going_on_says_the_same_of_many_months(seed: int) -> None:
    check_going_on(seed)


def test_the_steps_say_the_same_without_being_compiled() -> None:
    """The very source of the loop, run by Python: a whole number that wraps would be a warning, and so an error."""
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", UNCOMPILED, "12"]
    done = subprocess.run(
        command, env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_each_entry_is_compiled_once() -> None:
    """Another type of a column would cost the compilation again, in the middle of a pass."""
    for seed in range(4):
        check_month(seed)
    assert [len(one.signatures) for one in (loop.rate_all, order.place_accounts, order.is_in_order)] == [1, 1, 1]


PRICE = st.integers(0, 10**15)


@pytest.mark.rule("RAT-07")
@given(st.integers(0, 10**15), PRICE, st.integers(1, 10**9))
def test_prices_are_rounded_as_money_is(quantity: int, price: int, unit: int) -> None:
    rate = Rate("data", "home", "any", price, unit)
    try:
        book.check(rate, "p")
    except compiled.TooDear:
        assert 2 * price * unit + unit >= 2**62
        return
    if quantity <= book.most_of(rate):
        assert prices.price_of(quantity, price, unit) == divided(quantity * price, unit) <= book.LARGEST + price
    else:
        assert pricing.is_absurd(quantity, rate)


def test_a_price_that_could_wrap_is_refused_by_its_plan() -> None:
    drawn = histories.history(Random(1))
    terms = next(iter(drawn.terms.values()))
    dear = Rate("data", "home", "any", price=5 * 10**9, unit=10**9)
    tariff = Tariff({}, {("data", "home", "any"): dear}, code="gold@2026-03-01")
    line = LineTerms(((ALWAYS[0], tariff),))
    with pytest.raises(
        compiled.TooDear, match="plan gold@2026-03-01: data in zone home: a price of 5000000000 million"
    ):
        compiled.rate(drawn.records, replace(terms, lines={1: line}))


def test_more_than_can_be_counted_is_refused() -> None:
    tariff = Tariff({}, {("data", "home", "any"): Rate("data", "home", "any", price=0, unit=1)}, code="p")
    one = histories.data_record(quantity=10**15)
    records = pa.Table.from_pylist([one | {"event_key": f"k{number}"} for number in range(5_000)], RECORDS)
    bundle = Bundle("b", frozenset({"data"}), frozenset({"home"}), 1)
    line = LineTerms(((ALWAYS[0], tariff),), (Allowance(bundle, *ALWAYS),))
    terms = GroupTerms(ZoneInfo("UTC"), "BE", {1: line})
    with pytest.raises(compiled.TooMuch):
        compiled.rate(records, terms)


def test_records_of_an_account_without_terms_are_refused() -> None:
    records = pa.Table.from_pylist([histories.data_record()], RECORDS)
    with pytest.raises(KeyError, match="account 7"):
        compiled.rate_groups(records, {8: compiled.Group(GroupTerms(ZoneInfo("UTC"), "BE", {}))})


def test_the_compiled_program_is_named_by_all_numbers_that_are_in_it() -> None:
    """One of another module that changed with an upgrade would stay as it was in a program that is kept."""
    kept, found = set(jit.sources()), set()
    for path in Path(jit.__file__).parent.glob("*.py"):
        text = path.read_text()
        if "compiled.jit import" not in text:
            continue
        for one in ast.walk(ast.parse(text)):
            if isinstance(one, ast.ImportFrom) and str(one.module).startswith("ligneclaire."):
                module = import_module(str(one.module))
                found |= {
                    Path(str(module.__file__))
                    for name in one.names
                    if isinstance(getattr(module, name.name), int | timedelta)
                }
    assert Path(str(suspense.__file__)) in found
    assert found <= kept


def test_another_process_uses_what_was_compiled() -> None:
    program.warm()
    done = subprocess.run([sys.executable, "-c", WARM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "0", "0"]
