"""Fewer files: segments of a partition that are joined, and files that nobody lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Count, Q

from ligneclaire.domains.usage.models import Segment
from ligneclaire.domains.usage.store import files
from ligneclaire.domains.usage.store.writing import (
    RATED_KIND,
    RECORDS_KIND,
    SCHEMAS,
    Partition,
    append,
    delist,
    listed,
    lock_rated,
    partition,
    rewrite,
)


class LineUse(NamedTuple):
    """A line of an account, from an instant to an instant (half-open)."""

    account_id: int
    line_id: int
    begins: datetime
    ends: datetime

    @property
    def rows(self) -> pc.Expression:
        """Its rows in a table of records, rated or not."""
        start, kind = pc.field("start"), SCHEMAS[RECORDS_KIND].field("start").type
        inside = (start >= pa.scalar(self.begins, kind)) & (start < pa.scalar(self.ends, kind))
        return (pc.field("line") == self.line_id) & inside


def crowded(operator_id: int, most: int, rated_before: date) -> list[tuple[str, Partition]]:
    """The partitions with more than `most` segments of a kind; of rated ones those of months before a day."""
    found = Segment.objects.filter(operator_id=operator_id, delisted_at=None)
    found = found.filter(Q(kind=RECORDS_KIND) | Q(kind=RATED_KIND, month__lt=rated_before))
    counted = found.values("kind", "month", "bucket").annotate(number=Count("id")).filter(number__gt=most)
    return [
        (one["kind"], Partition(one["month"], one["bucket"])) for one in counted.order_by("kind", "month", "bucket")
    ]


def join(operator_id: int, kind: str, part: Partition, at: datetime) -> int:
    """List one segment in place of all of a partition, in the caller's transaction. Returns how many there were.
    Raises NoSpace, SegmentDamaged: then all stay."""
    lock_rated(operator_id, part)
    segments = list(listed(operator_id, kind, [part]).select_for_update())
    if len(segments) > 1:
        tables = [files.read(segment.path, SCHEMAS[kind]) for segment in segments]
        delist(segments, at)
        latest = max(at, *(segment.listed_at for segment in segments))  # a delivery may have come while it waited
        append(operator_id, kind, [(part, pa.concat_tables(tables))], latest)
    return len(segments)


def without_line(operator_id: int, use: LineUse, month: date, at: datetime) -> int:
    """Rewrite the segments of a month that hold records of a line in a time without them. Returns how many rows went.
    Raises NoSpace, SegmentDamaged: then all stay."""
    part = partition(use.account_id, month)
    lock_rated(operator_id, part)
    found = Segment.objects.filter(operator_id=operator_id, month=part.month, bucket=part.bucket, delisted_at=None)
    found = found.filter(last_at__gte=use.begins, first_at__lt=use.ends).order_by("id")
    return rewrite(list(found.select_for_update()), ~use.rows, at)


def delete_unlisted(operator_id: int, before: datetime) -> int:
    """Delete the files of an operator that left the list before an instant, and those older than it that never came on
    it. Returns how many."""
    gone = Segment.objects.filter(operator_id=operator_id, delisted_at__lt=before)
    paths = set(gone.values_list("path", flat=True))
    known = set(Segment.objects.filter(operator_id=operator_id).values_list("path", flat=True))
    for path in files.folder().glob(f"{operator_id}/*/*"):
        name = str(path.relative_to(files.folder()))
        if name not in known and path.stat().st_mtime < before.timestamp():
            paths.add(name)
    for name in paths:
        (files.folder() / name).unlink(missing_ok=True)
    gone.delete()
    return len(paths)
