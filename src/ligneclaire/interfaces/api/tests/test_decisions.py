"""The decisions over HTTP: the same JSON as the command, one object or an array, 422 for faults."""

import json
from typing import Any

import pytest
from django.test import Client

from ligneclaire.domains.rulebook.tests.asking import ask

pytestmark = pytest.mark.usefixtures("database")
CHEQUE = {"month": "2026-04", "received_on": "2026-04-09"}


def post(name: str, facts: Any, host: str = "rural.localhost", query: str = "") -> tuple[int, Any]:
    body = facts if isinstance(facts, str) else json.dumps(facts)
    answer = Client().post(f"/api/decisions/{name}{query}", body, content_type="application/json", HTTP_HOST=host)
    return answer.status_code, answer.json()


def test_the_stored_operator_answers_like_its_folder() -> None:
    for operator in ("rural", "fleet", "lessor"):
        assert post("cheque", CHEQUE, query=f"?operator={operator}&lang=en") == (200, ask("cheque", CHEQUE, operator))


def test_the_operator_of_the_host_answers_when_nothing_else_names_one() -> None:
    status, answer = post("vat", {"lines": [], "prices": "inclusive"}, "fleet.localhost")
    assert (status, answer["because"][-1]["step"][:3]) == (200, "€ 0")
    status, answer = post("reminder-cost", {"segment": "consumer", "debt": "320.00"}, "fleet.localhost")
    assert (status, answer["lump_sum_max"]) == (200, "47.00")
    status, answer = post("reminder-cost", {"segment": "consumer", "debt": "320.00"}, "elsewhere.example")
    assert (status, answer["error"][0]["fact"]) == (422, "country")


def test_an_array_is_answered_in_order() -> None:
    status, answers = post("cheque", [CHEQUE, {"month": 4}, CHEQUE | {"operator": "lessor"}])
    assert status == 422
    assert [answer.get("in_time") for answer in answers] == [True, None, True]
    assert answers[2]["because"][-1]["step"].startswith("Ze kwam aan")
    assert post("cheque", []) == (200, [])


@pytest.mark.parametrize(
    ("name", "body", "query", "status", "code"),
    [
        ("cheque", "{", "", 422, "not-json"),
        ("cheque", '"text"', "", 422, "not-an-object"),
        ("cheque", {"month": "2026-04"}, "", 422, "missing"),
        ("cheque", CHEQUE, "?operator=nobody", 422, "unknown-operator"),
        ("cheque", CHEQUE, "?operator=%00", 422, "unknown-operator"),
        ("cheque", CHEQUE | {"operator": "\ud800"}, "", 422, "unknown-operator"),
        ("cheque", CHEQUE, "?on=2026-02-30", 422, "date-impossible"),
        ("porting-compensation", {"days_late": 10**9, "monthly_price": "99999999999.99"}, "", 422, "money-range"),
        ("cheque", CHEQUE, "?lang=de", 422, "not-allowed"),
        ("nothing", {}, "", 404, "unknown-decision"),
    ],
)
def test_faults_have_a_status_and_a_code(name: str, body: Any, query: str, status: int, code: str) -> None:
    found, answer = post(name, body, query=query)
    assert (found, answer["error"][0]["code"]) == (status, code)


def test_a_moment_of_asking_may_hold_a_plain_plus() -> None:
    outage = {"segment": "consumer", "monthly_price": "30.00", "started_at": "2026-06-13T00:00:00+02:00"}
    for on in ("2026-06-15T12:30:00%2B02:00", "2026-06-15T12:30:00+02:00"):
        status, answer = post("outage-credit", outage, query=f"?on={on}")
        assert (status, answer["duration"]) == (200, "PT60H30M")


def test_the_list_and_the_schema() -> None:
    client = Client(HTTP_HOST="rural.localhost")
    assert "cheque" in [one["name"] for one in client.get("/api/decisions").json()]
    found = client.get("/api/decisions/cheque/schema").json()
    assert found["example"]["answer"]["in_time"] is True
    assert client.get("/api/decisions/nothing/schema").status_code == 404
