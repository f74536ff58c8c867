"""Listing new segments, and taking old ones off the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, models

from ligneclaire.domains.usage.models import Segment
from ligneclaire.domains.usage.rules.columns import RATED, RECORDS
from ligneclaire.domains.usage.store import files

BUCKETS = 64
RECORDS_KIND, RATED_KIND = "records", "rated"
SCHEMAS = {RECORDS_KIND: RECORDS, RATED_KIND: RATED}
_ORDER = [("line", "ascending"), ("start", "ascending"), ("event_key", "ascending")]


class Partition(NamedTuple):
    """A local calendar month (its first day) and account modulo 64, of one operator."""

    month: date
    bucket: int


def partition(account_id: int, month: date) -> Partition:
    """Where the records of a rating group are."""
    return Partition(month, account_id % BUCKETS)


def append_records(operator_id: int, file_id: int | None, parts: Mapping[Partition, pa.Table], at: datetime) -> None:
    """List new segments of records. They exist when the caller's transaction commits. Raises NoSpace."""
    append(operator_id, RECORDS_KIND, sorted(parts.items(), key=lambda one: one[0]), at, file_id=file_id)


def append_rated(operator_id: int, account_id: int, month: date, table: pa.Table, at: datetime) -> None:
    """List rated records of an account beside those that are listed: late ones of a closed month. Raises NoSpace."""
    if table.num_rows:
        place = partition(account_id, month)
        append(operator_id, RATED_KIND, [(place, table)], at, account_id=account_id)


def replace_rated(operator_id: int, account_id: int, month: date, table: pa.Table, at: datetime) -> None:
    """List the rated records of an account's month in place of all that were listed. Raises NoSpace, SegmentDamaged."""
    place = partition(account_id, month)
    lock_rated(operator_id, place)
    found = listed(operator_id, RATED_KIND, [place])
    old = list(found.filter(models.Q(account_id=account_id) | models.Q(account=None)))
    rewrite([one for one in old if one.account_id is None], pc.field("account") != account_id, at)
    delist([one for one in old if one.account_id], at)
    append_rated(operator_id, account_id, month, table, at)


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


def lock_rated(operator_id: int, part: Partition) -> None:
    """Let one transaction at a time change which rated segments a partition has; released at its end."""
    number = part.month.toordinal() * BUCKETS + part.bucket
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ligneclaire rated ' || %s), %s)", [operator_id, number])


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
    schema = SCHEMAS[kind]
    full = [(part, table.select(schema.names).cast(schema)) for part, table in parts if table.num_rows]
    written = files.write([
        (f"{operator_id}/{part.month:%Y-%m}/{part.bucket:02d}-{kind}", table.sort_by(_ORDER)) for part, table in full
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
