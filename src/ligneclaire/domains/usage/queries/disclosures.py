"""Why staff saw whole numbers of other parties, and whether somebody may see them now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from ligneclaire.domains.usage.models import Disclosure
from ligneclaire.domains.usage.queries.intake import is_staff
from ligneclaire.kernel.scope import Scope


def open_for(operator_id: int, actor: str, public_ids: Iterable[str], at: datetime) -> tuple[Disclosure, ...]:
    """Of these disclosures those of one person that still hold."""
    wanted = list(public_ids)
    if not wanted:
        return ()
    mine = Disclosure.objects.filter(operator_id=operator_id, actor=actor, public_id__in=wanted)
    return tuple(mine.filter(until__gt=at).order_by("-until"))


def of_line(scope: Scope, line_id: int, month: date, limit: int = 20) -> tuple[Disclosure, ...]:
    """Who saw whom a line called in a month, and why, newest first. For staff."""
    if not is_staff(scope):
        return ()
    rows = Disclosure.objects.filter(operator_id=scope.operator_id, line_id=line_id, month=month.replace(day=1))
    return tuple(rows.order_by("-at", "-pk")[:limit])
