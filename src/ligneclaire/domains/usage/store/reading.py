"""Reading listed segments: of a rating group, of a line, and the keys that a partition knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from django.db import models

from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.usage.models import Segment
from ligneclaire.domains.usage.rules.columns import RATED, RECORDS
from ligneclaire.domains.usage.store import files
from ligneclaire.domains.usage.store.writing import RATED_KIND, RECORDS_KIND, Partition, listed, partition
from ligneclaire.kernel.scope import Scope

_BY_TIME = [("start", "ascending"), ("event_key", "ascending")]


def records(operator_id: int, account_id: int, month: date) -> pa.Table:
    """All records of a rating group, as RECORDS, by (start, event key) (RAT-12). Raises SegmentDamaged."""
    found = listed(operator_id, RECORDS_KIND, [partition(account_id, month)])
    return _read(found, RECORDS, pc.field("account") == account_id)


def records_of(operator_id: int, account_ids: Sequence[int], month: date, line_ids: Sequence[int]) -> pa.Table:
    """The records of lines of several accounts in a month, as RECORDS, in no order; each file is read once. For jobs
    and for who passed the wall. Raises SegmentDamaged."""
    parts = {partition(account_id, month) for account_id in account_ids}
    where = pc.field("line").isin(pa.array(line_ids, pa.int64()))
    tables = [
        files.read(segment.path, RECORDS, where=where) for segment in listed(operator_id, RECORDS_KIND, sorted(parts))
    ]
    return pa.concat_tables(tables) if tables else RECORDS.empty_table()


class Since(NamedTuple):
    """Segments that were listed after this one, and no earlier than an instant."""

    segment: int
    at: datetime


def records_of_accounts(
    operator_id: int, month: date, account_ids: Sequence[int], since: Since | None = None
) -> tuple[pa.Table, int]:
    """The records of accounts in a month, as RECORDS, in no order, and the last segment that was read (0: none). A file
    is read once. For jobs. Raises SegmentDamaged."""
    parts = sorted({partition(account_id, month) for account_id in account_ids})
    found = listed(operator_id, RECORDS_KIND, parts)
    if since is not None:
        found = found.filter(pk__gt=since.segment, listed_at__gte=since.at)
    segments = dict(found.values_list("pk", "path"))
    wanted = pa.array(account_ids, pa.int64())
    records = files.read_many(list(segments.values()), RECORDS, pc.is_in(pc.field("account"), value_set=wanted))
    return records, max(segments, default=0)


def rated(operator_id: int, account_id: int, month: date) -> pa.Table:
    """The rated records of a group, as RATED, by (start, event key). For jobs: pages ask `rated_of_line`."""
    return _read(_rated_segments(operator_id, account_id, month), RATED, pc.field("account") == account_id)


def rated_of_line(
    scope: Scope, line_id: int, month: date, begins: datetime | None = None, ends: datetime | None = None,
    *, columns: pa.Schema = RATED,
) -> pa.Table:  # fmt: skip
    """The rated records of a line in a local month, by (start, event key); of a part of it, when instants are given
    (half-open). Nothing when the scope has neither the line nor its account. `columns`: all, or of `rated_with`.
    Raises SegmentDamaged."""
    line = Line.objects.filter(operator_id=scope.operator_id, pk=line_id).first()
    if line is None or not _is_in(scope, line):
        return columns.empty_table()
    found = _rated_segments(scope.operator_id, line.account_id, month)
    where = pc.field("line") == line_id
    if begins is not None:
        found, where = found.filter(last_at__gte=begins), where & (pc.field("start") >= _instant(begins))
    if ends is not None:
        found, where = found.filter(first_at__lt=ends), where & (pc.field("start") < _instant(ends))
    return _read(found, columns, where)


def lines_of_file(operator_id: int, file_id: int, since: datetime) -> Counter[tuple[int, date]]:
    """How many records of a delivery are kept, by line and local month; also when its segments were joined with others
    after `since`. Raises SegmentDamaged."""
    found = Segment.objects.filter(operator_id=operator_id, kind=RECORDS_KIND, delisted_at=None)
    where, counts = pc.field("file") == file_id, Counter[tuple[int, date]]()
    for segment in found.filter(models.Q(file_id=file_id) | models.Q(file=None, listed_at__gte=since)):
        for one in files.read(segment.path, RECORDS, ["line"], where)["line"].value_counts().to_pylist():
            counts[one["values"], segment.month] += one["counts"]
    return counts


def event_keys(
    operator_id: int, parts: Sequence[Partition], begins: datetime, ends: datetime
) -> dict[Partition, pa.ChunkedArray]:
    """The event keys that partitions know of records that start between two instants (both included), and maybe
    more. Raises SegmentDamaged."""
    known: dict[Partition, list[pa.ChunkedArray]] = {}
    for segment in listed(operator_id, RECORDS_KIND, parts).filter(first_at__lte=ends, last_at__gte=begins):
        keys = files.read(segment.path, RECORDS, ["event_key"])["event_key"]
        known.setdefault(Partition(segment.month, segment.bucket), []).append(keys)
    return {part: pa.chunked_array([chunk for keys in some for chunk in keys.chunks]) for part, some in known.items()}


def _instant(at: datetime) -> pa.Scalar:
    return pa.scalar(at, RECORDS.field("start").type)


def _rated_segments(operator_id: int, account_id: int, month: date) -> models.QuerySet[Segment]:
    found = listed(operator_id, RATED_KIND, [partition(account_id, month)])
    return found.filter(models.Q(account_id=account_id) | models.Q(account=None))


def _read(segments: Iterable[Segment], schema: pa.Schema, where: pc.Expression) -> pa.Table:
    tables = [files.read(segment.path, schema, where=where) for segment in segments]
    return pa.concat_tables(tables).sort_by(_BY_TIME) if tables else schema.empty_table()


def _is_in(scope: Scope, line: Line) -> bool:
    if scope.line_ids is None and scope.account_ids is None:
        return True
    return line.pk in (scope.line_ids or ()) or line.account_id in (scope.account_ids or ())
