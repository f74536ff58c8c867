"""`ligneclaire intake`, as an operator types it."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests import cast

from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.models import Group, WriteOff
from ligneclaire.domains.usage.tests import mobile, switch_files, usage_files
from ligneclaire.domains.usage.tests.detail_files import block
from ligneclaire.interfaces.jobs.main import main

CONNECTED = datetime(2026, 6, 12, 8, 41, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


def intake(*arguments: object) -> int:
    return main(["intake", *map(str, arguments), "--operator", "rural"])


def test_a_file_is_taken_in_shown_retried_and_asked_to_be_written_off(
    database: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anna = cast.household()
    file = tmp_path / "detail-20260612"
    file.write_text(block(cast.ANNA_LINE, at=CONNECTED) + block("nobody", at=CONNECTED) + "Fri Jun 12\n\tUser-Na")
    assert intake("detail", file) == 0
    assert capsys.readouterr().out == (
        f"{file}: 3 records = 1 kept + 0 duplicate + 2 suspended\n1 contract was connected for the first time\n"
    )
    with anna.acting():
        assert Contract.objects.get(pk=anna.contract.pk).service_from == date(2026, 6, 12)

    assert intake("show") == 0
    shown = capsys.readouterr().out
    assert "3 records = 1 kept + 0 duplicate + 2 suspended" in shown
    assert "1 in suspense: nobody has this line" in shown
    (record,) = re.findall(rf"^(r:\S+)  {re.escape(str(file))}:13  unknown-line \(nobody\)$", shown, re.MULTILINE)
    (half,) = re.findall(rf"^(r:\S+)  {re.escape(str(file))}:25  half-block$", shown, re.MULTILINE)

    assert intake("retry") == 0
    assert capsys.readouterr().out == "0 kept, 0 duplicate, 1 still in suspense\n"
    for one in (record, half):
        assert intake("write-off", f"--reason=a test of the access server, {file.name}", one) == 0
        assert capsys.readouterr().out == f"{one} waits for a second person, who decides at the desk\n"
    with anna.acting():
        assert WriteOff.objects.filter(decided_at=None).count() == 2
    assert intake("show") == 0
    assert "1 in suspense: nobody has this line" in capsys.readouterr().out


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    cast.household()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(block(cast.ANNA_LINE, at=CONNECTED).encode())))
    assert intake("detail", "-") == 0
    assert "1 records = 1 kept" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["detail", "/nowhere/detail"], "/nowhere/detail: No such file or directory"),
        (["radacct", "--url", "postgresql://radius@127.0.0.1:1/radius"], "127.0.0.1/radius.radacct: connection failed"),
        (["radacct"], "postgresql://user:password@host/database"),
        (["acc", "--url", "postgresql://sip@127.0.0.1:1/sip"], "127.0.0.1/sip.acc: connection failed"),
        (["write-off", "none", "--reason", "a test"], "No record none waits in suspense."),
        (["write-off", "none", "--reason", "x"], "3 to 200 characters"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert intake(*arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("ligneclaire intake: ")
    assert message in said
    assert said.count("\n") == 1


def test_an_operator_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["intake", "show", "--operator", "nobody"]) == 2
    assert capsys.readouterr().err == "ligneclaire intake: there is no operator 'nobody'\n"


def test_a_folder_of_usage_files_is_read_once_and_goes_on_after_a_stop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = mobile.fleet()
    for number in (1, 2, 3):
        rows = [usage_files.call(f"{number}-{n}", start=f"2026-03-0{number}T{n:02}:00:00Z") for n in range(5)]
        usage_files.csv(tmp_path, rows, name=f"{number}.csv")
    (tmp_path / "2b.parquet").write_bytes(b"PAR1")
    (tmp_path / "notes.txt").write_text("not usage")
    read = usage.take_in_usage_file

    def stopped(*, path: Path, **given: object) -> object:
        if path.name == "2.csv":
            raise KeyboardInterrupt
        return read(path=path, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(usage, "take_in_usage_file", stopped)
    assert intake("usage", tmp_path) == 130
    monkeypatch.undo()
    assert f"stopped in {tmp_path / '2.csv'}: nothing of it was taken in" in capsys.readouterr().err

    assert intake("usage", tmp_path) == 2
    out, err = capsys.readouterr()
    assert out == (
        "1.csv: taken in before\n"
        "2.csv: 5 records = 5 kept + 0 duplicate + 0 suspended\n"
        "3.csv: 5 records = 5 kept + 0 duplicate + 0 suspended\n"
        "10 records read\n"
    )
    assert err.startswith("ligneclaire intake: 2b.parquet can't be read as a usage file: ")
    assert err.endswith("Nothing of it was taken in.\n")
    assert intake("usage", "--again", tmp_path / "1.csv") == 0
    assert "5 records = 0 kept + 5 duplicate" in capsys.readouterr().out
    assert intake("tidy") == 0
    assert capsys.readouterr().out == "0 files joined, 0 deleted\n"
    with fleet.customer.acting():
        assert Group.objects.get().records == 15


def test_a_folder_of_another_program_is_read_as_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mobile.fleet()
    folder = tmp_path / "cdr-csv"
    folder.mkdir()
    switch_files.master(folder, [switch_files.cdr(), switch_files.cdr(**switch_files.NO_ANSWER)])
    (folder / "usage.parquet").write_bytes(b"not of Asterisk")
    told = ("--form", "asterisk", "--source", "pbx1", "--zone", "Europe/Brussels", "--trunk", "carrier")
    assert intake("usage", folder, *told) == 0
    assert capsys.readouterr().out == (
        "Master.csv: 1 records = 1 kept + 0 duplicate + 0 suspended, and 1 rows that are no usage\n1 records read\n"
    )
    assert intake("usage", folder, "--form", "cisco") == 2
    assert "No reader is called cisco" in capsys.readouterr().err
    assert intake("usage", folder, "--again", "--form", "asterisk", "--zone", "Mars") == 2
    assert "there is no time zone 'Mars'" in capsys.readouterr().err
