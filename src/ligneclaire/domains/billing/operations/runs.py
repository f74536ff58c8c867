"""Start a bill run, discard it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.billing.models import BillRun, Draft, Invoice, RunChunk
from ligneclaire.domains.billing.refusals import (
    BilledUpTo,
    IssuedAlready,
    MonthSkipped,
    OtherRunOpen,
    RunExists,
    TooEarly,
    WrongMonth,
    WrongState,
)
from ligneclaire.domains.billing.rules import states
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.queries import zone_of
from ligneclaire.domains.usage.models import Group
from ligneclaire.domains.usage.operations import rating
from ligneclaire.kernel.periods import Period, add_months
from ligneclaire.kernel.refusal import Refusal

CHUNK = 1000
LATE = 6  # months back in which usage of a closed account may still come in

# Every account that is open, was open a month ago, or has something waiting (W-15): usage, a charge, or all that the
# run before put aside.
ELIGIBLE = """
FROM account a WHERE a.operator_id = %(operator)s AND a.legal_entity_id = %(entity)s AND a.opened_on <= %(bill_on)s
  AND (a.closed_on IS NULL OR a.closed_on >= %(before)s
       OR EXISTS (SELECT 1 FROM usage_group g WHERE g.operator_id = a.operator_id AND g.account_id = a.id
                  AND g.month >= %(late)s AND (g.closed_at IS NULL OR g.rated_at > g.closed_at))
       OR EXISTS (SELECT 1 FROM invoice_draft d WHERE d.operator_id = a.operator_id AND d.run_id = %(last_run)s
                  AND d.account_id = a.id AND d.skip_reason = %(put_aside)s)
       OR EXISTS (SELECT 1 FROM charge c WHERE c.account_id = a.id AND c.created_at <= %(as_of)s AND NOT EXISTS
                  (SELECT 1 FROM invoice_line l WHERE l.operator_id = c.operator_id AND l.charge_id = c.id)))"""
_CHUNKS = f"""
SELECT min(id), max(id), count(*) FROM (
  SELECT a.id, (row_number() OVER (ORDER BY a.id) - 1) / %(size)s AS chunk {ELIGIBLE}
) numbered GROUP BY chunk ORDER BY chunk"""  # noqa: S608 (a condition of our own)


def start_run(
    *,
    operator_id: int,
    legal_entity_id: int,
    month: date,
    as_of: datetime,
    bill_on: date,
    at: datetime,
    actor: str,
    chunk_size: int = CHUNK,
) -> BillRun:
    """A run for one legal entity that bills `month` (its first day) in advance, on invoices dated `bill_on`.

    Charges and service starts recorded after `as_of` are not seen. Raises WrongMonth, RunExists, OtherRunOpen,
    BilledUpTo, MonthSkipped, TooEarly.
    """
    if month.day != 1 or not Period.month_of(month).contains(bill_on):
        raise WrongMonth(month=month, on=bill_on)
    with acting_for(operator_id):
        _must_be_next(operator_id, legal_entity_id, month, at)
        try:
            with transaction.atomic():
                run = BillRun.objects.create(
                    operator_id=operator_id, legal_entity_id=legal_entity_id, month=month, bill_on=bill_on, as_of=as_of,
                    started_by=actor, started_at=at,
                )  # fmt: skip
        except IntegrityError as error:
            if "bill_run_one_a_month" in str(error):
                raise RunExists(month=f"{month:%Y-%m}") from None
            raise
        run.accounts = _cut(run, chunk_size)
        run.save(update_fields=["accounts"])
        audit_run(run, "start_run", at, actor)
    return run


def _must_be_next(operator_id: int, legal_entity_id: int, month: date, at: datetime) -> None:
    """Months are billed one after another, and none before the month that comes next: a month that a later one went
    before could never be billed. The same month is left to the database, which refuses it also of two at once."""
    runs = BillRun.objects.filter(operator_id=operator_id, legal_entity_id=legal_entity_id).exclude(state="discarded")
    is_open = runs.exclude(state="released").exclude(month=month).first()
    if is_open:
        raise OtherRunOpen(month=f"{is_open.month:%Y-%m}")
    last = runs.filter(state="released").order_by("-month").values_list("month", flat=True).first()
    if last and month < last:
        raise BilledUpTo(month=f"{month:%Y-%m}", last=f"{last:%Y-%m}")
    if last and month > add_months(last, 1):
        raise MonthSkipped(month=f"{month:%Y-%m}", next=f"{add_months(last, 1):%Y-%m}")
    earliest = add_months(month, -1)
    if at.astimezone(zone_of(operator_id)).date() < earliest:
        raise TooEarly(month=f"{month:%Y-%m}", on=earliest.isoformat())


def discard(*, run: BillRun, at: datetime, actor: str) -> BillRun:
    """Throw away the drafts of a run, so that the month can be run again. Raises IssuedAlready, WrongState."""
    with acting_for(run.operator_id):
        locked = lock(run)
        if Invoice.objects.filter(run=locked).exists():
            raise IssuedAlready(month=f"{run.month:%Y-%m}")
        move(locked, "discarded")
        locked.save(update_fields=["state"])
        Draft.objects.filter(run=locked).delete()
        audit_run(locked, "discard", at, actor)
    return locked


def note_refusal(*, run: BillRun, refusal: Refusal, at: datetime, actor: str) -> None:
    """Write down why a worker could not go on with a run, for who looks at it next."""
    with acting_for(run.operator_id):
        audit_run(run, "refused", at, actor, {"code": refusal.code, "params": dict(refusal.params)})


def lock(run: BillRun) -> BillRun:
    """The run's row, locked until the transaction ends."""
    return BillRun.objects.select_for_update().get(operator_id=run.operator_id, pk=run.pk)


def move(run: BillRun, state: str) -> None:
    """Put a locked run into another state. Raises WrongState."""
    if not states.RUN.allows(run.state, state):
        raise WrongState(month=f"{run.month:%Y-%m}", state=run.state)
    run.state = state


def eligible(run: BillRun) -> dict[str, Any]:
    """The parameters of ELIGIBLE."""
    runs = BillRun.objects.filter(operator_id=run.operator_id, legal_entity_id=run.legal_entity_id, state="released")
    last = runs.filter(month__lt=run.month).order_by("-month").values_list("pk", flat=True).first()
    return {
        "operator": run.operator_id, "entity": run.legal_entity_id, "bill_on": run.bill_on, "as_of": run.as_of,
        "before": add_months(run.month, -1), "late": add_months(run.month, -LATE),
        "last_run": last, "put_aside": states.PUT_ASIDE,
    }  # fmt: skip


def mark_changed_usage(run: BillRun, at: datetime) -> None:
    """Have usage that the run bills wait for its rating where a contract changed since: else the draft would bill what
    the rating before made of it, and the close of the month another sum. Call it inside `acting_for`."""
    rating.mark_changed(Group.objects.filter(operator_id=run.operator_id, month__lt=run.month), at)


def _cut(run: BillRun, size: int) -> int:
    """Cut the accounts into chunks by id; how many accounts there are."""
    with connection.cursor() as cursor:
        cursor.execute(_CHUNKS, {**eligible(run), "size": size})
        found = cursor.fetchall()
    RunChunk.objects.bulk_create(
        RunChunk(operator_id=run.operator_id, run=run, position=position, first_account_id=first, last_account_id=last)
        for position, (first, last, _count) in enumerate(found, 1)
    )
    return sum(count for _first, _last, count in found)


def audit_run(run: BillRun, act: str, at: datetime, actor: str, detail: Mapping[str, Any] | None = None) -> None:
    """Write down who did what to a run."""
    subject = f"bill-run:{run.public_id}"
    audit.record(operator_id=run.operator_id, at=at, actor=actor, act=act, subject=subject, detail=detail)
