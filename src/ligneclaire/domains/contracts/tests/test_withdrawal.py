"""L-FR-05, ADM-25, C4: fourteen days, a shift to the next working day, free before activation."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps
from ligneclaire.kernel.working_days import is_working_day


@pytest.mark.parametrize(
    ("country", "facts", "until"),
    [
        # Friday 12 June + 14 = Friday 26 June
        ("FR", {"contract_on": "2026-06-12"}, "2026-06-26"),
        # + 14 = Saturday 27 June, Sunday 28: Monday
        ("FR", {"contract_on": "2026-06-13"}, "2026-06-29"),
        ("FR", {"contract_on": "2026-06-14"}, "2026-06-29"),
        # Tuesday 14 July is a holiday in France, Tuesday 21 July in Belgium
        ("FR", {"contract_on": "2026-06-30"}, "2026-07-15"),
        ("BE", {"contract_on": "2026-06-30"}, "2026-07-14"),
        ("BE", {"contract_on": "2026-07-07"}, "2026-07-22"),
        ("FR", {"contract_on": "2026-07-07"}, "2026-07-21"),
        # Saturday 23 May, Sunday, Whit Monday: Tuesday 26 May
        ("FR", {"contract_on": "2026-05-09"}, "2026-05-26"),
        # Friday 25 December, then a weekend
        ("BE", {"contract_on": "2026-12-11"}, "2026-12-28"),
        # delivery counts, later or earlier than the contract, or alone
        ("FR", {"contract_on": "2026-06-01", "delivered_on": "2026-06-12"}, "2026-06-26"),
        ("FR", {"contract_on": "2026-06-12", "delivered_on": "2026-06-01"}, "2026-06-15"),
        ("FR", {"delivered_on": "2026-06-12"}, "2026-06-26"),
    ],
)
@pytest.mark.rule("L-FR-05", "C4")
def test_the_last_day_of_the_right(country: str, facts: dict[str, Any], until: str) -> None:
    answer = ask("withdrawal", {"country": country, "asked_on": "2026-12-31", **facts})
    assert answer["until"] == until
    assert steps(answer)[-1] == until


@pytest.mark.parametrize(
    ("activated", "asked", "free"),
    [
        ("2026-06-15", "2026-06-26", True),  # the last day
        ("2026-06-15", "2026-06-27", False),
        (None, "2026-06-27", True),  # not activated
        ("2026-07-02", "2026-07-01", True),  # activated only after the request
        ("2026-07-01", "2026-07-01", False),
    ],
)
@pytest.mark.rule("ADM-25", "L-FR-05")
def test_free_on_time_or_before_activation(activated: str | None, asked: str, free: bool) -> None:
    facts = {"contract_on": "2026-06-12", "activated_on": activated}
    assert ask("withdrawal", facts | {"asked_on": asked}, "rural")["free"] is free
    assert ask("withdrawal", facts, "rural", on=asked)["free"] is free


@pytest.mark.rule("L-FR-05")
def test_the_law_sets_the_least() -> None:
    for country in ("FR", "BE"):
        facts = {"country": country, "contract_on": "2026-06-12", "policy": {"withdrawal_days": 7}}
        answer = ask("withdrawal", facts)
        assert answer["until"] == "2026-06-26"
        assert answer["because"][1]["step"] == "7\u00a0days to withdraw, but the law wants 14 at least."
    longer = {"country": "FR", "contract_on": "2026-06-12", "policy": {"withdrawal_days": 30}}
    assert ask("withdrawal", longer)["until"] == "2026-07-13"  # 12 July is a Sunday, 14 July comes after


def test_refuses_what_cannot_be() -> None:
    assert faults("withdrawal", {"activated_on": "2026-06-12"}, "rural") == [("contract-or-delivery", "contract_on")]
    facts = {"contract_on": "2026-06-12", "asked_on": "2026-06-11"}
    assert faults("withdrawal", facts, "rural") == [("before-contract", "asked_on")]
    assert faults("withdrawal", {"contract_on": "2026-06-12"}) == [("missing", "country")]


@given(st.dates(date(2015, 1, 1), date(2040, 1, 1)), st.sampled_from(["FR", "BE"]))
@pytest.mark.rule("L-FR-05", "C4")
def test_ends_on_a_working_day_and_never_early(contract: date, country: str) -> None:
    until = date.fromisoformat(ask("withdrawal", {"country": country, "contract_on": contract.isoformat()})["until"])
    assert is_working_day(until, country)
    earliest = contract + timedelta(days=14)
    assert until >= earliest
    skipped = [earliest + timedelta(days=days) for days in range((until - earliest).days)]
    assert not [day for day in skipped if is_working_day(day, country)]


@pytest.mark.parametrize(
    "changed",
    [
        {"contract_on": "2026-06-11"},
        {"delivered_on": "2026-06-12"},
        {"activated_on": "2026-06-13"},
        {"asked_on": "2026-06-21"},
    ],
)
def test_changing_a_fact_changes_a_step(changed: dict[str, str]) -> None:
    facts = {"country": "FR", "contract_on": "2026-06-12", "asked_on": "2026-06-20"}
    assert ask("withdrawal", facts)["because"] != ask("withdrawal", facts | changed)["because"]
