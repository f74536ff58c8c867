"""Settling what waits in suspense: tried again after the line was entered, mended by hand, or written off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage import writing
from ligneclaire.domains.usage.models import Suspended
from ligneclaire.domains.usage.operations import files as rows_of_files
from ligneclaire.domains.usage.operations.accounting import BATCH, judge
from ligneclaire.domains.usage.operations.settling import now_waits_for, settle
from ligneclaire.domains.usage.readers import batch as batches
from ligneclaire.domains.usage.readers import detail, radacct
from ligneclaire.domains.usage.rules import suspense
from ligneclaire.domains.usage.rules.accounting import DETAIL, RADACCT
from ligneclaire.domains.usage.rules.rows import USAGE
from ligneclaire.domains.usage.rules.suspense import Delivered, Reason
from ligneclaire.kernel.refusal import Refusal

RETRYABLE = sorted(reason.value for reason in suspense.RETRYABLE)
UNPRICED = {reason.value for reason in suspense.UNPRICED}
_REREAD: dict[str, Callable[[int, str], Delivered]] = {DETAIL: detail.reread, RADACCT: radacct.reread}


class NotInSuspense(Refusal):
    """The record is not there, or is settled already."""

    code = "usage.refused.not-in-suspense"


class NoReasonGiven(Refusal):
    """Writing off needs a reason of 3 to 200 characters."""

    code = "usage.refused.no-reason-given"


class NotMended(Refusal):
    """Records of RADIUS and records that rating can't price are not changed by hand: retry them, mend what the
    operator sells, or write them off."""

    code = "usage.refused.not-mended"


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
            of_files = [one for one in waiting if one.file.source == USAGE]
            rows_of_files.retry(Operator.objects.get(pk=operator_id), of_files, at, actor)
            _retry(operator_id, [one for one in waiting if one.file.source != USAGE], at, actor)
        became = Counter(one.settled_as for one in waiting)
        kept, duplicates, still = kept + became["kept"], duplicates + became["duplicate"], still + became[""]
    if kept or duplicates:
        with acting_for(operator_id):
            audit.record(
                operator_id=operator_id, at=at, actor=actor, act="retry_suspended", subject="suspended_record",
                detail={"kept": kept, "duplicates": duplicates},
            )  # fmt: skip
    return Retried(kept, duplicates, still)


def mend_suspended(
    *, operator_id: int, public_id: str, fields: Mapping[str, str], at: datetime, actor: str
) -> Suspended:
    """Change the fields of a record of a usage file (rules.rows.COLUMNS and ZONE) and try it again. What was delivered
    is kept beside it; delivered again it is a duplicate.

    The record returned is settled, or waits for the next reason. Raises NotInSuspense, NotMended, store.NoSpace.
    """
    with acting_for(operator_id):
        writing.lock_intake(operator_id)
        record = _open(operator_id, public_id)
        if record.file.source != USAGE or record.reason in UNPRICED:
            raise NotMended(record=public_id)
        before = batches.fields_of(record.raw)
        changed = sorted(name for name in before.keys() | fields.keys() if before.get(name, "") != fields.get(name, ""))
        record.original = record.original or record.raw
        record.raw = batches.raw_of(fields)
        record.save(update_fields=["original", "raw"])
        rows_of_files.retry(Operator.objects.get(pk=operator_id), [record], at, actor)
        outcome = record.settled_as or record.reason
        audit.record(
            operator_id=operator_id, at=at, actor=actor, act="mend_suspended", subject=f"suspended_record:{public_id}",
            detail={"changed": changed, "outcome": outcome},
        )  # fmt: skip
    return record


def write_off_suspended(*, operator_id: int, public_id: str, reason: str, at: datetime, actor: str) -> Suspended:
    """Give up one record, for a reason in words. Delivered again it stays written off.

    Raises `NotInSuspense` and `NoReasonGiven`.
    """
    why = _in_words(reason, public_id)
    with acting_for(operator_id):
        record = _open(operator_id, public_id)
        settle(record, "written-off", at, actor, why)
        audit.record(
            operator_id=operator_id, at=at, actor=actor, act="write_off_suspended",
            subject=f"suspended_record:{public_id}", detail={"reason": record.reason},
        )  # fmt: skip
    return record


def write_off_all(*, operator_id: int, reason: Reason, why: str, at: datetime, actor: str) -> int:
    """Give up all records that wait for one reason, as `write_off_suspended`; how many. Raises NoReasonGiven."""
    why = _in_words(why, reason.value)
    with acting_for(operator_id):
        writing.lock_intake(operator_id)
        waiting = Suspended.objects.filter(operator_id=operator_id, settled_at=None, reason=reason.value)
        count = waiting.update(settled_at=at, settled_as="written-off", settled_by=actor[:64], settled_why=why)
        audit.record(
            operator_id=operator_id, at=at, actor=actor, act="write_off_all", subject="suspended_record",
            detail={"reason": reason.value, "count": count},
        )  # fmt: skip
    return count


def _in_words(why: str, record: str) -> str:
    why = why.strip()
    if not 3 <= len(why) <= 200:
        raise NoReasonGiven(record=record)
    return why


def _open(operator_id: int, public_id: str) -> Suspended:
    record = (
        Suspended.objects.select_for_update(of=("self",))
        .select_related("file")
        .filter(operator_id=operator_id, public_id=public_id, settled_at=None)
        .first()
    )
    if record is None:
        raise NotInSuspense(record=public_id)
    return record


def _retry(operator_id: int, waiting: list[Suspended], at: datetime, actor: str) -> None:
    operator = Operator.objects.get(pk=operator_id)
    for suspended in waiting:
        again = _REREAD[suspended.file.source](suspended.place, suspended.raw)
        good, bad = judge(operator, [again], suspended.file.received_at)
        if bad:
            now_waits_for(suspended, bad[0][1])
            continue
        is_new = writing.write_records(operator_id, [(suspended.file_id, record, line) for _, record, line in good])
        settle(suspended, "kept" if is_new else "duplicate", at, actor, "tried again")
