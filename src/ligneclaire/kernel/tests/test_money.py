"""Money: exact sums, named roundings, splits that add up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.kernel.money import Money, MoneyError, allocate, sum_money, zero

cents = st.integers(-10_000_000, 10_000_000)


@pytest.mark.parametrize(
    ("text", "rounded", "down", "up"),
    [
        ("0.004", "0.00", "0.00", "0.01"),
        ("0.005", "0.01", "0.00", "0.01"),
        ("-0.005", "-0.01", "0.00", "-0.01"),
        ("1.234567", "1.23", "1.23", "1.24"),
        ("2.675", "2.68", "2.67", "2.68"),
        ("-2.674999", "-2.67", "-2.67", "-2.68"),
    ],
)
@pytest.mark.rule("C1", "C8")
def test_rounds_to_cents_in_three_named_ways(text: str, rounded: str, down: str, up: str) -> None:
    amount = Money.of(text)
    assert (str(amount.rounded()), str(amount.rounded_down()), str(amount.rounded_up())) == (rounded, down, up)


@pytest.mark.parametrize("value", [1.5, True, None, b"1"])
def test_refuses_what_is_not_exact(value: object) -> None:
    with pytest.raises(TypeError):
        Money.of(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "1,5", "1.2345678", "1e3", "NaN", " 1", "1.", "1234567890123"])
def test_refuses_what_is_not_an_amount(text: str) -> None:
    with pytest.raises(MoneyError):
        Money.of(text)


def test_writes_two_decimals_and_keeps_those_of_a_unit_price() -> None:
    assert [str(Money.of(text)) for text in ("34.9", "5", "0.0123", "-0.00", "-1.5")] == [
        "34.90",
        "5.00",
        "0.0123",
        "0.00",
        "-1.50",
    ]


def test_does_not_mix_currencies_or_multiply_by_a_float() -> None:
    with pytest.raises(MoneyError):
        Money.of("1") + Money.of("1", "USD")
    with pytest.raises(MoneyError):
        assert Money.of("1") < Money.of("1", "USD")
    with pytest.raises(TypeError):
        Money.of("1") * 0.5  # type: ignore[operator]


def test_a_share_is_exact_before_it_is_rounded_once() -> None:
    # 0.334999999 of a euro would become 0.335000 at six decimals and 0.34 at cents: one rounding gives 0.33.
    assert Money.of("1.00").share_in_cents(334_999_999, 1_000_000_000) == Money.of("0.33")
    assert Money.of("10.00").share(1, 3) == Money.of("3.333333")
    assert Money.of("0.01").share_in_cents(1, 3, "up") == Money.of("0.01")
    assert Money.of("14.96").percent_in_cents(Decimal("12.5"), "down") == Money.of("1.87")


def test_cents_refuses_a_fraction_of_a_cent() -> None:
    assert Money.of("34.90").cents == 3490
    with pytest.raises(MoneyError):
        _ = Money.of("0.005").cents


@given(cents, cents)
def test_adds_like_integers(first: int, second: int) -> None:
    total = Money.from_cents(first) + Money.from_cents(second)
    assert total.cents == first + second
    assert total - Money.from_cents(second) == Money.from_cents(first)


@given(cents, st.lists(st.integers(0, 1000), min_size=1, max_size=12))
def test_allocated_parts_sum_to_the_whole(total: int, weights: list[int]) -> None:
    if not any(weights):
        weights[0] = 1
    parts = allocate(Money.from_cents(total), weights)
    assert sum_money(parts) == Money.from_cents(total)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Fraction(part.cents) - Fraction(total * weight, sum(weights))) < 1


def test_allocates_the_remainder_to_the_first() -> None:
    assert [str(part) for part in allocate(Money.of("10.00"), [1, 1, 1])] == ["3.34", "3.33", "3.33"]
    assert allocate(zero(), [0, 0]) == (zero(), zero())
    with pytest.raises(MoneyError):
        allocate(Money.of("1"), [0])
    with pytest.raises(MoneyError):
        allocate(Money.of("1"), [2, -1])


@given(cents, st.integers(1, 31), st.integers(1, 31))
@pytest.mark.rule("C1")
def test_rounding_is_symmetric(amount: int, part: int, whole: int) -> None:
    assert Money.from_cents(-amount).share_in_cents(part, whole) == -Money.from_cents(amount).share_in_cents(
        part, whole
    )
