"""CMP-01 to CMP-03, L-FR-09, L-BE-09: from when and until when the mediator may be asked."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps
from ligneclaire.kernel.periods import add_months


def first(sent: str, answered: str | None = None, satisfied: bool | None = None) -> dict[str, Any]:
    return {"level": 1, "sent_on": sent, "answered_on": answered, "satisfied": satisfied}


def second(sent: str, answered: str | None = None, satisfied: bool | None = None) -> dict[str, Any]:
    return first(sent, answered, satisfied) | {"level": 2}


def ombudsman(sent: str) -> dict[str, Any]:
    return {"level": "ombudsman", "sent_on": sent}


def way(complaint: list[dict[str, Any]], operator: str, **facts: Any) -> tuple[str | None, str | None, str | None]:
    answer = ask("complaint", {"steps": complaint, **facts}, operator)
    assert steps(answer)[-1] == answer["mediator_from"]
    return answer["mediator_from"], answer["mediator_until"], answer["collection_suspended_until"]


@pytest.mark.parametrize(
    ("complaint", "opens", "closes"),
    [
        # two months of silence, clamped: 31 December + 2 months is 28 February
        ([first("2025-12-31")], "2026-02-28", "2026-12-31"),
        ([first("2026-01-15")], "2026-03-15", "2027-01-15"),
        # level 2 after a month opens a month later, before the silence would: 10 February + 1 month
        ([first("2026-01-15"), second("2026-02-10")], "2026-03-10", "2027-01-15"),
        # sent late, the silence opens first
        ([first("2026-01-15"), second("2026-03-01")], "2026-03-15", "2027-01-15"),
        # answered in time: only level 2 opens, clamped from 31 January
        ([first("2026-01-15", "2026-01-20", False), second("2026-01-31")], "2026-02-28", "2027-01-15"),
        ([first("2026-01-15", "2026-01-20", False)], None, "2027-01-15"),
        # an answer on the last day of the delay is one, on the day after it is none
        ([first("2026-01-15", "2026-03-15")], None, "2027-01-15"),
        ([first("2026-01-15", "2026-03-16")], "2026-03-15", "2027-01-15"),
        # an answer at level 2 that does not satisfy changes nothing
        ([first("2026-01-15", "2026-01-20"), second("2026-02-10", "2026-02-12", False)], "2026-03-10", "2027-01-15"),
        # straight to level 2; steps in any order; a leap day
        ([second("2026-01-31")], "2026-02-28", "2027-01-31"),
        ([second("2026-02-10"), first("2026-01-15")], "2026-03-10", "2027-01-15"),
        ([first("2024-02-29")], "2024-04-29", "2025-02-28"),
        # level 2 so late that a year has passed
        ([first("2026-01-15", "2026-01-20"), second("2026-12-20")], "2027-01-20", "2027-01-15"),
        # satisfied, at whatever level
        ([first("2026-01-15", "2026-01-20", True)], None, None),
        ([first("2026-01-15"), second("2026-02-10", "2026-02-12", True)], None, None),
        ([ombudsman("2026-04-01")], None, None),
    ],
)
@pytest.mark.rule("CMP-02", "CMP-03", "L-FR-09", "C3", "C4")
def test_the_mediator_in_france(complaint: list[dict[str, Any]], opens: str | None, closes: str | None) -> None:
    assert way(complaint, "rural") == (opens, closes, None)


@pytest.mark.parametrize(
    ("complaint", "expected"),
    [
        ([first("2026-01-15")], ("2026-01-15", "2027-01-15", None)),
        ([second("2026-02-10"), first("2026-01-15", "2026-01-16", False)], ("2026-01-15", "2027-01-15", None)),
        # four months from the ombudsman's step, clamped: 31 October + 4 months
        ([first("2026-01-15"), ombudsman("2026-10-31")], ("2026-01-15", "2027-01-15", "2027-02-28")),
        # the ombudsman asks that the operator was tried
        ([ombudsman("2026-02-01")], (None, None, "2026-06-01")),
        ([first("2026-01-15", "2026-01-20", True), ombudsman("2026-02-01")], (None, None, None)),
    ],
)
@pytest.mark.rule("CMP-03", "L-BE-09", "C3")
def test_the_ombudsman_in_belgium(complaint: list[dict[str, Any]], expected: tuple[str | None, ...]) -> None:
    assert way(complaint, "fleet") == expected


@pytest.mark.rule("CMP-03", "L-FR-09")
def test_the_law_bounds_the_delays_and_both_are_shown() -> None:
    slow = {"complaint_silence_months": 3, "complaint_level_months": 2}
    assert way([first("2026-01-15")], "rural", policy=slow)[0] == "2026-03-15"
    assert way([second("2026-01-15")], "rural", policy=slow)[0] == "2026-02-15"
    answer = ask("complaint", {"steps": [first("2026-01-15")], "policy": slow}, "rural")
    shown = [(one["rule"], one["value"]) for one in answer["because"][1:5]]
    assert shown == [("CMP-03", "3"), ("L-FR-09", "2"), ("CMP-03", "2"), ("L-FR-09", "1")]
    answer = ask("complaint", {"steps": [first("2026-01-15")]}, "rural")
    shown = [(one["rule"], one["value"]) for one in answer["because"][1:4]]
    assert shown == [("CMP-03", "2"), ("CMP-03", "1"), ("CMP-03", "2026-03-15")]
    quick = {"complaint_silence_months": 1}
    assert way([first("2026-01-15")], "rural", policy=quick)[0] == "2026-02-15"


@pytest.mark.rule("CMP-01")
def test_the_target_of_an_answer_is_shown() -> None:
    # 15 January + 30 days = 14 February
    for operator in ("rural", "fleet"):
        answer = ask("complaint", {"steps": [second("2026-02-01"), first("2026-01-15")]}, operator)
        assert (answer["because"][0]["rule"], answer["because"][0]["value"]) == ("CMP-01", "2026-02-14")


def test_refuses_what_cannot_be() -> None:
    assert faults("complaint", {"steps": []}, "rural") == [("too-few", "steps")]
    for level in (3, 0, True, 1.0, "1", "mediator", [1]):
        wrong = {"steps": [first("2026-01-15") | {"level": level}]}
        assert faults("complaint", wrong, "rural") == [("not-allowed", "steps[0].level")]
    assert faults("complaint", {"steps": [first("2026-01-15"), second("2026-02-10", "2026-02-09")]}, "rural") == [
        ("answered-before-sent", "steps[1].answered_on")
    ]
    assert faults("complaint", {"steps": [first("2026-01-15") | {"by": "post"}]}, "rural") == [
        ("unknown", "steps[0].by")
    ]


@given(st.dates(date(2015, 1, 1), date(2100, 1, 1)), st.integers(0, 100), st.integers(0, 100))
@pytest.mark.rule("CMP-03", "L-FR-09", "C3")
def test_the_earliest_way_opens(sent: date, answer_after: int, second_after: int) -> None:
    answered, again = sent + timedelta(days=answer_after), sent + timedelta(days=second_after)
    found = way([first(sent.isoformat(), answered.isoformat()), second(again.isoformat())], "rural")
    silence = add_months(sent, 2)
    expected = [add_months(again, 1)] + ([silence] if answered > silence else [])
    assert found[0] == min(expected).isoformat()


@pytest.mark.parametrize(
    "changed",
    [
        {"level": 2},
        {"sent_on": "2026-01-16"},
        {"answered_on": "2026-01-20"},
        {"answered_on": "2026-03-20"},
        {"satisfied": True},
    ],
)
def test_changing_a_fact_changes_a_step(changed: dict[str, Any]) -> None:
    before = ask("complaint", {"steps": [first("2026-01-15")]}, "rural")["because"]
    assert ask("complaint", {"steps": [first("2026-01-15") | changed]}, "rural")["because"] != before
