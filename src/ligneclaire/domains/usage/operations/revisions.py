"""The next revisions of rating groups, written down: rated segments, totals, counters and warnings, of all at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from ligneclaire.domains.operators import bulk
from ligneclaire.domains.operators.among import among
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Counter, Group, Total
from ligneclaire.domains.usage.rules import totals
from ligneclaire.domains.usage.rules.instants import instant_of
from ligneclaire.domains.usage.rules.rated import SPEND, CounterNow, Crossing
from ligneclaire.domains.usage.rules.state import NOTHING, LineState, State
from ligneclaire.domains.usage.rules.terms import OF_GROUP
from ligneclaire.domains.usage.rules.totals import SumOf

_TOTALS = (
    "operator_id", "group_id", "line_id", "category", "usage_type", "tax_code",
    "records", "inside", "outside", "amount",
)  # fmt: skip
_ADD_UP = """(operator_id, group_id, line_id, usage_type, tax_code) DO UPDATE SET
    category = greatest(usage_total.category, excluded.category), records = usage_total.records + excluded.records,
    inside = usage_total.inside + excluded.inside, outside = usage_total.outside + excluded.outside,
    amount = usage_total.amount + excluded.amount"""
_COUNTERS = ("operator_id", "group_id", "line_id", "code", "service", "used", "allowance", "epoch")
_COUNTED = """(operator_id, group_id, line_id, code) DO UPDATE SET
    used = excluded.used, allowance = excluded.allowance, epoch = excluded.epoch"""
_ALERTS = (
    "operator_id", "line_id", "account_id", "month", "counter", "epoch", "threshold", "used", "allowance",
    "event_at", "raised_at",
)  # fmt: skip
_GROUP = ("revision", "rated_at", "stale_since", "rated_to", "closing_state")


@dataclass(frozen=True, slots=True)
class Revision:
    """The next revision of a group: where its counters stand and which warnings are due. `before`: its records are
    beside those of the revision before, which left this state."""

    group: Group
    number: int
    counters: Sequence[CounterNow]
    crossings: Sequence[Crossing] = ()
    before: State | None = None


def write(revisions: Sequence[Revision], table: pa.Table, at: datetime) -> None:
    """Make the revisions of groups of one operator and month, whose rated records these are (columns RATED, with their
    revisions). Raises store.NoSpace, store.SegmentDamaged."""
    group, anew = revisions[0].group, [one.group for one in revisions if one.before is None]
    rated_before = [one.account_id for one in anew if one.revision]
    store.add_rated(group.operator_id, group.month, table, rated_before, at)
    sums = totals.by_account(table)
    Total.objects.filter(among("group_id", [one.pk for one in anew])).delete()
    bulk.insert("usage_total", _TOTALS, _totals(revisions, sums), known=_ADD_UP)
    Counter.objects.filter(among("group_id", [one.pk for one in anew])).delete()
    bulk.insert("usage_counter", _COUNTERS, _counters(revisions), known=_COUNTED)
    bulk.insert("usage_alert", _ALERTS, _alerts(revisions, at), known_stay=True)
    _write_groups(revisions, table, at)


def _totals(revisions: Sequence[Revision], sums: Mapping[int, Sequence[SumOf]]) -> Iterator[tuple[Any, ...]]:
    """What each line used of each kind, also what was erased since; amounts keep their six decimals (RAT-14)."""
    for one in revisions:
        of_group = sums.get(one.group.account_id, ())
        if one.before is None:
            of_group = totals.added(of_group, one.group.closing_state.get("erased", ()))
        yield from (_total(one.group, each) for each in of_group)


def _total(group: Group, one: SumOf) -> tuple[Any, ...]:
    kind, used = (one.category, one.usage_type, one.tax_code), (one.records, one.inside, one.outside)
    return (group.operator_id, group.pk, one.line, *kind, *used, Decimal(one.charged).scaleb(-6))


def _counters(revisions: Sequence[Revision]) -> Iterator[tuple[Any, ...]]:
    """The counters of groups that were rated anew; of others those that moved: a rating looks to the end of the month,
    so that under the same terms nothing else of a counter changes."""
    for one in revisions:
        for each in one.counters:
            if one.before is None or _moved(each, one.before.lines.get(each.line, NOTHING)):
                yield (one.group.operator_id, one.group.pk, *_whose(each), each.allowance, each.epoch)


def _moved(one: CounterNow, before: LineState) -> bool:
    if one.line == OF_GROUP:
        return before.taken.get(one.code) != one.taken
    return (before.spent if one.service == SPEND else before.used).get(one.code) != one.used


def _whose(one: CounterNow) -> tuple[int | None, str, str, int]:
    """(line, code, service, used) of a counter; of what lines share no line, and what came out of it: what flowed over
    is the lines' own affair."""
    if one.line == OF_GROUP:
        return None, one.code, one.service, one.taken
    return one.line, one.code, one.service, one.used


def _alerts(revisions: Sequence[Revision], at: datetime) -> Iterator[tuple[Any, ...]]:
    """Warnings as facts: what was warned of before stays, and nothing is warned of before it happens (C10)."""
    for revision in revisions:
        group = revision.group
        for one in revision.crossings:
            event_at = instant_of(one.event_us)
            if event_at <= at:
                shared = one.line == OF_GROUP
                whose = (None, group.account_id) if shared else (one.line, None)
                used = min(one.used, one.allowance) if shared else one.used
                what = (one.counter, one.epoch, one.threshold, used, one.allowance)
                yield (group.operator_id, *whose, group.month, *what, event_at, at)


def _write_groups(revisions: Sequence[Revision], table: pa.Table, at: datetime) -> None:
    latest = totals.latest_by_account(table)
    rows = []
    for one in revisions:
        group, last = one.group, latest.get(one.group.account_id)
        group.rated_to = max(filter(None, (last, group.rated_to)), default=None) if one.before else last
        group.revision, group.rated_at, group.stale_since = one.number, at, None
        rows.append((group.pk, one.number, at, None, group.rated_to, json.dumps(group.closing_state)))
    bulk.update("usage_group", "id", _GROUP, rows)
