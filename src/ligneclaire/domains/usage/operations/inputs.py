"""What rating groups are rated from: all their records, or those that came since, from where the last rating got to.

An open month goes on from its last revision when nothing but later records came: the same terms, no record that is as
early as one that was rated, none that waits for a price. Otherwise it is rated whole. The number of kept records tells.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Group
from ligneclaire.domains.usage.operations import unpriced
from ligneclaire.domains.usage.rules import columns
from ligneclaire.domains.usage.rules.instants import micros
from ligneclaire.domains.usage.rules.state import State
from ligneclaire.domains.usage.rules.terms import GroupTerms

GOES_ON = "goes_on"  # in the state that an open group keeps
_NOTHING = columns.RATED.empty_table()


class GoesOn(NamedTuple):
    """From where a group can go on: how many records it was rated from, the last segment of records that was read, and
    the name of its terms."""

    records: int
    segment: int
    terms: str


@dataclass(frozen=True, slots=True)
class Input:
    """What a group is rated from. `usable`: its records without those that were given up. Of a closed month only those
    that the close had not rated are `asked`, from where it had got to; what it rated is `kept`, and what ratings after
    it made of those is `later` (RAT-13). `resumed_us`: the last instant that was rated, when the group goes on.
    `goes_on`: what the next rating can go on from."""

    group: Group
    known: unpriced.Known
    usable: pa.Table
    asked: pa.Table
    kept: pa.Table
    later: pa.Table
    opening: State | None
    resumed_us: int | None = None
    goes_on: GoesOn | None = None


def inputs_of(groups: Sequence[Group], in_force: Mapping[int, GroupTerms]) -> list[Input]:
    """What groups of one month are to be rated from. Call it inside `acting_for`. Raises store.SegmentDamaged."""
    closed = [input_of(group) for group in groups if group.closed_at is not None]
    names = {group.account_id: in_force[group.account_id].name for group in groups if group.closed_at is None}
    opened = {group.account_id: group for group in groups if group.closed_at is None}
    going_on = _going_on([one for one in opened.values() if _may_go_on(one, names[one.account_id])])
    rest = [group for account, group in opened.items() if account not in going_on]
    return [*closed, *going_on.values(), *_whole(rest, names)]


def input_of(group: Group) -> Input:
    """What one group is to be rated from, if from all its records. Call it inside `acting_for`. Raises
    store.SegmentDamaged."""
    records = store.records(group.operator_id, group.account_id, group.month)
    known = unpriced.of_records(group.operator_id, records)
    usable = unpriced.without_given_up(records, known)
    if group.closed_at is None:
        return Input(group, known, usable, usable, _NOTHING, _NOTHING, None)
    before, revision = store.rated(group.operator_id, group.account_id, group.month), pc.field("revision")
    by_then = revision <= group.closing_state.get("revision", 0)
    closed, later = before.filter(by_then), before.filter(~by_then)
    late = usable.filter(pc.invert(pc.is_in(usable["event_key"], value_set=closed["event_key"])))
    return Input(group, known, usable, late, closed, later, _state(group))


def _may_go_on(group: Group, name: str) -> bool:
    """Whether a group was rated under these terms, up to an instant that was over by then: what is warned of later than
    that was left to a later rating."""
    before = group.closing_state.get(GOES_ON)
    rated = group.rated_to is not None and group.rated_at is not None and group.rated_to <= group.rated_at
    return group.stale_since is not None and rated and before is not None and GoesOn(*before).terms == name


def _going_on(groups: Sequence[Group]) -> dict[int, Input]:
    """Those of the groups, by account, of which all records that came are later than what was rated."""
    if not groups:
        return {}
    before = {group.account_id: GoesOn(*group.closing_state[GOES_ON]) for group in groups}
    until = {group.account_id: micros(group.rated_to) for group in groups if group.rated_to}
    stale = min(group.stale_since for group in groups if group.stale_since)
    since = store.Since(min(one.segment for one in before.values()), stale)
    table, last = store.records_of_accounts(groups[0].operator_id, groups[0].month, list(before), since)
    later = _later(table, until)
    found = {}
    for group in groups:
        account = group.account_id
        fresh, (records, segment, name) = later[account], before[account]
        if records + fresh.num_rows == group.records:
            goes_on = GoesOn(group.records, max(segment, last), name)
            found[account] = Input(group, {}, fresh, fresh, _NOTHING, _NOTHING, _state(group), until[account], goes_on)
    return found


def _whole(groups: Sequence[Group], names: Mapping[int, str]) -> list[Input]:
    """All records of open groups."""
    if not groups:
        return []
    operator_id, accounts = groups[0].operator_id, [group.account_id for group in groups]
    table, last = store.records_of_accounts(operator_id, groups[0].month, accounts)
    known = unpriced.of_records(operator_id, table)
    usable = _by_account(unpriced.without_given_up(table, known), accounts)
    places = {account: unpriced.within(known, usable[account]) if known else {} for account in accounts}
    found = []
    for group in groups:
        records, own = usable[group.account_id], places[group.account_id]
        goes_on = GoesOn(group.records, last, names[group.account_id])
        complete = not own and records.num_rows == group.records
        found.append(Input(group, own, records, records, _NOTHING, _NOTHING, None, None,
                           goes_on if complete else None))  # fmt: skip
    return found


def _later(table: pa.Table, until: Mapping[int, int]) -> dict[int, pa.Table]:
    """The records of each account that start later than an instant of its own."""
    accounts = sorted(until)
    places = np.searchsorted(np.array(accounts), table["account"].to_numpy())
    bounds = np.array([until[account] for account in accounts])[places]
    return _by_account(table.filter(pa.array(table["start"].cast(pa.int64()).to_numpy() > bounds)), accounts)


def _by_account(table: pa.Table, accounts: Collection[int]) -> dict[int, pa.Table]:
    """The records of each account."""
    numbers = table["account"].to_numpy()
    order, wanted = np.argsort(numbers, kind="stable"), np.array(sorted(accounts))
    ordered, numbers = table.take(pa.array(order)).combine_chunks(), numbers[order]
    begins, ends = (np.searchsorted(numbers, wanted, side).tolist() for side in ("left", "right"))
    return {
        account: ordered.slice(begin, end - begin)
        for account, begin, end in zip(wanted.tolist(), begins, ends, strict=True)
    }


def _state(group: Group) -> State:
    return State.from_json(group.closing_state.get("lines", {}))
