"""A database that says "disk full" while billing: a named refusal, whole chunks only, and the run goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import connections
from tests import cast, rated

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing import refusals
from ligneclaire.domains.billing.models import Draft, InvoiceLine, RunChunk
from ligneclaire.domains.billing.tests.runs import JULY, invoices, start
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.ledger.models import Posting
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage.models import Group

CLOSED = "usage_group WHERE closed_at IS NOT NULL"
AT = cast.moment(date(2026, 7, 2))


@contextmanager
def full_from(counted: str, rows: int) -> Iterator[None]:
    """The disk is full as soon as a table has more than that many rows, all or those that are named."""
    table = counted.partition(" ")[0]
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF (SELECT count(*) FROM {counted}) > {rows} THEN RAISE EXCEPTION 'could not extend file' "
            f"USING ERRCODE = '53100'; END IF; RETURN NULL; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER disk_full AFTER INSERT OR UPDATE ON {table} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION disk_full()"
        )
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("DROP FUNCTION disk_full CASCADE")


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "table", ["invoice", "invoice_line", "ledger_entry", "posting", "message", "invoice_draft", CLOSED]
)
def test_a_full_disk_leaves_whole_chunks_and_the_run_goes_on(table: str) -> None:
    customers = [cast.household(f"H{number}", "Luc", f"Blanc {number}") for number in range(1, 4)]
    early = cast.moment(date(2026, 6, 30))
    for one in customers:
        contracts.record_connection(
            contract=one.contract, connected_at=early, at=early, actor=cast.ACTOR, source="session"
        )
        rated.rate(one.contract, date(2026, 6, 1), {"voice-national": "3.456"})
    operator = customers[0].operator
    run = start(operator, JULY, chunk_size=1)
    with full_from(table, {"posting": 4, "invoice_line": 5}.get(table, 1)), pytest.raises(refusals.NoSpace):
        billing.release(run=billing.draft(run=run, at=AT), at=AT, actor="lien")
    with acting_for(operator.pk):
        drafted = RunChunk.objects.filter(drafted_at__isnull=False).count()
        issued = RunChunk.objects.filter(issued_at__isnull=False).count()
        assert Draft.objects.count() == drafted
        assert len(invoices(operator)) == issued
        assert Group.objects.filter(closed_at__isnull=False).count() == issued
        assert Posting.objects.count() == 3 * issued
        assert (drafted, issued) == ((1, 0) if table == "invoice_draft" else (3, 1))
    billing.release(run=billing.draft(run=run, at=AT), at=AT, actor="lien")
    assert [one.sequence for one in invoices(operator)] == [1, 2, 3]
    with acting_for(operator.pk):
        assert InvoiceLine.objects.filter(code="usage").count() == 3
        assert Group.objects.filter(closed_at__isnull=False).count() == 3
