"""`ligneclaire usage rate` and `usage erase`: they say what they did, and refuse in one line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests import cast

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.usage.tests.test_rating_pass import close, deliver, rated, record
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


def erase(*asked: str) -> int:
    return main.main(["usage", "erase", "--operator", "fleet", *asked])


@pytest.mark.rule("PRV-07")
def test_erases_the_days_of_a_line_for_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        number = bora.contract.line.identifier
    deliver(bora, [record(bora, str(day), datetime(2026, 5, day, 7, tzinfo=UTC)) for day in (5, 6, 7)])
    assert number == "+32470654321"
    days = ("--line", "0470 65 43 21", "--from", "2026-05-06", "--to", "2026-06-01")
    for more in ([], ["--erase", "asked for it"]):
        assert erase(*days, *more) == 2
        assert "The usage of 2026-05 is not billed yet" in capsys.readouterr().err
    close(bora, datetime(2026, 6, 2, 6, tzinfo=UTC))
    assert erase(*days) == 0
    assert capsys.readouterr().out == "2026-05: 2 records\n2 records to erase; invoices and their sums stay\n"
    assert len(rated(bora)) == 3
    assert erase(*days, "--erase", "asked for it") == 0
    assert capsys.readouterr().out == "2026-05: 2 records\n4 rows of files erased; invoices and their sums stay\n"
    assert len(rated(bora)) == 1
    assert erase("--line", number, "--from", "2026-05-05", "--to", "2026-06-01") == 0
    assert "2026-05: 1 record\n1 record to erase;" in capsys.readouterr().out
    with bora.acting():
        (entry,) = AuditEntry.objects.filter(act="erase_line")
        assert entry.detail == {"from": "2026-05-06", "to": "2026-06-01", "rows": 4, "why": "asked for it"}
    assert erase(*days) == 0
    assert capsys.readouterr().out == "0 records to erase; invoices and their sums stay\n"


def test_says_what_can_t_be_erased(capsys: pytest.CaptureFixture[str]) -> None:
    cast.bora_mobile()
    for asked, said in (
        (("--line", "999", "--from", "2026-05-06", "--to", "2026-06-01"), "fleet has no line '999'"),
        (("--line", "999", "--from", "6 May", "--to", "2026-06-01"), "'6 May' is no day like 2026-01-01"),
        (("--line", "999", "--from", "2026-05-06", "--to", "2026-05-06"), "2026-05-06 is not after 2026-05-06"),
    ):
        assert erase(*asked) == 2
        assert capsys.readouterr().err == f"ligneclaire usage: {said}\n"
