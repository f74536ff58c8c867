"""Settling what waits in suspense, one or all that are alike: tried again after a line was entered, or mended by hand.

Giving up is `giving_up.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage import writing
from ligneclaire.domains.usage.models import Suspended
from ligneclaire.domains.usage.operations import files as rows_of_files
from ligneclaire.domains.usage.operations import joining
from ligneclaire.domains.usage.operations.accounting import BATCH, judge
from ligneclaire.domains.usage.operations.giving_up import NotInSuspense
from ligneclaire.domains.usage.operations.settling import now_waits_for, settle
from ligneclaire.domains.usage.queries import alike as groups
from ligneclaire.domains.usage.readers import batch as batches
from ligneclaire.domains.usage.readers import detail, radacct
from ligneclaire.domains.usage.rules import suspense
from ligneclaire.domains.usage.rules.accounting import DETAIL, RADACCT
from ligneclaire.domains.usage.rules.alike import Alike
from ligneclaire.domains.usage.rules.rows import FIELDS, USAGE
from ligneclaire.domains.usage.rules.suspense import Delivered
from ligneclaire.kernel.refusal import Refusal

RETRYABLE = sorted(reason.value for reason in suspense.RETRYABLE)
UNPRICED = {reason.value for reason in suspense.UNPRICED}
_REREAD: dict[str, Callable[[int, str], Delivered]] = {DETAIL: detail.reread, RADACCT: radacct.reread}


class NotMended(Refusal):
    """Records of RADIUS and records that rating can't price are not changed by hand: retry them, mend what the
    operator sells, or write them off."""

    code = "usage.refused.not-mended"


class HalfACall(NotMended):
    """Half of a call becomes a whole one by its seconds: without them its other half would not find it any more."""

    code = "usage.refused.half-a-call"


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of the records that were tried again."""

    kept: int
    duplicates: int
    still_suspended: int

    def __add__(self, more: Retried) -> Retried:
        return Retried(
            self.kept + more.kept, self.duplicates + more.duplicates, self.still_suspended + more.still_suspended
        )


def retry_suspended(*, operator_id: int, at: datetime, actor: str, alike: Alike | None = None) -> Retried:
    """Judge again what waits for a line, all of it or one group: after the line was entered, a record is kept (or a
    duplicate by now). Nothing counts twice. Raises store.NoSpace."""
    open_ = _open_rows(operator_id) if alike is None else groups.rows_of(operator_id, alike)
    found = open_.filter(reason__in=RETRYABLE)
    done = _in_batches(operator_id, found, lambda operator, some: _judge_again(operator, some, at, actor))
    if done.kept or done.duplicates:
        with acting_for(operator_id):
            detail = {"kept": done.kept, "duplicates": done.duplicates}
            _audit(operator_id, "retry_suspended", at, actor, detail)
    return done


def mend_alike(*, operator_id: int, alike: Alike, fields: Mapping[str, str], at: datetime, actor: str) -> Retried:
    """Give fields (of rules.rows.FIELDS) the same value in all records of a group, and try them again at once: a
    country that was misspelt, a number that is a known line's. What was delivered is kept beside each; delivered again
    it is a duplicate. A row without fields stays as it is.

    Raises NotMended, store.NoSpace; what was done before it stands.
    """
    if not alike.can_be_mended or not fields or not fields.keys() <= set(FIELDS):
        raise NotMended(record=alike.same or alike.reason)

    def mend(operator: Operator, some: list[Suspended]) -> None:
        with_fields = groups.with_fields(some)
        if not with_fields:
            return
        for one in with_fields:
            one.original = one.original or one.raw
            one.raw = groups.changed(one.raw, fields)
            one.reason = one.detail = ""  # so that it is written what it waits for now
        writing.rewrite_suspended(with_fields, "original", "raw")
        rows_of_files.retry(operator, with_fields, at, actor)
        done = _outcome(with_fields)
        counts = {"kept": done.kept, "duplicates": done.duplicates, "still": done.still_suspended}
        detail = {"reason": alike.reason, "changed": sorted(fields), **counts}
        _audit(operator_id, "mend_alike", at, actor, detail)

    return _in_batches(operator_id, groups.rows_of(operator_id, alike), mend)


def _in_batches(
    operator_id: int, found: QuerySet[Suspended], act: Callable[[Operator, list[Suspended]], None]
) -> Retried:
    """Act on what waits, the oldest first: each batch of BATCH is a transaction of its own, under the lock of the
    intake. What became of all of it; when the act raises, the batches before it stand."""
    done, after = Retried(0, 0, 0), 0
    while True:
        with acting_for(operator_id):
            writing.lock_intake(operator_id)
            rows = found.filter(id__gt=after).select_related("file").select_for_update(of=("self",))
            some = list(rows.order_by("id")[:BATCH])
            if not some:
                return done
            after = some[-1].pk
            act(Operator.objects.get(pk=operator_id), some)
        done += _outcome(some)


def _outcome(some: list[Suspended]) -> Retried:
    became = Counter(one.settled_as for one in some)
    return Retried(became["kept"], became["duplicate"], became[""])


def mend_suspended(
    *, operator_id: int, public_id: str, fields: Mapping[str, str], at: datetime, actor: str
) -> Suspended:
    """Change the fields of a record of a usage file (rules.rows.FIELDS) and try it again. What was delivered
    is kept beside it; delivered again it is a duplicate.

    The record returned is settled, or waits for the next reason. Raises NotInSuspense, NotMended, store.NoSpace.
    """
    with acting_for(operator_id):
        writing.lock_intake(operator_id)
        record = _open(operator_id, public_id)
        if record.file.source != USAGE or record.reason in UNPRICED:
            raise NotMended(record=public_id)
        if record.reason in joining.REASONS and not fields.get("quantity", "").strip():
            raise HalfACall(record=public_id)
        before = batches.fields_of(record.raw)
        changed = sorted(name for name in before.keys() | fields.keys() if before.get(name, "") != fields.get(name, ""))
        record.original = record.original or record.raw
        record.raw = batches.raw_of(fields)
        record.save(update_fields=["original", "raw"])
        record.reason = record.detail = ""  # so that it is written what it waits for now
        rows_of_files.retry(Operator.objects.get(pk=operator_id), [record], at, actor)
        outcome = record.settled_as or record.reason
        audit.record(
            operator_id=operator_id, at=at, actor=actor, act="mend_suspended", subject=f"suspended_record:{public_id}",
            detail={"changed": changed, "outcome": outcome},
        )  # fmt: skip
    return record


def _open_rows(operator_id: int) -> QuerySet[Suspended]:
    return Suspended.objects.filter(operator_id=operator_id, settled_at=None)


def _open(operator_id: int, public_id: str) -> Suspended:
    found = _open_rows(operator_id).filter(public_id=public_id)
    record = found.select_for_update(of=("self",)).select_related("file").first()
    if record is None:
        raise NotInSuspense(record=public_id)
    return record


def _judge_again(operator: Operator, waiting: list[Suspended], at: datetime, actor: str) -> None:
    rows_of_files.retry(operator, [one for one in waiting if one.file.source == USAGE], at, actor)
    for suspended in waiting:
        if suspended.file.source == USAGE:
            continue
        again = _REREAD[suspended.file.source](suspended.place, suspended.raw)
        good, bad = judge(operator, [again], suspended.file.received_at)
        if bad:
            now_waits_for(suspended, bad[0][1])
            continue
        is_new = writing.write_records(operator.pk, [(suspended.file_id, record, line) for _, record, line in good])
        settle(suspended, "kept" if is_new else "duplicate", at, actor, "tried again")


def _audit(operator_id: int, act: str, at: datetime, actor: str, detail: Mapping[str, object]) -> None:
    audit.record(operator_id=operator_id, at=at, actor=actor, act=act, subject="suspended_record", detail=detail)
