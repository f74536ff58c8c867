"""Giving up records in suspense, by two people: one asks with a reason, another one confirms or refuses."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.among import among
from ligneclaire.domains.usage import writing
from ligneclaire.domains.usage.models import Suspended, WriteOff
from ligneclaire.domains.usage.queries import alike as groups
from ligneclaire.domains.usage.rules.alike import Alike
from ligneclaire.kernel.refusal import Refusal

SHORTEST, LONGEST = 3, 200  # characters of a reason in words


class NotInSuspense(Refusal):
    """The record is not there, or is settled already."""

    code = "usage.refused.not-in-suspense"


class NoReasonGiven(Refusal):
    """Writing off, and refusing it, needs a reason of 3 to 200 characters."""

    code = "usage.refused.no-reason-given"


class NothingToGiveUp(Refusal):
    """Nothing of it waits any more, or somebody asked to give it up already."""

    code = "usage.refused.nothing-to-give-up"


class NotAsked(Refusal):
    """Nobody asked for this write-off, or somebody decided on it already."""

    code = "usage.refused.not-asked"


class SamePerson(Refusal):
    """Who asks to write off does not decide on it."""

    code = "usage.refused.same-person"


def ask_write_off(*, operator_id: int, of: Alike | str, why: str, at: datetime, actor: str) -> WriteOff:
    """Ask to give up the records of a group, or one (by its public id), for a reason in words. They wait until somebody
    else decides; a bill run counts them as before.

    Raises NoReasonGiven, NotInSuspense (one record), NothingToGiveUp.
    """
    why = _in_words(why)
    with acting_for(operator_id):
        writing.lock_intake(operator_id)
        found = groups.rows_of(operator_id, of) if isinstance(of, Alike) else _one(operator_id, of)
        waiting = dict(found.filter(asked=None).values_list("pk", "reason"))
        if not waiting:
            raise NothingToGiveUp
        row = WriteOff.objects.create(
            operator_id=operator_id, reason=next(iter(waiting.values())), records=len(waiting), why=why,
            asked_by=actor[:64], asked_at=at,
        )  # fmt: skip
        Suspended.objects.filter(among("pk", waiting)).update(asked=row)
        _audit(row, "ask_write_off", at, actor, len(waiting))
    return row


def confirm_write_off(*, operator_id: int, public_id: str, at: datetime, actor: str) -> WriteOff:
    """Give up what somebody else asked for, as far as it still waits for what it waited for then. Delivered again it
    stays written off. Raises NotAsked, SamePerson."""
    with acting_for(operator_id):
        writing.lock_intake(operator_id)
        row = _open(operator_id, public_id, actor)
        row.written_off = Suspended.objects.filter(asked=row, settled_at=None).update(
            settled_at=at, settled_as="written-off", settled_by=actor[:64], settled_why=row.why
        )
        _decide(row, "confirmed", at, actor)
        _audit(row, "confirm_write_off", at, actor, row.written_off)
    return row


def refuse_write_off(*, operator_id: int, public_id: str, why: str, at: datetime, actor: str) -> WriteOff:
    """Refuse what somebody else asked for, for a reason in words: the records wait as before, and may be asked for
    again. Raises NoReasonGiven, NotAsked, SamePerson."""
    why = _in_words(why)
    with acting_for(operator_id):
        writing.lock_intake(operator_id)
        row = _open(operator_id, public_id, actor)
        row.decided_why = why
        left = Suspended.objects.filter(asked=row, settled_at=None).update(asked=None)
        _decide(row, "refused", at, actor)
        _audit(row, "refuse_write_off", at, actor, left)
    return row


def _one(operator_id: int, public_id: str) -> QuerySet[Suspended]:
    found = Suspended.objects.filter(operator_id=operator_id, public_id=public_id, settled_at=None)
    if not found.exists():
        raise NotInSuspense(record=public_id)
    return found


def _open(operator_id: int, public_id: str, actor: str) -> WriteOff:
    found = WriteOff.objects.filter(operator_id=operator_id, public_id=public_id, decided_at=None)
    row = found.select_for_update().first()
    if row is None:
        raise NotAsked
    if row.asked_by == actor[:64]:
        raise SamePerson
    return row


def _decide(row: WriteOff, decision: str, at: datetime, actor: str) -> None:
    row.decision, row.decided_by, row.decided_at = decision, actor[:64], at
    row.save(update_fields=["decision", "decided_why", "decided_by", "decided_at", "written_off"])


def _in_words(why: str) -> str:
    why = why.strip()
    if not SHORTEST <= len(why) <= LONGEST:
        raise NoReasonGiven
    return why


def _audit(row: WriteOff, act: str, at: datetime, actor: str, count: int) -> None:
    audit.record(
        operator_id=row.operator_id, at=at, actor=actor, act=act, subject=f"suspense_write_off:{row.public_id}",
        detail={"reason": row.reason, "count": count},
    )  # fmt: skip
