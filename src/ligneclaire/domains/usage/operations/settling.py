"""What becomes of records in suspense, written down: of one, or of many by one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ligneclaire.domains.usage import writing
from ligneclaire.domains.usage.models import Suspended
from ligneclaire.domains.usage.rules import alike
from ligneclaire.domains.usage.rules.suspense import Unusable


def now_waits_for(suspended: Suspended, fault: Unusable) -> None:
    """One record waits for this, as `now_wait_for`."""
    now_wait_for([(suspended, fault)])


def now_wait_for(faulty: Sequence[tuple[Suspended, Unusable]]) -> None:
    """They wait for this. Who asked to give one up, while it waited for something else, did not mean this."""
    changed = []
    for one, fault in faulty:
        if (one.reason, one.detail) != (fault.reason.value, fault.detail):
            one.reason, one.detail = fault.reason.value, fault.detail
            one.same = alike.same(fault.reason, fault.detail, one.raw)
            changed.append(one)
    writing.rewrite_suspended(changed, "reason", "detail", "same")
    asked = [one for one in changed if one.asked_id is not None]
    if asked:
        Suspended.objects.filter(pk__in=[one.pk for one in asked]).update(asked=None)
        for one in asked:
            one.asked = None


def settle(suspended: Suspended, settled_as: str, at: datetime, actor: str, why: str) -> None:
    """One record is settled, as `settle_all`."""
    settle_all([suspended], settled_as, at, actor, why)


def settle_all(some: Sequence[Suspended], settled_as: str, at: datetime, actor: str, why: str) -> None:
    """They are kept, duplicates or written off."""
    _became(some, {"settled_at": at, "settled_as": settled_as, "settled_by": actor[:64], "settled_why": why})


def unsettle(some: Sequence[Suspended]) -> None:
    """They wait again, and nobody asks to give them up."""
    _became(some, {"settled_at": None, "settled_as": "", "settled_by": "", "settled_why": "", "asked": None})


def _became(some: Sequence[Suspended], values: Mapping[str, Any]) -> None:
    if some:
        Suspended.objects.filter(pk__in=[one.pk for one in some]).update(**values)
    for one in some:
        for name, value in values.items():
            setattr(one, name, value)
