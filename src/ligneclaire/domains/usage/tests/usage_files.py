"""Files of usage as a network writes them, for the tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ligneclaire.domains.usage.tests.mobile import BRAM

HEADING = "source,id,line,service,direction,other,start,quantity,visited,amount"
COLUMNS = HEADING.split(",")
CALL = {"source": "msc1", "id": "1", "line": f"+{BRAM}", "service": "voice", "direction": "out", "other": "+3222345678",
        "start": "2026-03-04T13:00:00+01:00", "quantity": "61", "visited": "", "amount": ""}  # fmt: skip


def call(id: object = 1, **changed: object) -> dict[str, str]:
    """A call of Bram on 4 March 2026 at noon in UTC, with some fields changed."""
    return {**CALL, "id": str(id), **{name: str(value) for name, value in changed.items()}}


def row(fields: Mapping[str, str]) -> str:
    """A line of text."""
    return ",".join(fields[name] for name in COLUMNS) + "\n"


def text(rows: Iterable[Mapping[str, str] | str], heading: str = HEADING) -> str:
    """A whole file; a row that is text is taken as it is."""
    return heading + "\n" + "".join(one if isinstance(one, str) else row(one) for one in rows)


def csv(folder: Path, rows: Iterable[Mapping[str, str] | str], name: str = "march.csv", heading: str = HEADING) -> Path:
    """The file of these rows."""
    path = folder / name
    path.write_text(text(rows, heading))
    return path


def parquet(folder: Path, rows: Iterable[Mapping[str, str]], name: str = "march.parquet") -> Path:
    """The same as Parquet, all of it text."""
    path = folder / name
    pq.write_table(pa.Table.from_pylist(list(rows), pa.schema([(name, pa.string()) for name in COLUMNS])), path)
    return path
