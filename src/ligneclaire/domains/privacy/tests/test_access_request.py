"""L-EU-05, PRV-21, C3, C4: one month to answer, two more with notice, never moved by a weekend."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps
from ligneclaire.kernel.periods import add_months


@pytest.mark.parametrize(
    ("received", "extended", "answer_by", "notice_by"),
    [
        ("2026-06-12", False, "2026-07-12", "2026-07-12"),  # a Sunday stays a Sunday
        ("2026-01-31", False, "2026-02-28", "2026-02-28"),
        # anchored on the receipt: 31 January + 3 months is 30 April, not 28 April
        ("2026-01-31", True, "2026-04-30", "2026-02-28"),
        ("2028-01-30", False, "2028-02-29", "2028-02-29"),
        ("2026-11-30", True, "2027-02-28", "2026-12-30"),
        ("2026-12-01", False, "2027-01-01", "2027-01-01"),  # a holiday moves nothing either
    ],
)
@pytest.mark.rule("L-EU-05", "C3", "C4")
def test_by_when_a_request_is_answered(received: str, extended: bool, answer_by: str, notice_by: str) -> None:
    answer = ask("access-request", {"received_on": received, "extended": extended}, "rural")
    assert (answer["answer_by"], answer["extension_notice_by"]) == (answer_by, notice_by)
    assert steps(answer)[-1] == answer_by
    assert not any("law" in one["step"] for one in answer["because"])  # the policy is within the law


@pytest.mark.parametrize(
    ("own_invoice", "end_user", "by"),
    [
        (None, None, "operator"),
        (True, False, "operator"),
        (False, False, "operator"),
        (False, True, "employer"),
        (None, True, "employer"),
        (True, True, "operator"),  # split bill: the person gets an invoice
    ],
)
@pytest.mark.rule("PRV-21")
def test_who_answers(own_invoice: bool | None, end_user: bool | None, by: str) -> None:
    facts = {"received_on": "2026-06-12", "has_own_invoice": own_invoice, "end_user_of_business": end_user}
    assert ask("access-request", facts)["answered_by"] == by


@pytest.mark.rule("L-EU-05")
def test_the_law_bounds_the_delays() -> None:
    policy = {"access_months": 2, "access_extension_months": 6}
    facts: dict[str, Any] = {"received_on": "2026-06-12", "extended": True, "policy": policy}
    answer = ask("access-request", facts)
    assert (answer["answer_by"], answer["extension_notice_by"]) == ("2026-09-12", "2026-07-12")
    shown = [one["step"] for one in answer["because"]]
    assert "The operator would take 2\u00a0months; the law allows 1 at most." in shown
    faster = facts | {"policy": {"access_extension_months": 1}}
    assert ask("access-request", faster)["answer_by"] == "2026-08-12"


def test_refuses_what_cannot_be() -> None:
    assert faults("access-request", {}) == [("missing", "received_on")]
    assert faults("access-request", {"received_on": "2026-06-31", "extended": "no"}) == [
        ("date-impossible", "received_on"),
        ("flag", "extended"),
    ]


@given(st.dates(date(2018, 5, 25), date(2100, 1, 1)), st.booleans())
@pytest.mark.rule("L-EU-05", "C3")
def test_the_day_is_the_clamped_one(received: date, extended: bool) -> None:
    answer = ask("access-request", {"received_on": received.isoformat(), "extended": extended})
    assert answer["answer_by"] == add_months(received, 3 if extended else 1).isoformat()
    assert answer["extension_notice_by"] <= answer["answer_by"]
