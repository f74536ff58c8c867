"""Listing new segments, and taking old ones off the list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, models

from ligneclaire.domains.usage.models import Segment
from ligneclaire.domains.usage.rules import parquet
from ligneclaire.domains.usage.rules.columns import RATED, RECORDS
from ligneclaire.domains.usage.store import files

BUCKETS = 16
MANY = 16  # small segments of rated records in a partition
RECORDS_KIND, RATED_KIND = "records", "rated"
SCHEMAS = {RECORDS_KIND: RECORDS, RATED_KIND: RATED}
_PART = "part"  # a column of its own while many partitions are put in order
_ORDER = [("line", "ascending"), ("start", "ascending"), ("event_key", "ascending")]


class Partition(NamedTuple):
    """A local calendar month (its first day) and account modulo 16, of one operator."""

    month: date
    bucket: int


def partition(account_id: int, month: date) -> Partition:
    """Where the records of a rating group are."""
    return Partition(month, account_id % BUCKETS)


def append_records(operator_id: int, file_id: int | None, parts: Mapping[Partition, pa.Table], at: datetime) -> None:
    """List new segments of records. They exist when the caller's transaction commits. Raises NoSpace."""
    append(operator_id, RECORDS_KIND, sorted(parts.items(), key=lambda one: one[0]), at, file_id=file_id)


def add_rated(operator_id: int, month: date, table: pa.Table, anew: Collection[int], at: datetime) -> None:
    """List rated records of many accounts in a month, one segment for each partition; of the accounts `anew` in place
    of all that were listed. Small segments of a partition are joined when they are many. Raises NoSpace,
    SegmentDamaged."""
    tables = _by_partition(table, month)
    parts = sorted({*tables, *(partition(account_id, month) for account_id in anew)})
    lock_rated(operator_id, *parts)
    before: dict[Partition, list[Segment]] = {part: [] for part in parts}
    for segment in listed(operator_id, RATED_KIND, parts):
        before[Partition(month, segment.bucket)].append(segment)
    for part, segments in before.items():
        gone = {account_id for account_id in anew if partition(account_id, month) == part}
        if gone:
            delist([one for one in segments if one.account_id in gone], at)
            others = ~pc.is_in(pc.field("account"), value_set=pa.array(sorted(gone), pa.int64()))
            rewrite([one for one in segments if one.account_id is None], others, at)
        elif part in tables:
            tables[part] = _joined(part, segments, tables[part], at)
    append(operator_id, RATED_KIND, sorted(tables.items(), key=lambda one: one[0]), at)


def _in_order(schema: pa.Schema, parts: Sequence[tuple[Partition, pa.Table]]) -> list[tuple[Partition, pa.Table]]:
    """The tables as files hold them, without empty ones; put in order all at once."""
    full = [(part, table) for part, table in parts if table.num_rows]
    if not full:
        return []
    whole = pa.concat_tables([table.select(schema.names) for _, table in full]).cast(schema)
    ends = np.cumsum([table.num_rows for _, table in full])
    number = np.repeat(np.arange(len(full)), np.diff(ends, prepend=0))
    whole = whole.append_column(_PART, pa.array(number)).sort_by([(_PART, "ascending"), *_ORDER])
    whole = whole.drop_columns([_PART])
    begins = [0, *ends[:-1].tolist()]
    return [(part, whole.slice(begin, table.num_rows)) for begin, (part, table) in zip(begins, full, strict=True)]


def _by_partition(table: pa.Table, month: date) -> dict[Partition, pa.Table]:
    buckets = table["account"].to_numpy() % BUCKETS
    order = np.argsort(buckets, kind="stable")
    ordered, found = table.take(pa.array(order)), np.unique(buckets)
    begins, ends = (np.searchsorted(buckets[order], found, side).tolist() for side in ("left", "right"))
    return {
        Partition(month, bucket): ordered.slice(begin, end - begin)
        for bucket, begin, end in zip(found.tolist(), begins, ends, strict=True)
    }


def _joined(part: Partition, segments: Sequence[Segment], table: pa.Table, at: datetime) -> pa.Table:
    """The table, with the rows of the partition's small segments when these are many; not of all partitions at once."""
    small = [one for one in segments if one.account_id is None and one.rows < parquet.ROW_GROUP]
    if len(small) < MANY + part.bucket % MANY:
        return table
    tables = [files.read(one.path, RATED) for one in small]
    delist(small, at)
    return pa.concat_tables([*tables, table.cast(RATED)])


def listed(operator_id: int, kind: str, parts: Sequence[Partition]) -> models.QuerySet[Segment]:
    """The segments of some partitions, oldest first."""
    wanted = models.Q(pk=None)
    for month in sorted({part.month for part in parts}):
        wanted |= models.Q(month=month, bucket__in=sorted({part.bucket for part in parts if part.month == month}))
    found = Segment.objects.filter(operator_id=operator_id, kind=kind, delisted_at=None)
    return found.filter(wanted).order_by("id")


def rewrite(segments: Sequence[Segment], keep: pc.Expression, at: datetime) -> int:
    """Replace segments by ones that hold only the rows to keep; those that hold no others stay. Returns the number of
    rows that went."""
    gone = 0
    for segment in segments:
        table = files.read(segment.path, SCHEMAS[segment.kind], where=keep)
        if table.num_rows == segment.rows:
            continue
        gone += segment.rows - table.num_rows
        delist([segment], at)
        if table.num_rows:
            part = Partition(segment.month, segment.bucket)
            append(segment.operator_id, segment.kind, [(part, table)], at, file_id=segment.file_id,
                    account_id=segment.account_id)  # fmt: skip
    return gone


def lock_rated(operator_id: int, *parts: Partition) -> None:
    """Let one transaction at a time change which rated segments partitions have; released at its end."""
    numbers = [part.month.toordinal() * BUCKETS + part.bucket for part in sorted(parts)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('ligneclaire rated ' || %s), number) "
            "FROM unnest(%s::int[]) WITH ORDINALITY AS one(number, place) ORDER BY place",
            [operator_id, numbers],
        )


def delist(segments: Sequence[Segment], at: datetime) -> None:
    """Take segments off the list; their files are deleted some time later."""
    Segment.objects.filter(pk__in=[one.pk for one in segments], delisted_at=None).update(delisted_at=at)


def append(
    operator_id: int,
    kind: str,
    parts: Sequence[tuple[Partition, pa.Table]],
    at: datetime,
    *,
    file_id: int | None = None,
    account_id: int | None = None,
) -> None:
    """Write and list segments of a kind. Raises NoSpace."""
    full = _in_order(SCHEMAS[kind], parts)
    written = files.write([
        (f"{operator_id}/{part.month:%Y-%m}/{part.bucket:02d}-{kind}", table) for part, table in full
    ])  # fmt: skip
    Segment.objects.bulk_create(
        Segment(
            operator_id=operator_id,
            kind=kind,
            month=part.month,
            bucket=part.bucket,
            file_id=file_id,
            account_id=account_id,
            first_at=pc.min(table["start"]).as_py(),
            last_at=pc.max(table["start"]).as_py(),
            path=one.path,
            rows=one.rows,
            octets=one.octets,
            digest=one.digest,
            listed_at=at,
        )
        for (part, table), one in zip(full, written, strict=True)
    )
