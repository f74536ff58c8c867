"""`operator check|load|diff` as commands, and `decide` out of the database that they load."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ligneclaire.domains.rulebook.places import CHECKOUT


@pytest.fixture
def rural(tmp_path: Path) -> Path:
    """The rural operator, whose debit day becomes the 8th from 2027 on."""
    folder = tmp_path / "rural"
    shutil.copytree(CHECKOUT / "operators" / "rural", folder)
    policies = (folder / "policies.toml").read_text(encoding="utf-8")
    first = "[[accounts.debit]]\nfrom = 2015-01-01\n"
    assert first in policies
    later = "\n[[accounts.debit]]\nfrom = 2027-01-01\ndebit_day = 8\nnotice_days = 5\n"
    changed = policies.replace(first, f"{first}until = 2027-01-01\n") + later
    (folder / "policies.toml").write_text(changed, encoding="utf-8")
    return folder


def run(database: str, *arguments: str, facts: object = None) -> tuple[int, list[str], list[str]]:
    done = subprocess.run(
        [sys.executable, "-m", "ligneclaire.interfaces.jobs.main", *arguments],
        env={**os.environ, "LIGNECLAIRE_DATABASE": database},
        input=json.dumps(facts),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()


def test_a_loaded_policy_decides_and_its_folder_does_not(own_database: str, rural: Path) -> None:
    facts = {"received_at": "2027-01-10T12:00:00+01:00"}
    question = ("decide", "bank-change", "--facts", "-", "--operator", "rural")
    assert json.loads(run(own_database, *question, facts=facts)[1][0])["first_debit_on"] == "2027-02-05"
    status, said, _ = run(own_database, "operator", "diff", str(rural))
    assert (status, said[-1]) == (0, "rural: 3 changes to load")
    assert json.loads(run(own_database, *question, facts=facts)[1][0])["first_debit_on"] == "2027-02-05"
    status, said, _ = run(own_database, "operator", "load", str(rural))
    assert (status, said[-1]) == (0, "rural: 3 changes")
    assert json.loads(run(own_database, *question, facts=facts)[1][0])["first_debit_on"] == "2027-02-08"
    assert run(own_database, "operator", "load", str(rural))[1] == ["rural: 0 changes"]


def test_check_needs_no_database_and_names_every_fault(rural: Path) -> None:
    assert run("nowhere", "operator", "check", str(rural))[0] == 0
    look = (rural / "look.toml").read_text(encoding="utf-8")
    (rural / "look.toml").write_text(look.replace("#2f6b3c", "#ffff00"), encoding="utf-8")
    (rural / "texts" / "nl.toml").unlink()
    status, said, errors = run("nowhere", "operator", "check", str(rural))
    assert (status, said) == (2, [])
    assert errors[0] == "texts/nl.toml: the file is missing"
    assert errors[-1].startswith("look.toml: accent: low contrast")
