"""Closing a month of accounts: what was billed stays, and what arrives later is rated from there (RAT-13)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import connection

from ligneclaire.domains.operators import bulk
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.among import among
from ligneclaire.domains.usage.models import Group
from ligneclaire.domains.usage.operations.rating import mark_changed, rate_groups

_MISSING = """
    INSERT INTO usage_group (operator_id, account_id, month, records, revision, closing_state)
    SELECT DISTINCT operator_id, account_id, %(month)s::date, 0, 0, '{}'::jsonb
    FROM line
    WHERE operator_id = %(operator)s AND account_id = ANY(%(accounts)s::bigint[]) AND kind IN ('mobile', 'voice')
    ON CONFLICT (operator_id, account_id, month) DO NOTHING
"""


def close(*, operator_id: int, account_ids: Collection[int], month: date, at: datetime, actor: str) -> int:
    """Close the month (its first day) of accounts that have lines with usage; how many were open. What is stale is
    rated first. Nothing else ever closes a month, and nothing opens it again.

    Raises rating.NotCountable, store.NoSpace, store.SegmentDamaged.
    """
    with acting_for(operator_id):
        with connection.cursor() as cursor:
            accounts = bulk.array(account_ids)
            cursor.execute(_MISSING, {"operator": operator_id, "month": month, "accounts": accounts})
        groups = Group.objects.filter(
            among("account_id", account_ids), operator_id=operator_id, month=month, closed_at=None
        )
        mark_changed(groups, at)
        locked = list(groups.select_for_update().order_by("account_id").values_list("pk", "stale_since"))
        stale = Group.objects.filter(among("pk", [pk for pk, stale_since in locked if stale_since is not None]))
        if found := list(stale.order_by("account_id")):
            rate_groups(operator_id, found, at, actor)
        return Group.objects.filter(among("pk", [pk for pk, _stale in locked])).update(closed_at=at)
