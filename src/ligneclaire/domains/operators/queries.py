"""What every domain asks of an operator."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from ligneclaire.domains.operators.models import Operator


def zone_of(operator_id: int) -> ZoneInfo:
    """The operator's zone: days are its local days."""
    return ZoneInfo(Operator.objects.get(pk=operator_id).timezone)
