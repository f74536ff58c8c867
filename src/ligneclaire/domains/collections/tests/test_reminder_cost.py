"""L-BE-10: what a late payer may be asked for at most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps
from ligneclaire.kernel.money import Money


@pytest.mark.parametrize(
    ("debt", "lump"),
    [
        ("0.01", "20.00"),
        ("150.00", "20.00"),
        ("150.09", "30.00"),  # 30 + 10 % of 0.09, rounded down
        ("150.10", "30.01"),
        ("320.00", "47.00"),  # 30 + 17
        ("500.00", "65.00"),  # 30 + 35
        ("500.19", "65.00"),
        ("1000.00", "90.00"),  # 65 + 25
        ("39200.00", "2000.00"),  # 65 + 1,935
        ("90000.00", "2000.00"),
    ],
)
@pytest.mark.rule("L-BE-10", "C8")
def test_the_scale_of_a_consumer_in_belgium(debt: str, lump: str) -> None:
    answer = ask("reminder-cost", {"country": "BE", "segment": "consumer", "debt": debt})
    assert (answer["lump_sum_max"], answer["reminder_fee_max"]) == (lump, "7.50")
    assert steps(answer)[-1] == lump


@pytest.mark.rule("L-BE-10")
def test_nothing_caps_others() -> None:
    for facts, on in (
        ({"country": "FR", "segment": "consumer"}, "2026-06-01"),
        ({"country": "BE", "segment": "business"}, "2026-06-01"),
        ({"country": "BE", "segment": "consumer"}, "2023-11-30"),
    ):
        answer = ask("reminder-cost", {**facts, "debt": "320.00"}, on=on)
        assert (answer["lump_sum_max"], answer["reminder_fee_max"]) == (None, None)
    assert faults("reminder-cost", {"segment": "consumer", "debt": "-1.00", "country": "BE"}) == [
        ("money-negative", "debt")
    ]
    assert faults("reminder-cost", {"segment": "consumer", "debt": "1.00", "country": "DE"}) == [
        ("not-allowed", "country")
    ]


@given(st.integers(0, 10_000_000), st.integers(0, 10_000_000))
@pytest.mark.rule("L-BE-10")
def test_a_larger_debt_never_allows_less(first: int, second: int) -> None:
    small, large = sorted((first, second))
    lumps = [
        ask("reminder-cost", {"country": "BE", "segment": "consumer", "debt": f"{cents // 100}.{cents % 100:02d}"})
        for cents in (small, large)
    ]
    assert Money.of(lumps[0]["lump_sum_max"]) <= Money.of(lumps[1]["lump_sum_max"])
