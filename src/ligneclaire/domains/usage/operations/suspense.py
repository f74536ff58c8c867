"""Settling what waits in suspense: tried again after the line was entered, or written off with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage import writing
from ligneclaire.domains.usage.models import Suspended
from ligneclaire.domains.usage.operations.accounting import BATCH, judge
from ligneclaire.domains.usage.operations.settling import now_waits_for, settle
from ligneclaire.domains.usage.readers import detail, radacct
from ligneclaire.domains.usage.rules import suspense
from ligneclaire.domains.usage.rules.accounting import DETAIL, RADACCT
from ligneclaire.domains.usage.rules.suspense import Delivered
from ligneclaire.kernel.refusal import Refusal

RETRYABLE = sorted(reason.value for reason in suspense.RETRYABLE)
_REREAD: dict[str, Callable[[int, str], Delivered]] = {DETAIL: detail.reread, RADACCT: radacct.reread}


class NotInSuspense(Refusal):
    """The record is not there, or is settled already."""

    code = "usage.refused.not-in-suspense"


class NoReasonGiven(Refusal):
    """Writing off needs a reason of 3 to 200 characters."""

    code = "usage.refused.no-reason-given"


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of the records that were tried again."""

    kept: int
    duplicates: int
    still_suspended: int


def retry_suspended(*, operator_id: int, at: datetime, actor: str) -> Retried:
    """Judge again what waits for a line: after it was entered, the record is kept (or a duplicate by now)."""
    kept = duplicates = still = after = 0
    while True:
        with acting_for(operator_id):
            writing.lock_intake(operator_id)
            waiting = list(
                Suspended.objects.filter(operator_id=operator_id, settled_at=None, reason__in=RETRYABLE, id__gt=after)
                .select_related("file")
                .select_for_update(of=("self",))
                .order_by("id")[:BATCH]
            )
            if not waiting:
                break
            after = waiting[-1].pk
            done = _retry(operator_id, waiting, at, actor)
        kept, duplicates, still = kept + done.kept, duplicates + done.duplicates, still + done.still_suspended
    if kept or duplicates:
        with acting_for(operator_id):
            audit.record(
                operator_id=operator_id, at=at, actor=actor, act="retry_suspended", subject="suspended_record",
                detail={"kept": kept, "duplicates": duplicates},
            )  # fmt: skip
    return Retried(kept, duplicates, still)


def write_off_suspended(*, operator_id: int, public_id: str, reason: str, at: datetime, actor: str) -> Suspended:
    """Give up one record, for a reason in words. Delivered again it stays written off.

    Raises `NotInSuspense` and `NoReasonGiven`.
    """
    reason = reason.strip()
    if not 3 <= len(reason) <= 200:
        raise NoReasonGiven(record=public_id)
    with acting_for(operator_id):
        record = (
            Suspended.objects.select_for_update()
            .filter(operator_id=operator_id, public_id=public_id, settled_at=None)
            .first()
        )
        if record is None:
            raise NotInSuspense(record=public_id)
        settle(record, "written-off", at, actor, reason)
        subject, why = f"suspended_record:{public_id}", {"reason": record.reason}
        audit.record(
            operator_id=operator_id, at=at, actor=actor, act="write_off_suspended", subject=subject, detail=why
        )
    return record


def _retry(operator_id: int, waiting: list[Suspended], at: datetime, actor: str) -> Retried:
    operator = Operator.objects.get(pk=operator_id)
    kept = duplicates = 0
    for suspended in waiting:
        again = _REREAD[suspended.file.source](suspended.place, suspended.raw)
        good, bad = judge(operator, [again], suspended.file.received_at)
        if bad:
            now_waits_for(suspended, bad[0][1])
            continue
        is_new = writing.write_records(operator_id, [(suspended.file_id, record, line) for _, record, line in good])
        kept, duplicates = kept + is_new, duplicates + 1 - is_new
        settle(suspended, "kept" if is_new else "duplicate", at, actor, "tried again")
    return Retried(kept, duplicates, len(waiting) - kept - duplicates)
