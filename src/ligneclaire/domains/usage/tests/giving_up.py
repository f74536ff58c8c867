"""Records that two people gave up, for tests of what follows."""

from __future__ import annotations

from datetime import datetime

from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.models import WriteOff


def by_two(operator_id: int, record: str, *, at: datetime, why: str = "A test.") -> WriteOff:
    """One asks for a record (its public id), another one confirms."""
    asked = usage.ask_write_off(operator_id=operator_id, of=record, why=why, at=at, actor="login:eva")
    return usage.confirm_write_off(operator_id=operator_id, public_id=asked.public_id, at=at, actor="login:lien")
