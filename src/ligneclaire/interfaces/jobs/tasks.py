"""What the worker does. Arguments of a job are an operator and ids only; every task may run twice without harm."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ligneclaire.domains.billing.models import BillRun
from ligneclaire.domains.billing.refusals import NoSpace, WorkedOnElsewhere
from ligneclaire.domains.operators.models import Operator
from ligneclaire.kernel.refusal import Refusal

log = logging.getLogger(__name__)
# A refusal is an answer and is not tried again; these pass by themselves.
LATER = RetryStrategy(max_attempts=20, linear_wait=30, retry_exceptions=(OperationalError, WorkedOnElsewhere, NoSpace))


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="send_messages", pass_context=False)
def send_messages(timestamp: int) -> None:
    """Send what is due, of every operator."""
    from ligneclaire.journeys import send_messages

    for operator in Operator.objects.order_by("id"):
        send_messages.send_due(operator_id=operator.pk, at=_now())


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="rate_usage", pass_context=False)
def rate_usage(timestamp: int) -> None:
    """Rate what is stale, of every operator. A pass that is broken off is gone on with by the next one."""
    from ligneclaire.domains.usage.operations import rating

    for operator in Operator.objects.order_by("id"):
        try:
            rating.rate_stale(operator_id=operator.pk, at=_now(), actor="job:rate_usage")
        except Refusal as refused:  # a damaged file, no space: the other operators' usage goes on
            log.error("usage of %s is not rated: %s", operator.code, refused)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="warn_of_usage", pass_context=False)
def warn_of_usage(timestamp: int) -> None:
    """Queue the messages of the alerts that nobody was told of yet, of every operator."""
    from ligneclaire.journeys import alerts

    for operator in Operator.objects.order_by("id"):
        alerts.warn(operator_id=operator.pk, at=_now())


@app.periodic(cron="10 * * * *")
@app.task(queueing_lock="start_services")
def start_services(timestamp: int) -> None:
    """Start the services whose kit was received long enough ago (BIL-02) and close the terminations whose last day has
    passed, by the local day of each operator."""
    from ligneclaire.domains.contracts import operations as contracts

    for operator in Operator.objects.order_by("id"):
        now = _now()
        on = now.astimezone(ZoneInfo(operator.timezone)).date()
        contracts.start_due_services(operator_id=operator.pk, on=on, at=now, actor="job:start_services")
        contracts.close_ended(operator_id=operator.pk, on=on, at=now, actor="job:start_services")


@app.periodic(cron="40 2 * * *")
@app.task(queueing_lock="tidy_usage")
def tidy_usage(timestamp: int) -> None:
    """Keep the files of usage few, of every operator, as `intake tidy` does."""
    from ligneclaire.domains.usage import operations as usage

    for operator in Operator.objects.order_by("id"):
        try:
            usage.join_segments(operator_id=operator.pk, at=_now())
            usage.delete_old_files(operator_id=operator.pk, at=_now())
        except Refusal as refused:  # no space, a damaged file: the other operators' files are tidied
            log.error("usage files of %s are not tidied: %s", operator.code, refused)


@app.periodic(cron="40 7 * * *")
@app.task(queueing_lock="remind_of_private_invoices", pass_context=False)
def remind_of_private_invoices(timestamp: int) -> None:
    """Tell who is to be told of unpaid private invoices (SPL-11), by the local day of each operator."""
    from ligneclaire.journeys import private_reminders

    for operator in Operator.objects.order_by("id"):
        now = _now()
        private_reminders.remind(operator_id=operator.pk, on=now.astimezone(ZoneInfo(operator.timezone)).date(), at=now)


@app.periodic(cron="20 3 * * *")
@app.task(queueing_lock="credit_unwarned", pass_context=False)
def credit_unwarned(timestamp: int) -> None:
    """Give back what was charged without its warning (W-07), of every operator."""
    from ligneclaire.domains.billing import operations as billing

    for operator in Operator.objects.order_by("id"):
        now = _now()
        on = now.astimezone(ZoneInfo(operator.timezone)).date()
        try:
            billing.credit_unwarned(operator_id=operator.pk, on=on, at=now, actor="job:credit_unwarned")
        except Refusal as refused:
            log.error("usage without its warning of %s: %s", operator.code, refused)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: Any, timestamp: int) -> None:
    """Give back the jobs of workers that were killed: a job of a worker without heartbeat runs again."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=30):
        log.warning("job %s of a lost worker runs again", job.id)
        await manager.retry_job(job)


@app.task(retry=LATER)
def draft_bill_run(operator_id: int, run_id: int, actor: str) -> None:
    """Make the drafts of a run, or go on where an interrupted one stopped. Each chunk is a transaction of its own."""
    from ligneclaire.domains.billing import operations as billing

    run = _bill_run(operator_id, run_id)
    with _reason_kept(run, actor):
        billing.draft(run=run, at=_now(), actor=actor, threads=2)


@app.task(retry=LATER)
def release_bill_run(operator_id: int, run_id: int, actor: str, knowingly: bool = False) -> None:
    """Issue the reviewed drafts of a run, or go on where an interrupted release stopped. `knowingly`: over suspended
    usage and accounts put aside."""
    from ligneclaire.domains.billing import operations as billing

    run = _bill_run(operator_id, run_id)
    with _reason_kept(run, actor):
        billing.release(run=run, at=_now(), actor=actor, knowingly=knowingly, threads=2)


@contextmanager
def _reason_kept(run: BillRun, actor: str) -> Iterator[None]:
    """The desk reads why a run stands still; another process that works on it is no reason."""
    from ligneclaire.domains.billing import operations as billing

    try:
        yield
    except WorkedOnElsewhere:
        raise
    except Refusal as refusal:
        billing.note_refusal(run=run, refusal=refusal, at=_now(), actor=actor)
        raise


def _bill_run(operator_id: int, run_id: int) -> BillRun:
    from ligneclaire.domains.operators.acting import acting_for

    with acting_for(operator_id):
        return BillRun.objects.get(pk=run_id)


def _now() -> datetime:
    return datetime.now(UTC)
