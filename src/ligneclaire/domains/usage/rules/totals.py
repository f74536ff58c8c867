"""What rated records add up to, by line and kind; and sums of records that were erased since, which still count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

_KEYS = ["line", "usage_type", "tax_code"]


class SumOf(NamedTuple):
    """Records of one kind of a line: how many, billed quantities, millionths of a euro."""

    line: int
    usage_type: str
    tax_code: str
    category: str
    records: int
    inside: int
    outside: int
    charged: int


class Charged(NamedTuple):
    """What a line is charged of one kind, in millionths of a euro."""

    usage_type: str
    tax_code: str
    category: str
    charged: int


def of_records(table: pa.Table) -> tuple[SumOf, ...]:
    """The sums of rated records."""
    return tuple(SumOf(*values) for values in zip(*_sums(table, _KEYS), strict=True))


def by_account(table: pa.Table) -> dict[int, list[SumOf]]:
    """The sums of rated records of many accounts."""
    found: dict[int, list[SumOf]] = {}
    for account, *values in zip(*_sums(table, ["account", *_KEYS]), strict=True):
        found.setdefault(account, []).append(SumOf(*values))
    return found


def latest_by_account(table: pa.Table) -> dict[int, datetime]:
    """The start of the latest of the rated records of each account."""
    found = table.group_by("account").aggregate([("start", "max")])
    return dict(zip(found["account"].to_pylist(), found["start_max"].to_pylist(), strict=True))


def _sums(table: pa.Table, keys: list[str]) -> list[list[Any]]:
    """The columns of the sums: the keys, then the others as in SumOf."""
    inside = pc.subtract(table["billed"], table["outside"])
    sums = table.select([*keys, "category", "outside", "charged"]).append_column("inside", inside)
    found = sums.group_by(keys).aggregate([
        ("category", "max"), ("line", "count"), ("inside", "sum"), ("outside", "sum"), ("charged", "sum"),
    ])  # fmt: skip
    named = ("category_max", "line_count", "inside_sum", "outside_sum", "charged_sum")
    return [found[name].to_pylist() for name in (*keys, *named)]


def added(sums: Iterable[SumOf], more: Iterable[Sequence[int | str]]) -> tuple[SumOf, ...]:
    """Sums with others of the same kinds, which may come as they were kept in JSON."""
    found = {one[:3]: one for one in sums}
    for one in (SumOf(*kept) for kept in more):  # type: ignore[arg-type]
        old = found.get(one[:3])
        numbers = [a + b for a, b in zip(old[4:], one[4:], strict=True)] if old else one[4:]
        found[one[:3]] = SumOf(*one[:4], *numbers)
    return tuple(found.values())
