"""Rating a closed month anew: after a mistake in a tariff, or a contract that was entered late (W-41).

What was billed stays billed; the next bill run charges or gives back the difference, line by line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import QuerySet

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.among import among
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Counter, Group
from ligneclaire.domains.usage.operations import carrying, rating, revisions, unpriced
from ligneclaire.domains.usage.operations.inputs import Input, input_of
from ligneclaire.domains.usage.operations.revisions import Revision
from ligneclaire.domains.usage.policies import UsageCorrection
from ligneclaire.domains.usage.queries import terms
from ligneclaire.domains.usage.rules import correction
from ligneclaire.domains.usage.rules.correction import Corrected, Month
from ligneclaire.domains.usage.rules.rated import CounterNow, Rated
from ligneclaire.domains.usage.rules.state import State
from ligneclaire.domains.usage.rules.terms import GroupTerms

MOST = rating.MOST // 2  # records in a transaction: each account is read and rated twice, whole


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


class _Kept(NamedTuple):
    """What is kept of a group: the month anew, but for the lines that are spared. `differs`: a line is charged
    something else, or counters stood elsewhere at the close."""

    anew: _Anew
    month: Month
    spared: Collection[int]
    differs: bool


def correct(
    *, operator_id: int, account_ids: Collection[int], month: date, at: datetime, actor: str, why: str, keep: bool
) -> Correction:
    """Rate a closed month of accounts anew, from its first record, under what is in force for it by now. `keep` makes
    it the next revision; without it nothing changes and the answer says what would.

    What the close had rated is rated in order of time, what came later from there in order of arrival, as before
    (RAT-13); nobody is warned. Open months are left alone. It may be broken off: groups are done whole, and doing it
    again finds those that are done unchanged. Raises rating.NotCountable, store.NoSpace, store.SegmentDamaged.
    """
    found = Correction()
    with acting_for(operator_id):
        sizes = list(_closed(account_ids, month).order_by("account_id").values_list("account_id", "records"))
    for some in _at_once(sizes):
        with acting_for(operator_id):
            done = _correct(operator_id, some, month, at, actor, keep=keep)
            if keep and done.lines:
                micro = sum(one.after - one.before for one in done.lines)
                audit.record(
                    operator_id=operator_id, at=at, actor=actor, act="correct_usage", subject=f"month:{month:%Y-%m}",
                    detail={"lines": len(done.lines), "micro": micro, "why": why},
                )  # fmt: skip
        found += done
    return found


def is_billed(account_ids: Collection[int], month: date) -> bool:
    """Whether usage of any of the accounts in a month is billed. Call it inside `acting_for`."""
    return _closed(account_ids, month).exists()


def _closed(account_ids: Collection[int], month: date) -> QuerySet[Group]:
    return Group.objects.filter(among("account_id", account_ids), month=month).exclude(closed_at=None)


def _at_once(sizes: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """Accounts with how many records they have, as many at once as have `MOST` in all; a larger one alone."""
    some, records = list[int](), 0
    for account_id, count in sizes:
        if some and records + count > MOST:
            yield some
            some, records = [], 0
        some, records = [*some, account_id], records + count
    if some:
        yield some


def _correct(
    operator_id: int, account_ids: Sequence[int], month: date, at: datetime, actor: str, *, keep: bool
) -> Correction:
    closed = _closed(account_ids, month).select_for_update().order_by("account_id")
    groups = sorted(closed, key=lambda one: (one.account_id % store.BUCKETS, one.pk))  # as all lock partitions
    erased = tuple(one.account_id for one in groups if one.closing_state.get("erased"))
    groups = [one for one in groups if one.account_id not in erased]
    found = Correction(erased=erased)
    if not groups:
        return found
    in_force = terms.terms_of_groups(operator_id, [one.account_id for one in groups], month)
    policy = rulebook.book_of(operator_id).in_force(UsageCorrection, month)
    kept = []
    for one in _anew(groups, in_force):
        changed = correction.corrected(one.before, one.after)
        more = [each for each in changed if each.after > each.before]
        spared = more if policy is None or not policy.value.correction_charges else []
        lines = tuple(each for each in changed if each not in spared)
        found += Correction(lines, tuple(spared))
        stay = {each.line for each in spared}
        anew = correction.without(one.before, one.after, stay)
        kept.append(_Kept(one, anew, stay, bool(lines) or anew.state != one.before.state))
    if keep:
        _keep(kept, in_force, at, actor)
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
        found.append(_Anew(one, Month(one.kept, one.later, before), after, rated))
    return found


def _of_close(one: Input) -> pa.Table:
    return one.usable.filter(pc.is_in(one.usable["event_key"], value_set=one.kept["event_key"]))


def _keep(some: Sequence[_Kept], in_force: Mapping[int, GroupTerms], at: datetime, actor: str) -> None:
    """Corrected months as two revisions each, that of the close and what came later, where charges or counters differ;
    and what each leaves to the next one."""
    made = [_revision(one) for one in some if one.differs]
    if made:
        revisions.write([revision for revision, _ in made], pa.concat_tables([table for _, table in made]), at)
    for one in some:
        known, rated = one.anew.one, one.anew.rated
        terms_now = in_force[known.group.account_id]
        carrying.hand_on(known.group, terms_now, rated[1].state, at, spared=one.spared)
        if one.differs:
            unpriced.settle_unpriced(
                operator_id=known.group.operator_id, known=known.known, records=known.usable,
                unusable=[fault for each in rated for fault in each.unusable], at=at, actor=actor,
            )  # fmt: skip


def _revision(one: _Kept) -> tuple[Revision, pa.Table]:
    """The corrected month with its rated records; spared lines keep their counters."""
    group, revision = one.anew.one.group, one.anew.one.group.revision + 1
    group.closing_state = carrying.kept_of(group) | {"revision": revision, "lines": one.month.state.to_json()}
    counters = [each for each in one.anew.rated[1].counters if each.line not in one.spared]
    if one.spared:
        stay = Counter.objects.filter(among("line_id", one.spared), group=group)
        names = ("line_id", "code", "service", "used", "used", "allowance", "epoch")
        counters += [CounterNow(*row) for row in stay.values_list(*names)]
    return Revision(group, revision + 1, counters), correction.table_of(one.month, revision)
