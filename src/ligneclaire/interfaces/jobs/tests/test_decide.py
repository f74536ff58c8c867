"""The command `decide`: options, JSON Lines, faults and exit status."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ligneclaire.interfaces.jobs import decide
from ligneclaire.interfaces.jobs.main import main

CHEQUE = {"month": "2026-04", "received_on": "2026-04-09"}


@pytest.fixture(autouse=True)
def folders_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No database answers: the folders do."""
    monkeypatch.setenv("LIGNECLAIRE_STATE", str(tmp_path / "no-state"))
    monkeypatch.delenv("DATABASE_URL", raising=False)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[Any], list[str]]:
    status = main(["decide", *arguments])
    said = capsys.readouterr()
    return status, [json.loads(line) for line in said.out.splitlines()], said.err.splitlines()


def feed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_one_object_on_several_lines_is_one_answer_on_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(monkeypatch, json.dumps(CHEQUE, indent=2))
    status, answers, errors = run(capsys, "cheque", "--facts", "-", "--operator", "rural")
    assert (status, len(answers), errors) == (0, 1, [])
    assert answers[0]["latest_on"] == "2026-04-09"


def test_json_lines_answer_in_order_and_a_faulty_line_keeps_its_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cases = [json.dumps(CHEQUE), '{"month": 4}', "{broken", json.dumps(CHEQUE | {"received_on": "2026-04-10"})]
    file = tmp_path / "facts.jsonl"
    file.write_text("\n".join(cases) + "\n", encoding="utf-8")
    status, answers, errors = run(capsys, "cheque", "--facts", str(file), "--lang", "en")
    assert status == 2
    assert [answer.get("in_time") for answer in answers] == [True, None, None, False]
    assert [one["code"] for one in answers[1]["error"]] == ["month-type", "missing"]
    assert answers[2]["error"][0]["code"] == "not-json"
    assert errors == [one["message"] for answer in answers[1:3] for one in answer["error"]]
    assert errors[0].startswith("month: ")
    assert errors[1].startswith("received_on: ")


def test_only_a_line_feed_ends_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    option = {"label": "a\u2028b\x85c", "monthly_price": "1.00"}
    facts = {"monthly_price": "30.00", "activation_fee": "0.00", "connected_on": "2026-04-01", "options": [option]}
    feed(monkeypatch, "\r\n".join([json.dumps(facts, ensure_ascii=False)] * 2))
    status, answers, errors = run(capsys, "first-invoice", "--facts", "-", "--operator", "rural")
    assert (status, len(answers), errors) == (0, 2, [])
    assert answers[0]["lines"][-1]["label"] == option["label"]


@pytest.mark.parametrize("url", ["postgresql://lc:secret@127.0.0.1:1/none", "postgresql//lc:secret@nowhere"])
def test_a_database_that_does_not_answer_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    feed(monkeypatch, json.dumps(CHEQUE))
    status, answers, errors = run(capsys, "cheque", "--facts", "-", "--operator", "rural")
    assert (status, answers[0]["in_time"], len(errors)) == (0, True, 1)
    assert errors[0].startswith("DATABASE_URL: ")
    assert "secret" not in errors[0]


def test_answers_are_utf8_whatever_the_terminal() -> None:
    asked = [sys.executable, "-m", "ligneclaire.interfaces.jobs.main", "decide", "cheque", "--operator", "rural"]
    said = subprocess.run(
        [*asked, "--facts", "-"],
        input=json.dumps(CHEQUE).encode(),
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=True,
    )
    assert json.loads(said.stdout)["because"][1]["step"] == "Payer par chèque est gratuit."


def test_broken_lines_are_counted_one_by_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(monkeypatch, '{"month": \n{"month"\n')
    status, answers, errors = run(capsys, "cheque", "--facts", "-")
    assert (status, len(answers), len(errors)) == (2, 2, 2)
    feed(monkeypatch, '{\n  "month": "2026-04",\n}\n')
    status, answers, errors = run(capsys, "cheque", "--facts", "-")
    assert (status, len(answers), len(errors)) == (2, 1, 1)


def test_the_day_of_asking_and_the_operator_of_the_facts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = {"operator": "fleet", "segment": "consumer", "debt": "320.00"}
    feed(monkeypatch, json.dumps(facts))
    assert run(capsys, "reminder-cost", "--facts", "-", "--on", "2023-11-30")[1][0]["lump_sum_max"] is None
    feed(monkeypatch, json.dumps(facts))
    assert run(capsys, "reminder-cost", "--facts", "-", "--on", "2023-12-01")[1][0]["lump_sum_max"] == "47.00"
    feed(monkeypatch, json.dumps(facts | {"country": "BE"}))
    status, answers, errors = run(capsys, "reminder-cost", "--facts", "-", "--operator", "rural")
    assert (status, answers[0]["error"][0]["fact"], len(errors)) == (2, "country", 1)


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        (["nothing", "--facts", "-"], "nothing"),
        (["cheque"], "--facts"),
        (["cheque", "--facts", "/nowhere/at/all"], "--facts"),
        ([], "name"),
    ],
)
def test_what_is_missing_is_named_with_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], fact: str
) -> None:
    status, answers, errors = run(capsys, *arguments)
    assert (status, answers, len(errors)) == (2, [], 1)
    assert errors[0].startswith(f"{fact}: ")


def test_list_and_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decide", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("first-invoice ") and "BIL-03" in line for line in lines)
    assert main(["decide", "cheque", "--schema"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["facts"]["required"] == ["month", "received_on"]
    assert found["example"]["answer"]["in_time"] is True
    assert "cheque_before" in found["facts"]["properties"]["policy"]["properties"]


def test_a_number_too_large_or_text_that_is_not_utf8(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "facts.json"
    file.write_bytes(b'{"month": "\xff"}')
    assert run(capsys, "cheque", "--facts", str(file))[0] == 2
    feed(monkeypatch, '{"debit_day": 99999999999999999999999, "month": "2026-06"}')
    assert run(capsys, "debit-date", "--facts", "-")[1][0]["error"][0]["fact"] == "debit_day"


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decied"]) == 2
    assert "decide" in capsys.readouterr().err
    assert main([]) == 2
    assert "decide" in capsys.readouterr().out
    assert decide.SUMMARY in "decide by a rule: facts in, the answer with its reasons out"
