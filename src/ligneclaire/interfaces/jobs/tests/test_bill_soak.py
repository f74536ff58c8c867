"""A bill run of thousands with usage, killed at random, and one whose disk fills: it goes on, and nothing is lost.

Every account has usage of June, which costs something for all but each ninety-seventh.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from ast import literal_eval
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ligneclaire.interfaces.jobs.tests.bills import MONTH, asked, command, done, facts, fill, owner, sound

COUNT, CHUNK = 3000, 50
DIGESTS = "SELECT account_id, digest, total FROM invoice ORDER BY account_id"
USAGE = (
    "SELECT i.account_id, l.usage_month, l.product_code, l.usage_revision, l.amount, g.closed_at = i.issued_at "
    "FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id "
    "JOIN usage_group g ON g.account_id = i.account_id AND g.month = l.usage_month WHERE l.code = 'usage' ORDER BY 1, 2"
)
OPEN = "SELECT count(*) FROM usage_group WHERE closed_at IS NULL"


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
@pytest.mark.rule("W-35", "W-38", "BIL-04")
def test_a_run_that_is_killed_again_and_again_ends_as_if_it_never_was(own_database: str) -> None:
    chance = random.Random(20261121)
    fill(own_database, COUNT, with_usage=True)
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
        assert len(committed["usage_group"]) == len(committed["invoice"])  # closed with its document, or neither
    assert done(command(own_database, "release", *MONTH, "--actor", "lien"))[0] == 0
    after = facts(own_database)
    for table, rows in committed.items():
        assert rows
        assert all(after[table][key] == row for key, row in rows.items()), table
    sound(own_database, COUNT, lines=4 * COUNT - COUNT // 97)
    assert asked(own_database, OPEN) == [(0,)]
    found = written(own_database)
    assert found[0] == asked(own_database, "SELECT account_id, digest, total FROM invoice_draft ORDER BY account_id")
    assert len(found[2]) == len({row[0] for row in found[2]}) == COUNT - COUNT // 97
    assert {(row[1], row[-1]) for row in found[2]} == {(date(2026, 6, 1), True)}
    control(own_database)
    assert written(own_database) == found


def written(database: str) -> list[list[tuple[Any, ...]]]:
    """The documents, the run's digest, and the usage on them with whether its month was closed in the same moment."""
    return [asked(database, one) for one in (DIGESTS, "SELECT digest FROM bill_run", USAGE)]


def control(database: str) -> None:
    """The same run once more in the same database, uninterrupted."""
    tables = (
        "bill_run, bill_run_chunk, invoice_draft, number_series, invoice, invoice_line, invoice_tax, dispute, "
        "dispute_answer, ledger_entry, posting, message"
    )
    with owner(database) as connection:
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        connection.execute("UPDATE usage_group SET closed_at = NULL")
    assert done(command(database, "run", *MONTH, "--actor", "eva"))[0] == 0
    assert done(command(database, "release", *MONTH, "--actor", "lien"))[0] == 0


LIMIT = 20 << 20  # above a segment of the write-ahead log (16 MB), below the table of drafts and that of lines


def small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


@dataclass(frozen=True)
class Installation:
    """An installation with a database server of its own, of which no file grows beyond LIMIT while it is limited."""

    environment: dict[str, str]

    def ligneclaire(self, *arguments: str, limited: bool = False) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ligneclaire.interfaces.jobs.main", *arguments], env=self.environment, text=True,
            capture_output=True, check=False, timeout=600, preexec_fn=small_files if limited else None,
        )  # fmt: skip

    def start(self, *how: str, limited: bool = False) -> None:
        """Start the server, which inherits the limit; one that runs is stopped before."""
        self.ligneclaire("database", "stop")
        made = self.ligneclaire("database", "prepare", *how, limited=limited)
        assert made.returncode == 0, made.stderr

    def python(self, text: str) -> str:
        imports = "from ligneclaire.interfaces.jobs.tests.bills import asked, fill, owner, sound; "
        return subprocess.run(
            [sys.executable, "-c", imports + text], env=self.environment, text=True, capture_output=True, check=True
        ).stdout

    def counts(self, *what: str) -> list[int]:
        statement = "SELECT " + ", ".join(f"({one})" for one in what)
        return list(literal_eval(self.python(f"print(asked('full', {statement!r})[0])")))


@pytest.fixture
def installation(template_database: str) -> Iterator[Installation]:
    folder = Path(os.environ["LC_TEST_FOLDER"]) / f"full-{os.getpid()}"
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    made = Installation(environment | {"LIGNECLAIRE_STATE": str(folder), "LIGNECLAIRE_DATABASE": "full"})
    yield made
    made.ligneclaire("database", "stop")
    shutil.rmtree(folder, ignore_errors=True)


CHUNKS = "SELECT count(*) FROM bill_run_chunk"
DRAFTED = "SELECT count(drafted_at) FROM bill_run_chunk", CHUNKS, "SELECT count(*) FROM invoice_draft"
ISSUED = (
    "SELECT count(issued_at) FROM bill_run_chunk", CHUNKS, "SELECT count(*) FROM invoice",
    "SELECT count(closed_at) FROM usage_group", "SELECT count(*) / 3 FROM posting", "SELECT count(*) FROM message",
    "SELECT coalesce(sum(last), 0)::int FROM number_series",
)  # fmt: skip


@pytest.mark.soak
def test_a_disk_that_fills_is_a_named_refusal_and_the_run_goes_on(installation: Installation) -> None:
    installation.start("--operators", limited=True)
    installation.python("fill('full', 18000)")
    full = installation.ligneclaire("bill", "run", *MONTH, "--actor", "eva")
    assert (full.returncode, full.stdout) == (1, "")
    assert "The disk of the database is full" in full.stderr
    drafted, chunks, drafts = installation.counts(*DRAFTED)
    assert 0 < drafted < chunks
    assert drafts == 1000 * drafted
    installation.start()  # room was made
    assert installation.ligneclaire("bill", "run", *MONTH, "--actor", "eva").returncode == 0
    assert installation.counts(*DRAFTED) == [18, 18, 18000]
    released = installation.ligneclaire("bill", "release", *MONTH, "--actor", "lien")
    assert released.stdout == "18000 documents issued\n"


@pytest.mark.soak
@pytest.mark.rule("W-35")
def test_a_disk_that_fills_at_release_leaves_whole_chunks_with_their_usage(installation: Installation) -> None:
    """The drafts are written and settled before the limit holds, so that it is the lines of invoices that meet it."""
    count, chunk = 9000, 500
    installation.start("--operators")
    installation.python(f"fill('full', {count}, with_usage=True)")
    drafted = installation.ligneclaire("bill", "run", *MONTH, "--actor", "eva", "--chunk", str(chunk))
    assert drafted.returncode == 0, drafted.stderr
    installation.python("owner('full').execute('VACUUM (FREEZE) invoice_draft')")
    installation.start(limited=True)
    for _time in range(2):
        full = installation.ligneclaire("bill", "release", *MONTH, "--actor", "lien")
        assert (full.returncode, full.stdout) == (1, "")
        assert "The disk of the database is full" in full.stderr
        issued, chunks, *each = installation.counts(*ISSUED)
        assert 0 < issued < chunks == count // chunk
        assert each == [issued * chunk] * 5
    installation.start()  # room was made
    released = installation.ligneclaire("bill", "release", *MONTH, "--actor", "lien")
    assert released.stdout == f"{count} documents issued\n"
    assert installation.counts(*ISSUED) == [chunks, chunks, *[count] * 5]
    installation.python(f"sound('full', {count}, lines={4 * count - count // 97})")
