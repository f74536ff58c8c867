"""Rating what is stale: each group becomes its next revision, as from all its records (RAT-12, RAT-13; `inputs`).

A pass may be broken off anywhere: what is committed is rated, the rest is still stale. Two passes share the work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Protocol

import pyarrow as pa
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.module_loading import import_string

from ligneclaire.domains.contracts.models import ContractEvent
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.among import among
from ligneclaire.domains.usage import store, writing
from ligneclaire.domains.usage.models import Group
from ligneclaire.domains.usage.operations import carrying, revisions, unpriced
from ligneclaire.domains.usage.operations.inputs import GOES_ON, Input, inputs_of
from ligneclaire.domains.usage.operations.revisions import Revision
from ligneclaire.domains.usage.queries import terms
from ligneclaire.domains.usage.rules import columns
from ligneclaire.domains.usage.rules.rated import Rated
from ligneclaire.domains.usage.rules.terms import GroupTerms
from ligneclaire.kernel.refusal import Refusal

MOST = 300_000  # records in a transaction
FEWER = 16  # times fewer groups at once after a fault
GROWS = 16  # times as many groups as were claimed before are claimed at once
Progress = Callable[["Done"], None]
_FROM_THE_FIRST = RawSQL("closing_state - %s", [GOES_ON])


@dataclass(frozen=True, slots=True)
class Done:
    """What a pass did so far: groups and records rated, records that can't be."""

    groups: int = 0
    records: int = 0
    unusable: int = 0

    def __add__(self, other: Done) -> Done:
        return Done(self.groups + other.groups, self.records + other.records, self.unusable + other.unusable)


class NotCountable(Refusal):
    """A price or a quantity is larger than the engine can count with. Nothing of the account's month was rated, nor of
    those that were to be rated with it."""

    code = "usage.refused.not-countable"


def rate_stale(*, operator_id: int, at: datetime, actor: str, progress: Progress | None = None) -> Done:
    """Rate every group of an operator that is stale, or whose contracts changed since, oldest first.

    `progress` is told what is done after each transaction. A group whose files are damaged, or that can't be counted,
    stays stale and stops no other: store.SegmentDamaged or NotCountable is raised at the end. Raises store.NoSpace.
    """
    with acting_for(operator_id):
        mark_changed(Group.objects.filter(operator_id=operator_id), at)
    done, broken = Done(), _Broken(settings.RATING_AT_ONCE)
    while True:
        groups: list[Group] = []
        try:
            with acting_for(operator_id):
                groups = _claim(operator_id, broken)
                found = rate_groups(operator_id, groups, at, actor) if groups else Done()
        except (store.SegmentDamaged, NotCountable) as fault:
            broken.note(groups, fault)
            continue
        if not groups:
            break
        done += found
        broken.recover()
        if progress:
            progress(done)
    if broken.fault:
        try:
            raise broken.fault
        finally:
            del broken  # else the fault, the frames it went through and all their records would hold each other
    return done


@dataclass(slots=True)
class _Broken:
    """Groups that can't be rated now. After a fault fewer are taken at once, so that in the end it hits one alone."""

    at_once: int
    group_ids: set[int] = field(default_factory=set)
    fault: Refusal | None = None

    def note(self, groups: Sequence[Group], fault: Refusal) -> None:
        """Leave the group out from now on, once it is known which one it is."""
        self.fault, self.at_once = fault, max(len(groups) // FEWER, 1)
        if len(groups) == 1:
            self.group_ids.add(groups[0].pk)

    def recover(self) -> None:
        """Take more at once again."""
        self.at_once = min(self.at_once * FEWER, settings.RATING_AT_ONCE)


class _Found(Protocol):
    """What an engine tells of the groups that it rated (settings.RATING_ENGINE): all rated records, as columns.RATED,
    and what each group came to."""

    @property
    def table(self) -> pa.Table: ...

    def of(self, account: int) -> Rated: ...


def rate_groups(operator_id: int, groups: Sequence[Group], at: datetime, actor: str) -> Done:
    """Rate groups of one month that the caller has locked, in his transaction: all at once, by the engine that the
    settings name. Raises NotCountable, store.NoSpace, store.SegmentDamaged."""
    in_force = terms.terms_of_groups(operator_id, [group.account_id for group in groups], groups[0].month)
    ordered = sorted(groups, key=lambda one: (one.account_id % store.BUCKETS, one.pk))  # as all lock partitions
    inputs = inputs_of(ordered, in_force)
    found = price(inputs, in_force)
    rated = [found.of(one.group.account_id) for one in inputs]
    made = [_revision(*each) for each in zip(inputs, rated, strict=True)]
    numbered = columns.with_revisions(found.table, {one.group.account_id: one.number for one in made})
    revisions.write(made, pa.concat_tables([*(one.kept for one in inputs if one.kept.num_rows), numbered]), at)
    done = Done()
    for one, each in zip(inputs, rated, strict=True):
        carrying.hand_on(one.group, in_force[one.group.account_id], each.state, at)
        if one.known or each.unusable:
            unpriced.settle_unpriced(
                operator_id=operator_id, known=one.known, records=one.usable, unusable=each.unusable, at=at,
                actor=actor,
            )  # fmt: skip
        done += Done(1, one.usable.num_rows - len(each.unusable), len(each.unusable))
    return done


def mark(operator_id: int, at: datetime, month: date | None = None) -> int:
    """Have all open groups rated again from their first record, or those of a month; how many. Call it inside
    `acting_for`."""
    groups = Group.objects.filter(operator_id=operator_id)
    groups = groups if month is None else groups.filter(month=month)
    return writing.mark_stale(groups, at, closing_state=_FROM_THE_FIRST)


def mark_changed(groups: QuerySet[Group], at: datetime) -> None:
    """Have those of the groups rated again that are open and whose contracts changed since they were rated, in a way
    that the month can feel, also when the change was entered late (RAT-02). Call it inside `acting_for`."""
    felt = ContractEvent.objects.filter(
        contract__account_id=OuterRef("account_id"),
        kind__in=terms.CHANGES,
        at__gt=OuterRef("rated_at"),
        on__lt=OuterRef("month") + timedelta(days=31),
    )
    groups.filter(Exists(felt), stale_since=None, closed_at=None).update(stale_since=at)


def _claim(operator_id: int, broken: _Broken) -> list[Group]:
    """The oldest stale group and others of its month, as many as are rated at once, locked; those that another pass
    holds are left to it, and it those that are left here. More are taken by and by: the first ones tell how large they
    are."""
    stale = Group.objects.filter(operator_id=operator_id).exclude(stale_since=None).exclude(pk__in=broken.group_ids)
    locked = stale.select_for_update(skip_locked=True).order_by("stale_since", "id")
    found = list(locked[:1])
    while found and (more := min(_room(found), broken.at_once - len(found), GROWS * len(found))) > 0:
        known = [group.pk for group in found]
        others = list(locked.filter(month=found[0].month).exclude(among("pk", known))[:more])
        found += others
        if len(others) < more:
            break
    up_to = accumulate(group.records for group in found)
    return [group for group, records in zip(found, up_to, strict=True) if group is found[0] or records <= MOST]


def _room(groups: Sequence[Group]) -> int:
    """How many more groups fit into memory, when they are as large as these."""
    records = sum(group.records for group in groups)
    return (MOST - records) * len(groups) // max(records, 1)


def price(inputs: Sequence[Input], in_force: Mapping[int, GroupTerms]) -> _Found:
    """One pass over the records of all groups; late ones in order of arrival."""
    from ligneclaire.domains.usage.rules import compiled  # half a second to import

    engine: Callable[[pa.Table, Mapping[int, compiled.Group]], _Found] = import_string(settings.RATING_ENGINE)
    asked = {
        one.group.account_id: compiled.Group(
            in_force[one.group.account_id],
            one.opening,
            closed=one.opening is not None and one.resumed_us is None,
            resumed_us=one.resumed_us,
        )
        for one in inputs
    }
    try:
        return engine(pa.concat_tables([one.asked for one in inputs]), asked)
    except (compiled.TooDear, compiled.TooMuch) as fault:
        for one in inputs if len(inputs) > 1 else ():  # which of them it is
            price([one], in_force)
        group = inputs[0].group
        raise NotCountable(month=f"{group.month:%Y-%m}", account=group.account.public_id, why=fault) from fault


def _revision(one: Input, rated: Rated) -> Revision:
    """The next revision of a group, and in the group the state from which it goes on."""
    group, number = one.group, one.group.revision + 1
    if group.closed_at is not None:
        return Revision(group, number, rated.counters)
    group.closing_state = carrying.kept_of(group) | {"revision": number, "lines": rated.state.to_json()}
    if one.goes_on and not rated.unusable:
        group.closing_state[GOES_ON] = one.goes_on
    before = None if one.resumed_us is None else one.opening
    return Revision(group, number, rated.counters, rated.crossings, before)
