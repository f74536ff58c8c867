"""Rating what is stale: each group becomes its next revision, from all its records (RAT-12, RAT-13).

A pass may be broken off anywhere: what is committed is rated, the rest is still stale. Two passes share the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.module_loading import import_string

from ligneclaire.domains.contracts.models import ContractEvent
from ligneclaire.domains.operators import bulk
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Counter, Group, Total
from ligneclaire.domains.usage.operations import carrying, unpriced
from ligneclaire.domains.usage.queries import terms
from ligneclaire.domains.usage.queries.carrying import LEFT
from ligneclaire.domains.usage.rules import columns, totals
from ligneclaire.domains.usage.rules.rated import CounterNow, Crossing, Rated
from ligneclaire.domains.usage.rules.state import State
from ligneclaire.domains.usage.rules.terms import OF_GROUP, GroupTerms
from ligneclaire.domains.usage.rules.totals import SumOf
from ligneclaire.kernel.refusal import Refusal

Progress = Callable[["Done"], None]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOTALS = (
    "operator_id", "group_id", "line_id", "category", "usage_type", "tax_code",
    "records", "inside", "outside", "amount",
)  # fmt: skip
_COUNTERS = ("operator_id", "group_id", "line_id", "code", "service", "used", "allowance", "epoch")
_ALERTS = (
    "operator_id", "line_id", "account_id", "month", "counter", "epoch", "threshold", "used", "allowance",
    "event_at", "raised_at",
)  # fmt: skip


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
    done, broken = Done(), _Broken()
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
        if progress:
            progress(done)
    if broken.fault:
        raise broken.fault
    return done


@dataclass(slots=True)
class _Broken:
    """Groups that can't be rated now. After the first fault groups are taken one by one, so that it hits one alone."""

    group_ids: set[int] = field(default_factory=set)
    fault: Refusal | None = None

    def note(self, groups: Sequence[Group], fault: Refusal) -> None:
        """Leave the group out from now on, once it is known which one it is."""
        self.fault = fault
        if len(groups) == 1:
            self.group_ids.add(groups[0].pk)


@dataclass(frozen=True, slots=True)
class Input:
    """What a group is rated from. `usable`: its records without those that were given up. Of a closed month only those
    that the close had not rated are `asked`, from where it had got to; what it rated is `kept` (RAT-13)."""

    group: Group
    known: unpriced.Known
    usable: pa.Table
    asked: pa.Table
    kept: pa.Table
    opening: State | None


class _Found(Protocol):
    """What an engine tells of the groups that it rated (settings.RATING_ENGINE)."""

    def of(self, account: int) -> Rated: ...


def rate_groups(operator_id: int, groups: Sequence[Group], at: datetime, actor: str) -> Done:
    """Rate groups of one month that the caller has locked, in his transaction: all at once, by the engine that the
    settings name. Raises NotCountable, store.NoSpace, store.SegmentDamaged."""
    in_force = terms.terms_of_groups(operator_id, [group.account_id for group in groups], groups[0].month)
    ordered = sorted(groups, key=lambda one: (one.account_id % store.BUCKETS, one.pk))  # as all lock partitions
    inputs = [input_of(group) for group in ordered]
    found = price(inputs, in_force)
    done = Done()
    for one in inputs:
        rated = found.of(one.group.account_id)
        _replace(one, rated, at)
        carrying.hand_on(one.group, in_force[one.group.account_id], rated.state, at)
        unpriced.settle_unpriced(
            operator_id=operator_id, known=one.known, records=one.usable, unusable=rated.unusable, at=at, actor=actor
        )
        done += Done(1, one.usable.num_rows - len(rated.unusable), len(rated.unusable))
    return done


def mark(operator_id: int, at: datetime, month: date | None = None) -> int:
    """Have all open groups rated again, or those of a month; how many. Call it inside `acting_for`."""
    groups = Group.objects.filter(operator_id=operator_id, closed_at=None, stale_since=None)
    return (groups if month is None else groups.filter(month=month)).update(stale_since=at)


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
    """The oldest stale group and others of its month, locked; those that another pass holds are left to it."""
    stale = Group.objects.filter(operator_id=operator_id).exclude(stale_since=None).exclude(pk__in=broken.group_ids)
    locked = stale.select_for_update(skip_locked=True).order_by("stale_since", "id")
    first = locked.first()
    if first is None:
        return []
    if broken.fault:
        return [first]
    return [first, *locked.filter(month=first.month).exclude(pk=first.pk)[: settings.RATING_AT_ONCE - 1]]


def input_of(group: Group) -> Input:
    """What a group is to be rated from. Call it inside `acting_for`. Raises store.SegmentDamaged."""
    records = store.records(group.operator_id, group.account_id, group.month)
    known = unpriced.of_records(group.operator_id, records)
    usable = unpriced.without_given_up(records, known)
    if group.closed_at is None:
        return Input(group, known, usable, usable, columns.RATED.empty_table(), None)
    before = store.rated(group.operator_id, group.account_id, group.month)
    closed = before.filter(pc.field("revision") <= group.closing_state.get("revision", 0))
    late = usable.filter(pc.invert(pc.is_in(usable["event_key"], value_set=closed["event_key"])))
    return Input(group, known, usable, late, closed, State.from_json(group.closing_state.get("lines", {})))


def price(inputs: Sequence[Input], in_force: Mapping[int, GroupTerms]) -> _Found:
    """One pass over the records of all groups; late ones in order of arrival."""
    from ligneclaire.domains.usage.rules import compiled  # half a second to import

    engine: Callable[[pa.Table, Mapping[int, compiled.Group]], _Found] = import_string(settings.RATING_ENGINE)
    asked = {
        one.group.account_id: compiled.Group(
            in_force[one.group.account_id], one.opening, closed=one.opening is not None
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


def _replace(one: Input, rated: Rated, at: datetime) -> None:
    """The next revision of a group: its rated segment, totals, counters and alerts."""
    group, revision = one.group, one.group.revision + 1
    table = pa.concat_tables([one.kept, columns.with_revision(rated.table, revision)])
    if group.closed_at is None:
        left = {name: kept for name, kept in group.closing_state.items() if name == LEFT}
        group.closing_state = left | {"revision": revision, "lines": rated.state.to_json()}
        _alert(group, rated.crossings, at)
    write(group, table, rated.counters, revision, at)


def write(group: Group, table: pa.Table, counters: Iterable[CounterNow], revision: int, at: datetime) -> None:
    """Make a revision of a group of rated records: its segment, totals and counters. Raises store.NoSpace."""
    store.replace_rated(group.operator_id, group.account_id, group.month, table, at)
    _replace_totals(group, table)
    _replace_counters(group, counters)
    group.revision, group.rated_at, group.stale_since = revision, at, None
    group.rated_to = pc.max(table["start"]).as_py() if table.num_rows else None
    group.save(update_fields=["revision", "rated_at", "stale_since", "rated_to", "closing_state"])


def _replace_totals(group: Group, table: pa.Table) -> None:
    """What each line used of each kind, also what was erased since; amounts keep their six decimals (RAT-14)."""
    Total.objects.filter(group=group).delete()
    found = totals.added(totals.of_records(table), group.closing_state.get("erased", ()))
    bulk.insert("usage_total", _TOTALS, (_total(group, one) for one in found))


def _total(group: Group, one: SumOf) -> tuple[Any, ...]:
    kind, used = (one.category, one.usage_type, one.tax_code), (one.records, one.inside, one.outside)
    return (group.operator_id, group.pk, one.line, *kind, *used, Decimal(one.charged).scaleb(-6))


def _replace_counters(group: Group, counters: Iterable[CounterNow]) -> None:
    Counter.objects.filter(group=group).delete()
    rows = ((group.operator_id, group.pk, *_whose(one), one.allowance, one.epoch) for one in counters)
    bulk.insert("usage_counter", _COUNTERS, rows)


def _whose(one: CounterNow) -> tuple[int | None, str, str, int]:
    """(line, code, service, used) of a counter; of what lines share no line, and what came out of it: what flowed over
    is the lines' own affair."""
    if one.line == OF_GROUP:
        return None, one.code, one.service, one.taken
    return one.line, one.code, one.service, one.used


def _alert(group: Group, crossings: Iterable[Crossing], at: datetime) -> None:
    """Warnings as facts: what was warned of before stays, and nothing is warned of before it happens (C10)."""
    rows = []
    for one in crossings:
        event_at = _EPOCH + timedelta(microseconds=one.event_us)
        if event_at <= at:
            shared = one.line == OF_GROUP
            whose = (None, group.account_id) if shared else (one.line, None)
            used = min(one.used, one.allowance) if shared else one.used
            what = (one.counter, one.epoch, one.threshold, used, one.allowance)
            rows.append((group.operator_id, *whose, group.month, *what, event_at, at))
    bulk.insert("usage_alert", _ALERTS, rows, known_stay=True)
