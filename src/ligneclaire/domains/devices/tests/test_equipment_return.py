"""RET-01 to RET-05: 30 days after a termination, 40 after an exchange, then charged; credited when it comes late."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps

ENDED = {"reason": "termination", "event_on": "2026-01-31"}
SWAPPED = {"reason": "exchange", "event_on": "2026-01-31"}


@pytest.mark.parametrize(
    ("facts", "on", "due", "charged_from", "charge"),
    [
        # 31 January + 30 days = 2 March 2026; charged from day 31
        (ENDED | {"dropped_on": "2026-03-02"}, "2026-06-01", "2026-03-02", "2026-03-03", "none"),
        (ENDED | {"dropped_on": "2026-03-03"}, "2026-06-01", "2026-03-02", "2026-03-03", "charged-then-credited"),
        (ENDED | {"dropped_on": "2026-01-20"}, "2026-06-01", "2026-03-02", "2026-03-03", "none"),
        # a year later it is still credited: no limit is set
        (ENDED | {"dropped_on": "2027-03-03"}, "2027-06-01", "2026-03-02", "2026-03-03", "charged-then-credited"),
        # not dropped off: as of the day of asking
        (ENDED, "2026-03-02", "2026-03-02", "2026-03-03", "none"),
        (ENDED, "2026-03-03", "2026-03-02", "2026-03-03", "charged"),
        # 31 January + 40 days = 12 March 2026; charged from day 41
        (SWAPPED | {"dropped_on": "2026-03-12"}, "2026-06-01", "2026-03-12", "2026-03-13", "none"),
        (SWAPPED | {"dropped_on": "2026-03-13"}, "2026-06-01", "2026-03-12", "2026-03-13", "charged-then-credited"),
        (SWAPPED, "2026-03-12", "2026-03-12", "2026-03-13", "none"),
        (SWAPPED, "2026-03-13", "2026-03-12", "2026-03-13", "charged"),
    ],
)
@pytest.mark.rule("RET-01", "RET-02", "RET-03", "RET-05", "C4")
def test_when_equipment_is_due_and_charged(
    facts: dict[str, Any], on: str, due: str, charged_from: str, charge: str
) -> None:
    answer = ask("equipment-return", facts, "rural", on=on)
    assert (answer["due_on"], answer["charged_from"], answer["charge"]) == (due, charged_from, charge)
    assert steps(answer)[-1] == charge


@pytest.mark.parametrize(
    ("reference", "valid"),
    [("RM-1", True), ("RM-", True), ("rm-1", False), (" RM-1", False), ("XRM-1", False), ("", False), (None, None)],
)
@pytest.mark.rule("RET-04")
def test_a_return_reference_begins_as_ours_do(reference: str | None, valid: bool | None) -> None:
    assert ask("equipment-return", ENDED | {"reference": reference})["reference_valid"] is valid


@pytest.mark.rule("RET-04")
def test_another_prefix_can_be_tried() -> None:
    facts = ENDED | {"reference": "RM-1", "policy": {"return_reference_prefix": "RET-"}}
    assert ask("equipment-return", facts, "rural")["reference_valid"] is False


def test_refuses_what_cannot_be() -> None:
    assert faults("equipment-return", ENDED | {"reason": "theft"}) == [("not-allowed", "reason")]
    assert faults("equipment-return", ENDED | {"reference": 5}) == [("text", "reference")]
    wrong = {"return_days_exchange": 0, "return_days_termination": 20}
    assert faults("equipment-return", ENDED | {"policy": wrong}) == [("bad-policy", "policy.return_days_exchange")]
    assert faults("equipment-return", ENDED | {"event_on": "2014-12-31"}) == [("no-policy", "policy")]


@given(st.dates(date(2015, 1, 1), date(2100, 1, 1)), st.sampled_from([("termination", 30), ("exchange", 40)]))
@pytest.mark.rule("RET-01", "RET-02")
def test_the_charge_starts_the_day_after_the_last(event: date, reason: tuple[str, int]) -> None:
    facts = {"reason": reason[0], "event_on": event.isoformat()}
    last = event + timedelta(days=reason[1])
    for day, charge in [(last, "none"), (last + timedelta(days=1), "charged")]:
        answer = ask("equipment-return", facts, on=day.isoformat())
        assert answer["charge"] == charge
        assert (answer["charged_from"] <= day.isoformat()) is (charge == "charged")


@pytest.mark.parametrize(
    "changed", [{"reason": "exchange"}, {"event_on": "2026-01-30"}, {"dropped_on": "2026-02-02"}, {"reference": "RM-1"}]
)
def test_changing_a_fact_changes_a_step(changed: dict[str, str]) -> None:
    assert ask("equipment-return", ENDED)["because"] != ask("equipment-return", ENDED | changed)["because"]
