"""C1: tax once per rate, on prices with or without it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.billing.rules.tax import TaxedLine, tax
from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps
from ligneclaire.kernel.money import Money

LINES = st.lists(
    st.tuples(st.integers(-100_000, 1_000_000), st.sampled_from(["20", "10", "5.5", "2.1", "0"])), max_size=12
)


@pytest.mark.parametrize(
    ("lines", "prices", "net", "vat", "total"),
    [
        # 119.70 ÷ 1.20 = 99.75
        ([("119.70", 20)], "inclusive", "99.75", "19.95", "119.70"),
        # 34.90 ÷ 1.20 = 29.0833…
        ([("34.90", 20)], "inclusive", "29.08", "5.82", "34.90"),
        # once for the rate: 3 × 0.33 = 0.99, ÷ 1.20 = 0.825, up; line by line it would be 3 × 0.28
        ([("0.33", 20), ("0.33", 20), ("0.33", 20)], "inclusive", "0.83", "0.16", "0.99"),
        # 21 % of 15.55 = 3.2655; of the lines apart it would be 2.10 + 1.17
        ([("10.00", 21), ("5.55", "21.0")], "exclusive", "15.55", "3.27", "18.82"),
        # 21 % of 2.50 = 0.525, half up; a credit rounds the same way
        ([("2.50", 21)], "exclusive", "2.50", "0.53", "3.03"),
        ([("-2.50", 21)], "exclusive", "-2.50", "-0.53", "-3.03"),
        ([("10.00", 21), ("10.00", 6), ("10.00", 0)], "exclusive", "30.00", "2.70", "32.70"),
        ([], "exclusive", "0.00", "0.00", "0.00"),
    ],
)
@pytest.mark.rule("C1", "L-FR-15", "L-BE-11")
def test_tax_of_an_invoice(lines: list[tuple[str, object]], prices: str, net: str, vat: str, total: str) -> None:
    facts = {"lines": [{"amount": amount, "rate": rate} for amount, rate in lines], "prices": prices}
    answer = ask("vat", facts)
    assert (answer["net"], answer["vat"], answer["total"]) == (net, vat, total)
    assert steps(answer)[-1] == total
    assert answer["prices"] == prices


@pytest.mark.rule("C1")
def test_rates_stand_apart_highest_first() -> None:
    lines = [{"amount": "3.00", "rate": "6"}, {"amount": "1.00", "rate": 21}, {"amount": "1.00", "rate": "21"}]
    assert ask("vat", {"lines": lines, "prices": "exclusive"})["per_rate"] == [
        {"rate": "21", "net": "2.00", "vat": "0.42", "total": "2.42"},
        {"rate": "6", "net": "3.00", "vat": "0.18", "total": "3.18"},
    ]


def test_refuses_what_is_no_tax() -> None:
    line = {"amount": "1.00", "rate": 21}
    assert faults("vat", {"lines": [line], "prices": "gross"}) == [("not-allowed", "prices")]
    assert faults("vat", {"lines": [line | {"rate": 21.0}, line | {"amount": 1}], "prices": "inclusive"}) == [
        ("money-type", "lines[1].amount"),
        ("percent-type", "lines[0].rate"),
    ]
    assert faults("vat", {"lines": [line | {"rate": "101"}], "prices": "inclusive"}) == [
        ("percent-range", "lines[0].rate")
    ]


@given(LINES, st.sampled_from(["inclusive", "exclusive"]))
@pytest.mark.rule("C1")
def test_net_and_tax_are_the_total(lines: list[tuple[int, str]], prices: str) -> None:
    found = tax([TaxedLine(Money.from_cents(cents), Decimal(rate)) for cents, rate in lines], prices)
    assert found.net + found.vat == found.total
    given_sum = sum(cents for cents, _ in lines)
    assert (found.total if prices == "inclusive" else found.net).cents == given_sum
    assert found.because[-1].value == str(found.total)
    for one in found.per_rate:
        assert abs(one.vat.amount - one.net.amount * one.rate / 100) <= Decimal("0.01")
