"""Joining the halves of calls that came in different deliveries: the beginning of a call, and its end.

A half waits in suspense. When the other one is there, the beginning becomes the whole call and is judged; every other
half of it is a duplicate. So is a half whose call was kept before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage import store, writing
from ligneclaire.domains.usage.models import IntakeFile, Suspended
from ligneclaire.domains.usage.operations.settling import settle_all
from ligneclaire.domains.usage.readers import batch as batches
from ligneclaire.domains.usage.rules.suspense import Reason
from ligneclaire.domains.usage.rules.switch import Half
from ligneclaire.domains.usage.store import Partition
from ligneclaire.kernel.periods import Period

LONGEST = timedelta(days=1)  # a call whose end is delivered again began at most so long before
REASONS = (Reason.NO_BEGIN.value, Reason.NO_END.value)
Joins = Callable[[str, str], Half | None]
Halves = dict[str, list[tuple[Half, Suspended]]]


def waiting(operator_id: int, joins: Joins, source: str) -> Halves:
    """The halves of calls of a switch that wait, by call."""
    found: Halves = {}
    for one in Suspended.objects.filter(operator_id=operator_id, settled_at=None, reason__in=REASONS).order_by("id"):
        half = joins(one.raw, source)
        if half:
            found.setdefault(half.call, []).append((half, one))
    return found


def complete(halves: Halves, at: datetime, actor: str) -> list[Suspended]:
    """The beginnings whose end has come, with the seconds between them, to be judged; the other halves are settled."""
    whole, others = [], []
    for of_call in halves.values():
        begins = sorted(((half.at, one) for half, one in of_call if half.begins), key=lambda pair: pair[0])
        ends = sorted(half.at for half, _ in of_call if not half.begins)
        if not begins or not ends:
            continue
        began_at, begin = begins[0]
        begin.original = begin.original or begin.raw
        begin.raw = batches.raw_of({**batches.fields_of(begin.raw), "quantity": str(ends[0] - began_at)})
        whole.append(begin)
        others += [one for _, one in of_call if one is not begin]
    writing.rewrite_suspended(whole, "original", "raw")
    settle_all(others, "duplicate", at, actor, "its other half is the call")
    return whole


def settle_known(operator: Operator, file: IntakeFile, halves: Halves, source: str, actor: str) -> None:
    """Halves that a delivery brought of calls that were kept before, as when a piece of a log is read again."""
    new = [
        (half, one)
        for of_call in halves.values()
        for half, one in of_call
        if one.file_id == file.pk and one.settled_at is None and one.reason in REASONS
    ]
    if not new:
        return
    begins = _instant(min(half.at for half, _ in new)) - LONGEST
    ends = _instant(max(half.at for half, _ in new))
    parts = [Partition(month, bucket) for month in _months(operator, begins, ends) for bucket in range(store.BUCKETS)]
    known = _known(store.event_keys(operator.pk, parts, begins, ends).values(), source, [half.call for half, _ in new])
    again = [one for half, one in new if half.call in known]
    settle_all(again, "duplicate", file.received_at, actor, "its call is known")


def _known(keys: Iterable[pa.ChunkedArray], source: str, calls: list[str]) -> set[str]:
    """Those of the calls that have an event key: the source, the id and the start."""
    wanted = pa.array([f"{source}/{call}" for call in calls], pa.string())
    found: set[str] = set()
    for some in keys:
        heads = pc.list_element(pc.split_pattern(some, " ", max_splits=1), 0)
        found.update(heads.filter(pc.is_in(heads, value_set=wanted)).to_pylist())
    return {head.removeprefix(f"{source}/") for head in found}


def _months(operator: Operator, begins: datetime, ends: datetime) -> list[date]:
    """The local months from one instant to another, both included."""
    first, last = (at.astimezone(ZoneInfo(operator.timezone)).date() for at in (begins, ends))
    return [month.start.replace(day=1) for month in Period(first, last + timedelta(days=1)).months()]


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, tz=ZoneInfo("UTC"))
