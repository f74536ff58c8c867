"""Rating of generated records, Parquet to Parquet: the compiled engine against reading and writing the same rows, and
against the obvious engine on a sample of them."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ligneclaire.domains.usage.rules import compiled, parquet, rating
from ligneclaire.domains.usage.rules.compiled import program
from ligneclaire.interfaces.jobs.bench import traffic

BATCH = 262_144  # records that are in memory at once, and those of the account that is not whole yet
SAMPLE = 20_000  # records of the obvious engine


def measure(records: int) -> dict[str, Any]:
    """Records; processor seconds of rewriting and of rating them, seconds of rating, processor seconds that the obvious
    engine would need, and the peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        source, copy, target, sample = (Path(folder) / name for name in ("records", "copy", "rated", "sample"))
        _write(source, traffic.records(records))
        program.warm()
        rewritten = _spent(lambda: _write(copy, _batches(source)))
        copy.unlink()
        rated = _spent(lambda: _write(target, _rated(source)))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        some = next(_whole_accounts(source)).slice(0, SAMPLE)
        _write(sample, iter([some]))
        obvious = _spent(lambda: _write(target, _rated_obviously(sample)))
    return {
        "records": records,
        "rewrite_cpu_s": rewritten[1],
        "rate_s": rated[0],
        "rate_cpu_s": rated[1],
        "obvious_cpu_s": obvious[1] * records / len(some),
        "peak_mb": peak,
    }


def _spent(act: Callable[[], object]) -> tuple[float, float]:
    began, ours = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - began, time.process_time() - ours


def _rated(source: Path) -> Iterator[pa.Table]:
    for table in _whole_accounts(source):
        accounts = table["account"].unique().to_pylist()
        asked = {account: compiled.Group(traffic.terms(account)) for account in accounts}
        yield compiled.rate_groups(table, asked).coded


def _rated_obviously(source: Path) -> Iterator[pa.Table]:
    for table in _batches(source):
        of_accounts = [table.filter(pc.equal(table["account"], one)) for one in table["account"].unique()]
        asked = [(one, traffic.terms(one["account"][0].as_py())) for one in of_accounts]
        yield pa.concat_tables([rating.rate(*each).table for each in asked])


def _whole_accounts(source: Path) -> Iterator[pa.Table]:
    """The records, cut between accounts; words of which there are few as a dictionary."""
    rest: list[pa.Table] = []
    for table in _batches(source, words=parquet.WORDS):
        both = pa.concat_tables([*rest, table])
        first = pc.index(both["account"], both["account"][-1]).as_py()
        if first:
            yield both.slice(0, first)
        rest = [both.slice(first)]
    yield from rest


def _batches(source: Path, words: Sequence[str] = ()) -> Iterator[pa.Table]:
    """With words as dictionaries Arrow gives smaller batches than it is asked for; what it reads ahead it keeps."""
    kept: list[pa.RecordBatch] = []
    with pq.ParquetFile(source, read_dictionary=list(words), pre_buffer=False) as file:
        for batch in file.iter_batches(BATCH):
            kept.append(batch)
            if sum(len(one) for one in kept) >= BATCH:
                yield pa.Table.from_batches(kept)
                kept = []
    if kept:
        yield pa.Table.from_batches(kept)


def _write(path: Path, tables: Iterator[pa.Table]) -> None:
    """As the store of usage writes its segments."""
    first = next(tables)
    with pq.ParquetWriter(path, first.schema, **parquet.options(first.column_names)) as to:
        to.write_table(first, row_group_size=parquet.ROW_GROUP)
        for table in tables:
            to.write_table(table, row_group_size=parquet.ROW_GROUP)
