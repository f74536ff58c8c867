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

from ligneclaire.domains.usage.rules import compiled, rating
from ligneclaire.domains.usage.rules.columns import RECORDS
from ligneclaire.domains.usage.rules.compiled import program
from ligneclaire.interfaces.jobs.bench import traffic

BATCH = 262_144  # records that are in memory at once, and those of the account that is not whole yet
ROW_GROUP = 32_768  # rows, as in the store of usage
SAMPLE = 20_000  # records of the obvious engine
_REPEATED = ["account", "line", "service", "direction", "visited", "file", "arrived", "zone", "band", "category",
             "usage_type", "tax_code", "flag", "plan", "revision"]  # fmt: skip


def measure(records: int) -> dict[str, Any]:
    """Records; processor seconds of rewriting and of rating them, seconds of rating, processor seconds that the obvious
    engine would need, and the peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        source, copy, target = (Path(folder) / name for name in ("records", "copy", "rated"))
        _write(source, traffic.records(records))
        program.warm()
        rewritten = _spent(lambda: _write(copy, _batches(source)))
        copy.unlink()
        rated = _spent(lambda: _write(target, _rated(source)))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sample = next(_whole_accounts(source)).slice(0, SAMPLE)
        of_accounts = [sample.filter(pc.equal(sample["account"], one)) for one in sample["account"].unique()]
        obvious = _spent(lambda: _rate_obviously(of_accounts))
    return {
        "records": records,
        "rewrite_cpu_s": rewritten[1],
        "rate_s": rated[0],
        "rate_cpu_s": rated[1],
        "obvious_cpu_s": obvious[1] * records / len(sample),
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


def _rate_obviously(of_accounts: Sequence[pa.Table]) -> None:
    for table in of_accounts:
        rating.rate(table, traffic.terms(table["account"][0].as_py()))


def _whole_accounts(source: Path) -> Iterator[pa.Table]:
    """The records, cut between accounts."""
    rest = RECORDS.empty_table()
    for table in _batches(source):
        both = pa.concat_tables([rest, table])
        first = pc.index(both["account"], both["account"][-1]).as_py()
        if first:
            yield both.slice(0, first)
        rest = both.slice(first)
    yield rest


def _batches(source: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(source) as file:
        for batch in file.iter_batches(BATCH):
            yield pa.Table.from_batches([batch])


def _write(path: Path, tables: Iterator[pa.Table]) -> None:
    """As the store of usage writes its segments."""
    first = next(tables)
    repeated = [name for name in _REPEATED if name in first.column_names]
    options: Any = {"compression": "zstd", "use_dictionary": repeated, "write_page_checksum": True}
    with pq.ParquetWriter(path, first.schema, **options) as to:
        to.write_table(first, row_group_size=ROW_GROUP)
        for table in tables:
            to.write_table(table, row_group_size=ROW_GROUP)
