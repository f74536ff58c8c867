"""The records of a line in a month as a file for a spreadsheet, narrowed and hidden as the page is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ligneclaire.domains.usage.queries.wall import Seen
from ligneclaire.domains.usage.rules.columns import THIRD_PARTY
from ligneclaire.journeys import spreadsheet, usage_explorer, usage_words
from ligneclaire.journeys.usage_explorer import Asked, Lens
from ligneclaire.kernel.money import Money

_UNITS = {"voice": "s", "special": "s", "data": "B", "sms": "SMS", "mms": "MMS", THIRD_PARTY: ""}


@dataclass(frozen=True, slots=True)
class Export:
    """A file and its name."""

    name: str
    content: bytes


def export(table: pa.Table, seen: Seen, asked: Asked, lens: Lens, heading: Sequence[str]) -> Export:
    """The records that are asked for, all pages of them. `heading` names the columns: day, time, kind, direction,
    other party, zone, country visited, quantity, unit, billed in bundles, billed beside them, amount."""
    some = usage_explorer.narrowed(table, asked, lens.zone)
    number = "".join(one for one in seen.identifier if one.isalnum())
    content = spreadsheet.as_csv(heading, _rows(some, seen, lens), lens.lang)
    return Export(f"{number}-{seen.month:%Y-%m}.csv", content)


def _rows(table: pa.Table, seen: Seen, lens: Lens) -> Iterator[Sequence[str | int | Money]]:
    names = usage_explorer.zone_names(seen, lens)
    for row in table.to_pylist():
        yield _row(row, names, lens)


def _row(row: Mapping[str, Any], names: Mapping[str, str], lens: Lens) -> Sequence[str | int | Money]:
    at = row["start"].astimezone(lens.zone)
    return (
        f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}", usage_words.kind(row["usage_type"], lens.lang),
        usage_words.direction(row["direction"], lens.lang), usage_explorer.other_of(row, lens),
        names.get(row["zone"], row["zone"]), row["visited"], row["quantity"], _UNITS[row["service"]],
        row["billed"] - row["outside"], row["outside"],
        Money.from_micro(row["charged"]),
    )  # fmt: skip
