"""Rating a closed month anew: after a mistake in a tariff, or a contract that was entered late (W-41).

What was billed stays billed; the next bill run charges or gives back the difference, line by line.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Group
from ligneclaire.domains.usage.operations import carrying, rating, unpriced
from ligneclaire.domains.usage.operations.inputs import Input, input_of
from ligneclaire.domains.usage.policies import UsageCorrection
from ligneclaire.domains.usage.queries import terms
from ligneclaire.domains.usage.queries.carrying import LEFT
from ligneclaire.domains.usage.rules import correction
from ligneclaire.domains.usage.rules.correction import Corrected, Month
from ligneclaire.domains.usage.rules.rated import Rated
from ligneclaire.domains.usage.rules.state import State
from ligneclaire.domains.usage.rules.suspense import Unusable
from ligneclaire.domains.usage.rules.terms import GroupTerms


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction comes to: `lines` are charged something else now. `spared` would cost more and keep what they
    were charged, since the policy says so. Months of which records were `erased` (by account) are left as they are."""

    lines: tuple[Corrected, ...] = ()
    spared: tuple[Corrected, ...] = ()
    erased: tuple[int, ...] = ()

    def __add__(self, other: Correction) -> Correction:
        return Correction(self.lines + other.lines, self.spared + other.spared, self.erased + other.erased)


class _Anew(NamedTuple):
    """A group as it stands and as it is rated now; `rated` are the two passes, of the close and after it."""

    one: Input
    before: Month
    after: Month
    rated: tuple[Rated, Rated]


def correct(
    *, operator_id: int, account_ids: Collection[int], month: date, at: datetime, actor: str, why: str, keep: bool
) -> Correction:
    """Rate a closed month of accounts anew, from its first record, under what is in force for it by now. `keep` makes
    it the next revision; without it nothing changes and the answer says what would.

    What the close had rated is rated in order of time, what came later from there in order of arrival, as before
    (RAT-13); nobody is warned. Open months are left alone. It may be broken off: groups are done whole, and doing it
    again finds those that are done unchanged. Raises rating.NotCountable, store.NoSpace, store.SegmentDamaged.
    """
    found, ordered = Correction(), sorted(account_ids)
    for place in range(0, len(ordered), settings.RATING_AT_ONCE):
        some = ordered[place : place + settings.RATING_AT_ONCE]
        with acting_for(operator_id):
            found += _correct(operator_id, some, month, at, actor, keep=keep)
    if keep and found.lines:
        with acting_for(operator_id):
            micro = sum(one.after - one.before for one in found.lines)
            audit.record(
                operator_id=operator_id, at=at, actor=actor, act="correct_usage", subject=f"month:{month:%Y-%m}",
                detail={"accounts": len(ordered), "lines": len(found.lines), "micro": micro, "why": why},
            )  # fmt: skip
    return found


def _correct(
    operator_id: int, account_ids: Sequence[int], month: date, at: datetime, actor: str, *, keep: bool
) -> Correction:
    closed = Group.objects.filter(operator_id=operator_id, account_id__in=account_ids, month=month)
    closed = closed.exclude(closed_at=None).select_for_update()
    groups = sorted(closed, key=lambda one: (one.account_id % store.BUCKETS, one.pk))  # as all lock partitions
    erased = tuple(one.account_id for one in groups if one.closing_state.get("erased"))
    groups = [one for one in groups if one.account_id not in erased]
    found = Correction(erased=erased)
    if not groups:
        return found
    in_force = terms.terms_of_groups(operator_id, [one.account_id for one in groups], month)
    policy = rulebook.book_of(operator_id).in_force(UsageCorrection, month)
    for one in _anew(groups, in_force):
        changed = correction.corrected(one.before, one.after)
        more = [each for each in changed if each.after > each.before]
        spared = more if policy is None or not policy.value.correction_charges else []
        lines = tuple(each for each in changed if each not in spared)
        found += Correction(lines, tuple(spared))
        anew = correction.without(one.before, one.after, {each.line for each in spared}) if spared else one.after
        if keep and (lines or anew.state != one.before.state):
            _keep(one, anew, at, actor)
        if keep:
            group = one.one.group
            carrying.hand_on(group, in_force[group.account_id], one.rated[1].state, at)
    return found


def _anew(groups: Sequence[Group], in_force: Mapping[int, GroupTerms]) -> list[_Anew]:
    """Two passes over all groups: what the close had rated, then what came later, from there."""
    known = [input_of(group) for group in groups]
    closed = [replace(one, asked=_of_close(one), opening=None) for one in known]
    first = rating.price(closed, in_force)
    states = {one.group.account_id: first.of(one.group.account_id) for one in known}
    late = [replace(one, opening=states[one.group.account_id].state) for one in known]
    second = rating.price(late, in_force)
    found = []
    for one in known:
        account, before = one.group.account_id, one.opening or State()
        rated = states[account], second.of(account)
        after = Month(rated[0].table, rated[1].table, rated[0].state)
        found.append(_Anew(one, Month(one.kept, _late(one), before), after, rated))
    return found


def _of_close(one: Input) -> pa.Table:
    return one.usable.filter(pc.is_in(one.usable["event_key"], value_set=one.kept["event_key"]))


def _late(one: Input) -> pa.Table:
    group = one.group
    rated = store.rated(group.operator_id, group.account_id, group.month)
    return rated.filter(pc.field("revision") > group.closing_state.get("revision", 0))


def _keep(one: _Anew, month: Month, at: datetime, actor: str) -> None:
    """The corrected month as two revisions: that of the close, and what came later."""
    known, revision = one.one, one.one.group.revision + 1
    group = known.group
    left = {name: kept for name, kept in group.closing_state.items() if name == LEFT}
    group.closing_state = left | {"revision": revision, "lines": month.state.to_json()}
    rating.write(group, correction.table_of(month, revision), one.rated[1].counters, revision + 1, at)
    unusable: list[tuple[str, Unusable]] = [fault for each in one.rated for fault in each.unusable]
    unpriced.settle_unpriced(
        operator_id=group.operator_id, known=known.known, records=known.usable, unusable=unusable, at=at, actor=actor
    )
