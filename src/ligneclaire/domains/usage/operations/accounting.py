"""Taking in what RADIUS servers report.

One delivery is one transaction: a reading that is interrupted anywhere leaves nothing, and is simply done again. One
delivery of an operator is read at a time, so that two of them that overlap can't wait for each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage import queries, writing
from ligneclaire.domains.usage.models import IntakeFile, Suspended
from ligneclaire.domains.usage.operations.settling import settle
from ligneclaire.domains.usage.readers import detail, radacct
from ligneclaire.domains.usage.rules import accounting
from ligneclaire.domains.usage.rules.accounting import DETAIL, RADACCT, Accounting, KnownLine
from ligneclaire.domains.usage.rules.suspense import Delivered, Reason, Unusable

BATCH, BATCH_TEXT = 5_000, 16_000_000  # records, characters


def take_in_detail_file(*, operator_id: int, name: str, stream: detail.Lines, at: datetime, actor: str) -> IntakeFile:
    """Read a FreeRADIUS detail file, once or again: a record that is known already is counted as a duplicate.

    Every record ends kept, duplicate or suspended; the row returned has the counts. Reads the stream to its end, in
    memory that does not grow with it.
    """
    source = _Digested(stream)
    records = detail.read(source)
    return _take_in(
        operator_id=operator_id, source=DETAIL, name=name, records=records, at=at, actor=actor, finish=source.finish
    )


def take_in_radacct(
    *, operator_id: int, name: str, rows: Iterable[radacct.Row], at: datetime, actor: str
) -> IntakeFile:
    """Read rows of a table `radacct`, like `take_in_detail_file`. `name` says which table; `queries.radacct_position`
    then says where the next reading goes on."""
    with acting_for(operator_id):
        before = queries.radacct_position(operator_id, name)
    source = _Positioned(rows, before, at)
    records = radacct.read(source)
    return _take_in(
        operator_id=operator_id, source=RADACCT, name=name, records=records, at=at, actor=actor, finish=source.finish
    )


class _Digested:
    """A stream with the digest of what was read."""

    def __init__(self, stream: detail.Lines) -> None:
        self.stream, self.digest = stream, hashlib.sha256()

    def readline(self, size: int, /) -> bytes:
        piece = self.stream.readline(size)
        self.digest.update(piece)
        return piece

    def finish(self) -> tuple[str, dict[str, int]]:
        """(digest, nothing: a file is always read from its start)."""
        return self.digest.hexdigest(), {}


class _Positioned:
    """Rows, with how far they went: at least as far as before, and never beyond today."""

    def __init__(self, rows: Iterable[radacct.Row], before: queries.Position | None, at: datetime) -> None:
        self.rows, self.digest, self.latest = rows, hashlib.sha256(), int(at.timestamp())
        self.row, self.changed = (before.row, int(before.changed_at.timestamp())) if before else (0, 0)

    def __iter__(self) -> Iterator[radacct.Row]:
        for row in self.rows:
            self.row = max(self.row, row.radacctid)
            changes = [int(at) for at in (row.updated, row.stopped) if at is not None and at.is_finite()]
            self.changed = max(self.changed, *(min(change, self.latest) for change in changes), 0)
            self.digest.update(repr(row).encode())
            yield row

    def finish(self) -> tuple[str, dict[str, int]]:
        return self.digest.hexdigest(), {"row": self.row, "changed": self.changed}


@dataclass(slots=True)
class _Intake:
    """One delivery while it is read: where it goes, and its counts so far."""

    operator: Operator
    file: IntakeFile
    at: datetime
    actor: str
    halves: dict[int, Suspended] = field(default_factory=dict)

    def add(self, batch: list[Delivered]) -> None:
        """Judge and write a batch."""
        good, bad = judge(self.operator, batch, self.at)
        kept = writing.write_records(self.operator.pk, [(self.file.pk, record, line) for _, record, line in good])
        new = writing.write_suspended(self.operator.pk, self.file.pk, bad)
        self.file.records += len(batch)
        self.file.kept += kept
        self.file.suspended += new
        self.file.duplicates += len(batch) - kept - new
        for record in batch:
            half = self.halves.get(record.place)
            if half and half.settled_at is None and _completes(record, half):
                settle(half, "duplicate", self.at, self.actor, "delivered again, with more of it")


def _take_in(
    *,
    operator_id: int,
    source: str,
    name: str,
    records: Iterable[Delivered],
    at: datetime,
    actor: str,
    finish: Callable[[], tuple[str, dict[str, int]]],
) -> IntakeFile:
    name = name[-200:]
    with acting_for(operator_id):
        writing.lock_intake(operator_id)
        halves = Suspended.objects.select_related("file").filter(
            operator_id=operator_id,
            settled_at=None,
            reason=Reason.HALF_BLOCK.value,
            file__source=source,
            file__name=name,
        )
        open_halves = {half.place: half for half in halves}
        file = IntakeFile.objects.create(operator_id=operator_id, source=source, name=name, received_at=at)
        intake = _Intake(Operator.objects.get(pk=operator_id), file, at, actor, open_halves)
        for batch in _batches(records):
            intake.add(batch)
        file.digest, file.position = finish()
        file.save()
        counts = {
            "records": file.records,
            "kept": file.kept,
            "duplicates": file.duplicates,
            "suspended": file.suspended,
        }
        audit.record(
            operator_id=operator_id, at=at, actor=actor, act="take_in", subject=f"intake_file:{file.public_id}",
            detail={"source": source, **counts},
        )  # fmt: skip
    return file


def _completes(record: Delivered, half: Suspended) -> bool:
    """Whether a record goes on where a half one broke off."""
    is_half = record.fault is not None and record.fault.reason is Reason.HALF_BLOCK
    return record.raw.startswith(half.raw) and not (is_half and len(record.raw) == len(half.raw))


def _batches(records: Iterable[Delivered]) -> Iterator[list[Delivered]]:
    batch: list[Delivered] = []
    size = 0
    for record in records:
        batch.append(record)
        size += len(record.raw)
        if len(batch) >= BATCH or size >= BATCH_TEXT:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


_Judged = tuple[Delivered, Accounting, KnownLine | None]


def judge(
    operator: Operator, batch: Iterable[Delivered], received_at: datetime
) -> tuple[list[_Judged], list[tuple[Delivered, Unusable]]]:
    """(what can be kept, with its line; what can't, with the fault)."""
    read: list[tuple[Delivered, Accounting]] = []
    bad: list[tuple[Delivered, Unusable]] = []
    for record in batch:
        try:
            if record.attributes is None:
                raise record.fault or Unusable(Reason.UNREADABLE_LINE)
            read.append((record, accounting.read(record.attributes, received_at)))
        except Unusable as fault:
            bad.append((record, fault))
    lines, zone = _lines(operator.pk, {one.user for _, one in read}), ZoneInfo(operator.timezone)
    good: list[_Judged] = []
    for record, one in read:
        try:
            whole_server = one.kind in ("on", "off")
            line = None if whole_server else accounting.check_line(one, lines.get(one.user), zone)
            good.append((record, one, line))
        except Unusable as fault:
            bad.append((record, fault))
    return good, bad


def _lines(operator_id: int, users: set[str]) -> dict[str, KnownLine]:
    found = Line.objects.filter(operator_id=operator_id, identifier__in=users)
    return {user: KnownLine(id, on) for user, id, on in found.values_list("identifier", "id", "ordered_on")}
