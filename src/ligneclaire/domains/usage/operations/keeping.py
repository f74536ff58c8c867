"""Keeping records: each once, in the partition of its account and local month, and its rating group marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Max

from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage import store, writing
from ligneclaire.domains.usage.models import Group
from ligneclaire.domains.usage.rules import instants
from ligneclaire.domains.usage.store import Partition

Kept = Counter[tuple[int, date]]  # records by rating group


def arrival(operator_id: int, at: datetime) -> datetime:
    """When records that are taken in under the lock of the intake arrive: after each close of a month, because the
    close did not see them (RAT-13)."""
    closed = Group.objects.filter(operator_id=operator_id).aggregate(at=Max("closed_at"))["at"]
    return max(at, closed + timedelta(microseconds=1)) if closed else at


def keep(operator: Operator, records: pa.Table, *, file_id: int | None, at: datetime) -> tuple[Kept, pa.Table]:
    """Write those of the records (as RECORDS) that the partitions don't know yet; within a batch the first one counts.

    Returns how many were new of each group, and the new ones. Call it under the lock of the intake. Raises
    store.NoSpace, store.SegmentDamaged.
    """
    if not records.num_rows:
        return Counter(), records
    parts = _parts(records, ZoneInfo(operator.timezone))
    begins, ends = pc.min(records["start"]).as_py(), pc.max(records["start"]).as_py()
    known = store.event_keys(operator.pk, list(parts), begins, ends)
    new = {part: _new(table, known.get(part)) for part, table in parts.items()}
    new = {part: table for part, table in new.items() if table.num_rows}
    store.append_records(operator.pk, file_id, new, at)
    kept: Kept = Counter()
    for part, table in new.items():
        for one in table["account"].value_counts().to_pylist():
            kept[one["values"], part.month] += one["counts"]
    return kept, pa.concat_tables(new.values()) if new else records.slice(0, 0)


def mark(operator_id: int, kept: Mapping[tuple[int, date], int], at: datetime) -> None:
    """Let rating know which groups have new records."""
    writing.mark_groups(operator_id, kept, at)


def _parts(records: pa.Table, zone: ZoneInfo) -> dict[Partition, pa.Table]:
    starts = records["start"].cast(pa.int64()).to_numpy()
    index, months = instants.months(starts, zone)
    code = index * store.BUCKETS + records["account"].to_numpy() % store.BUCKETS
    order = np.argsort(code, kind="stable")
    ordered = records.take(order)
    codes, begins = np.unique(code[order], return_index=True)
    ends = [*begins[1:].tolist(), records.num_rows]
    return {
        Partition(months[one // store.BUCKETS], one % store.BUCKETS): ordered.slice(begin, end - begin)
        for one, begin, end in zip(codes.tolist(), begins.tolist(), ends, strict=True)
    }


def _new(records: pa.Table, known: pa.ChunkedArray | None) -> pa.Table:
    if known is not None:
        records = records.filter(pc.invert(pc.is_in(records["event_key"], value_set=known)))
    coded: Any = records["event_key"].combine_chunks().dictionary_encode()
    if len(coded.dictionary) == records.num_rows:
        return records
    _each, first = np.unique(coded.indices.to_numpy(), return_index=True)
    return records.take(np.sort(first))
