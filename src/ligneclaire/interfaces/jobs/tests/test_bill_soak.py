"""A bill run of thousands that is killed at random, and one whose disk fills: it goes on, and nothing is lost."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ligneclaire.interfaces.jobs.tests.bills import MONTH, asked, command, done, facts, fill, sound

COUNT, CHUNK = 3000, 50
DIGESTS = "SELECT account_id, digest, total FROM invoice ORDER BY account_id"


def killed(database: str, act: str, actor: str, column: str, chance: random.Random) -> tuple[int, int]:
    """Start an act and kill it at a random moment, with some and not all chunks committed: how many, of how many."""
    counted = f"SELECT count({column}), count(*) FROM bill_run_chunk"
    process = command(database, act, *MONTH, "--actor", actor, *(("--chunk", str(CHUNK)) if act == "run" else ()))
    before = asked(database, counted)[0][0]
    wanted = before + chance.randint(1, 8)
    while process.poll() is None and asked(database, counted)[0][0] < wanted:
        time.sleep(chance.random() / 50)
    time.sleep(chance.random() / 10)
    process.send_signal(signal.SIGKILL)
    done(process)
    return asked(database, counted)[0]


@pytest.mark.soak
@pytest.mark.rule("W-35", "W-38")
def test_a_run_that_is_killed_again_and_again_ends_as_if_it_never_was(own_database: str) -> None:
    chance = random.Random(20261121)
    fill(own_database, COUNT)
    drafted, chunks = killed(own_database, "run", "eva", "drafted_at", chance)
    assert 0 < drafted < chunks == COUNT // CHUNK
    drafts = dict(asked(own_database, "SELECT id, t::text FROM invoice_draft t"))
    assert done(command(own_database, "run", *MONTH, "--actor", "eva"))[0] == 0
    now = dict(asked(own_database, "SELECT id, t::text FROM invoice_draft t"))
    assert all(now[key] == row for key, row in drafts.items())
    for _time in range(3):
        issued, chunks = killed(own_database, "release", "lien", "issued_at", chance)
        assert 0 < issued < chunks
        committed = facts(own_database)
    assert done(command(own_database, "release", *MONTH, "--actor", "lien"))[0] == 0
    after = facts(own_database)
    for table, rows in committed.items():
        assert rows
        assert all(after[table][key] == row for key, row in rows.items()), table
    sound(own_database, COUNT)
    found = asked(own_database, DIGESTS), asked(own_database, "SELECT digest FROM bill_run")
    assert found[0] == asked(own_database, "SELECT account_id, digest, total FROM invoice_draft ORDER BY account_id")
    control(own_database, found)


def control(database: str, found: tuple[list[tuple[object, ...]], list[tuple[object, ...]]]) -> None:
    """The same run once more in the same database, uninterrupted, comes to the same documents."""
    written = (
        "bill_run, bill_run_chunk, invoice_draft, number_series, invoice, invoice_line, invoice_tax, dispute, "
        "dispute_answer, ledger_entry, posting, message"
    )
    from ligneclaire.interfaces.jobs.tests.bills import owner

    with owner(database) as connection:
        connection.execute(f"TRUNCATE {written} RESTART IDENTITY CASCADE")
    assert done(command(database, "run", *MONTH, "--actor", "eva"))[0] == 0
    assert done(command(database, "release", *MONTH, "--actor", "lien"))[0] == 0
    assert (asked(database, DIGESTS), asked(database, "SELECT digest FROM bill_run")) == found


LIMIT = 20 << 20  # above a segment of the write-ahead log (16 MB), below the table of drafts


def small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


@pytest.mark.soak
def test_a_disk_that_fills_is_a_named_refusal_and_the_run_goes_on(template_database: str) -> None:
    folder = Path(os.environ["LC_TEST_FOLDER"]) / f"full-{os.getpid()}"
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"LIGNECLAIRE_STATE": str(folder), "LIGNECLAIRE_DATABASE": "full"}

    def ligneclaire(*arguments: str, limited: bool = False) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ligneclaire.interfaces.jobs.main", *arguments], env=environment, text=True,
            capture_output=True, check=False, timeout=600, preexec_fn=small_files if limited else None,
        )  # fmt: skip

    code = "from ligneclaire.interfaces.jobs.tests.bills import fill; fill('full', 18000)"
    count = (
        "from ligneclaire.interfaces.jobs.tests.bills import asked; "
        "print(asked('full', 'SELECT count(drafted_at), count(*), (SELECT count(*) FROM invoice_draft) "
        "FROM bill_run_chunk')[0])"
    )

    def python(text: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", text], env=environment, text=True, capture_output=True, check=True
        ).stdout

    try:
        made = ligneclaire("database", "prepare", "--operators", limited=True)  # the server inherits the limit
        assert made.returncode == 0, made.stderr
        python(code)
        full = ligneclaire("bill", "run", *MONTH, "--actor", "eva")
        assert (full.returncode, full.stdout) == (1, "")
        assert "The disk of the database is full" in full.stderr
        drafted, chunks, drafts = eval(python(count))
        assert 0 < drafted < chunks
        assert drafts == 1000 * drafted
        ligneclaire("database", "stop")
        assert ligneclaire("database", "prepare").returncode == 0  # room was made
        assert ligneclaire("bill", "run", *MONTH, "--actor", "eva").returncode == 0
        assert eval(python(count)) == (18, 18, 18000)
        assert ligneclaire("bill", "release", *MONTH, "--actor", "lien").stdout == "18000 documents issued\n"
    finally:
        ligneclaire("database", "stop")
        shutil.rmtree(folder, ignore_errors=True)
