"""The worker as a process of its own: what the desk asked for is done, also after a worker was lost."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from datetime import date

import pytest
from django.db import connection
from procrastinate.exceptions import AlreadyEnqueued
from tests import cast
from tests.postbox import Postbox, open_postbox

from ligneclaire.domains.billing.models import BillRun, Invoice
from ligneclaire.domains.billing.tests.runs import JULY, start
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.outbox.models import Message
from ligneclaire.interfaces.jobs import tasks

pytestmark = pytest.mark.usefixtures("database")


def work(**env: str) -> str:
    """Let a worker do what waits; what it complained about."""
    command = [sys.executable, "-m", "ligneclaire.interfaces.jobs.main", "work", "--once"]
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=True, timeout=300)
    return done.stderr


def jobs() -> list[tuple[str, str]]:
    """The jobs that are not done, as (task, status); done ones are deleted."""
    with connection.cursor() as cursor:
        cursor.execute("select task_name, status from procrastinate_jobs where task_name like '%bill_run' order by id")
        return [(name.rsplit(".", 1)[-1], status) for name, status in cursor.fetchall()]


def state_of(run: BillRun) -> str:
    with acting_for(run.operator_id):
        return BillRun.objects.get(pk=run.pk).state


def test_a_run_is_drafted_released_and_told_by_mail() -> None:
    anna = cast.anna()
    run = start(anna.operator, JULY)
    asked = {"operator_id": run.operator_id, "run_id": run.pk}
    tasks.draft_bill_run.defer(**asked, actor="Eva")
    with open_postbox(Postbox()) as (postbox, smtp):
        work(SMTP_URL=smtp)
        assert (state_of(run), postbox.taken) == ("ready", [])
        tasks.release_bill_run.defer(**asked, actor="Lien")
        work(SMTP_URL=smtp)
        with suppress(AlreadyEnqueued):  # the worker's own clock may have asked for it
            tasks.send_messages.defer(timestamp=0)
        work(SMTP_URL=smtp)
    assert (state_of(run), jobs()) == ("released", [])
    (mail,) = postbox.taken
    with acting_for(run.operator_id):
        invoice, message = Invoice.objects.get(), Message.objects.get()
    assert mail["To"] == "anna@example.org"
    assert mail["Subject"].replace("\u00a0", " ") == "Votre facture, juillet 2026 : 87,84 €"
    body = mail.get_body(("plain",))
    assert body is not None
    assert f"/invoices/{invoice.public_id}/" in body.get_content()
    assert message.sent_at is not None


def test_the_same_job_twice_makes_one_invoice() -> None:
    run = start(cast.anna().operator, JULY)
    for _ in range(2):
        tasks.draft_bill_run.defer(operator_id=run.operator_id, run_id=run.pk, actor="Eva")
    work()
    for _ in range(2):
        tasks.release_bill_run.defer(operator_id=run.operator_id, run_id=run.pk, actor="Lien")
    work()
    with acting_for(run.operator_id):
        assert (Invoice.objects.count(), Message.objects.count()) == (1, 1)


def test_a_refused_release_is_an_answer_and_not_tried_again() -> None:
    run = start(cast.anna().operator, JULY)
    tasks.draft_bill_run.defer(operator_id=run.operator_id, run_id=run.pk, actor=run.started_by)
    work()
    tasks.release_bill_run.defer(operator_id=run.operator_id, run_id=run.pk, actor=run.started_by)
    assert "SamePerson" in work()
    assert (state_of(run), jobs()) == ("ready", [("release_bill_run", "failed")])


def test_the_job_of_a_lost_worker_runs_again() -> None:
    run = start(cast.anna().operator, JULY)
    tasks.draft_bill_run.defer(operator_id=run.operator_id, run_id=run.pk, actor="Eva")
    with connection.cursor() as cursor:
        cursor.execute(
            "with lost as (insert into procrastinate_workers (last_heartbeat) values (now() - interval '5 minutes') "
            "returning id) update procrastinate_jobs set status = 'doing', worker_id = lost.id from lost"
        )
    work()
    with suppress(AlreadyEnqueued):
        tasks.retry_stalled_jobs.defer(timestamp=0)
    work()  # gives the job back: this worker may have looked for its last one by then
    work()
    assert (state_of(run), jobs()) == ("ready", [])


@pytest.mark.rule("BIL-02")
def test_services_start_thirty_days_after_the_kit_by_themselves() -> None:
    cast.anna(kit_on=date(2026, 6, 9), connected_at=None)
    with suppress(AlreadyEnqueued):
        tasks.start_services.defer(timestamp=0)
    work()
    rural = Operator.objects.get(code="rural")
    with acting_for(rural.pk):
        assert Contract.objects.get().service_from == date(2026, 7, 9)
