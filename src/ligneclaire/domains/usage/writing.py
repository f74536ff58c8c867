"""Bulk writing: COPY into a temporary table, then INSERT ... SELECT, because COPY does not pass row security.

What exists already is left alone by the unique keys, and the number of new rows is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from ligneclaire.domains.operators.models import new_public_id
from ligneclaire.domains.usage.models import Group, Suspended
from ligneclaire.domains.usage.rules import alike
from ligneclaire.domains.usage.rules.accounting import Accounting, KnownLine
from ligneclaire.domains.usage.rules.suspense import Delivered, Unusable

_SESSION = (
    "file_id, line_id, event_key, session_id, kind, event_at, arrived_at, started_at, seconds, octets_in, octets_out"
)
_RESTART = "file_id, event_key, nas, kind, event_at, arrived_at"
_SUSPENDED = "file_id, public_id, place, reason, detail, same, raw, fingerprint, settled_as, settled_by, settled_why"
Incoming = tuple[int, Accounting, KnownLine | None]


def lock_intake(operator_id: int) -> None:
    """Let one transaction at a time take in usage of an operator; released at its end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ligneclaire intake'), %s)", [operator_id])


def write_records(operator_id: int, records: Iterable[Incoming]) -> int:
    """Insert (file, record, line or None for a whole access server). Returns how many were new."""
    sessions: list[tuple[Any, ...]] = []
    restarts: list[tuple[Any, ...]] = []
    for file_id, one, line in records:
        if line is None:
            restarts.append((file_id, one.event_key, one.nas, one.kind, one.event_at, one.arrived_at))
        else:
            times = (one.event_at, one.arrived_at, one.started_at)
            counts = (one.seconds, one.octets_in, one.octets_out)
            sessions.append((file_id, line.id, one.event_key, one.session_id, one.kind, *times, *counts))
    return _insert(operator_id, "session_record", _SESSION, "event_key", sessions) + _insert(
        operator_id, "server_restart", _RESTART, "event_key", restarts
    )


def write_suspended(operator_id: int, file_id: int, records: Iterable[tuple[Delivered, Unusable]]) -> int:
    """Insert records with their faults. Returns how many were not in suspense before."""
    rows = [
        (
            file_id,
            new_public_id(),
            one.place,
            fault.reason.value,
            fault.detail[:80],
            alike.same(fault.reason, fault.detail, one.raw),
            one.raw,
            one.fingerprint,
            "",
            "",
            "",
        )
        for one, fault in records
    ]
    return _insert(operator_id, "suspended_record", _SUSPENDED, "fingerprint", rows)


def rewrite_suspended(records: Sequence[Suspended], *names: str) -> None:
    """Write columns of text of records in suspense, of all by one statement."""
    if not records:
        return
    columns = [[getattr(one, name) for one in records] for name in names]
    sets, arrays = ", ".join(f"{name} = new.{name}" for name in names), ", ".join(["%s::text[]"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE suspended_record old SET {sets} "  # noqa: S608 (names of our own)
            f"FROM unnest(%s::bigint[], {arrays}) AS new(id, {', '.join(names)}) WHERE old.id = new.id",
            [[one.pk for one in records], *columns],
        )


def mark_groups(operator_id: int, kept: Mapping[tuple[int, date], int], at: datetime) -> None:
    """Add new records to the rating groups (account, month); they are stale from now on."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO usage_group (operator_id, account_id, month, records, stale_since, revision, closing_state) "
            "VALUES (%s, %s, %s, %s, %s, 0, '{}') ON CONFLICT (operator_id, account_id, month) DO UPDATE SET "
            "records = usage_group.records + excluded.records, "
            "stale_since = least(usage_group.stale_since, excluded.stale_since)",
            [(operator_id, account, month, count, at) for (account, month), count in sorted(kept.items())],
        )


def mark_stale(groups: QuerySet[Group], at: datetime, **also: Any) -> int:
    """Have those of the groups that are open rated again; how many. `also`: columns that change with it. One that a
    pass rates now is waited for, and marked after it: what it did not see is seen by the next one."""
    return groups.filter(closed_at=None).update(stale_since=Coalesce("stale_since", Value(at)), **also)


def _insert(operator_id: int, table: str, names: str, key: str, rows: Sequence[tuple[Any, ...]]) -> int:
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS incoming_{table} ON COMMIT DROP AS "  # noqa: S608
            f"SELECT 0 AS n, {names} FROM {table} WITH NO DATA"
        )
        with cursor.copy(f"COPY incoming_{table} (n, {names}) FROM STDIN") as copy:
            for n, row in enumerate(rows):
                copy.write_row((n, *row))
        cursor.execute(
            f"INSERT INTO {table} (operator_id, {names}) SELECT %s, {names} FROM incoming_{table} ORDER BY n "  # noqa: S608
            f"ON CONFLICT (operator_id, {key}) DO NOTHING",
            [operator_id],
        )
        new = int(cursor.rowcount)
        cursor.execute(f"TRUNCATE incoming_{table}")
    return new
