"""The bill run of many accounts, and the bulk load of the very rows that it made into copies of the tables."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_KEYS = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass"
MADE = ("invoice", "invoice_line", "invoice_tax", "ledger_entry", "posting", "message")


def measure(accounts: int) -> dict[str, Any]:
    """Seconds of drafting, of releasing, and of loading the same rows; documents; the peak memory of this process."""
    operator_id, entity_id = _prepare(accounts)
    timed = _bill(operator_id, entity_id)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**timed, "peak_mb": peak, "load_s": _load()}


def _prepare(accounts: int) -> tuple[int, int]:
    """A fresh scratch database with the operators and that many accounts."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ligneclaire.config.settings")
    from ligneclaire.adapters.postgres import roles

    roles.prepare()
    roles.drop(roles.database_name())
    roles.prepare()
    import django

    django.setup()
    from contextlib import redirect_stdout
    from io import StringIO

    from ligneclaire.adapters.postgres.migrate import migrate
    from ligneclaire.interfaces.jobs import operator

    migrate()
    with redirect_stdout(StringIO()):
        operator.load_all()
    return _fill(accounts)


def _fill(accounts: int) -> tuple[int, int]:
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.operators.models import LegalEntity, Operator
    from ligneclaire.interfaces.jobs.bench import accounts as many

    rural = Operator.objects.get(code="rural")
    with acting_for(rural.pk):
        entity = LegalEntity.objects.get(operator=rural)
    with _owner() as owner:
        many.make(owner, rural.pk, entity.pk, accounts)
    return rural.pk, entity.pk


def _bill(operator_id: int, entity_id: int) -> dict[str, Any]:
    from ligneclaire.domains.billing import operations as billing
    from ligneclaire.interfaces.jobs.bench.accounts import MONTH

    at, bill_on = datetime(2026, 7, 2, 3, tzinfo=UTC), MONTH.replace(day=2)
    run = billing.start_run(
        operator_id=operator_id, legal_entity_id=entity_id, month=MONTH, as_of=at, bill_on=bill_on, at=at, actor="bench"
    )
    began = time.perf_counter()
    billing.draft(run=run, at=at, actor="bench")
    drafted = time.perf_counter()
    billing.release(run=run, at=at, actor="bench-release")
    released = time.perf_counter()
    return {"documents": run.accounts, "draft_s": drafted - began, "release_s": released - drafted}


def _load() -> float:
    """Seconds to COPY the rows into tables of the same columns, indexes, checks and foreign keys, as the owner."""
    seconds = 0.0
    with _owner() as owner, tempfile.TemporaryDirectory() as folder:
        for table in MADE:
            path = Path(folder) / table
            with path.open("wb") as file, owner.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                for data in copy:
                    file.write(data)
            owner.execute(f"CREATE TABLE same_{table} (LIKE {table} INCLUDING ALL)")
            for (key,) in owner.execute(_KEYS, [table]).fetchall():
                owner.execute(f"ALTER TABLE same_{table} ADD {key}")
            began = time.perf_counter()
            with path.open("rb") as file, owner.cursor().copy(f"COPY same_{table} FROM STDIN") as copy:
                while data := file.read(1 << 20):
                    copy.write(data)
            seconds += time.perf_counter() - began
            path.unlink()
    return seconds


def _owner() -> Any:
    import psycopg

    from ligneclaire.adapters.postgres import roles
    from ligneclaire.adapters.postgres.server import OWNER_ROLE

    return psycopg.connect(**roles.connection(OWNER_ROLE), autocommit=True)
