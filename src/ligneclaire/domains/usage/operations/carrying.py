"""What a month leaves to the next one, where bundles roll over: kept with its group, and a reason to rate the next one
again when it changes (RAT-11, RAT-12)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from ligneclaire.domains.usage import writing
from ligneclaire.domains.usage.models import Group
from ligneclaire.domains.usage.queries.carrying import LEFT
from ligneclaire.domains.usage.rules import rollover
from ligneclaire.domains.usage.rules.plans import Month
from ligneclaire.domains.usage.rules.state import State
from ligneclaire.domains.usage.rules.terms import GroupTerms
from ligneclaire.kernel.periods import Period


def kept_of(group: Group) -> dict[str, Any]:
    """What a group keeps for the next month, as it stands in its closing state: each revision takes it along."""
    return {name: kept for name, kept in group.closing_state.items() if name == LEFT}


def hand_on(group: Group, terms: GroupTerms, state: State, at: datetime, *, spared: Collection[int] = ()) -> None:
    """Keep what is left of a group that was just rated, in its transaction; of `spared` lines what was left before. The
    next month, while it is open, is stale when that is not what was left before."""
    if not (terms.rolls or spared or LEFT in group.closing_state):
        return
    month, before = Month(Period.month_of(group.month), terms.zone), group.closing_state.get(LEFT, {})
    stay = {str(line) for line in spared}
    found = rollover.left_of_group(terms, state, month)
    left = {line: kept for line, kept in found.items() if line not in stay}
    left |= {line: kept for line, kept in before.items() if line in stay}
    if left == before and (not spared or LEFT in group.closing_state):
        return
    group.closing_state = group.closing_state | {LEFT: left}
    group.save(update_fields=["closing_state"])
    writing.mark_stale(Group.objects.filter(account_id=group.account_id, month=month.period.end), at)
