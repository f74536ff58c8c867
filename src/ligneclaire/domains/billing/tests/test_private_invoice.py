"""When an employee gets a private invoice: C12, table by table, and nothing is ever lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.billing.policies import PrivateInvoice
from ligneclaire.domains.billing.rules.private_invoice import PrivatePeriod, Since, private_invoices
from ligneclaire.domains.rulebook.tests.asking import ask
from ligneclaire.kernel.money import Money, sum_money
from ligneclaire.kernel.policy import InForce

LEAVES = "leaves"


def decided(*amounts: str, **more) -> list[tuple[str, str, str]]:
    """Decision, invoiced and carried of each period; "3.00 leaves" ends split bill."""
    periods = []
    for written in amounts:
        amount, _, leaves = written.partition(" ")
        periods.append({"amount": amount, **({"leaves": True} if leaves else {})})
    found = ask("private-invoice", {"periods": periods, **more}, "fleet", "2026-06-01")
    return [(one["decision"], one["invoiced"], one["carried"]) for one in found["periods"]]


@pytest.mark.rule("C12", "SPL-04")
def test_the_balance_is_compared_strictly_and_accumulates() -> None:
    assert decided("5.00", "0.01") == [("skip", "0.00", "5.00"), ("invoice", "5.01", "0.00")]
    assert decided("5.01") == [("invoice", "5.01", "0.00")]


@pytest.mark.rule("C12", "SPL-04", "SPL-06")
def test_by_period_each_period_is_compared_and_all_is_invoiced() -> None:
    assert decided("4.00", "4.00", "4.00", basis="period") == [
        ("skip", "0.00", "4.00"),
        ("skip", "0.00", "8.00"),
        ("forced", "12.00", "0.00"),
    ]
    assert decided("4.00", "5.01", basis="period")[1] == ("invoice", "9.01", "0.00")


@pytest.mark.rule("C12", "SPL-05")
def test_after_two_skips_an_invoice_comes_anyway_and_the_count_starts_again() -> None:
    assert decided("1.00", "1.00", "1.00", "1.00") == [
        ("skip", "0.00", "1.00"),
        ("skip", "0.00", "2.00"),
        ("forced", "3.00", "0.00"),
        ("skip", "0.00", "1.00"),
    ]
    assert [one[0] for one in decided("1.00", "6.00", "1.00", "1.00", "1.00")] == [
        "skip", "invoice", "skip", "skip", "forced",
    ]  # fmt: skip


@pytest.mark.rule("C12", "SPL-05")
def test_with_nothing_due_the_third_month_brings_a_statement_of_zero() -> None:
    assert decided("0.00", "0.00", "0.00", "0.00") == [
        ("skip", "0.00", "0.00"),
        ("skip", "0.00", "0.00"),
        ("zero-statement", "0.00", "0.00"),
        ("skip", "0.00", "0.00"),
    ]
    without = decided("0.00", "0.00", "0.00", "2.00", "2.00", policy={"zero_statement": False})
    assert [one[0] for one in without] == ["skip"] * 5  # the count began again after the third
    assert without[-1] == ("skip", "0.00", "4.00")


@pytest.mark.rule("C12", "SPL-06")
def test_the_end_brings_a_last_invoice_whatever_the_amount() -> None:
    assert decided("1.20", "0.00 leaves", "2.00") == [
        ("skip", "0.00", "1.20"),
        ("final", "1.20", "0.00"),
        ("skip", "0.00", "2.00"),
    ]
    assert decided("0.00 leaves") == [("final", "0.00", "0.00")]
    assert decided("-3.00 leaves") == [("final", "-3.00", "0.00")]
    assert decided("9.00 leaves") == [("final", "9.00", "0.00")]


@pytest.mark.rule("C12", "SPL-06")
def test_a_negative_balance_is_carried_even_past_two_skips() -> None:
    assert decided("-2.00", "1.00", "0.50", "0.50", "6.00") == [
        ("skip", "0.00", "-2.00"),
        ("skip", "0.00", "-1.00"),
        ("skip", "0.00", "-0.50"),
        ("zero-statement", "0.00", "0.00"),
        ("invoice", "6.00", "0.00"),
    ]


@pytest.mark.parametrize("name", ["private_threshold", "private_skips"])
def test_the_parameters_bind(name: str) -> None:
    tried = {"private_threshold": "2.00", "private_skips": 1}[name]
    before = decided("3.00", "0.00", "0.00")
    assert decided("3.00", "0.00", "0.00", policy={name: tried}) != before


@pytest.mark.parametrize(
    "wrong",
    [{"private_threshold": Money.of("-0.01")}, {"threshold_basis": "year"}, {"private_skips": 25}],
)
def test_nonsense_is_no_policy(wrong) -> None:
    values = {"private_threshold": Money.of(5), "threshold_basis": "period", "private_skips": 2, "zero_statement": True}
    with pytest.raises(ValueError, match=next(iter(wrong))):
        PrivateInvoice(**values | wrong)


cents = st.integers(-900, 900).map(lambda amount: Money(Decimal(amount).scaleb(-2)))


@pytest.mark.rule("SPL-06", "SPL-05")
@given(
    st.lists(st.tuples(cents, st.integers(0, 9).map(lambda one: one == 0)), max_size=20),
    st.sampled_from(["accumulated", "period"]),
    st.booleans(),
)
def test_nothing_is_lost_and_nobody_waits_for_a_third_time(rows, basis: str, zero_statement: bool) -> None:
    terms = InForce(PrivateInvoice(Money.of(5), basis, 2, zero_statement), f"billing.private_invoice@{date.min}")
    found = private_invoices([PrivatePeriod(amount, leaves) for amount, leaves in rows], terms)
    carried = found[-1].after.carried if found else Since().carried
    assert sum_money(one.invoiced for one in found) + carried == sum_money(amount for amount, _leaves in rows)
    for one in found:
        assert one.after.skips <= 2 or one.after.carried.amount < 0
        assert not one.has_document or one.after == Since()
