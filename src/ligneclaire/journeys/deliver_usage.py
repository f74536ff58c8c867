"""Usage that another program, or somebody at the desk, sends: records in a batch, or a whole file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ligneclaire.domains.access import machine_keys
from ligneclaire.domains.access import operations as access
from ligneclaire.domains.access.models import Login, MachineKey
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import queries
from ligneclaire.domains.usage.models import IntakeFile
from ligneclaire.domains.usage.queries import Waiting
from ligneclaire.domains.usage.readers import usage_json
from ligneclaire.kernel.scope import Scope

MOST_SHOWN = usage_json.MOST


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery with its counts, and those of its records that wait in suspense (the first of very many)."""

    file: IntakeFile
    waiting: tuple[Waiting, ...]


def deliver(*, by: Login | MachineKey, records: object, at: datetime) -> Delivered:
    """Take in a batch. The same records again are duplicates, whoever sends them.

    Raises RoleMissing, RightMissing, WrongBatch, store.NoSpace, store.SegmentDamaged.
    """
    actor, name = allowed(by)
    file = usage.take_in_batch(operator_id=by.operator_id, name=name, records=records, at=at, actor=actor)
    return _delivered(file)


def deliver_file(*, by: Login | MachineKey, path: Path, switch: usage.Switch | None, at: datetime) -> Delivered:
    """Take in a file, as `intake usage` does. Raises RoleMissing, RightMissing, and what `take_in_usage_file` does."""
    actor, _ = allowed(by)
    file = usage.take_in_usage_file(operator_id=by.operator_id, path=path, at=at, actor=actor, switch=switch)
    return _delivered(file)


def allowed(by: Login | MachineKey) -> tuple[str, str]:
    """(actor, name of the delivery) of who may deliver. Raises RoleMissing, RightMissing."""
    if isinstance(by, MachineKey):
        machine_keys.must_hold(by, "usage")
        return f"machine_key:{by.public_id}", f"api:{by.name}"
    access.must_have(by, "billing")
    return f"login:{by.public_id}", "api"


def _delivered(file: IntakeFile) -> Delivered:
    waiting = queries.suspense(Scope.staff(file.operator_id), limit=MOST_SHOWN, delivery=file.public_id)
    return Delivered(file, tuple(sorted(waiting, key=lambda one: one.place)))
