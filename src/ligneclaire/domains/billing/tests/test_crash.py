"""A process that dies at any commit of a bill run, before or after it, leaves a run that is simply run again.

Each boundary: a child process dies by `os._exit` at the n-th commit; then the run goes on in this process, later.
Some of its accounts have months of usage, which the release bills and closes in the same commits.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from tests import cast, rated

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.models import BillRun
from ligneclaire.domains.billing.tests.runs import AUGUST, JULY, bill, start
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.operations import rating
from ligneclaire.kernel.money import Money

WRITTEN = (
    "bill_run", "bill_run_chunk", "invoice_draft", "number_series", "invoice", "invoice_line", "invoice_tax", "dispute",
    "dispute_answer", "ledger_entry", "posting", "message",
)  # fmt: skip
FACTS = ("invoice", "invoice_line", "invoice_tax", "ledger_entry", "posting", "message")
FIRST, LATER = cast.moment(date(2026, 7, 2), 3), cast.moment(date(2026, 7, 2), 11)
FAR = 10_000
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
NUMBER = "33555667788"
CALLS = f"""source,id,line,service,other,start[Europe/Paris],quantity
switch,1,{NUMBER},special,33892123456,2026-06-22T09:30:00,150
switch,2,{NUMBER},special,33899123456,2026-06-23T20:00:00,45
"""


def go_on(operator_id: int, at: datetime, **how: int) -> None:
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


def asked(statement: str) -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def rows(table: str) -> dict[int, tuple[Any, ...]]:
    return {row[0]: row for row in asked(f"SELECT id, t::text FROM {table} t")}


def documents() -> list[tuple[Any, ...]]:
    return asked(
        "SELECT account_id, kind, number, digest, total, structured_communication FROM invoice ORDER BY account_id"
    )


def figures() -> tuple[Any, ...]:
    """The run's digest, gaps in numbers, the sum of all postings, and how many rows of each sort."""
    (found,) = asked(
        "SELECT (SELECT string_agg(digest || state, ',') FROM bill_run), (SELECT count(*) FROM number_series s "
        "WHERE s.last <> (SELECT count(*) FROM invoice i WHERE i.kind = s.kind)), "
        "(SELECT sum(amount) FROM posting), (SELECT count(*) FROM posting), (SELECT count(*) FROM message), "
        "(SELECT count(*) FROM invoice_draft), (SELECT count(*) FROM invoice_line), "
        "(SELECT count(*) FROM invoice_tax), (SELECT count(*) FROM usage_group), "
        "(SELECT count(*) FROM usage_segment)"
    )
    return found


def closed() -> set[tuple[Any, ...]]:
    """The months of usage that are closed, as they stand."""
    return {row for row in asked("SELECT account_id, month, revision, closed_at FROM usage_group") if row[-1]}


def usage_billed() -> list[tuple[Any, ...]]:
    """What of usage stands on invoices, and how often."""
    return asked(
        "SELECT i.account_id, l.usage_month, l.product_code, l.usage_revision, "
        "sum(CASE i.kind WHEN 'invoice' THEN l.amount ELSE -l.amount END), count(*) "
        "FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id WHERE l.code = 'usage' GROUP BY 1, 2, 3, 4 "
        "ORDER BY 1, 2, 3, 4"
    )


@pytest.fixture
def operator_id(database: None, tmp_path: Path) -> int:
    """Five accounts of rural: four that start, one of them owed more than it owes, one without service. The first one
    calls, the second and the third have usage of a month and of two, the fourth a number and no calls."""
    terms: dict[str, Any] = {"signed_on": date(2026, 5, 4), "option_codes": ("telephonie",)}
    customers = [cast.household(f"H{number}", "Luc", f"Blanc {number}", **terms) for number in range(1, 6)]
    at = cast.moment(date(2026, 6, 20))
    for one in customers[:4]:
        contracts.record_connection(contract=one.contract, connected_at=at, at=at, actor=cast.ACTOR, source="session")
    billing.add_charge(
        account=customers[1].account, contract=None, code="goodwill", product_code="goodwill", names={"fr": "Geste"},
        category="internet", service_on=date(2026, 6, 25), amount=Money.of("-500.00"), source="ticket:1", at=at,
    )  # fmt: skip
    call_in_june(customers[0], customers[3], tmp_path / "june.csv")
    rated.rate(customers[1].contract, JUNE, {"voice-national": "3.456"})
    rated.rate(customers[2].contract, MAY, {"voice-national": "1.20"})
    rated.rate(customers[2].contract, JUNE, {"voice-national": "2.00", "sms-parking": "4.20"})
    return customers[0].operator.pk


def call_in_june(caller: cast.Customer, silent: cast.Customer, path: Path) -> None:
    """A number each; the first one's calls are taken in and rated."""
    at = cast.moment(date(2026, 6, 20))
    for one, number in ((caller, NUMBER), (silent, "33555667799")):
        with one.acting():
            known: dict[str, Any] = {"on": at.date(), "at": at, "actor": cast.ACTOR}
            lines.order_line(account=one.account, kind="voice", identifier=number, **known)
    path.write_text(CALLS)
    known = {"operator_id": caller.operator.pk, "at": cast.moment(JULY, 6), "actor": cast.ACTOR}
    usage.take_in_usage_file(path=path, **known)
    rating.rate_stale(**known)


def clear() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(WRITTEN)} RESTART IDENTITY CASCADE")
        cursor.execute("DELETE FROM usage_group WHERE revision = 0")  # made by the release, to be closed
        cursor.execute("UPDATE usage_group SET closed_at = NULL")


@pytest.mark.rule("W-35", "W-38", "W-45", "BIL-04")
def test_a_crash_at_every_commit_of_a_run_changes_nothing_in_the_end(operator_id: int) -> None:
    """Before each commit, when all is done that it would keep, and after the last one."""
    died, commits = dies_at(FAR, before=False, act=lambda: go_on(operator_id, FIRST))
    control, billed = (documents(), figures()), usage_billed()
    months = {row[:-1] for row in closed()}
    assert [str(row[-2]) for row in billed] == ["4.99", "3.46", "1.20", "4.20", "2.00"]
    assert {row[-1] for row in billed} == {1}
    assert [row[2] for row in sorted(months)] == [
        1,
        1,
        1,
        1,
        0,
        0,
    ]  # who has a number has months, with or without calls
    assert (died, len(control[0]), control[0][1][1]) == (False, 4, "credit-note")
    assert control[1][1:3] == (0, 0)
    assert commits > 10
    for boundary, before in [*((number, True) for number in range(1, commits + 1)), (commits, False)]:
        clear()
        died, made = dies_at(boundary, before=before, act=lambda: go_on(operator_id, FIRST))
        assert died
        assert made == boundary - before
        committed, shut = {table: rows(table) for table in FACTS}, closed()
        chunks = {key: row for key, row in rows("bill_run_chunk").items() if "2026" in row[1]}
        go_on(operator_id, LATER)
        where = f"commit {boundary}, {'before' if before else 'after'}"
        assert (documents(), figures()) == control, where
        assert usage_billed() == billed, where
        assert shut <= closed(), f"{where}: a month was closed again"
        assert {row[:-1] for row in closed()} == months, where
        for table, known in committed.items():
            now = rows(table)
            assert all(now[key] == row for key, row in known.items()), f"{where}: {table} changed"
        for key, row in chunks.items():
            drafted = row[1].split(",")[5]
            assert drafted in rows("bill_run_chunk")[key][1], f"{where}: a drafted chunk was drafted again"
    bill(cast.operator("rural"), AUGUST)
    assert usage_billed() == billed  # no month of usage is billed twice


@pytest.mark.rule("W-35")
def test_chunks_at_once_give_the_same_documents_and_numbers_without_a_gap(operator_id: int) -> None:
    go_on(operator_id, FIRST)
    (one_by_one, control), numbers = (documents(), figures()), {row[2] for row in documents()}
    clear()
    go_on(operator_id, FIRST, threads=3)
    assert {row[2] for row in documents()} == numbers
    assert figures() == control
    kept = [(account, kind, digest, total) for account, kind, _number, digest, total, _reference in documents()]
    assert kept == [(account, kind, digest, total) for account, kind, _number, digest, total, _ref in one_by_one]
