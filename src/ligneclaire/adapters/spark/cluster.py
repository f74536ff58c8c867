"""A function over tables, run by the machines of a cluster on groups of rows that stay whole.

Every machine needs this program in a virtual environment at the same path. What else a cluster needs to be told
(memory, cores, keys) stands in Spark's own `spark-defaults.conf`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

AT_ONCE = 262_144  # rows that a task hands to the function at once, and those of the group that is not whole yet
TASKS_OF_A_CORE = 2
_OPTIONS = {
    "spark.app.name": "Ligne Claire",
    "spark.ui.enabled": "false",  # it would listen on every address
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
}


class RowsLost(Exception):
    """Not every row came to the function: nothing of the result may be used."""


def spread(
    master: str, rows: pa.Table, *, by: str, order: Sequence[str], act: Callable[[pa.Table, Any], bytes], shared: Any
) -> list[bytes]:
    """What `act(rows, shared)` returns for all groups of rows (equal in the column `by`), some groups at a time and
    each of them whole, by group and `order`. `master` is Spark's: "local[2]", "spark://host:7077", "yarn" …

    `act` is imported by the machines that run it; `shared` is sent to each of them once. Raises RowsLost.
    """
    spark = _session(master)
    sent = spark.sparkContext.broadcast(shared)

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in whole_groups(batches, by):
            yield pa.record_batch({"found": pa.array([act(table, sent.value)], pa.binary()), "rows": [len(table)]})

    tasks = TASKS_OF_A_CORE * spark.sparkContext.defaultParallelism
    whole = rows.combine_chunks()  # of a table in chunks of several lengths Spark 4.3 loses rows, and says nothing
    ordered = spark.createDataFrame(whole).repartition(tasks, by).sortWithinPartitions(by, *order)
    try:
        pieces = ordered.mapInArrow(task, "found binary, rows long").collect()
    finally:
        sent.destroy()
    if (arrived := sum(piece.rows for piece in pieces)) != len(rows):
        raise RowsLost(f"Spark was given {len(rows)} rows and worked on {arrived}")
    return [bytes(piece.found) for piece in pieces]


def whole_groups(batches: Iterator[pa.RecordBatch], by: str, most: int = AT_ONCE) -> Iterator[pa.Table]:
    """The rows of batches that are ordered by a column, in tables of at least `most` rows, cut between its values."""
    kept: list[pa.RecordBatch] = []
    for batch in batches:
        kept.append(batch)
        if sum(len(one) for one in kept) < most:
            continue
        table = pa.Table.from_batches(kept)
        cut = pc.index(table[by], table[by][-1]).as_py()
        if cut:
            yield table.slice(0, cut)
        kept = table.slice(cut).to_batches()
    if any(len(one) for one in kept):
        yield pa.Table.from_batches(kept)


@cache
def _session(master: str) -> Any:
    """The session of this process, started at first use in some seconds."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master)
    for name, value in _OPTIONS.items():
        builder = builder.config(name, value)
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session
