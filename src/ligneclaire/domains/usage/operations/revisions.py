"""The next revisions of rating groups, written down: rated segments, totals, counters and warnings, of all at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.domains.operators import bulk
from ligneclaire.domains.operators.among import among
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Counter, Group, Total
from ligneclaire.domains.usage.rules import totals
from ligneclaire.domains.usage.rules.instants import instant_of
from ligneclaire.domains.usage.rules.rated import CounterNow, Crossing
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
    used = excluded.used, allowance = excluded.allowance, epoch = excluded.epoch
    WHERE (usage_counter.used, usage_counter.allowance, usage_counter.epoch)
          <> (excluded.used, excluded.allowance, excluded.epoch)"""
_ALERTS = (
    "operator_id", "line_id", "account_id", "month", "counter", "epoch", "threshold", "used", "allowance",
    "event_at", "raised_at",
)  # fmt: skip
_GROUP = ("revision", "rated_at", "stale_since", "rated_to", "closing_state")


@dataclass(frozen=True, slots=True)
class Revision:
    """The next revision of a group: its rated records (columns RATED, with their revisions), where its counters stand
    and which warnings are due. `more`: these are records beside those of the revision before."""

    group: Group
    number: int
    table: pa.Table
    counters: Sequence[CounterNow]
    crossings: Sequence[Crossing] = ()
    more: bool = False


def write(revisions: Sequence[Revision], at: datetime) -> None:
    """Make the revisions of groups of one operator and month. Raises store.NoSpace, store.SegmentDamaged."""
    group, anew = revisions[0].group, [one.group for one in revisions if not one.more]
    table = pa.concat_tables([one.table for one in revisions])
    rated_before = [one.account_id for one in anew if one.revision]
    store.add_rated(group.operator_id, group.month, table, rated_before, at)
    Total.objects.filter(among("group_id", [one.pk for one in anew])).delete()
    bulk.insert("usage_total", _TOTALS, _totals(revisions), known=_ADD_UP)
    Counter.objects.filter(among("group_id", [one.pk for one in anew])).delete()
    _write_counters(revisions)
    bulk.insert("usage_alert", _ALERTS, _alerts(revisions, at), known_stay=True)
    _write_groups(revisions, at)


def _totals(revisions: Sequence[Revision]) -> Iterator[tuple[Any, ...]]:
    """What each line used of each kind, also what was erased since; amounts keep their six decimals (RAT-14)."""
    found = totals.by_account(pa.concat_tables([one.table for one in revisions]))
    for one in revisions:
        erased = () if one.more else one.group.closing_state.get("erased", ())
        sums = totals.added(found.get(one.group.account_id, ()), erased)
        yield from (_total(one.group, each) for each in sums)


def _total(group: Group, one: SumOf) -> tuple[Any, ...]:
    kind, used = (one.category, one.usage_type, one.tax_code), (one.records, one.inside, one.outside)
    return (group.operator_id, group.pk, one.line, *kind, *used, Decimal(one.charged).scaleb(-6))


def _write_counters(revisions: Sequence[Revision]) -> None:
    """The counters of groups that were rated anew; of others those of lines with new records, and what lines share."""
    rows: list[tuple[Any, ...]] = []
    for one in revisions:
        lines = {OF_GROUP, *one.table["line"].to_pylist()} if one.more else None
        rows += [
            (one.group.operator_id, one.group.pk, *_whose(each), each.allowance, each.epoch)
            for each in one.counters
            if lines is None or each.line in lines
        ]
    bulk.insert("usage_counter", _COUNTERS, rows, known=_COUNTED)


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


def _write_groups(revisions: Sequence[Revision], at: datetime) -> None:
    rows = []
    for one in revisions:
        group, latest = one.group, pc.max(one.table["start"]).as_py() if one.table.num_rows else None
        group.rated_to = max(filter(None, (latest, group.rated_to)), default=None) if one.more else latest
        group.revision, group.rated_at, group.stale_since = one.number, at, None
        rows.append((group.pk, one.number, at, None, group.rated_to, json.dumps(group.closing_state)))
    bulk.update("usage_group", "id", _GROUP, rows)
