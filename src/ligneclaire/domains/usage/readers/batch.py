"""Rows of a usage file as its readers give them, and the text that suspense keeps of one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from ligneclaire.domains.usage.readers.heading import Heading
from ligneclaire.domains.usage.rules.rows import COLUMNS, FIELDS, ZONE
from ligneclaire.domains.usage.rules.suspense import Delivered, Reason, Unusable

ROW = "row"  # what is kept of a row that has no fields


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file: as text by column with the place of each, and those that have no fields. `texts`: the whole
    text of the places that were asked for. `passed`: how many more rows are no usage."""

    rows: pa.Table
    places: np.ndarray[Any, np.dtype[np.int64]]
    faulty: list[Delivered]
    texts: Mapping[int, str] = field(default_factory=dict)
    passed: int = 0


def table(columns: Mapping[str, pa.Array | pa.ChunkedArray], heading: Heading, count: int) -> pa.Table:
    """All of COLUMNS and ZONE as text; a column that the file lacks is empty."""
    given = {name: columns[name] if name in columns else pa.repeat("", count) for name in COLUMNS}
    return pa.table({**given, ZONE: pa.repeat(heading.zone, count)})


def raw(rows: pa.Table, index: int) -> str:
    """The text of a row: its fields that are not empty, always in the same order."""
    return raw_of({name: rows[name][index].as_py() for name in FIELDS})


def unreadable(place: int, octets: bytes, fault: Unusable) -> Delivered:
    """A row that has no fields: its text is kept as far as it is one."""
    text = octets.decode(errors="backslashreplace").replace("\x00", "\\x00")
    return Delivered(place, _text({ROW: text}), None, fault)


def fields_of(text: str) -> dict[str, str]:
    """The fields of a text of suspense; ROW alone when the row has none."""
    return {name: str(value) for name, value in json.loads(text).items()}


def raw_of(fields: Mapping[str, str]) -> str:
    """The text that suspense keeps of these fields."""
    return _text({name: fields[name] for name in FIELDS if fields.get(name)})


def half_of(text: str) -> str:
    """The row that a text of suspense begins, or "" when it is none."""
    return fields_of(text).get(ROW, "")


def reread(texts: list[str]) -> pa.Table:
    """Rows out of the texts that suspense kept. A row that has no fields becomes one without values."""
    kept = [fields_of(text) for text in texts]
    return pa.table({name: pa.array([one.get(name, "") for one in kept], pa.string()) for name in FIELDS})


def is_half(record: Delivered) -> bool:
    """Whether a record is the beginning of one."""
    return record.fault is not None and record.fault.reason is Reason.HALF_BLOCK


def _text(fields: Mapping[str, str]) -> str:
    return json.dumps(fields, ensure_ascii=False)
