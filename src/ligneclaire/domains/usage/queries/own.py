"""What rated records of a line add up to, day by day and kind by kind, and the months that it has.

Records come from `wall.records_of`: who has them may see them (FMP-11).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Exists, OuterRef
from django.db.models.functions import TruncMonth

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.lines.models import LineUser
from ligneclaire.domains.usage.models import Group
from ligneclaire.domains.usage.queries.wall import Seen
from ligneclaire.domains.usage.rules.columns import rated_with
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period

# What `kinds` and `by_day` add up.
SUMMED = rated_with("service", "category", "usage_type", "tax_code", "billed", "outside", "charged")
NAME = 16  # letters of a record's name in an address


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a month is rated: by when (the "as of" of a page), up to which record, whether more waits. `is_used`:
    the person used the line on a day of it."""

    month: date
    rated_at: datetime | None
    rated_to: datetime | None
    is_stale: bool
    revision: int
    is_used: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """What a line used of one kind: quantities in the unit of the service, the amount exact."""

    service: str
    category: str
    usage_type: str
    tax_code: str
    records: int
    billed: int
    outside: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Day:
    """What a line used of one service on a local day, inside its bundles and outside."""

    on: date
    inside: int
    outside: int


def months(seen: Seen, person_id: int) -> tuple[Standing, ...]:
    """The months of the account that pays a line, newest first."""
    uses = LineUser.objects.filter(line_id=seen.line_id, person_id=person_id).annotate(first=TruncMonth("from_on"))
    used = Exists(uses.filter(first__lte=OuterRef("month")).exclude(to_on__lte=OuterRef("month")))
    rows = Group.objects.filter(account_id=seen.account_id).order_by("-month")
    found = rows.values_list("month", "rated_at", "rated_to", "stale_since", "revision", used)
    return tuple(Standing(month, at, to, stale is not None, *rest) for month, at, to, stale, *rest in found)


def kinds(table: pa.Table) -> tuple[Kind, ...]:
    """What records add up to, by service, usage type and tax code."""
    keys = ["service", "category", "usage_type", "tax_code"]
    sums = table.group_by(keys).aggregate([
        ("line", "count"), ("billed", "sum"), ("outside", "sum"), ("charged", "sum"),
    ])  # fmt: skip
    found = [
        Kind(
            one["service"], one["category"], one["usage_type"], one["tax_code"], one["line_count"], one["billed_sum"],
            one["outside_sum"], Money.from_micro(one["charged_sum"]),
        )
        for one in sums.to_pylist()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.service, one.usage_type, one.tax_code)))


def by_day(table: pa.Table, service: str, period: Period, zone: ZoneInfo) -> tuple[Day, ...]:
    """What was used of a service on each day of a period; the records are in order of time."""
    some = table.filter(pc.equal(table["service"], service))
    billed, outside = (np.cumsum([0, *some[name].to_numpy()], dtype=np.int64) for name in ("billed", "outside"))
    found = []
    for day, first, end in places(some, period, zone):
        beside = int(outside[end] - outside[first])
        found.append(Day(day, int(billed[end] - billed[first]) - beside, beside))
    return tuple(found)


def only(table: pa.Table, **columns: str) -> pa.Table:
    """The records whose columns have these values; an empty value means any."""
    for name, value in columns.items():
        if value:
            table = table.filter(pc.equal(table[name], value))
    return table


def places(table: pa.Table, period: Period, zone: ZoneInfo) -> Iterator[tuple[date, int, int]]:
    """Each local day of a period, and where its records lie in a table in order of time (half-open)."""
    days = [period.start + timedelta(days=count) for count in range(period.days + 1)]
    midnights = [datetime.combine(day, time(), zone) for day in days]
    bounds = pa.array(midnights, table["start"].type).cast(pa.int64()).to_numpy()
    starts = table["start"].cast(pa.int64()).to_numpy()
    ends = np.searchsorted(starts, bounds).tolist()
    yield from zip(days, ends, ends[1:], strict=False)


def name_of(event_key: str) -> str:
    """A record's name in an address: it tells nothing of the source's own numbers."""
    return hashlib.sha256(event_key.encode()).hexdigest()[:NAME]


def rows(table: pa.Table) -> Iterator[tuple[str, dict[str, Any]]]:
    """Records with their names."""
    for row in table.to_pylist():
        yield name_of(row["event_key"]), row


def record(table: pa.Table, name: str) -> dict[str, Any]:
    """The record of that name. Raises NotFound."""
    for place, key in enumerate(table["event_key"].to_pylist()):
        if name_of(key) == name:
            found: dict[str, Any] = table.slice(place, 1).to_pylist()[0]
            return found
    raise NotFound(name)
