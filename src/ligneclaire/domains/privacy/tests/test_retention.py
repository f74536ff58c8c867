"""PRV-06, PRV-07, L-FR-12, L-BE-12, C3: how long personal data is kept, the shorter of policy and law."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps
from ligneclaire.kernel.periods import add_months

CATEGORIES = ["customer", "identification", "traffic", "location", "call-recording", "web-log", "newsletter"]


@pytest.mark.parametrize(
    ("country", "facts", "delete_on", "limited_by"),
    [
        # traffic: 24 months by the policy, 12 by French law; clamped after a leap day
        ("FR", {"category": "traffic", "event_on": "2024-02-29"}, "2025-02-28", "L-FR-12"),
        ("BE", {"category": "traffic", "event_on": "2024-02-29"}, "2026-02-28", "PRV-07"),
        # ten years after the end of the last contract
        (
            "FR",
            {"category": "customer", "contracts_ended_on": ["2020-05-31", "2024-02-29", "2019-01-01"]},
            "2034-02-28",
            "PRV-06",
        ),
        # the service ended: 12 months, in Belgium by law
        ("BE", {"category": "identification", "contracts_ended_on": ["2025-06-30"]}, "2026-06-30", "L-BE-12"),
        ("BE", {"category": "identification", "event_on": "2025-06-30"}, "2026-06-30", "L-BE-12"),
        ("BE", {"category": "identification", "event_on": "2022-01-01"}, "2023-01-01", "L-BE-12"),
        ("BE", {"category": "identification", "event_on": "2021-12-31"}, "2022-12-31", "PRV-06"),
        ("FR", {"category": "identification", "event_on": "2025-06-30"}, "2026-06-30", "PRV-06"),
        ("BE", {"category": "location", "event_on": "2025-06-30"}, "2026-06-30", "PRV-04"),
        ("FR", {"category": "call-recording", "event_on": "2025-08-31"}, "2026-02-28", "PRV-05"),
        ("BE", {"category": "web-log", "event_on": "2025-08-31"}, "2026-09-30", "PRV-14"),
        # the consent was withdrawn: 36 months
        ("FR", {"category": "newsletter", "event_on": "2024-02-29"}, "2027-02-28", "PRV-02"),
        # still needed
        ("FR", {"category": "newsletter"}, None, None),
        ("FR", {"category": "customer", "contracts_ended_on": ["2020-05-31", None]}, None, None),
        ("FR", {"category": "customer", "contracts_ended_on": []}, None, None),
        ("FR", {"category": "customer"}, None, None),
        ("BE", {"category": "identification", "contracts_ended_on": [None]}, None, None),
    ],
)
@pytest.mark.rule("PRV-02", "PRV-04", "PRV-05", "PRV-06", "PRV-07", "PRV-14", "L-FR-12", "L-BE-12", "C3")
def test_when_data_is_deleted(
    country: str, facts: dict[str, Any], delete_on: str | None, limited_by: str | None
) -> None:
    answer = ask("retention", facts, "rural" if country == "FR" else "fleet")
    assert (answer["delete_on"], answer["limited_by"]) == (delete_on, limited_by)
    assert steps(answer)[-1] == delete_on


@pytest.mark.rule("PRV-07", "L-FR-12")
def test_policy_and_law_are_both_shown() -> None:
    answer = ask("retention", {"category": "traffic", "event_on": "2026-01-31"}, "rural")
    assert [(one["rule"], one["value"]) for one in answer["because"]] == [
        ("PRV-07", "2026-01-31"),
        ("PRV-07", "24"),
        ("L-FR-12", "12"),
        ("L-FR-12", "2027-01-31"),
    ]
    shorter = {"category": "traffic", "event_on": "2026-01-31", "policy": {"traffic_months": 6}}
    answer = ask("retention", shorter, "rural")
    assert (answer["delete_on"], answer["limited_by"]) == ("2026-07-31", "PRV-07")


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.rule("PRV-10")
def test_a_hold_never_shows(category: str) -> None:
    facts = {"category": category, "event_on": "2026-01-31"}
    for hold in (True, False):
        assert ask("retention", facts | {"hold": hold}, "rural") == ask("retention", facts, "rural")


def test_refuses_what_cannot_be() -> None:
    assert faults("retention", {"category": "traffic"}, "rural") == [("missing", "event_on")]
    assert faults("retention", {"category": "gossip", "event_on": "2026-01-31"}) == [("not-allowed", "category")]
    assert faults("retention", {"category": "traffic", "event_on": "2014-12-31"}, "rural") == [("no-policy", "policy")]
    wrong = {"category": "customer", "contracts_ended_on": ["2026-01-31", "soon"], "hold": "yes"}
    assert faults("retention", wrong) == [("date-text", "contracts_ended_on[1]"), ("flag", "hold")]


@given(st.dates(date(2015, 1, 1), date(2100, 1, 1)), st.integers(1, 360), st.sampled_from(["FR", "BE"]))
@pytest.mark.rule("PRV-07", "L-FR-12", "C3")
def test_never_longer_than_policy_and_law(event: date, months: int, country: str) -> None:
    facts = {
        "category": "traffic",
        "country": country,
        "event_on": event.isoformat(),
        "policy": {"traffic_months": months},
    }
    allowed = min(months, 12) if country == "FR" else months
    assert ask("retention", facts)["delete_on"] == add_months(event, allowed).isoformat()
