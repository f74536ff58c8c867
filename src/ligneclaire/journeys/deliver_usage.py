"""Records of usage that another program, or somebody at the desk, sends in a batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ligneclaire.domains.access import machine_keys
from ligneclaire.domains.access import operations as access
from ligneclaire.domains.access.models import Login, MachineKey
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import queries
from ligneclaire.domains.usage.models import IntakeFile
from ligneclaire.domains.usage.queries import Waiting
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery with its counts, and those of its records that wait in suspense."""

    file: IntakeFile
    waiting: tuple[Waiting, ...]


def deliver(*, by: Login | MachineKey, records: object, at: datetime) -> Delivered:
    """Take in a batch. The same records again are duplicates, whoever sends them.

    Raises RoleMissing, RightMissing, WrongBatch, store.NoSpace, store.SegmentDamaged.
    """
    if isinstance(by, MachineKey):
        machine_keys.must_hold(by, "usage")
        actor, name = f"machine_key:{by.public_id}", f"api:{by.name}"
    else:
        access.must_have(by, "billing")
        actor, name = f"login:{by.public_id}", "api"
    file = usage.take_in_batch(operator_id=by.operator_id, name=name, records=records, at=at, actor=actor)
    waiting = queries.suspense(Scope.staff(by.operator_id), limit=file.suspended, delivery=file.public_id)
    return Delivered(file, tuple(sorted(waiting, key=lambda one: one.place)))
