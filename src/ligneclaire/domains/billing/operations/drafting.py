"""Draft a bill run: chunk by chunk, each in one transaction; killed anywhere, it is simply run again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import connection

from ligneclaire.domains.billing.models import BillRun, Draft, RunChunk
from ligneclaire.domains.billing.operations.chunks import Progress, Tally, work_through
from ligneclaire.domains.billing.operations.runs import ELIGIBLE, audit_run, eligible, lock, mark_changed_usage, move
from ligneclaire.domains.billing.operations.space import space_or_refusal
from ligneclaire.domains.billing.queries.inputs import Inputs, Knowing, Reader
from ligneclaire.domains.billing.queries.setting import Outcome, Setting, of_run
from ligneclaire.domains.billing.queries.usage import stale_accounts
from ligneclaire.domains.billing.refusals import UsageNotRated, WorkedOnElsewhere, WrongState
from ligneclaire.domains.billing.rules import document as rule
from ligneclaire.domains.operators import bulk
from ligneclaire.domains.operators.acting import acting_for

COLUMNS = (
    "operator_id", "run_id", "account_id", "skip_reason", "document", "total", "because", "carried", "inputs_digest",
    "digest",
)  # fmt: skip

_LOCK = f"SELECT a.id {ELIGIBLE} AND a.id BETWEEN %(first)s AND %(last)s ORDER BY a.id FOR UPDATE OF a"


def draft(
    *, run: BillRun, at: datetime, actor: str = "job:bill", progress: Progress | None = None, threads: int = 1
) -> BillRun:
    """Draft every chunk that has no drafts yet; then the run is ready, with the digest over all documents.

    A run that is drafted already comes back as it is.

    `progress(done, all)` is called with numbers of chunks; `threads` chunks are worked on at once. May be killed at any
    moment and called again: what is committed stays. Raises WrongState, UsageNotRated, WorkedOnElsewhere, NoPolicy,
    NoSpace.
    """
    with space_or_refusal():
        with acting_for(run.operator_id):
            run = BillRun.objects.get(operator_id=run.operator_id, pk=run.pk)
            if run.state in ("ready", "releasing", "released"):
                return run
            if run.state != "drafting":
                raise WrongState(month=f"{run.month:%Y-%m}", state=run.state)
            mark_changed_usage(run, at)
            if stale := stale_accounts(run.operator_id, run.legal_entity_id, run.month):
                raise UsageNotRated(stale)
            setting, reader = of_run(run), Reader(Knowing(run.operator_id, run.bill_on, run.as_of))
            chunks = RunChunk.objects.filter(run=run).count()
            done = RunChunk.objects.filter(run=run, drafted_at__isnull=False).count()
        work_through(lambda: _draft_next(run, setting, reader, at), Tally(done, chunks, progress), threads)
        return _finish(run, at, actor)


def _draft_next(run: BillRun, setting: Setting, reader: Reader, at: datetime) -> bool:
    """Draft one chunk that nobody else works on; False when there is none."""
    with acting_for(run.operator_id):
        chunk = (
            RunChunk.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(run=run, drafted_at=None)
            .order_by("position")
            .first()
        )
        if chunk is None:
            return False
        accounts = _locked_accounts(run, chunk)
        with connection.cursor() as cursor:  # of accounts that changed, when the chunk is drafted again
            cursor.execute(
                "DELETE FROM invoice_draft WHERE operator_id = %s AND run_id = %s AND account_id = ANY(%s::bigint[])",
                [run.operator_id, run.pk, bulk.array(accounts)],
            )
        digests = {account_id: digest for account_id, _number, digest in reader.digests(accounts)}
        bulk.insert("invoice_draft", COLUMNS, _rows(run, setting, reader.read(accounts), digests))
        chunk.drafted_at = at
        chunk.save(update_fields=["drafted_at"])
    return True


def _locked_accounts(run: BillRun, chunk: RunChunk) -> list[int]:
    """The accounts of a chunk, locked in id order: who waits for whom is always the same."""
    known = {**eligible(run), "first": chunk.first_account_id, "last": chunk.last_account_id}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, known)
        return [row[0] for row in cursor.fetchall()]


def _rows(
    run: BillRun, setting: Setting, accounts: Iterator[Inputs], digests: Mapping[int, str]
) -> Iterator[tuple[object, ...]]:
    for inputs in accounts:
        whose = run.operator_id, run.pk, inputs.account_id
        outcome = setting.drafted(inputs)
        if outcome.document is None:
            yield (*whose, *_none(outcome), digests[inputs.account_id], rule.digest(rule.canonical(_told(outcome))))
            continue
        found = outcome.document
        text = rule.canonical(rule.to_json(found))
        total = found.total.amount if found.kind == rule.INVOICE else -found.total.amount
        yield (*whose, "", text, total, None, None, digests[inputs.account_id], rule.digest(text))


def _none(outcome: Outcome) -> tuple[object, ...]:
    """The columns of a draft without a document, with the steps to that where there are some."""
    because = json.dumps([one.to_json() for one in outcome.because]) if outcome.because else None
    return outcome.skip_reason, None, 0, because, None if outcome.carried is None else outcome.carried.amount


def _told(outcome: Outcome) -> dict[str, str]:
    return {"reason": outcome.skip_reason, "carried": "" if outcome.carried is None else str(outcome.carried)}


def _finish(run: BillRun, at: datetime, actor: str) -> BillRun:
    with acting_for(run.operator_id):
        locked = lock(run)
        if locked.state == "drafting":
            if RunChunk.objects.filter(run=locked, drafted_at=None).exists():
                raise WorkedOnElsewhere(month=f"{run.month:%Y-%m}")
            move(locked, "ready")
            locked.digest = digest_of(locked)
            locked.save(update_fields=["state", "digest"])
            audit_run(locked, "draft", at, actor)
    return locked


def digest_of(run: BillRun) -> str:
    """SHA-256 over the digests of all drafts, in account order."""
    whole = hashlib.sha256()
    drafts = Draft.objects.filter(operator_id=run.operator_id, run=run).order_by("account_id")
    for one in drafts.values_list("digest", flat=True).iterator(chunk_size=10_000):
        whole.update(one.encode())
    return whole.hexdigest()
