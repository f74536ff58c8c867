"""The files in which the demo's network delivers usage: mostly Parquet, now and then text; with the faults of life."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

STRANGER = "32470999999"  # a number that nobody has


def write(folder: Path, made: pa.Table, start: date) -> list[Path]:
    """Write the records of some days; returns the files in the order in which they arrive.

    Of every third file the network sends a text, in June one file comes twice, and each time three records wait: a
    number that nobody has, a country that there is not, a negative duration.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = _with_faults(made)
    stem = f"mobile-{start:%Y%m%d}"
    if start.toordinal() % 3 == 0:
        path = folder / f"{stem}.csv"
        starts = pc.strftime(made["start"], "%Y-%m-%dT%H:%M:%S+00:00")
        rows = made.set_column(made.schema.get_field_index("start"), "start", starts)
        with path.open("wb") as file:
            file.write((",".join(rows.column_names) + "\n").encode())
            csv.write_csv(rows, file, csv.WriteOptions(include_header=False, quoting_style="none"))
    else:
        path = folder / f"{stem}.parquet"
        pq.write_table(made, path, compression="zstd")
    again = [path.with_stem(f"{stem}-again")] if (start.month, start.day) == (6, 1) else []
    for copy in again:
        copy.write_bytes(path.read_bytes())
    return [path, *again]


def _with_faults(made: pa.Table) -> pa.Table:
    """The table with one value of three of its rows made unusable."""
    places = [made.num_rows // 4 * n for n in (1, 2, 3)]
    for place, column, value in zip(places, ("line", "visited", "quantity"), (STRANGER, "QX", "-60"), strict=True):
        values = made[column].cast(pa.string()).to_pylist()
        values[place] = value
        made = made.set_column(made.schema.get_field_index(column), column, pa.array(values))
    return made
