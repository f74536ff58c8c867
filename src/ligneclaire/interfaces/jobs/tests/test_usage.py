"""`ligneclaire usage rate`: says what it did, and refuses in one line."""

from __future__ import annotations

import pytest
from tests import cast

from ligneclaire.interfaces.jobs import main

pytestmark = pytest.mark.usefixtures("database")


def test_rates_what_is_stale(capsys: pytest.CaptureFixture[str]) -> None:
    cast.bora_mobile()
    assert main.main(["usage", "rate", "--operator", "fleet"]) == 0
    assert capsys.readouterr().out == "0 groups rated: 0 records, 0 in suspense\n"
    assert main.main(["usage", "rate", "--operator", "fleet", "--all", "--month", "2026-05"]) == 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--operator", "nobody"], "there is no operator 'nobody'"),
        (["--operator", "fleet", "--all", "--month", "2026-13"], "'2026-13' is no month like 2026-05"),
    ],
)
def test_refuses_in_one_line(asked: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    cast.bora_mobile()
    assert main.main(["usage", "rate", *asked]) == 2
    assert capsys.readouterr().err == f"ligneclaire usage: {said}\n"
