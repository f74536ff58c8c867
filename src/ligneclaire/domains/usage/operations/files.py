"""Taking in files of usage: our own form as text or Parquet, and those of other programs (docs/usage-files.md).

One delivery is one transaction, and one of an operator is read at a time: what is interrupted anywhere leaves nothing
that is listed, and is simply read again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage import writing
from ligneclaire.domains.usage.models import IntakeFile, Suspended
from ligneclaire.domains.usage.operations import joining, keeping
from ligneclaire.domains.usage.operations.settling import now_wait_for, settle_all
from ligneclaire.domains.usage.queries import owned
from ligneclaire.domains.usage.readers import batch as batches
from ligneclaire.domains.usage.readers import forms, usage_csv, usage_parquet
from ligneclaire.domains.usage.readers.batch import Batch
from ligneclaire.domains.usage.readers.heading import UnreadableFile
from ligneclaire.domains.usage.rules.columns import RECORDS
from ligneclaire.domains.usage.rules.rows import USAGE
from ligneclaire.domains.usage.rules.suspense import Delivered, Reason, Unusable
from ligneclaire.domains.usage.rules.switch import Half, Origin
from ligneclaire.kernel.refusal import Refusal

ENDINGS = (".csv", ".parquet")  # of our own form
Progress = Callable[[int], None]


class WrongOrigin(Refusal):
    """What was said beside a file can't be: a time zone that there is not, a source of another form."""

    code = "usage.refused.wrong-origin"


class UnknownForm(Refusal):
    """No reader of that name."""

    code = "usage.refused.unknown-form"


@dataclass(frozen=True, slots=True)
class Switch:
    """Which program wrote a file: its form (of readers.forms), the `source` of its records (else the form's name), the
    zone of its clock (else the operator's) and the trunks by which calls come in from elsewhere."""

    form: str
    source: str = ""
    zone: str = ""
    trunks: frozenset[str] = frozenset()


def take_in_usage_file(
    *,
    operator_id: int,
    path: Path,
    at: datetime,
    actor: str,
    progress: Progress | None = None,
    switch: Switch | None = None,
) -> IntakeFile:
    """Read a file of usage, once or again: a record that is known already is counted as a duplicate.

    Every record ends kept, duplicate or suspended; the row returned has the counts. Without a `switch` the file is of
    our own form. `progress` is told the number of records read so far. Memory does not grow with the file. Raises, and
    then nothing was taken in: UnreadableFile, MissingColumn, UnknownColumn, UnknownZone, UnknownForm, WrongOrigin,
    store.NoSpace, store.SegmentDamaged, OSError.
    """
    digest = digest_of(path)
    with delivery(operator_id=operator_id, name=path.name, at=at, actor=actor, switch=switch) as taken:
        taken.file.digest = digest
        with _batches(taken, path) as read:
            for one in read:
                taken.add(one)
                if progress:
                    progress(taken.file.records)
    return taken.file


@contextmanager
def delivery(*, operator_id: int, name: str, at: datetime, actor: str, switch: Switch | None) -> Iterator[Delivery]:
    """One delivery, a transaction under the lock of the intake: add batches to it. At the end its counts are kept."""
    name = name[-200:]
    with acting_for(operator_id):
        writing.lock_intake(operator_id)
        operator = Operator.objects.get(pk=operator_id)
        program = Program(_form(switch), _origin(operator, name, switch)) if switch else None
        file = IntakeFile.objects.create(operator_id=operator_id, source=USAGE, name=name, received_at=at)
        taken = Delivery(operator, file, keeping.arrival(operator_id, at), actor, program)
        taken.halves = _open_halves(operator_id, name)
        if program and program.form.joins:
            taken.calls = joining.waiting(operator_id, program.form.joins, program.origin.source)
        yield taken
        _join(taken)
        keeping.mark(operator_id, taken.kept, taken.arrived)
        file.save()
        counts = {"records": file.records, "kept": file.kept, "duplicates": file.duplicates,
                  "suspended": file.suspended, "passed": file.passed}  # fmt: skip
        audit.record(
            operator_id=operator_id, at=at, actor=actor, act="take_in", subject=f"intake_file:{file.public_id}",
            detail={"source": USAGE, **counts},
        )  # fmt: skip


def endings(switch: Switch | None) -> tuple[str, ...]:
    """How the names of files end that are read out of a folder. Raises UnknownForm."""
    return _form(switch).endings if switch else ENDINGS


def digest_of(path: Path) -> str:
    """SHA-256 of a file, by which a delivery is known again."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _batches(taken: Delivery, path: Path) -> Iterator[Iterator[Batch]]:
    name, watched, program = taken.file.name, frozenset(taken.halves), taken.program
    if program is None and path.suffix == ".parquet":
        yield usage_parquet.read(name, path)
        return
    if program is None and path.suffix != ".csv":
        raise UnreadableFile(name=name, why=f"its name ends neither in {' nor in '.join(ENDINGS)}")
    with path.open("rb") as stream:
        if program is None:
            yield usage_csv.read(name, stream, watched)
        else:
            yield program.form.read(name, stream, watched, origin=program.origin, waiting=taken.waiting)


def _form(switch: Switch) -> forms.Form:
    if switch.form not in forms.FORMS:
        raise UnknownForm(form=switch.form, known=", ".join(forms.FORMS))
    return forms.FORMS[switch.form]


def _origin(operator: Operator, name: str, switch: Switch) -> Origin:
    try:
        return Origin(switch.source or switch.form, switch.zone or operator.timezone, operator.country, switch.trunks)
    except ValueError as error:
        raise WrongOrigin(name=name, why=str(error)) from None


class Program(NamedTuple):
    """Another program that wrote a delivery: its form, and which of its servers it was."""

    form: forms.Form
    origin: Origin


@dataclass(slots=True)
class Delivery:
    """One delivery while it is read: where it goes, and what became of it so far. `program`: None when it is of our own
    form; `halves`: broken-off records of a file of this name, by place; `calls`: halves of calls that wait for the
    other one, by the id of the call."""

    operator: Operator
    file: IntakeFile
    arrived: datetime
    actor: str
    program: Program | None
    halves: dict[int, Suspended] = field(default_factory=dict)
    calls: joining.Halves = field(default_factory=dict)
    kept: keeping.Kept = field(default_factory=Counter)
    lines: owned.Seen = field(default_factory=dict)

    @property
    def waiting(self) -> list[Half]:
        """The halves of calls."""
        return [half for of_call in self.calls.values() for half, _ in of_call]

    def add(self, batch: Batch) -> None:
        """Judge and write a batch."""
        judged = owned.judge(self.operator, batch.rows, self.file.received_at, self.lines)
        records = complete(judged.records, self.file.pk, batch.places[judged.usable], self.arrived)
        new, _written = keeping.keep(self.operator, records, file_id=self.file.pk, at=self.arrived)
        bad = [(one, one.fault or Unusable(Reason.UNREADABLE_LINE)) for one in batch.faulty]
        for index, fault in judged.faulty:
            bad.append((Delivered(int(batch.places[index]), batches.raw(batch.rows, index), None, fault), fault))
        suspended = writing.write_suspended(self.operator.pk, self.file.pk, bad)
        count, kept = batch.rows.num_rows + len(batch.faulty), sum(new.values())
        self.kept.update(new)
        self.file.records += count
        self.file.passed += batch.passed
        self.file.kept += kept
        self.file.suspended += suspended
        self.file.duplicates += count - kept - suspended
        self._settle_halves(batch)
        self._settle_calls(batch)

    def _settle_halves(self, batch: Batch) -> None:
        """A half record whose file has grown is a part of the record that stands there now."""
        grown = []
        longer = {one.place: batches.half_of(one.raw) for one in batch.faulty if batches.is_half(one)}
        for place, text in {**batch.texts, **longer}.items():
            half = self.halves.get(place)
            begins = batches.half_of(half.raw) if half else ""
            if half and text.startswith(begins) and (place in batch.texts or len(text) > len(begins)):
                grown.append(self.halves.pop(place))
        settle_all(grown, "duplicate", self.file.received_at, self.actor, "delivered again, with more of it")

    def _settle_calls(self, batch: Batch) -> None:
        """A half that comes again with the other one is a part of the call that was read now."""
        if not self.calls:
            return
        again = [half for call in batch.rows["id"].to_pylist() for _, half in self.calls.pop(call, ())]
        settle_all(again, "duplicate", self.file.received_at, self.actor, "delivered again, with its other half")


def retry(operator: Operator, waiting: Sequence[Suspended], at: datetime, actor: str) -> None:
    """Judge records of suspense again, as on the day of their delivery; those that are kept arrive now. Call it under
    the lock of the intake. Raises store.NoSpace."""
    arrived = keeping.arrival(operator.pk, at)
    by_file = sorted(waiting, key=lambda one: (one.file_id, one.place))
    for file_id, group in groupby(by_file, key=lambda one: one.file_id):
        some = list(group)
        judged = owned.judge(operator, batches.reread([one.raw for one in some]), some[0].file.received_at, {})
        now_wait_for([(some[index], fault) for index, fault in judged.faulty])
        places = np.array([one.place for one in some], np.int64)[judged.usable]
        records = complete(judged.records, file_id, places, arrived)
        kept, new = keeping.keep(operator, records, file_id=file_id, at=arrived)
        keeping.mark(operator.pk, kept, arrived)
        kept_places = set(new["place"].to_pylist())
        usable = [some[index] for index in judged.usable.tolist()]
        settle_all([one for one in usable if one.place in kept_places], "kept", at, actor, "tried again")
        settle_all([one for one in usable if one.place not in kept_places], "duplicate", at, actor, "tried again")


def complete(records: pa.Table, file_id: int, places: object, arrived: datetime) -> pa.Table:
    """Judged records with where they came from and when they arrived."""
    count = records.num_rows
    arrivals = pa.repeat(pa.scalar(arrived, RECORDS.field("arrived").type), count)
    table = records.append_column("file", pa.array(np.full(count, file_id, np.int64))).append_column(
        "place", pa.array(places)
    )
    return table.append_column("arrived", arrivals).select(RECORDS.names).cast(RECORDS)


def _open_halves(operator_id: int, name: str) -> dict[int, Suspended]:
    """The half records at the end of earlier deliveries of a file of this name."""
    found = Suspended.objects.filter(
        operator_id=operator_id, settled_at=None, reason=Reason.HALF_BLOCK.value, file__source=USAGE, file__name=name
    )
    return {half.place: half for half in found}


def _join(taken: Delivery) -> None:
    """Join what the delivery brought with what waited before."""
    if taken.program is None or taken.program.form.joins is None:
        return
    operator, at, source = taken.operator, taken.file.received_at, taken.program.origin.source
    halves = joining.waiting(operator.pk, taken.program.form.joins, source)
    retry(operator, joining.complete(halves, at, taken.actor), at, taken.actor)
    joining.settle_known(operator, taken.file, halves, source, taken.actor)
