"""The command itself: it lists what it can do, and says what it cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ligneclaire.interfaces.jobs import main

ALONE = [sys.executable, "-m", "ligneclaire.interfaces.jobs.main"]


def ligneclaire(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """In a process without any other setting."""
    return subprocess.run([*ALONE, *arguments], env=env, capture_output=True, text=True, check=False)


def test_it_lists_every_command_with_one_line() -> None:
    shown = ligneclaire("--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    described = {line.split()[0] for line in shown.stdout.splitlines()[2:] if len(line.split()) > 1}
    assert described == set(main.names())
    assert {"backup", "compile-messages", "decide", "demo", "operator", "restore", "serve", "work"} <= described


@pytest.mark.parametrize("name", main.names())
def test_every_command_explains_its_options(name: str) -> None:
    shown = ligneclaire(name, "--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith(f"usage: ligneclaire {name}")


def test_an_unknown_command_is_refused_with_those_there_are() -> None:
    refused = ligneclaire("bil")
    assert refused.returncode == 2
    assert "there is no command 'bil'; there are backup, " in refused.stderr


def test_a_server_that_cannot_start_is_said_in_one_line(tmp_path: Path) -> None:
    refused = ligneclaire("database", "prepare", LIGNECLAIRE_STATE=str(tmp_path / ("x" * 100)))
    assert refused.returncode == 2
    assert refused.stderr.startswith("ligneclaire: the path of the socket in ")
    assert "Traceback" not in refused.stderr
