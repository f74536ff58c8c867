"""MOV-01: a move is announced 84 days ahead, at least 42."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps

ORDER = ["best-effort", "accepted", "on-time"]


@pytest.mark.parametrize(
    ("requested", "verdict", "days"),
    [
        # the move is on 1 August 2026: 84 days before is 9 May, 42 days before is 20 June
        ("2026-05-08", "on-time", 85),
        ("2026-05-09", "on-time", 84),
        ("2026-05-10", "accepted", 83),
        ("2026-06-20", "accepted", 42),
        ("2026-06-21", "best-effort", 41),
        ("2026-08-01", "best-effort", 0),
    ],
)
@pytest.mark.rule("MOV-01", "C4")
def test_how_long_ahead_a_move_is_announced(requested: str, verdict: str, days: int) -> None:
    answer = ask("relocation", {"requested_on": requested, "move_on": "2026-08-01"})
    assert (answer["verdict"], answer["days"]) == (verdict, days)
    assert (answer["preferred_by"], answer["minimum_by"]) == ("2026-05-09", "2026-06-20")
    assert steps(answer)[-1] == verdict


def test_refuses_what_cannot_be() -> None:
    facts = {"requested_on": "2026-08-02", "move_on": "2026-08-01"}
    assert faults("relocation", facts, "lessor") == [("before-request", "move_on")]
    assert faults("relocation", {"requested_on": "2026-08-02"}) == [("missing", "move_on")]
    wrong = {"requested_on": "2026-08-01", "move_on": "2026-08-02", "policy": {"move_preferred_days": 20}}
    assert faults("relocation", wrong) == [("bad-policy", "policy.move_preferred_days")]


@given(st.dates(date(2017, 1, 1), date(2100, 1, 1)), st.integers(0, 200), st.integers(0, 10))
@pytest.mark.rule("MOV-01")
def test_earlier_is_never_worse(move: date, days: int, more: int) -> None:
    def verdict(ahead: int) -> int:
        facts = {"requested_on": (move - timedelta(days=ahead)).isoformat(), "move_on": move.isoformat()}
        return ORDER.index(ask("relocation", facts)["verdict"])

    assert verdict(days) <= verdict(days + more)
