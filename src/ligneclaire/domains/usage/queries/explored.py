"""The usage of a line in a month, narrowed and added up by day, zone and service.

Records come from `wall.records_of`: who has them may see them (FMP-11). Pure Arrow: nothing is read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.domains.usage.queries import own
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period


@dataclass(frozen=True, slots=True)
class Part:
    """What records have in common (`key`), how many they are, their billed quantity, and the exact amount.

    The quantity adds up only where all are of one service.
    """

    key: str
    records: int
    billed: int
    outside: int
    amount: Money


@dataclass(frozen=True, slots=True)
class OnDay:
    """The records of a local day."""

    on: date
    records: int
    billed: int
    outside: int
    amount: Money


def on_day(table: pa.Table, on: date, zone: ZoneInfo) -> pa.Table:
    """The records of a local day; they are in order of time."""
    ((_day, first, end),) = own.places(table, Period(on, on + timedelta(days=1)), zone)
    return table.slice(first, end - first)


def dear(table: pa.Table) -> pa.Table:
    """The records that cost something."""
    return table.filter(pc.greater(table["charged"], 0))


def by(table: pa.Table, column: str) -> tuple[Part, ...]:
    """Sums by a column: the dearest first, then the most records."""
    sums = table.group_by(column).aggregate([
        ("line", "count"), ("billed", "sum"), ("outside", "sum"), ("charged", "sum"),
    ])  # fmt: skip
    found = [
        Part(
            one[column], one["line_count"], one["billed_sum"], one["outside_sum"],
            Money.from_micro(one["charged_sum"]),
        )
        for one in sums.to_pylist()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.amount.amount, -one.records, one.key)))


def by_day(table: pa.Table, period: Period, zone: ZoneInfo) -> tuple[OnDay, ...]:
    """Sums of each local day of a period; the records are in order of time."""
    columns = [np.cumsum([0, *table[name].to_numpy()], dtype=np.int64) for name in ("billed", "outside", "charged")]
    found = []
    for day, first, end in own.places(table, period, zone):
        billed, outside, charged = (int(one[end] - one[first]) for one in columns)
        found.append(OnDay(day, end - first, billed, outside, Money.from_micro(charged)))
    return tuple(found)


def total(table: pa.Table) -> Money:
    """What records cost together, exact."""
    return Money.from_micro(pc.sum(table["charged"]).as_py() or 0)


def keys(table: pa.Table, column: str) -> tuple[str, ...]:
    """The values of a column, by name."""
    return tuple(sorted(pc.unique(table[column]).to_pylist()))
