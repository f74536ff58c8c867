"""`ligneclaire usage replay`: as a table, CSV and JSON, and refusals in one line."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path
from random import Random
from shutil import copytree

import pytest
from tests import cast

from ligneclaire.domains.billing.tests.runs import JULY, bill
from ligneclaire.domains.billing.tests.test_replay import NUMBERS, deliver, records
from ligneclaire.domains.rulebook import places
from ligneclaire.interfaces.jobs import main

pytestmark = pytest.mark.usefixtures("database")
ASKED = ["usage", "replay", "--operator", "fleet", "--plans", "vlinder-25,vlinder-tik", "--months", "2026-06"]


@pytest.fixture
def billed() -> cast.Customer:
    """Two lines of Bora NV on vlinder-25 in June, one of which used nothing."""
    bora = cast.bora_mobile(line=NUMBERS[0])
    idle = cast.mobile_line(bora, NUMBERS[1])
    deliver(bora, [(bora.contract, records(Random(11), 80)), (idle, [])])
    bill(bora.operator, JULY)
    return bora


def said(capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert main.main([*ASKED, *more]) == 0
    return capsys.readouterr().out


@pytest.mark.rule("RAT-14")
def test_tells_the_same_as_a_table_csv_and_json(billed: cast.Customer, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(said(capsys, "--format", "json"))
    assert found["tried"]["vlinder-25"]["total"] == found["billed"]
    lines = {one["line"]: one for one in found["lines"]}
    idle = lines[NUMBERS[1]]
    assert (idle["own"], idle["billed"], idle["best"], idle["saving"]) == (
        ["vlinder-25"],
        "25.00",
        "vlinder-tik",
        "23.00",
    )
    month = lines[NUMBERS[0]]["months"][0]
    exact = month["tried"]["vlinder-25"]["usage_exact"]
    assert f"{float(exact):.2f}" == month["billed"]["usage"]
    rows = list(csv.DictReader(StringIO(said(capsys, "--format", "csv")), delimiter=";"))
    assert len(rows) == 2 * 3
    told = {(row["line"].removeprefix("'"), row["plan"]): row["total"] for row in rows}
    assert told[NUMBERS[0], "vlinder-tik"] == lines[NUMBERS[0]]["tried"]["vlinder-tik"]["total"]
    table = said(capsys)
    assert f"2 lines, 2026-06, as billed: {found['billed']}" in table
    assert found["tried"]["vlinder-tik"]["total"] in table
    assert len(said(capsys, "--lines", NUMBERS[1], "--plans", "all").splitlines()) > 12


def test_tries_a_folder_that_was_not_loaded(
    billed: cast.Customer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copytree(places.folders_root() / "fleet", tmp_path / "fleet")
    catalogue = folder / "catalogue.toml"
    text = catalogue.read_text().replace("vlinder-tik", "vlinder-new").replace('monthly = "2.00"', 'monthly = "1.25"')
    catalogue.write_text(text)
    asked = ("--plans", "vlinder-new", "--catalogue", str(folder), "--lines", NUMBERS[1], "--format", "json")
    assert json.loads(said(capsys, *asked))["tried"]["vlinder-new"]["total"] == "1.25"
    catalogue.write_text(text.replace('monthly = "1.25"', 'monthly = "-1"'))
    assert main.main([*ASKED, *asked]) == 2
    assert "catalogue.toml" in capsys.readouterr().err


def test_refuses_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    cast.bora_mobile(signed_on=date(2026, 4, 2))
    for changed, words in (
        (["--operator", "nobody"], "there is no operator 'nobody'"),
        (["--plans", "vlinder-99"], "The catalogue has no offer vlinder-99."),
        (["--plans", ","], "',' names nothing"),
        (["--months", "2026-06..2026-13"], "'2026-06..2026-13' are no months like 2026-01..2026-06"),
        (["--months", "2026-06..2026-05"], "'2026-06..2026-05' ends before it begins"),
        (["--months", "2001-01..2026-05"], "'2001-01..2026-05' are more than 36 months"),
        (["--lines", "+3247"], "there is no line '+3247'"),
        (["--account", "X"], "there is no account 'X'"),
        (["--customer", "X"], "there is no customer 'X'"),
        (["--catalogue", "nowhere"], "is not a folder"),
        (["--on", "2014-01-01"], "The plan vlinder-25 has no price or no usage prices in June 2026"),
        (["--months", "2026-04"], "The usage of April 2026 is not billed yet"),
        (["--months", "2014-01", "--plans", "all"], "No plan that can be tried had a price and usage prices"),
        (["--operator", "rural", "--plans", "all"], "No plan that can be tried had a price and usage prices"),
        (["--months", "2026-03"], "None of these lines had a plan with usage in these months."),
    ):
        assert main.main([*ASKED, *changed]) == 2, changed
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("ligneclaire usage: "), changed
        assert words in line, changed
