"""Release a bill run by a second person: exactly what was reviewed is issued, or nothing and the reason by name.

First every chunk is compared with the facts as they are now; then chunk by chunk, each in one transaction: lock the
accounts, compare again, close their usage, insert lines, taxes and postings, take numbers, insert the invoices, queue
the messages.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from ligneclaire.domains.billing.models import BillRun, Draft, RunChunk
from ligneclaire.domains.billing.operations import issuing
from ligneclaire.domains.billing.operations.chunks import Progress, Tally, work_through
from ligneclaire.domains.billing.operations.runs import audit_run, lock, mark_changed_usage, move
from ligneclaire.domains.billing.operations.space import space_or_refusal
from ligneclaire.domains.billing.queries.inputs import Knowing, Reader
from ligneclaire.domains.billing.queries.usage import open_suspense
from ligneclaire.domains.billing.refusals import (
    AccountsChanged,
    NotTheDay,
    OpenSuspense,
    PutAside,
    SamePerson,
    WorkedOnElsewhere,
)
from ligneclaire.domains.billing.rules.states import PUT_ASIDE
from ligneclaire.domains.operators import bulk
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import LegalEntity
from ligneclaire.domains.operators.queries import zone_of
from ligneclaire.domains.usage.operations import closing
from ligneclaire.kernel.periods import add_months

_DRAFTED = """
SELECT account_id, inputs_digest, skip_reason FROM invoice_draft
WHERE operator_id = %s AND run_id = %s AND account_id BETWEEN %s AND %s ORDER BY account_id"""
_OPEN_MONTHS = """
SELECT DISTINCT month FROM usage_group
WHERE operator_id = %s AND account_id = ANY(%s::bigint[]) AND month < %s AND closed_at IS NULL"""
_LOCK = "SELECT id FROM account WHERE operator_id = %s AND id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"


@dataclass(frozen=True, slots=True)
class _Release:
    run: BillRun
    entity: LegalEntity
    reader: Reader
    at: datetime


def release(
    *,
    run: BillRun,
    at: datetime,
    actor: str,
    knowingly: bool = False,
    progress: Progress | None = None,
    threads: int = 1,
) -> BillRun:
    """Issue every document of a run that is ready. May be killed at any moment and called again.

    `knowingly`: although records of usage are suspended or accounts put aside, which is written down.
    `progress(done, all)` is called with numbers of chunks; `threads` chunks are worked on at once. Raises SamePerson,
    WrongState, OpenSuspense, PutAside, AccountsChanged (then nothing more is issued; `redraft` makes those drafts
    anew), NotTheDay, WorkedOnElsewhere, NoSpace.
    """
    with space_or_refusal():
        found = _begin(run, at, actor, knowingly=knowingly, threads=threads)
        if isinstance(found, BillRun):
            return found
        with acting_for(run.operator_id):
            chunks = RunChunk.objects.filter(run=run).count()
            done = RunChunk.objects.filter(run=run, issued_at__isnull=False).count()
        work_through(lambda: _issue_next(found), Tally(done, chunks, progress), threads)
        return _finish(found, actor)


def redraft(*, run: BillRun, at: datetime, actor: str) -> BillRun:
    """Mark the chunks in which an account changed, so that `draft` makes them anew and somebody reviews them again.

    What is issued stays issued. Raises WrongState.
    """
    with acting_for(run.operator_id):
        locked = lock(run)
        move(locked, "drafting")
        locked.released_by, locked.released_at = "", None
        locked.save(update_fields=["state", "released_by", "released_at"])
        reader = Reader(Knowing(run.operator_id, run.bill_on, run.as_of))
        for chunk in RunChunk.objects.filter(run=locked, issued_at=None):
            if _changed(locked, chunk, reader):
                chunk.drafted_at = None
                chunk.save(update_fields=["drafted_at"])
        audit_run(locked, "redraft", at, actor)
    return locked


def changed_accounts(run: BillRun, threads: int = 1) -> tuple[str, ...]:
    """The numbers of accounts of which the facts are no longer those of their drafts, in chunks not issued yet."""
    with acting_for(run.operator_id):
        reader = Reader(Knowing(run.operator_id, run.bill_on, run.as_of))
        waiting = deque(RunChunk.objects.filter(run=run, issued_at=None).order_by("position"))
    found: dict[int, list[str]] = {}

    def compare_next() -> bool:
        try:
            chunk = waiting.popleft()
        except IndexError:
            return False
        with acting_for(run.operator_id):
            found[chunk.position] = _changed(run, chunk, reader)
        return True

    work_through(compare_next, Tally(0, len(waiting), None), threads)
    return tuple(number for position in sorted(found) for number in found[position])


def _begin(run: BillRun, at: datetime, actor: str, *, knowingly: bool, threads: int) -> _Release | BillRun:
    """Check person, state and facts, and say who releases; the run itself when it is released already."""
    over: dict[str, int] = {}
    with acting_for(run.operator_id):
        found = BillRun.objects.get(operator_id=run.operator_id, pk=run.pk)
        if found.state == "released":
            return found
        if found.started_by == actor:
            raise SamePerson(actor=actor, month=f"{run.month:%Y-%m}")
        if found.state == "ready":
            must_be_the_day(found, at)
            over = not_billed(found, knowingly=knowingly)
            mark_changed_usage(found, at)
    if found.state == "ready" and (changed := changed_accounts(found, threads)):
        raise AccountsChanged(changed)
    with acting_for(run.operator_id):
        locked = lock(run)
        if locked.state != "releasing":
            move(locked, "releasing")
            locked.released_by, locked.released_at, locked.released_over = actor, at, over.get("suspended", 0)
            locked.save(update_fields=["state", "released_by", "released_at", "released_over"])
            audit_run(locked, "release", at, actor, over or None)
        entity = LegalEntity.objects.get(operator_id=run.operator_id, pk=run.legal_entity_id)
        return _Release(locked, entity, Reader(Knowing(run.operator_id, locked.bill_on, locked.as_of)), at)


def must_be_the_day(run: BillRun, at: datetime) -> None:
    """No invoice goes out before the date that it bears. Raises NotTheDay."""
    if at.astimezone(zone_of(run.operator_id)).date() < run.bill_on:
        raise NotTheDay(month=f"{run.month:%Y-%m}", on=run.bill_on.isoformat())


def not_billed(run: BillRun, *, knowingly: bool = False) -> dict[str, int]:
    """How much a run leaves out that somebody has to know of: usage that is suspended, accounts put aside; what there
    is none of is not named. Call it inside `acting_for`. Raises OpenSuspense, PutAside unless it is `knowingly`."""
    suspended = open_suspense(run.operator_id)
    if suspended and not knowingly:
        raise OpenSuspense(count=suspended)
    aside = Draft.objects.filter(operator_id=run.operator_id, run=run, skip_reason=PUT_ASIDE)
    numbers = tuple(aside.order_by("account_id").values_list("account__number", flat=True))
    if numbers and not knowingly:
        raise PutAside(numbers)
    found = {"suspended": suspended, "put_aside": len(numbers)}
    return {what: count for what, count in found.items() if count}


def _issue_next(found: _Release) -> bool:
    """Issue one chunk that nobody else works on; False when there is none."""
    run = found.run
    with acting_for(run.operator_id):
        chunk = (
            RunChunk.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(run=run, issued_at=None)
            .order_by("position")
            .first()
        )
        if chunk is None:
            return False
        with connection.cursor() as cursor:
            cursor.execute(_DRAFTED, [run.operator_id, run.pk, chunk.first_account_id, chunk.last_account_id])
            drafted = cursor.fetchall()
            accounts = [row[0] for row in drafted]
            cursor.execute(_LOCK, [run.operator_id, bulk.array(accounts)])
        if changed := _changed(run, chunk, found.reader):
            raise AccountsChanged(changed)
        _close_usage(run, [account_id for account_id, _digest, reason in drafted if reason != PUT_ASIDE], found.at)
        issuing.issue_drafts(run=run, entity=found.entity, accounts=accounts, at=found.at)
        chunk.issued_at = found.at
        chunk.save(update_fields=["issued_at"])
    return True


def _close_usage(run: BillRun, accounts: list[int], at: datetime) -> None:
    """Close the months of usage of accounts that are billed by now: what comes later is a difference (RAT-13)."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_MONTHS, [run.operator_id, bulk.array(accounts), run.month])
        months = {row[0] for row in cursor.fetchall()} | {add_months(run.month, -1)}
    for month in sorted(months):
        closing.close(
            operator_id=run.operator_id, account_ids=accounts, month=month, at=at, actor=f"bill-run:{run.public_id}"
        )


def _changed(run: BillRun, chunk: RunChunk, reader: Reader) -> list[str]:
    """The numbers of the accounts of a chunk whose facts are not those that their drafts were made from."""
    with connection.cursor() as cursor:
        cursor.execute(_DRAFTED, [run.operator_id, run.pk, chunk.first_account_id, chunk.last_account_id])
        drafted = {account_id: digest for account_id, digest, _reason in cursor.fetchall()}
    found = reader.digests(list(drafted))
    return [number for account_id, number, digest in found if digest != drafted[account_id]]


def _finish(found: _Release, actor: str) -> BillRun:
    with acting_for(found.run.operator_id):
        locked = lock(found.run)
        if locked.state == "releasing":
            if RunChunk.objects.filter(run=locked, issued_at=None).exists():
                raise WorkedOnElsewhere(month=f"{locked.month:%Y-%m}")
            move(locked, "released")
            locked.save(update_fields=["state"])
            audit_run(locked, "released", found.at, actor)
    return locked
