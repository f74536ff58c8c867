"""C2: monthly price × active days ÷ real days of the calendar month."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.billing.rules import pro_rata
from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period


@pytest.mark.parametrize(
    ("price", "from_on", "to_on", "lines", "total"),
    [
        # 15 of April's 30 days: half of 34.90
        ("34.90", "2026-04-16", "2026-05-01", [("2026-04", 15, 30, "17.45")], "17.45"),
        # a leap February: 29.90 × 1 ÷ 29 = 1.0310…
        ("29.90", "2028-02-29", "2028-03-01", [("2028-02", 1, 29, "1.03")], "1.03"),
        # half a cent goes up: 0.30 × 1 ÷ 31 = 0.0096…, 15.50 × 1 ÷ 31 = 0.50; 0.31 × 15 ÷ 30 = 0.155
        ("0.31", "2026-04-01", "2026-04-16", [("2026-04", 15, 30, "0.16")], "0.16"),
        # over the new year, with a whole January between
        (
            "31.00",
            "2025-12-31",
            "2026-02-02",
            [("2025-12", 1, 31, "1.00"), ("2026-01", 31, 31, "31.00"), ("2026-02", 1, 28, "1.11")],
            "33.11",
        ),
        ("31.00", "2026-01-05", "2026-01-05", [], "0.00"),
    ],
)
@pytest.mark.rule("C2", "C1")
def test_a_part_of_each_month(
    price: str, from_on: str, to_on: str, lines: list[tuple[str, int, int, str]], total: str
) -> None:
    answer = ask("pro-rata", {"monthly_price": price, "from_on": from_on, "to_on": to_on}, "rural")
    assert [tuple(line.values()) for line in answer["lines"]] == lines
    assert answer["total"] == steps(answer)[-1] == total
    assert answer["prices"] == "inclusive"


def test_refuses_what_cannot_be() -> None:
    good = {"monthly_price": "34.90", "from_on": "2026-04-16", "to_on": "2026-05-01"}
    assert faults("pro-rata", good | {"to_on": "2026-04-15"}) == [("ends-before-start", "to_on")]
    assert faults("pro-rata", good | {"monthly_price": 34.9}) == [("money-type", "monthly_price")]
    assert faults("pro-rata", good | {"monthly_price": "-1.00"}) == [("money-negative", "monthly_price")]
    assert faults("pro-rata", good | {"monthly_price": "34.901"}) == [("money-text", "monthly_price")]
    assert faults("pro-rata", good | {"from_on": "2026-02-30"}) == [("date-impossible", "from_on")]
    assert faults("pro-rata", good | {"from_on": 20260416}) == [("date-type", "from_on")]
    assert faults("pro-rata", good | {"until": "2026-05-01", "to_on": None}) == [
        ("missing", "to_on"),
        ("unknown", "until"),
    ]
    assert faults("pro-rata", good | {"policy": {"debit_day": 5}}) == [("unknown-policy", "policy.debit_day")]
    assert faults("pro-rata", [good]) == [("not-an-object", "facts")]


@given(st.integers(0, 100_000), st.dates(date(2016, 1, 1), date(2040, 1, 1)), st.integers(0, 400))
@pytest.mark.rule("C2")
def test_every_line_is_within_half_a_cent_of_the_exact_part(cents: int, start: date, length: int) -> None:
    found = pro_rata.parts(Money.from_cents(cents), Period(start, start + timedelta(days=length)))
    assert sum(part.days for part in found.months) == length
    for part in found.months:
        assert abs(part.amount.cents - Fraction(cents * part.days, part.of_days)) <= Fraction(1, 2)
        if part.days == part.of_days:
            assert part.amount.cents == cents


@given(st.integers(1, 100_000), st.dates(date(2016, 1, 1), date(2040, 1, 1)))
def test_changing_a_fact_changes_a_step(cents: int, start: date) -> None:
    period = Period(start, start + timedelta(days=10))
    before = pro_rata.parts(Money.from_cents(cents), period).because
    assert before != pro_rata.parts(Money.from_cents(cents + 1), period).because
    assert before != pro_rata.parts(Money.from_cents(cents), Period(start, period.end + timedelta(days=1))).because
