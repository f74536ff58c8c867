"""What was left of last month's bundles, where they roll over: read from the groups that were rated, and found anew for
accounts whose last month was not, because nothing was used in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ligneclaire.domains.operators.among import among
from ligneclaire.domains.usage.models import Group
from ligneclaire.domains.usage.rules import rollover
from ligneclaire.domains.usage.rules.plans import Month
from ligneclaire.domains.usage.rules.rollover import Left
from ligneclaire.domains.usage.rules.state import State
from ligneclaire.domains.usage.rules.terms import GroupTerms

if TYPE_CHECKING:
    from ligneclaire.domains.usage.queries.terms import Reading

Reads = Callable[[Collection[int], date], "Reading"]
LEFT = "left"  # in Group.closing_state: what a month leaves to the next one


def with_left(month: Month, found: dict[int, GroupTerms], reading: Reads) -> dict[int, GroupTerms]:
    """What is in force for accounts in a month, with what the month before it left to them. `reading`: what accounts
    have in the month of a day."""
    rolling = [account for account, terms in found.items() if terms.rolls]
    if not rolling:
        return found
    left = _left(month, rolling, reading)
    return found | {account: _added(month, found[account], left[account]) for account in rolling}


def _added(month: Month, terms: GroupTerms, left: Mapping[str, Left]) -> GroupTerms:
    lines = {
        line_id: replace(line, allowances=rollover.with_left(line.allowances, left[str(line_id)], month))
        if str(line_id) in left
        else line
        for line_id, line in terms.lines.items()
    }
    return replace(terms, lines=lines)


def _left(month: Month, accounts: Collection[int], reading: Reads) -> dict[int, Mapping[str, Left]]:
    """What accounts had left of the month before. One that was never rated is asked for what was in force then; that
    goes back as far as bundles that roll over do."""
    last = (month.period.start - timedelta(days=1)).replace(day=1)
    kept = dict(
        Group.objects.filter(among("account_id", accounts), month=last).values_list("account_id", "closing_state")
    )
    found = {account: state[LEFT] for account, state in kept.items() if LEFT in state}
    others = [account for account in accounts if account not in found]
    if others:
        read = reading(others, last)
        for account, terms in read.groups().items():
            state = State.from_json(kept.get(account, {}).get("lines", {}))
            found[account] = rollover.left_of_group(terms, state, read.month)
    return found
