"""What a month leaves to the next one, where bundles roll over: kept with its group, and a reason to rate the next one
again when it changes (RAT-11, RAT-12)."""

from __future__ import annotations

from datetime import datetime

from ligneclaire.domains.usage.models import Group
from ligneclaire.domains.usage.queries.carrying import LEFT
from ligneclaire.domains.usage.rules import rollover
from ligneclaire.domains.usage.rules.plans import Month
from ligneclaire.domains.usage.rules.state import State
from ligneclaire.domains.usage.rules.terms import GroupTerms
from ligneclaire.kernel.periods import Period


def hand_on(group: Group, terms: GroupTerms, state: State, at: datetime) -> None:
    """Keep what is left of a group that was just rated, in its transaction. The next month, while it is open, is stale
    when that is not what was left before."""
    month = Month(Period.month_of(group.month), terms.zone)
    left = rollover.left_of_group(terms, state, month)
    if left == group.closing_state.get(LEFT, {}):
        return
    group.closing_state = group.closing_state | {LEFT: left}
    group.save(update_fields=["closing_state"])
    later = Group.objects.filter(account_id=group.account_id, month=month.period.end, closed_at=None)
    later.filter(stale_since=None).update(stale_since=at)
