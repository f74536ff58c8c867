"""Parquet files, written whole or not at all and opened by their path."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from ligneclaire.domains.usage.rules import parquet
from ligneclaire.kernel.refusal import Refusal

AT_ONCE = 4  # files: writing waits for the disk
HALF = ".half"  # the ending of a file that is being written
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # what an OSError says when there is no room


class NoSpace(Refusal):
    """There is no room for the files of usage. Nothing was kept of the delivery."""

    code = "usage.refused.no-space"


class SegmentDamaged(Refusal):
    """A listed file is missing or is not what was written: restore it from a backup."""

    code = "usage.refused.segment-damaged"


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is safe on disk. `path` is below the folder of usage files."""

    path: str
    rows: int
    octets: int
    digest: str


def folder() -> Path:
    """Where the files of usage are."""
    return Path(settings.FILES) / "usage"


def write(tables: Sequence[tuple[str, pa.Table]]) -> list[Written]:
    """Write each table into a new file whose path begins with the prefix given. Returns when all of them would survive
    a loss of power. Raises NoSpace."""
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            written = list(pool.map(lambda one: _write_one(*one), tables))
        for parent in sorted({(folder() / one.path).parent for one in written}):
            _sync_folder(parent)
    except OSError as error:
        if error.errno in FULL:
            raise NoSpace() from error
        raise
    return written


def read(
    path: str, schema: pa.Schema, columns: Sequence[str] | None = None, where: pc.Expression | None = None
) -> pa.Table:
    """The rows of a file that fit `where`. Raises SegmentDamaged."""
    table = _small(path, schema, schema.names if columns is None or where is not None else columns)
    if table is not None:
        found = table if where is None else table.filter(where)
        return found if columns is None else found.select(columns)
    try:
        return pq.read_table(
            folder() / path, schema=schema, columns=columns, filters=where, page_checksum_verification=True,
            partitioning=None,
        )  # fmt: skip
    except (OSError, pa.ArrowException) as error:
        raise SegmentDamaged(path=path) from error


def read_many(paths: Sequence[str], schema: pa.Schema, where: pc.Expression) -> pa.Table:
    """The rows of files that fit `where`, some files at a time. Raises SegmentDamaged."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda path: read(path, schema, where=where), paths))
    return pa.concat_tables([schema.empty_table(), *found])


def _small(path: str, schema: pa.Schema, columns: Sequence[str]) -> pa.Table | None:
    """These columns of a file of one piece: a quarter of the work of asking it for rows. None of another one.
    Raises SegmentDamaged."""
    names = list(columns)
    try:
        with pq.ParquetFile(folder() / path, page_checksum_verification=True) as file:
            held = file.schema_arrow
            if file.num_row_groups > 1 or any(held.get_field_index(one.name) < 0 for one in schema):
                return None
            found = file.read(names, use_threads=False).select(names)
            return found.cast(pa.schema([schema.field(name) for name in names]))
    except (OSError, pa.ArrowException) as error:
        raise SegmentDamaged(path=path) from error


def _write_one(prefix: str, table: pa.Table) -> Written:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, row_group_size=parquet.ROW_GROUP, **parquet.options(table.column_names, table.num_rows))
    octets = sink.getvalue()
    name = f"{prefix}-{secrets.token_hex(8)}.parquet"
    target = folder() / name
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(target.name + HALF)
    try:
        with half.open("xb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        half.rename(target)
    except OSError:
        half.unlink(missing_ok=True)
        raise
    return Written(name, table.num_rows, octets.size, hashlib.sha256(octets).hexdigest())


def _sync_folder(path: Path) -> None:
    """Also its parents: they may be new."""
    for one in (path, path.parent, path.parent.parent):
        opened = os.open(one, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
