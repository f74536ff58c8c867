"""How commands begin: with the operator that they are asked about."""

from __future__ import annotations

import pytest

from ligneclaire.interfaces.jobs.main import main

ASKED = [
    "bill show --month 2026-07", "intake retry", "invoice show F2026-000001", "machine-key make gateway", "mail show",
    "usage rate",
]  # fmt: skip


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("asked", ASKED)
def test_an_operator_that_there_is_not_is_told_in_one_line(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*asked.split(), "--operator", "nobody"]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"ligneclaire {asked.split(maxsplit=1)[0]}: there is no operator 'nobody'\n")
