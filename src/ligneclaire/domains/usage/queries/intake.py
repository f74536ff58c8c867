"""What was taken in, what waits in suspense, and when a line was first seen by the network.

Deliveries and suspense belong to no customer yet: only the operator's staff sees them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Count, QuerySet

from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage.models import IntakeFile, Suspended
from ligneclaire.domains.usage.rules import secrecy
from ligneclaire.domains.usage.rules.accounting import RADACCT
from ligneclaire.domains.usage.rules.rows import USAGE
from ligneclaire.kernel.scope import Scope

OVERLAP = timedelta(days=2)  # a table is read again that far back, for clocks that lag and rows committed late


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery and what became of its records, as they were counted when it was read."""

    public_id: str
    source: str
    name: str
    received_at: datetime
    records: int
    kept: int
    duplicates: int
    suspended: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """One record in suspense. `place` is a line of the file, or the row's number. In lists no detail tells a number
    that was called."""

    public_id: str
    source: str
    name: str
    received_at: datetime
    place: int
    reason: str
    detail: str
    raw: str


@dataclass(frozen=True, slots=True)
class FirstSession:
    """The first session of a line within a contract whose connection is not known yet, or is known as later."""

    contract_id: int
    session_id: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Position:
    """How far a table was read: its highest row and its latest change."""

    row: int
    changed_at: datetime

    @property
    def changed_since(self) -> datetime:
        """From when on changed rows are read again."""
        return self.changed_at - OVERLAP


def deliveries(scope: Scope, limit: int = 100) -> list[Delivery]:
    """The latest deliveries, newest first."""
    if not is_staff(scope):
        return []
    found = IntakeFile.objects.filter(operator_id=scope.operator_id).order_by("-id")[:limit]
    return [
        Delivery(f.public_id, f.source, f.name, f.received_at, f.records, f.kept, f.duplicates, f.suspended)
        for f in found
    ]


def suspense(scope: Scope, limit: int = 100, *, delivery: str | None = None) -> list[Waiting]:
    """What waits in suspense, oldest first, of one delivery (its public id) or of all."""
    found = Suspended.objects.filter(settled_at=None).order_by("id")
    return waiting(scope, found if delivery is None else found.filter(file__public_id=delivery), limit)


def waiting(scope: Scope, found: QuerySet[Suspended], limit: int) -> list[Waiting]:
    """The first of these records as lists show them."""
    if not is_staff(scope):
        return []
    mine = found.filter(operator_id=scope.operator_id).select_related("file")[:limit]
    return [_waiting(one, secrecy.of_detail(one.reason, one.detail)) for one in mine]


def waiting_record(scope: Scope, public_id: str) -> Waiting | None:
    """One record that still waits, as it came."""
    found = Suspended.objects.filter(operator_id=scope.operator_id, public_id=public_id, settled_at=None)
    one = found.select_related("file").first() if is_staff(scope) else None
    return None if one is None else _waiting(one, one.detail)


def _waiting(one: Suspended, detail: str) -> Waiting:
    file = one.file
    return Waiting(one.public_id, file.source, file.name, file.received_at, one.place, one.reason, detail, one.raw)


def suspense_by_reason(scope: Scope) -> dict[str, int]:
    """How many records wait, by reason."""
    if not is_staff(scope):
        return {}
    open_ = Suspended.objects.filter(operator_id=scope.operator_id, settled_at=None)
    return dict(open_.values("reason").annotate(number=Count("id")).order_by("reason").values_list("reason", "number"))


def was_taken_in(operator_id: int, digest: str) -> bool:
    """Whether a file of usage with this content was read, to its end. For intake jobs."""
    return IntakeFile.objects.filter(operator_id=operator_id, source=USAGE, digest=digest).exists()


def radacct_position(operator_id: int, name: str) -> Position | None:
    """How far that table was read, or None when it never was. For intake jobs."""
    last = IntakeFile.objects.filter(operator_id=operator_id, source=RADACCT, name=name[-200:]).order_by("-id").first()
    if last is None:
        return None
    return Position(last.position["row"], datetime.fromtimestamp(last.position["changed"], UTC))


def acc_position(operator_id: int, name: str) -> int:
    """The highest row of that table of Kamailio that was read; 0 when none was. For intake jobs."""
    last = IntakeFile.objects.filter(operator_id=operator_id, source=USAGE, name=name[-200:]).order_by("-id").first()
    return int(last.position.get("row", 0)) if last else 0


def first_sessions(operator_id: int, at: datetime) -> list[FirstSession]:
    """The first session of each contract's line, from the day of the signature up to the last day, where it is earlier
    than the connection that the contract knows. For jobs; a session that begins after `at` waits."""
    zone = Operator.objects.get(pk=operator_id).timezone
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_SESSIONS, {"operator": operator_id, "zone": zone, "at": at})
        return [FirstSession(*row) for row in cursor.fetchall()]


_FIRST_SESSIONS = """
    SELECT contract.id, first.session_id, first.started_at
    FROM contract
    CROSS JOIN LATERAL (
        SELECT session_id, started_at
        FROM session_record
        WHERE session_record.operator_id = contract.operator_id
          AND session_record.line_id = contract.line_id
          AND started_at >= contract.signed_on::timestamp AT TIME ZONE %(zone)s
          AND (contract.last_day IS NULL OR started_at < (contract.last_day + 1)::timestamp AT TIME ZONE %(zone)s)
        ORDER BY started_at, id
        LIMIT 1
    ) AS first
    WHERE contract.operator_id = %(operator)s AND contract.line_id IS NOT NULL AND first.started_at <= %(at)s
      AND (contract.connected_at IS NULL OR first.started_at < contract.connected_at)
    ORDER BY contract.account_id, contract.id
"""


def is_staff(scope: Scope) -> bool:
    """Whether a scope holds all of an operator."""
    limits = (scope.party_ids, scope.account_ids, scope.cost_centre_ids, scope.line_ids)
    return all(limit is None for limit in limits)
