"""Taking in what is no file: tables that switches fill, and batches of records (docs/usage-files.md)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage.models import IntakeFile
from ligneclaire.domains.usage.operations.files import Switch, delivery
from ligneclaire.domains.usage.queries.intake import acc_position
from ligneclaire.domains.usage.readers import kamailio_acc, usage_json
from ligneclaire.domains.usage.readers.kamailio_acc import Row


def take_in_acc(
    *, operator_id: int, name: str, rows: Iterable[Row], at: datetime, actor: str, switch: Switch
) -> IntakeFile:
    """Read rows of Kamailio's table `acc`, like `take_in_usage_file` and with the same event keys as its log. `name`
    says which table; `queries.acc_position` then says how far it was read."""
    with acting_for(operator_id):
        found = _Counted(rows, acc_position(operator_id, name))
    with delivery(operator_id=operator_id, name=name, at=at, actor=actor, switch=switch) as taken:
        if taken.program:
            for one in kamailio_acc.read_rows(found, origin=taken.program.origin, waiting=taken.waiting):
                taken.add(one)
        taken.file.digest, taken.file.position = found.digest.hexdigest(), {"row": found.last}
    return taken.file


def take_in_batch(*, operator_id: int, name: str, records: object, at: datetime, actor: str) -> IntakeFile:
    """Take in records that another program sends, like the rows of `take_in_usage_file`. `name` says which program.
    Raises WrongBatch, store.NoSpace, store.SegmentDamaged; then nothing was taken in."""
    batch = usage_json.read(records)
    with delivery(operator_id=operator_id, name=name, at=at, actor=actor, switch=None) as taken:
        taken.file.digest = hashlib.sha256(json.dumps(records, sort_keys=True).encode()).hexdigest()
        taken.add(batch)
    return taken.file


class _Counted:
    """Rows, with how far they went (as far as before when there is none) and the digest of what was read."""

    def __init__(self, rows: Iterable[Row], before: int) -> None:
        self.rows, self.last, self.digest = rows, before, hashlib.sha256()

    def __iter__(self) -> Iterator[Row]:
        highest = 0
        for row in self.rows:
            highest = self.last = max(highest, row.id)
            self.digest.update(repr(row).encode())
            yield row
