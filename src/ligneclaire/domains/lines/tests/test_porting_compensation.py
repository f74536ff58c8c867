"""L-FR-08, L-BE-05, C8: what is owed when a number moves late or is lost, rounded up."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps

FRENCH = {"country": "FR", "monthly_price": "19.99", "days_late": 3}
BELGIAN = {"country": "BE", "days_late": 3}


@pytest.mark.parametrize(
    ("facts", "minimum"),
    [
        # 19.99 ÷ 5 × 3 = 11.994, up
        (FRENCH, "12.00"),
        # two numbers: 23.988, rounded once
        (FRENCH | {"numbers": 2}, "23.99"),
        (FRENCH | {"days_late": 5}, "19.99"),
        (FRENCH | {"days_late": 0}, "0.00"),
        # lost: 24 × 19.99 = 479.76; for two numbers twice that
        (FRENCH | {"lost": True}, "479.76"),
        (FRENCH | {"lost": True, "numbers": 2}, "959.52"),
        (FRENCH | {"lost": True, "days_late": 0}, "479.76"),
        # the larger of the two: 120 days are 24 months' worth, 121 days more: 19.99 ÷ 5 × 121 = 483.758
        (FRENCH | {"lost": True, "days_late": 120}, "479.76"),
        (FRENCH | {"lost": True, "days_late": 121}, "483.76"),
        (FRENCH | {"complex": True}, "12.00"),
        # Belgium: 3 EUR a day and number, 5 for a complex transfer; the price plays no part
        (BELGIAN, "9.00"),
        (BELGIAN | {"numbers": 4}, "36.00"),
        (BELGIAN | {"complex": True}, "15.00"),
        (BELGIAN | {"complex": True, "numbers": 4, "monthly_price": "80.00"}, "60.00"),
        (BELGIAN | {"days_late": 0, "lost": True}, "0.00"),
    ],
)
@pytest.mark.rule("L-FR-08", "L-BE-05", "C8")
def test_what_is_owed_at_least(facts: dict[str, Any], minimum: str) -> None:
    answer = ask("porting-compensation", facts)
    assert answer["minimum"] == steps(answer)[-1] == minimum
    assert answer["prices"] == "inclusive"


def test_refuses_what_cannot_be() -> None:
    assert faults("porting-compensation", {"days_late": 3}, "rural") == [("missing", "monthly_price")]
    assert faults("porting-compensation", FRENCH | {"days_late": -1}) == [("too-small", "days_late")]
    assert faults("porting-compensation", FRENCH | {"numbers": 0}) == [("too-small", "numbers")]
    assert faults("porting-compensation", BELGIAN, "rural") == [("contradiction", "country")]


@given(st.integers(0, 400), st.integers(1, 50), st.booleans(), st.integers(0, 10_000))
@pytest.mark.rule("L-FR-08", "C8")
def test_never_below_the_law_and_never_a_cent_too_much(days: int, numbers: int, lost: bool, cents: int) -> None:
    facts = {
        "country": "FR",
        "days_late": days,
        "numbers": numbers,
        "lost": lost,
        "monthly_price": f"{cents / 100:.2f}",
    }
    minimum = Fraction(ask("porting-compensation", facts)["minimum"]) * 100
    exact = max(Fraction(cents * days * numbers, 5), Fraction(24 * cents * numbers) if lost else Fraction(0))
    assert 0 <= minimum - exact < 1


@pytest.mark.parametrize("changed", [{"days_late": 4}, {"numbers": 2}, {"lost": True}, {"monthly_price": "20.00"}])
def test_changing_a_fact_changes_a_step(changed: dict[str, Any]) -> None:
    assert ask("porting-compensation", FRENCH)["because"] != ask("porting-compensation", FRENCH | changed)["because"]
