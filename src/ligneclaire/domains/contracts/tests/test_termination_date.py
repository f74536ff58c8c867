"""L-FR-02, L-BE-01, C4: when service ends after a termination was received."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps


@pytest.mark.parametrize(
    ("country", "received", "wanted", "last_day", "latest"),
    [
        # France: ten days after receipt, the day of receipt being day 0; no shift for a Sunday
        ("FR", "2026-06-12", None, "2026-06-22", "2026-06-22"),
        ("FR", "2026-06-11", None, "2026-06-21", "2026-06-21"),
        ("FR", "2026-12-25", None, "2027-01-04", "2027-01-04"),
        # a wanted day is followed, sooner or later
        ("FR", "2026-06-12", "2026-06-12", "2026-06-12", "2026-06-22"),
        ("FR", "2026-06-12", "2026-09-30", "2026-09-30", "2026-06-22"),
        # Belgium: the customer chooses, so at once without a choice
        ("BE", "2026-06-12", None, "2026-06-12", "2026-06-12"),
        ("BE", "2026-06-12", "2026-06-12", "2026-06-12", "2026-06-12"),
        ("BE", "2026-06-12", "2026-09-30", "2026-09-30", "2026-06-12"),
    ],
)
@pytest.mark.rule("L-FR-02", "L-BE-01", "C4")
def test_the_last_day_with_service(country: str, received: str, wanted: str | None, last_day: str, latest: str) -> None:
    facts = {"country": country, "received_on": received, "wanted_on": wanted}
    answer = ask("termination-date", facts, "rural" if country == "FR" else "fleet")
    assert (answer["last_day"], answer["latest_allowed"]) == (last_day, latest)
    assert steps(answer)[-1] == last_day


@pytest.mark.rule("L-FR-02", "L-BE-01")
def test_the_law_bounds_the_notice_and_both_are_shown() -> None:
    def latest(country: str, days: int) -> tuple[str, list[tuple[str, str]]]:
        facts = {"country": country, "received_on": "2026-06-12", "policy": {"notice_days_termination": days}}
        answer = ask("termination-date", facts)
        return answer["latest_allowed"], [(one["rule"], one["value"]) for one in answer["because"][1:-2]]

    assert latest("FR", 30) == ("2026-06-22", [("L-FR-02", "30"), ("L-FR-02", "10")])
    assert latest("FR", 5) == ("2026-06-17", [("L-FR-02", "5")])
    assert latest("BE", 10) == ("2026-06-12", [("L-BE-01", "10"), ("L-BE-01", "0")])


def test_refuses_an_end_before_the_receipt() -> None:
    facts = {"received_on": "2026-06-12", "wanted_on": "2026-06-11"}
    for operator in ("rural", "fleet"):
        assert faults("termination-date", facts, operator) == [("before-receipt", "wanted_on")]
    assert faults("termination-date", {"received_on": "2014-06-12"}, "rural") == [("no-policy", "policy")]
    assert faults("termination-date", {"received_on": "2026-06-12"}) == [("missing", "country")]


@given(st.dates(date(2015, 1, 1), date(2100, 1, 1)), st.sampled_from(["FR", "BE"]), st.integers(0, 90))
@pytest.mark.rule("L-FR-02", "C4")
def test_never_later_than_the_law(received: date, country: str, notice: int) -> None:
    policy = {"notice_days_termination": notice}
    answer = ask("termination-date", {"country": country, "received_on": received.isoformat(), "policy": policy})
    allowed = min(notice, 10) if country == "FR" else 0
    assert answer["last_day"] == (received + timedelta(days=allowed)).isoformat()
