"""What was left of last month's bundles, where they roll over: read from the groups that were rated, and found anew for
accounts whose last month was not, because nothing was used in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ligneclaire.domains.usage.models import Group
from ligneclaire.domains.usage.rules import rollover
from ligneclaire.domains.usage.rules.rollover import Left
from ligneclaire.domains.usage.rules.state import State
from ligneclaire.domains.usage.rules.terms import GroupTerms, LineTerms

if TYPE_CHECKING:
    from ligneclaire.domains.usage.queries.terms import Reading

LEFT = "left"  # in Group.closing_state: what a month leaves to the next one


def with_left(reading: Reading, found: dict[int, GroupTerms]) -> dict[int, GroupTerms]:
    """What is in force for accounts in a month, with what the month before it left to them."""
    rolling = {account: terms for account, terms in found.items() if any(map(_rolls, terms.lines.values()))}
    if not rolling:
        return found
    left = _left(reading, rolling)
    return found | {account: _added(reading, terms, left[account]) for account, terms in rolling.items()}


def _added(reading: Reading, terms: GroupTerms, left: Mapping[str, Left]) -> GroupTerms:
    lines = {
        line_id: replace(line, allowances=rollover.with_left(line.allowances, left[str(line_id)], reading.month))
        if str(line_id) in left
        else line
        for line_id, line in terms.lines.items()
    }
    return replace(terms, lines=lines)


def _left(reading: Reading, rolling: Mapping[int, GroupTerms]) -> dict[int, Mapping[str, Left]]:
    """What accounts had left of the month before. One that was never rated is asked for what was in force then; that
    goes back as far as bundles that roll over do."""
    day = reading.month.period.start - timedelta(days=1)
    groups = Group.objects.filter(account_id__in=rolling, month=day.replace(day=1))
    kept = dict(groups.values_list("account_id", "closing_state"))
    found = {account: state[LEFT] for account, state in kept.items() if LEFT in state}
    others = {account: reading.lines[account] for account in rolling if account not in found}
    if others:
        before = replace(reading, lines=others).in_month(day)
        for account, terms in before.groups().items():
            state = State.from_json(kept.get(account, {}).get("lines", {}))
            found[account] = rollover.left_of_group(terms, state, before.month)
    return found


def _rolls(line: LineTerms) -> bool:
    return any(one.bundle.rollover for one in line.allowances)
