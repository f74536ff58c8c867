"""New bank details and cheques: before the 25th, before the 10th (PAY-04, PAY-05, C5)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.accounts.rules.bank_change import debit_month
from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps


@pytest.mark.parametrize(
    ("received_at", "first_debit_on"),
    [
        ("2026-03-24T23:59:59+01:00", "2026-04-07"),  # the last moment; 5 April is Easter Sunday
        ("2026-03-25T00:00:00+01:00", "2026-05-05"),
        ("2026-03-24T23:30:00Z", "2026-05-05"),  # 25 March 0:30 in Paris
        ("2026-06-24T22:30:00Z", "2026-08-05"),  # 25 June 0:30 in Paris, in summer time
        ("2026-06-24T21:30:00Z", "2026-07-06"),
        ("2026-06-03T10:00:00+02:00", "2026-07-06"),  # after the cut-off of May, before that of June: July, not June
        ("2026-12-24T12:00:00+01:00", "2027-01-05"),
        ("2026-12-31T12:00:00+01:00", "2027-02-05"),
    ],
)
@pytest.mark.rule("PAY-05", "C5")
def test_details_received_before_the_25th_count_for_the_next_month(received_at: str, first_debit_on: str) -> None:
    answer = ask("bank-change", {"received_at": received_at}, "rural")
    assert answer["first_debit_on"] == steps(answer)[-1] == first_debit_on


@pytest.mark.rule("PAY-05")
def test_days_may_be_given_or_tried() -> None:
    facts = {"received_at": "2026-06-14T12:00:00+02:00"}
    assert ask("bank-change", facts | {"cutoff_day": 14})["first_debit_on"] == "2026-08-05"
    assert ask("bank-change", facts | {"debit_day": 20})["first_debit_on"] == "2026-07-20"
    tried = ask("bank-change", facts | {"policy": {"bank_change_before": 14, "debit_day": 20}}, "rural")
    assert tried["first_debit_on"] == "2026-08-20"
    assert "accounts.bank_change@2015-01-01+tried" in [step["policy"] for step in tried["because"]]
    assert faults("bank-change", facts | {"policy": {"bank_change_before": 1}}, "rural") == [
        ("bad-policy", "policy.bank_change_before")
    ]
    assert faults("bank-change", facts | {"policy": {"bank_change_before": "14"}}, "rural") == [
        ("bad-policy", "policy.bank_change_before")
    ]
    assert faults("bank-change", {"received_at": "2026-06-14T12:00:00"}) == [("time-text", "received_at")]
    assert faults("bank-change", {"received_at": "2014-06-14T12:00:00+02:00"}, "rural") == [("no-policy", "policy")]


@given(st.dates(date(2016, 1, 1), date(2040, 1, 1)), st.integers(1, 31))
@pytest.mark.rule("PAY-05")
def test_the_debit_is_of_the_next_month_or_the_one_after(day: date, cutoff: int) -> None:
    month = debit_month(day, cutoff)
    ahead = (month.start.year - day.year) * 12 + month.start.month - day.month
    assert ahead == (1 if day.day < cutoff else 2)


@pytest.mark.parametrize(
    ("received_on", "in_time"),
    [("2026-04-09", True), ("2026-04-10", False), ("2026-03-30", True), ("2026-05-01", False)],
)
@pytest.mark.rule("PAY-04", "C5")
def test_a_cheque_arrives_before_the_10th(received_on: str, in_time: bool) -> None:
    answer = ask("cheque", {"month": "2026-04", "received_on": received_on}, "rural")
    assert (answer["in_time"], answer["latest_on"]) == (in_time, "2026-04-09")
    assert steps(answer)[-1] is in_time


@pytest.mark.rule("PAY-04")
def test_another_day_for_cheques_can_be_tried() -> None:
    facts = {"month": "2026-04", "received_on": "2026-04-14", "policy": {"cheque_before": 15}}
    assert ask("cheque", facts, "rural")["in_time"] is True
