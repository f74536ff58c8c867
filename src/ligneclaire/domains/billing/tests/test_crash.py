"""A process that dies at any commit of a bill run, before or after it, leaves a run that is simply run again.

Each boundary: a child process dies by `os._exit` at the n-th commit; then the run goes on in this process, later.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from tests import cast

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.models import BillRun
from ligneclaire.domains.billing.tests.runs import JULY, start
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.kernel.money import Money

WRITTEN = (
    "bill_run", "bill_run_chunk", "invoice_draft", "number_series", "invoice", "invoice_line", "invoice_tax", "dispute",
    "dispute_answer", "ledger_entry", "posting", "message",
)  # fmt: skip
FACTS = ("invoice", "invoice_line", "invoice_tax", "ledger_entry", "posting", "message")
FIRST, LATER = cast.moment(date(2026, 7, 2), 3), cast.moment(date(2026, 7, 2), 11)
FAR = 10_000


def bill(operator_id: int, at: datetime, **how: int) -> None:
    """What the command does: go on where the run is, from nothing to released."""
    with acting_for(operator_id):
        run = BillRun.objects.filter(operator_id=operator_id).first()
    if run is None:
        run = start(cast.operator("rural"), JULY, as_of=FIRST, chunk_size=2)
    billing.release(run=billing.draft(run=run, at=at, **how), at=at, actor="lien", **how)


def dies_at(commit: int, *, before: bool, act: Callable[[], None]) -> tuple[bool, int]:
    """Run the act in a child that dies at its n-th commit: whether it died, and how many commits it made."""
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        with os.fdopen(reading) as pipe:
            made = len(pipe.read())
        _pid, status = os.waitpid(child, 0)
        assert os.WIFEXITED(status), "the child ended in another way"
        assert os.WEXITSTATUS(status) in (0, 9), "the act failed in the child"
        return os.WEXITSTATUS(status) == 9, made
    try:
        commits, real = 0, BaseDatabaseWrapper._commit

        def counted(self: BaseDatabaseWrapper) -> None:
            nonlocal commits
            commits += 1
            if before and commits == commit:
                os._exit(9)
            real(self)
            os.write(writing, b".")
            if commits == commit:
                os._exit(9)

        BaseDatabaseWrapper._commit = counted  # type: ignore[method-assign]
        act()
        os._exit(0)
    finally:
        os._exit(1)


def rows(table: str) -> dict[int, tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT id, t::text FROM {table} t")
        return {row[0]: row for row in cursor.fetchall()}


def documents() -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT account_id, kind, number, digest, total, structured_communication FROM invoice ORDER BY account_id"
        )
        return list(cursor.fetchall())


def figures() -> tuple[Any, ...]:
    """The run's digest, gaps in numbers, the sum of all postings, and postings, messages and drafts per document."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(digest || state, ',') FROM bill_run), (SELECT count(*) FROM number_series s "
            "WHERE s.last <> (SELECT count(*) FROM invoice i WHERE i.kind = s.kind)), "
            "(SELECT sum(amount) FROM posting), (SELECT count(*) FROM posting), (SELECT count(*) FROM message), "
            "(SELECT count(*) FROM invoice_draft), (SELECT count(*) FROM invoice_line), "
            "(SELECT count(*) FROM invoice_tax)"
        )
        return tuple(cursor.fetchone())


@pytest.fixture
def operator_id(database: None) -> int:
    """Five accounts of rural: four that start, one of them owed more than it owes, one without service."""
    customers = [cast.household(f"H{number}", "Luc", f"Blanc {number}") for number in range(1, 6)]
    at = cast.moment(date(2026, 6, 20))
    for one in customers[:4]:
        contracts.record_connection(contract=one.contract, connected_at=at, at=at, actor=cast.ACTOR, source="session")
    billing.add_charge(
        account=customers[1].account, contract=None, code="goodwill", product_code="goodwill", names={"fr": "Geste"},
        category="internet", service_on=date(2026, 6, 25), amount=Money.of("-500.00"), source="ticket:1", at=at,
    )  # fmt: skip
    return customers[0].operator.pk


def clear() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(WRITTEN)} RESTART IDENTITY CASCADE")


@pytest.mark.rule("W-35", "W-38", "W-45")
def test_a_crash_at_every_commit_of_a_run_changes_nothing_in_the_end(operator_id: int) -> None:
    """Before each commit, when all is done that it would keep, and after the last one."""
    died, commits = dies_at(FAR, before=False, act=lambda: bill(operator_id, FIRST))
    control = documents(), figures()
    assert (died, len(control[0]), control[0][1][1]) == (False, 4, "credit-note")
    assert control[1][1:3] == (0, 0)
    assert commits > 10
    for boundary, before in [*((number, True) for number in range(1, commits + 1)), (commits, False)]:
        clear()
        died, made = dies_at(boundary, before=before, act=lambda: bill(operator_id, FIRST))
        assert died
        assert made == boundary - before
        committed = {table: rows(table) for table in FACTS}
        chunks = {key: row for key, row in rows("bill_run_chunk").items() if "2026" in row[1]}
        bill(operator_id, LATER)
        where = f"commit {boundary}, {'before' if before else 'after'}"
        assert (documents(), figures()) == control, where
        for table, known in committed.items():
            now = rows(table)
            assert all(now[key] == row for key, row in known.items()), f"{where}: {table} changed"
        for key, row in chunks.items():
            drafted = row[1].split(",")[5]
            assert drafted in rows("bill_run_chunk")[key][1], f"{where}: a drafted chunk was drafted again"


@pytest.mark.rule("W-35")
def test_chunks_at_once_give_the_same_documents_and_numbers_without_a_gap(operator_id: int) -> None:
    bill(operator_id, FIRST)
    (one_by_one, control), numbers = (documents(), figures()), {row[2] for row in documents()}
    clear()
    bill(operator_id, FIRST, threads=3)
    assert {row[2] for row in documents()} == numbers
    assert figures() == control
    kept = [(account, kind, digest, total) for account, kind, _number, digest, total, _reference in documents()]
    assert kept == [(account, kind, digest, total) for account, kind, _number, digest, total, _ref in one_by_one]
