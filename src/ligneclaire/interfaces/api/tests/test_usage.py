"""Usage by the API: batches of records, each counted once, from who may deliver them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests import cast
from tests.full_disk import no_file_over

from ligneclaire.domains.access import machine_keys
from ligneclaire.domains.access.models import MachineKey
from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.usage.models import IntakeFile, Suspended
from ligneclaire.domains.usage.store import NoSpace
from ligneclaire.domains.usage.tests import mobile
from ligneclaire.domains.usage.tests.mobile import AT, Fleet
from ligneclaire.domains.usage.tests.switch_files import NO_ANSWER, cdr
from ligneclaire.domains.usage.tests.usage_files import COLUMNS, call, text
from ligneclaire.interfaces.jobs.main import main

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def fleet(database: None) -> Fleet:
    return mobile.fleet()


@pytest.fixture
def key(fleet: Fleet) -> str:
    made = machine_keys.make_key(operator_id=fleet.operator_id, name="gateway", right="usage", at=AT, actor=cast.ACTOR)
    return machine_keys.text_of(made)


def send(body: Any, key: str = "", client: Client | None = None, host: str = "rural.localhost") -> tuple[int, Any]:
    octets = body if isinstance(body, (str, bytes)) else json.dumps(body)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = (client or Client()).post(
        "/api/usage/records", octets, content_type="application/json", headers={"host": host, **headers}
    )
    return answer.status_code, answer.json() if answer["Content-Type"].startswith("application/json") else None


@pytest.mark.rule("RAT-01", "W-41", "W-43")
def test_a_batch_is_taken_in_once_and_says_what_waits(fleet: Fleet, key: str) -> None:
    good = {**call(1), "quantity": 61}
    batch = {"records": [good, call(2, line="32999"), {"source": "msc1"}, good, call(3, other="a\x00b")]}
    status, answer = send(batch, key)
    assert status == 200
    assert [answer[name] for name in ("records", "kept", "duplicates", "suspended")] == [5, 1, 1, 3]
    assert [(one["record"], one["reason"], one["detail"]) for one in answer["waiting"]] == [
        (2, "unknown-line", "32999"), (3, "missing-attribute", "id"), (5, "wrong-encoding", ""),
    ]  # fmt: skip
    assert answer["waiting"][0]["words"] == "nobody has this line"
    status, again = send(batch, key)
    assert [again[name] for name in ("records", "kept", "duplicates", "suspended")] == [5, 0, 5, 0]
    assert again["waiting"] == []
    with fleet.customer.acting():
        assert [file.name for file in IntakeFile.objects.all()] == ["api:gateway"] * 2
        actor = AuditEntry.objects.filter(act="take_in").last()
        assert actor is not None
        assert actor.actor == f"machine_key:{MachineKey.objects.get().public_id}"


def test_a_batch_knows_the_records_of_a_file(fleet: Fleet, key: str, tmp_path: Any) -> None:
    from ligneclaire.domains.usage import operations as usage
    from ligneclaire.domains.usage.tests.usage_files import csv

    path = csv(tmp_path, [call(1), call(2, line="32999")])
    usage.take_in_usage_file(operator_id=fleet.operator_id, path=path, at=AT, actor=cast.ACTOR)
    _, answer = send({"records": [call(1), call(2, line="32999"), call(3)]}, key)
    assert [answer[name] for name in ("kept", "duplicates", "suspended")] == [1, 2, 0]


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "{", b"\xff", {"records": {}}, {"records": [1]}, {"records": [], "more": 1},
        {"records": [{"lne": "1"}]},
        {"records": [{"quantity": 1.5}]}, {"records": [{"quantity": True}]}, {"records": [{"quantity": None}]},
        {"records": [{}] * 10_001}, "[" * 100_000, " " * 3_000_000,
    ],
)  # fmt: skip
def test_what_is_no_batch_is_refused_whole(fleet: Fleet, key: str, body: Any) -> None:
    status, answer = send(body, key)
    assert (status, list(answer)) == (422, ["error"])
    with fleet.customer.acting():
        assert (IntakeFile.objects.count(), Suspended.objects.count()) == (0, 0)


def send_file(name: str, content: bytes, key: str, **asked: str) -> tuple[int, Any]:
    answer = Client().post(
        f"/api/usage/files/{name}?{urlencode(asked)}", content, content_type="application/octet-stream",
        headers={"host": "rural.localhost", "Authorization": f"Bearer {key}"},
    )  # fmt: skip
    return answer.status_code, answer.json()


def test_a_file_is_taken_in_as_by_the_command(fleet: Fleet, key: str) -> None:
    asked = {"form": "asterisk", "source": "pbx1", "zone": "Europe/Brussels"}
    content = (cdr() + cdr(**NO_ANSWER) + cdr(accountcode="reception")).encode()
    status, answer = send_file("Master.csv", content, key, **asked)
    assert status == 200
    assert [answer[name] for name in ("records", "kept", "duplicates", "suspended", "passed")] == [2, 1, 0, 1, 1]
    assert [(one["record"], one["reason"]) for one in answer["waiting"]] == [(3, "unknown-line")]
    assert send_file("ours.csv", text([call(1)]).encode(), key)[1]["kept"] == 1
    wrong = [("Master.csv", {"form": "cisco"}), ("Master.csv", asked | {"zone": "Mars"}), ("a.xlsx", {}), (".csv", {})]
    for name, more in wrong:
        assert send_file(name, content, key, **more)[0] == 422
    assert send_file("Master.csv", content, "x", **asked)[0] == 401
    with fleet.customer.acting():
        assert sorted(file.name for file in IntakeFile.objects.all()) == ["Master.csv", "ours.csv"]


def test_a_full_disk_is_an_answer(fleet: Fleet, key: str) -> None:
    content = text([call(number) for number in range(100)]).encode()
    with no_file_over(1_000):
        status, answer = send_file("ours.csv", content, key)
    assert (status, answer) == (503, {"error": NoSpace().message("en")})
    with fleet.customer.acting():
        assert IntakeFile.objects.count() == 0
    assert send_file("ours.csv", content, key)[1]["records"] == 100


def test_only_who_may_delivers(fleet: Fleet, key: str) -> None:
    batch = {"records": [call(1)]}
    assert send(batch)[0] == 401
    for wrong in (key[:-1], key + "0", "", "x", key.partition(".")[0] + "." + "0" * 32):
        assert send(batch, wrong or ".")[0] == 401
    assert send(batch, key, host="fleet.localhost")[0] == 401
    assert send(batch, key)[0] == 200
    machine_keys.revoke_key(operator_id=fleet.operator_id, name="gateway", at=AT, actor=cast.ACTOR)
    assert send(batch, key)[0] == 401


def test_the_desk_delivers_with_the_role_of_billing(fleet: Fleet) -> None:
    cast.eva()
    cast.lien()
    for name, status in (("eva", 200), ("lien", 403)):
        client = Client(HTTP_HOST="rural.localhost")
        client.post("/sign-in/", {"login": f"{name}@example.org", "password": cast.PASSWORD})
        assert send({"records": [call(1)]}, client=client)[0] == status
        another_site = Client(enforce_csrf_checks=True)
        another_site.cookies.update(client.cookies)
        assert send({"records": [call(2)]}, client=another_site)[0] == 403


def test_the_command_makes_and_revokes_a_key(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["machine-key", "make", "gateway", "--operator", "rural"]) == 0
    key = capsys.readouterr().out.strip()
    assert send({"records": []}, key)[0] == 200
    assert main(["machine-key", "make", "gateway", "--operator", "rural"]) == 2
    assert "already" in capsys.readouterr().err
    assert main(["machine-key", "revoke", "gateway", "--operator", "rural"]) == 0
    assert main(["machine-key", "revoke", "gateway", "--operator", "rural"]) == 2
    assert main(["machine-key", "make", "gateway", "--operator", "nobody"]) == 2
    for odd in ("", "a b/../<script>", "x" * 41, "clé"):
        capsys.readouterr()
        assert main(["machine-key", "make", odd, "--operator", "rural"]) == 2
        assert "1 to 40 characters" in capsys.readouterr().err
    assert send({"records": []}, key)[0] == 401


VALUES = st.one_of(st.text(max_size=6), st.integers(), st.sampled_from(["\ud800", "\x00", "9" * 40, "x" * 5_000]))


@given(records=st.lists(st.dictionaries(st.sampled_from(COLUMNS), VALUES, max_size=10), max_size=5))
def test_any_batch_ends_kept_duplicate_or_suspended(fleet: Fleet, key: str, records: list[dict[str, object]]) -> None:
    status, answer = send({"records": records}, key)
    assert (status, answer["records"]) == (200, len(records))
    assert answer["records"] == answer["kept"] + answer["duplicates"] + answer["suspended"]
    assert len(answer["waiting"]) == answer["suspended"]
