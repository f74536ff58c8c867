"""CON-06 to CON-08, C7, C8: what is due when a customer leaves within the commitment, by the law of the contract."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps

FRENCH = {
    "country": "FR",
    "contract_on": "2022-12-31",
    "commitment_start_on": "2023-01-15",
    "commitment_months": 24,
    "monthly_price": "34.90",
    "last_day": "2024-03-20",
    "segment": "consumer",
}
BELGIAN = {
    "country": "BE",
    "contract_on": "2025-03-01",
    "commitment_start_on": "2025-03-10",
    "commitment_months": 24,
    "monthly_price": "40.00",
    "last_day": "2025-05-20",
    "segment": "consumer",
}


def sentences(facts: dict[str, Any]) -> list[str]:
    """The steps in English."""
    return [one["step"].replace("\u00a0", " ") for one in ask("early-termination", facts)["because"]]


def figures(facts: dict[str, Any]) -> tuple[Any, ...]:
    """Month, months in full, months reduced, rate, amount, law; the last step says the amount."""
    answer = ask("early-termination", facts)
    assert steps(answer)[-1] == answer["amount"]
    names = ("commitment_month", "months_in_full", "months_reduced", "reduced_rate", "amount", "capped_by")
    return tuple(answer[name] for name in names)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        # month 15 of 24: nine months after it, 9 × 34.90 × 25 % = 78.525, rounded down
        ({}, (15, 0, 9, "25", "78.52", None)),
        # month 5: 7 months of year 1 in full (244.30) + 12 × 34.90 × 25 % (104.70)
        ({"last_day": "2023-05-20"}, (5, 7, 12, "25", "349.00", None)),
        # the last day of month 12, then the first of month 13: all of year 2, then one month less
        ({"last_day": "2024-01-14"}, (12, 0, 12, "25", "104.70", None)),
        ({"last_day": "2024-01-15"}, (13, 0, 11, "25", "95.97", None)),
        # the first day with service: 11 × 34.90 in full + 104.70
        ({"last_day": "2023-01-15"}, (1, 11, 12, "25", "488.60", None)),
        # month 24, and the first day after the term: nothing remains, the month goes on counting
        ({"last_day": "2025-01-14"}, (24, 0, 0, "25", "0.00", None)),
        ({"last_day": "2025-01-15"}, (25, 0, 0, "25", "0.00", None)),
        # twelve months are due in full
        ({"commitment_months": 12, "last_day": "2023-05-20"}, (5, 7, 0, "25", "244.30", None)),
        # a contract from 2023 without a device: year 2 costs nothing
        ({"contract_on": "2023-01-01"}, (15, 0, 9, "0", "0.00", "L-FR-01")),
        ({"contract_on": "2023-01-01", "last_day": "2023-05-20"}, (5, 7, 12, "0", "244.30", "L-FR-01")),
        # with a subsidised device at most 20 %: 9 × 34.90 × 20 % = 62.82
        ({"contract_on": "2023-01-01", "subsidised_device": True}, (15, 0, 9, "20", "62.82", "L-FR-01")),
        # nothing remained to be lowered, so no law is named
        ({"contract_on": "2023-01-01", "last_day": "2025-01-14"}, (24, 0, 0, "0", "0.00", None)),
        (
            {"contract_on": "2023-01-01", "commitment_months": 12, "last_day": "2023-05-20"},
            (5, 7, 0, "0", "244.30", None),
        ),
        ({"contract_on": "2023-01-01", "monthly_price": "0.00"}, (15, 0, 9, "0", "0.00", None)),
        # the operator asks less than the law allows: 9 × 34.90 × 10 % = 31.41
        ({"policy": {"reduced_rate": 10}}, (15, 0, 9, "10", "31.41", None)),
        ({"policy": {"reduced_rate": "12.5"}}, (15, 0, 9, "12.5", "39.26", None)),
        # or more: half of 9 × 34.90, and 18 months in full; the law leaves 25 % and twelve months
        ({"policy": {"reduced_rate": 50}}, (15, 0, 9, "25", "78.52", "L-FR-01")),
        ({"policy": {"full_months": 18}}, (15, 0, 9, "25", "78.52", "L-FR-01")),
        ({"policy": {"full_months": 18}, "last_day": "2023-05-20"}, (5, 7, 12, "25", "349.00", "L-FR-01")),
    ],
)
@pytest.mark.rule("CON-06", "CON-07", "C7", "C8", "L-FR-01")
def test_leaving_in_france(changed: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert figures(FRENCH | changed) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        # month 3: months 4 to 6 in full, 18 months after month 6 for nothing; the policy asked 9 × 40 + 12 × 10
        ({}, (3, 3, 18, "0", "120.00", "L-BE-01")),
        # the last day of month 5, of month 6, the first of month 7
        ({"last_day": "2025-08-09"}, (5, 1, 18, "0", "40.00", "L-BE-01")),
        ({"last_day": "2025-08-10"}, (6, 0, 18, "0", "0.00", "L-BE-01")),
        ({"last_day": "2025-09-10"}, (7, 0, 17, "0", "0.00", "L-BE-01")),
        ({"last_day": "2027-03-09"}, (24, 0, 0, "0", "0.00", None)),
        ({"last_day": "2027-03-10"}, (25, 0, 0, "0", "0.00", None)),
        ({"commitment_months": 6}, (3, 3, 0, "0", "120.00", None)),
        # firms: nine workers are protected, ten are not, unknown ones neither: 9 × 40 + 12 × 40 × 25 %
        ({"segment": "business", "workers": 9}, (3, 3, 18, "0", "120.00", "L-BE-01")),
        ({"segment": "business", "workers": 10}, (3, 9, 12, "25", "480.00", None)),
        ({"segment": "business"}, (3, 9, 12, "25", "480.00", None)),
        ({"segment": "business", "numbers": 1}, (3, 9, 12, "25", "480.00", None)),
        # not protected: half-up; 9 × 39.99 + 12 × 39.99 × 25 % = 479.88, one month at 12.5 % of 39.99 = 4.99875
        ({"segment": "business", "monthly_price": "39.99"}, (3, 9, 12, "25", "479.88", None)),
        (
            {
                "segment": "business",
                "monthly_price": "39.99",
                "last_day": "2027-02-09",
                "policy": {"reduced_rate": "12.5"},
            },
            (23, 0, 1, "12.5", "5.00", None),
        ),
        # before 9 January 2022 the test was five numbers, whatever the workers
        ({"contract_on": "2022-01-08", "segment": "business", "numbers": 5}, (3, 3, 18, "0", "120.00", "L-BE-01")),
        ({"contract_on": "2022-01-08", "segment": "business", "numbers": 6}, (3, 9, 12, "25", "480.00", None)),
        ({"contract_on": "2022-01-08", "segment": "business", "workers": 2}, (3, 9, 12, "25", "480.00", None)),
        ({"contract_on": "2022-01-09", "segment": "business", "workers": 9}, (3, 3, 18, "0", "120.00", "L-BE-01")),
        # firms may choose longer: month 3 of 36, 9 in full and 24 at a quarter
        ({"segment": "business", "commitment_months": 36}, (3, 9, 24, "25", "600.00", None)),
        # the policy asks less than the six months of the law
        ({"policy": {"full_months": 4}}, (3, 1, 18, "0", "40.00", "L-BE-01")),
    ],
)
@pytest.mark.rule("CON-06", "CON-07", "C7", "L-BE-01")
def test_leaving_in_belgium(changed: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert figures(BELGIAN | changed) == expected


@pytest.mark.parametrize(
    ("workers", "amount", "law"), [(9, "0.00", "L-FR-01"), (10, "78.53", None), (None, "78.53", None)]
)
@pytest.mark.rule("L-FR-14", "C1")
def test_small_french_firms_share_the_protection(workers: int | None, amount: str, law: str | None) -> None:
    # unprotected: 9 × 34.90 × 25 % = 78.525, half-up
    facts = FRENCH | {"contract_on": "2023-01-01", "segment": "business", "workers": workers}
    assert figures(facts)[-2:] == (amount, law)


@pytest.mark.rule("C3", "C7")
def test_commitment_months_are_anchored_on_the_first_day() -> None:
    from_the_31st = FRENCH | {"commitment_start_on": "2023-01-31"}
    for last_day, month in [
        ("2023-02-27", 1),
        ("2023-02-28", 2),
        ("2023-03-30", 2),
        ("2023-03-31", 3),
        ("2023-04-30", 4),
    ]:
        assert figures(from_the_31st | {"last_day": last_day})[0] == month


@pytest.mark.parametrize(
    ("changed", "charge"),
    [
        # month 3 of 24: 240 × 21 ÷ 24 = 210; the subscription to the end would be 21 × 40
        ({}, "210.00"),
        # rounded down: 199.99 × 21 ÷ 24 = 174.99125
        ({"device_residual_start": "199.99"}, "174.99"),
        # a cheap subscription is the lower one: 21 × 4 = 84
        ({"monthly_price": "4.00"}, "84.00"),
        # without the six months: month 10 leaves 14 × 10 = 140 and 14 × 9 = 126
        ({"last_day": "2025-12-20", "monthly_price": "9.00"}, "126.00"),
        # a shorter table has ended, the term has ended
        ({"device_months": 3}, "0.00"),
        ({"device_months": 12}, "180.00"),
        ({"last_day": "2027-03-10"}, "0.00"),
        # large firms too; not without a device
        ({"segment": "business", "workers": 50}, "210.00"),
        ({"subsidised_device": None}, "210.00"),
        ({"subsidised_device": False}, "0.00"),
        ({"device_residual_start": None, "device_months": None}, "0.00"),
    ],
)
@pytest.mark.rule("L-BE-02", "C8", "C7")
def test_the_device_in_belgium(changed: dict[str, Any], charge: str) -> None:
    device = {"subsidised_device": True, "device_residual_start": "240.00", "device_months": 24}
    assert ask("early-termination", BELGIAN | device | changed)["device_charge"] == charge


@pytest.mark.rule("L-BE-02")
def test_no_device_is_charged_in_france() -> None:
    device = {"subsidised_device": True, "device_residual_start": "240.00", "device_months": 36}
    answer = ask("early-termination", FRENCH | device)
    assert answer["device_charge"] == "0.00"
    assert "L-BE-02" in {step["rule"] for step in answer["because"]}


@pytest.mark.rule("CON-08", "L-FR-02", "L-BE-01")
def test_the_fee_of_the_catalogue() -> None:
    assert ask("early-termination", FRENCH)["fee"] is None
    assert ask("early-termination", FRENCH | {"listed_fee": "49.00"})["fee"] == "49.00"
    assert ask("early-termination", BELGIAN | {"listed_fee": "49.00"})["fee"] == "0.00"
    assert ask("early-termination", BELGIAN | {"listed_fee": "49.00", "segment": "business"})["fee"] == "49.00"
    assert ask("early-termination", BELGIAN | {"segment": "business"})["fee"] is None


def test_prices_are_those_of_the_customer() -> None:
    assert ask("early-termination", BELGIAN)["prices"] == "inclusive"
    assert ask("early-termination", BELGIAN | {"segment": "business"}, "lessor")["prices"] == "exclusive"


@pytest.mark.rule("CON-01", "L-EU-01", "L-FR-01", "L-BE-02", "L-BE-03")
def test_refuses_what_cannot_be() -> None:
    def wrong(facts: dict[str, Any], operator: str | None = None) -> list[tuple[str, str]]:
        return faults("early-termination", facts, operator)

    assert wrong(FRENCH | {"commitment_months": 25}) == [("too-long", "commitment_months")]
    assert wrong(BELGIAN | {"commitment_months": 36}) == [("too-long", "commitment_months")]
    assert wrong(FRENCH | {"last_day": "2023-01-14"}) == [("before-start", "last_day")]
    assert wrong(FRENCH | {"contract_on": "2024-03-21"}) == [("before-contract", "last_day")]
    assert wrong(FRENCH | {"last_day": "2023-01-14", "commitment_months": 30}) == [
        ("before-start", "last_day"),
        ("too-long", "commitment_months"),
    ]
    assert wrong(BELGIAN | {"device_residual_start": "240.00"}) == [("comes-with", "device_months")]
    assert wrong(BELGIAN | {"device_months": 24}) == [("comes-with", "device_residual_start")]
    device = {"device_residual_start": "240.00", "device_months": 25}
    assert wrong(BELGIAN | device) == [("too-long", "device_months")]
    assert wrong(BELGIAN | device | {"device_months": 0}) == [("too-small", "device_months")]
    assert wrong(FRENCH | {"segment": "private"}) == [("not-allowed", "segment")]
    assert wrong(FRENCH | {"country": "NL"}) == [("not-allowed", "country")]
    assert wrong(FRENCH, "lessor") == [("contradiction", "country")]
    assert wrong(FRENCH | {"country": None}) == [("missing", "country")]
    assert wrong(FRENCH | {"commitment_months": "24", "monthly_price": "-1.00"}) == [
        ("integer", "commitment_months"),
        ("money-negative", "monthly_price"),
    ]
    assert wrong(FRENCH | {"contract_on": "2014-12-31"}) == [("no-policy", "policy")]
    assert wrong(FRENCH | {"policy": {"reduced_rate": 101}}) == [("bad-policy", "policy.reduced_rate")]


PEOPLE = st.sampled_from(
    [
        {"country": "FR", "segment": "consumer"},
        {"country": "BE", "segment": "consumer"},
        {"country": "FR", "segment": "business", "workers": 9},
        {"country": "BE", "segment": "business", "workers": 9, "numbers": 5},
    ]
)


@given(
    PEOPLE, st.dates(date(2015, 1, 1), date(2030, 1, 1)), st.integers(1, 24), st.integers(0, 800), st.integers(1, 9999)
)
@pytest.mark.rule("CON-07", "C7", "C8")
def test_never_above_the_cap_and_never_more_for_staying(
    who: dict[str, Any], start: date, months: int, stay: int, cents: int
) -> None:
    assume(who["segment"] == "consumer" or start >= date(2021, 1, 1) or who["country"] == "BE")  # L-FR-14: from 2021
    facts = {
        **who,
        "contract_on": start.isoformat(),
        "commitment_start_on": start.isoformat(),
        "commitment_months": months,
        "monthly_price": f"{cents / 100:.2f}",
    }

    def leave_after(days: int) -> tuple[int, Decimal]:
        answer = ask("early-termination", facts | {"last_day": (start + timedelta(days=days)).isoformat()})
        return answer["commitment_month"], Decimal(answer["amount"])

    month, amount = leave_after(stay)
    price = Decimal(cents) / 100
    if who["country"] == "BE":
        cap = price * max(0, min(6, months) - month)
    else:
        rate = Decimal("0.25") if start < date(2023, 1, 1) else Decimal(0)
        cap = price * (max(0, min(12, months) - month) + rate * max(0, months - max(month, 12)))
    assert cap - Decimal("0.01") < amount <= cap
    assert leave_after(stay + 1)[1] <= amount


@pytest.mark.parametrize(
    "changed",
    [
        {"contract_on": "2022-12-30"},
        {"commitment_start_on": "2023-01-16"},
        {"commitment_months": 23},
        {"monthly_price": "34.91"},
        {"last_day": "2024-03-21"},
        {"segment": "business"},
        {"segment": "business", "workers": 3},
        {"subsidised_device": True},
        {"device_residual_start": "240.00", "device_months": 24},
        {"listed_fee": "1.00"},
        {"policy": {"reduced_rate": 24}},
        {"policy": {"full_months": 11}},
    ],
)
def test_changing_a_fact_changes_a_step(changed: dict[str, Any]) -> None:
    before = ask("early-termination", FRENCH)["because"]
    assert ask("early-termination", FRENCH | changed)["because"] != before


@pytest.mark.rule("CON-06", "CON-07")
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "9 × 25% of €34.90 = €78.52, rounded down."),
        ({"last_day": "2023-05-20"}, "7 × €34.90 + 12 × 25% of €34.90 = €349.00, rounded down."),
        ({"commitment_months": 12, "last_day": "2023-05-20"}, "7 × €34.90 = €244.30, rounded down."),
        ({"contract_on": "2023-01-01"}, "Bounded by the law: nothing is due for the rest of the commitment: €0.00."),
        ({"last_day": "2025-01-14"}, "Nothing is due for the rest of the commitment: €0.00."),
    ],
)
def test_the_last_step_prints_no_part_that_is_zero(changed: dict[str, Any], said: str) -> None:
    assert sentences(FRENCH | changed)[-1] == said


def test_a_contract_without_commitment_says_so() -> None:
    assert "The contract has no commitment." in sentences(FRENCH | {"commitment_months": 0})
