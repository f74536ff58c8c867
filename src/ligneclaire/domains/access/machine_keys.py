"""Keys by which other programs of an operator do one kind of work, such as delivering usage."""

from __future__ import annotations

import hmac
import re
from datetime import datetime

from django.conf import settings

from ligneclaire.domains.access import rules
from ligneclaire.domains.access.models import MachineKey
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.kernel.refusal import Refusal

PURPOSE = "machine-key"
LONGEST = 40
NAME = re.compile(rf"[A-Za-z0-9._-]{{1,{LONGEST}}}")


class KeyNameTaken(Refusal):
    """A program of this name has a key that holds."""

    code = "access.refused.key-name-taken"


class WrongKeyName(Refusal):
    """The name of a program is 1 to 40 letters, digits, dots, dashes and underscores."""

    code = "access.refused.wrong-key-name"


class UnknownKey(Refusal):
    """No program of this name has a key that holds."""

    code = "access.refused.unknown-key"


class RightMissing(Refusal):
    """The key does not open what it was shown for, or it was revoked."""

    code = "access.refused.right-missing"


def make_key(*, operator_id: int, name: str, right: str, at: datetime, actor: str) -> MachineKey:
    """A key for the program of that name. Raises WrongKeyName, KeyNameTaken."""
    if not NAME.fullmatch(name):
        raise WrongKeyName(most=LONGEST)
    with acting_for(operator_id):
        if MachineKey.objects.filter(operator_id=operator_id, name=name, revoked_at=None).exists():
            raise KeyNameTaken(name=name)
        key = MachineKey.objects.create(operator_id=operator_id, name=name, right=right, made_at=at, made_by=actor)
        _audit(key, "make_key", at, actor)
    return key


def revoke_key(*, operator_id: int, name: str, at: datetime, actor: str) -> MachineKey:
    """From now on the key of that program opens nothing. Raises UnknownKey."""
    with acting_for(operator_id):
        held = MachineKey.objects.filter(operator_id=operator_id, name=name, revoked_at=None)
        key = held.select_for_update().first()
        if key is None:
            raise UnknownKey(name=name)
        key.revoked_at = at
        key.save(update_fields=["revoked_at"])
        _audit(key, "revoke_key", at, actor)
    return key


def text_of(key: MachineKey) -> str:
    """The key as the program shows it."""
    return rules.token(key.public_id, settings.SECRET_KEY, PURPOSE)


def holder_of(*, operator_id: int, text: str) -> MachineKey | None:
    """The key that a program shows, if it is one of this operator and holds."""
    public_id = text.partition(".")[0]
    with acting_for(operator_id):
        key = MachineKey.objects.filter(operator_id=operator_id, public_id=public_id, revoked_at=None).first()
    if key is None or not hmac.compare_digest(text_of(key).encode(), text.encode(errors="replace")):
        return None
    return key


def must_hold(key: MachineKey, right: str) -> None:
    """Pass a key of this right. Acts call it themselves, as `must_have` for logins. Raises RightMissing."""
    if key.revoked_at is not None or key.right != right:
        raise RightMissing(name=key.name)


def _audit(key: MachineKey, act: str, at: datetime, actor: str) -> None:
    audit.record(
        operator_id=key.operator_id, at=at, actor=actor, act=act, subject=f"machine_key:{key.public_id}",
        detail={"name": key.name, "right": key.right},
    )  # fmt: skip
