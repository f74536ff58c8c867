"""`ligneclaire bill`: a month from the command line, by two people, and two of them at the same time."""

from __future__ import annotations

import json
import resource

import pytest

from ligneclaire.interfaces.jobs.tests.bills import MONTH, asked, command, done, fill, sound


def no_file_may_grow() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@pytest.mark.rule("W-38", "W-45")
def test_a_month_is_run_shown_released_by_another_and_credited(own_database: str) -> None:
    fill(own_database, 5)
    status, out, err = done(
        command(own_database, "run", *MONTH, "--actor", "eva", "--chunk", "2", preexec_fn=no_file_may_grow)
    )
    assert (status, err.splitlines()[-1]) == (0, "drafted: 3 of 3 chunks")
    shown = json.loads(out)
    assert (shown["invoices"], shown["total"], shown["state"]) == (5, "189.50", "ready")
    assert json.loads(done(command(own_database, "show", *MONTH))[1]) == shown

    status, out, err = done(command(own_database, "release", *MONTH, "--actor", "eva"))
    assert (status, out) == (1, "")
    assert "somebody else releases it" in err
    status, out, err = done(command(own_database, "release", *MONTH, "--actor", "lien", preexec_fn=no_file_may_grow))
    assert (status, out) == (0, "5 documents issued\n")
    status, out, err = done(command(own_database, "release", *MONTH, "--actor", "mia"))
    assert (status, out.startswith("the run for 2026-07 was released already, on 20"), err) == (0, True, "")
    assert out.endswith(" by lien: nothing is issued\n")
    sound(own_database, 5)

    credit = ("credit", "--operator", "rural", "--invoice", "F2026-000003")
    assert done(command(own_database, *credit, "--lines", "1"))[0] == 2
    status, out, _err = done(command(own_database, *credit, "--lines", "1", "--reason", "panne"))
    assert (status, out.split(":")[0], out.rpartition(" of ")[2]) == (0, "C2026-000001", "F2026-000003 credited\n")
    status, _out, err = done(command(own_database, *credit, "--lines", "1", "--reason", "panne"))
    assert (status, "Nothing is left to credit" in err) == (1, True)


def test_what_is_wrong_on_the_command_line_is_named(own_database: str) -> None:
    for arguments, words in [
        (("show", "--operator", "nobody", "--month", "2026-07"), "there is no operator 'nobody'"),
        (("show", "--operator", "rural", "--month", "July"), "--month wants YYYY-MM"),
        (("show", "--operator", "rural", "--month", "2026-07"), "there is no bill run for 2026-07"),
        (("run", "--operator", "rural", "--month", "2026-07", "--on", "2026-08-02"), "dated in it"),
        (("run", "--operator", "rural", "--month", "2026-07", "--as-of", "noon"), "--as-of wants a timestamp"),
    ]:
        status, out, err = done(command(own_database, *arguments))
        assert (status in (1, 2), out) == (True, "")
        assert words in err


@pytest.mark.rule("W-35")
def test_two_at_the_same_time_share_the_work_or_one_is_refused(own_database: str) -> None:
    fill(own_database, 60)
    for act, actors, refusals in (
        ("run", ("eva", "eva"), ("There is a bill run for July 2026 already", "Another process works on")),
        ("release", ("lien", "mia"), ("Another process works on",)),
    ):
        chunk = ("--chunk", "3") if act == "run" else ()
        both = [command(own_database, act, *MONTH, "--actor", actor, *chunk) for actor in actors]
        for status, _out, err in [done(one) for one in both]:
            assert status == 0 or any(words in err for words in refusals), err
        again = actors[0]
        assert done(command(own_database, act, *MONTH, "--actor", again))[0] == 0
    assert asked(own_database, "SELECT count(*), count(DISTINCT account_id) FROM invoice_draft") == [(60, 60)]
    sound(own_database, 60)
