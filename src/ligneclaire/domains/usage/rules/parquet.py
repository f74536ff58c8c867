"""The form of files of usage: how the columns of records, rated or not, are written as Parquet. Pure: no files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

ROW_GROUP = 32_768  # rows; the smallest piece that is read
SMALL = 4_096  # rows: fewer are written quickly
WORDS = ("service", "direction", "visited")  # columns of records with few words
_REPEATED = ("account", "line", *WORDS, "file", "arrived", "zone", "band", "inside.list.element.bundle", "category",
             "usage_type", "tax_code", "flag", "plan", "revision")  # fmt: skip
_ASKED = ("account", "line", "start", "file")  # of which each piece tells the least and the most


def options(names: Sequence[str], rows: int = ROW_GROUP) -> dict[str, Any]:
    """How a file of these columns is written. A small one is soon joined with others: for it the work counts, half of
    which would be to press it hard."""
    return {
        "compression": "zstd" if rows >= SMALL else "lz4",
        "use_dictionary": [name for name in _REPEATED if name.partition(".")[0] in names],
        "write_statistics": [name for name in _ASKED if name in names],
        "write_page_checksum": True,
    }
