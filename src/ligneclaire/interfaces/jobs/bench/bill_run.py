"""The bill run of many accounts, and the bulk load of the very rows that it made into copies of the tables."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from ligneclaire.interfaces.jobs.bench import accounts as many
from ligneclaire.interfaces.jobs.bench import scratch

_KEYS = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass"
MADE = ("invoice", "invoice_line", "invoice_tax", "ledger_entry", "posting", "message")
THREADS = 2


def measure(accounts: int, *, with_usage: bool = False) -> dict[str, Any]:
    """Documents of three lines, or of four with usage; seconds, and processor seconds of this process and of the
    database, of drafting, of releasing, and of loading the same rows; the peak memory of this process. Django is set
    up, the database is migrated and empty."""
    operator_id, entity_id = _fill(accounts, with_usage=with_usage)
    timed = _bill(operator_id, entity_id)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**timed, "peak_mb": peak, **_load()}


def _fill(accounts: int, *, with_usage: bool) -> tuple[int, int]:
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.operators.models import LegalEntity, Operator

    rural = Operator.objects.get(code="rural")
    with acting_for(rural.pk):
        entity = LegalEntity.objects.get(operator=rural)
    with scratch.owner() as owner:
        many.make(owner, rural.pk, entity.pk, accounts, with_usage=with_usage)
    return rural.pk, entity.pk


def _bill(operator_id: int, entity_id: int) -> dict[str, Any]:
    from ligneclaire.domains.billing import operations as billing

    at, bill_on = datetime(2026, 7, 2, 3, tzinfo=UTC), many.MONTH.replace(day=2)
    run = billing.start_run(
        operator_id=operator_id, legal_entity_id=entity_id, month=many.MONTH, as_of=at, bill_on=bill_on, at=at,
        actor="bench",
    )  # fmt: skip
    drafted = _spent("draft", lambda: billing.draft(run=run, at=at, actor="bench", threads=THREADS))
    released = _spent("release", lambda: billing.release(run=run, at=at, actor="bench-release", threads=THREADS))
    return {"documents": run.accounts, **drafted, **released}


def _spent(name: str, act: Callable[[], object]) -> dict[str, float]:
    began, ours, theirs = time.perf_counter(), time.process_time(), scratch.database_cpu()
    act()
    return {
        f"{name}_s": time.perf_counter() - began,
        f"{name}_cpu_s": time.process_time() - ours,
        f"{name}_database_cpu_s": scratch.database_cpu() - theirs,
    }


def _load() -> dict[str, float]:
    """What it costs to COPY the rows into tables of the same columns, indexes, checks and foreign keys, as the owner.
    The copies are gone afterwards."""
    sums: dict[str, float] = {}
    with scratch.owner() as owner, tempfile.TemporaryDirectory() as folder:
        for table in MADE:
            path = Path(folder) / table
            with path.open("wb") as file, owner.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                for data in copy:
                    file.write(data)
            owner.execute(f"CREATE TABLE same_{table} (LIKE {table} INCLUDING ALL)")
            for (key,) in owner.execute(_KEYS, [table]).fetchall():
                owner.execute(f"ALTER TABLE same_{table} ADD {key}")
            for name, value in _spent("load", partial(_copy, owner, path, table)).items():
                sums[name] = sums.get(name, 0.0) + value
            path.unlink()
        for table in MADE:
            owner.execute(f"DROP TABLE same_{table}")
    return sums


def _copy(owner: Any, path: Path, table: str) -> None:
    with path.open("rb") as file, owner.cursor().copy(f"COPY same_{table} FROM STDIN") as copy:
        while data := file.read(1 << 20):
            copy.write(data)
