"""What becomes of a record in suspense, written down."""

from __future__ import annotations

from datetime import datetime

from ligneclaire.domains.usage.models import Suspended
from ligneclaire.domains.usage.rules import alike
from ligneclaire.domains.usage.rules.suspense import Unusable


def now_waits_for(suspended: Suspended, fault: Unusable) -> None:
    """It waits for this. Who asked to give it up, while it waited for something else, did not mean this."""
    if (suspended.reason, suspended.detail) != (fault.reason.value, fault.detail):
        suspended.reason, suspended.detail = fault.reason.value, fault.detail
        suspended.same, suspended.asked = alike.same(fault.reason, fault.detail, suspended.raw), None
        suspended.save(update_fields=["reason", "detail", "same", "asked"])


def settle(suspended: Suspended, settled_as: str, at: datetime, actor: str, why: str) -> None:
    suspended.settled_at, suspended.settled_as = at, settled_as
    suspended.settled_by, suspended.settled_why = actor[:64], why
    suspended.save(update_fields=["settled_at", "settled_as", "settled_by", "settled_why"])
