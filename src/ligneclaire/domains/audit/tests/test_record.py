"""An act and its entry hold together or not at all, and an entry is never changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator

pytestmark = pytest.mark.usefixtures("database")
AT = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def rural() -> int:
    return Operator.objects.get(code="rural").pk


def record(operator_id: int) -> None:
    audit.record(
        operator_id=operator_id, at=AT, actor="command:test", act="sign_contract", subject="contract:aB3",
        detail={"offer": "radio-30"},
    )  # fmt: skip


def entries(operator_id: int) -> list[tuple[str, str, str, object]]:
    with acting_for(operator_id):
        found = AuditEntry.objects.filter(act="sign_contract")
        return [(entry.actor, entry.act, entry.subject, entry.detail) for entry in found]


def test_an_act_leaves_its_entry(rural: int) -> None:
    with acting_for(rural):
        record(rural)
    assert entries(rural) == [("command:test", "sign_contract", "contract:aB3", {"offer": "radio-30"})]


def test_an_act_that_is_undone_leaves_none(rural: int) -> None:
    def act() -> None:
        with acting_for(rural):
            record(rural)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert entries(rural) == []


def test_an_entry_is_neither_changed_nor_deleted(rural: int) -> None:
    with acting_for(rural):
        record(rural)
    for change in (lambda all_: all_.update(actor="nobody"), lambda all_: all_.delete()):
        with pytest.raises(ProgrammingError, match="permission denied for table audit_entry"), acting_for(rural):
            change(AuditEntry.objects.all())
    assert len(entries(rural)) == 1
