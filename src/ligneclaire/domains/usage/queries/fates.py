"""What became of the records of a delivery, and what still waits, for how long. For the operator's staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, Q

from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import IntakeFile, Suspended
from ligneclaire.domains.usage.queries.intake import is_staff
from ligneclaire.domains.usage.rules.rows import USAGE
from ligneclaire.domains.usage.rules.suspense import UNPRICED
from ligneclaire.kernel.scope import Scope

_UNPRICED = [reason.value for reason in UNPRICED]


@dataclass(frozen=True, slots=True)
class OpenReason:
    """How many records wait for one reason, and since when the oldest of them."""

    reason: str
    number: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of the records of a delivery by now: records = rated + duplicates + suspense + written_off. `rated`
    counts also what the next rating of its group takes up."""

    public_id: str
    source: str
    name: str
    received_at: datetime
    records: int
    rated: int
    duplicates: int
    suspense: int
    written_off: int


@dataclass(frozen=True, slots=True)
class Touched:
    """A line and a local month (its first day) of which a delivery brought records."""

    line: str
    number: str
    month: date
    records: int


def open_suspense(scope: Scope) -> list[OpenReason]:
    """What waits, by reason, the most first."""
    if not is_staff(scope):
        return []
    waiting = Suspended.objects.filter(operator_id=scope.operator_id, settled_at=None).values("reason")
    found = waiting.annotate(number=Count("id"), oldest=Min("file__received_at")).order_by("-number", "reason")
    return [OpenReason(one["reason"], one["number"], one["oldest"]) for one in found]


def fates(scope: Scope, limit: int = 100, public_id: str | None = None) -> list[Fate]:
    """What became of the latest deliveries, or of one of them; newest first."""
    if not is_staff(scope):
        return []
    found = IntakeFile.objects.filter(operator_id=scope.operator_id).order_by("-id")
    files = list(found.filter(public_id=public_id) if public_id else found[:limit])
    became = _became([file.pk for file in files])
    return [_fate(file, became.get(file.pk, {})) for file in files]


def lines_of(scope: Scope, public_id: str) -> tuple[Touched, ...]:
    """The lines that a delivery of usage brought records of, the most first. Raises store.SegmentDamaged."""
    found = IntakeFile.objects.filter(operator_id=scope.operator_id, public_id=public_id, source=USAGE)
    file = found.first() if is_staff(scope) else None
    if file is None:
        return ()
    counts = store.lines_of_file(file.operator_id, file.pk, file.received_at)
    lines = Line.objects.in_bulk({line for line, _month in counts})
    return tuple(
        Touched(lines[line].public_id, lines[line].identifier, month, number)
        for (line, month), number in counts.most_common()
    )


def _became(file_ids: list[int]) -> dict[int, Mapping[str, Any]]:
    unpriced, waits, given_up = Q(reason__in=_UNPRICED), Q(settled_at=None), Q(settled_as="written-off")
    found = Suspended.objects.filter(file_id__in=file_ids).values("file_id").annotate(
        kept=Count("id", filter=Q(settled_as="kept") & ~unpriced),
        duplicate=Count("id", filter=Q(settled_as="duplicate") & ~unpriced),
        waits=Count("id", filter=waits),
        given_up=Count("id", filter=given_up),
        unrated=Count("id", filter=unpriced & (waits | given_up)),
    )  # fmt: skip
    return {one["file_id"]: one for one in found}


def _fate(file: IntakeFile, became: Mapping[str, Any]) -> Fate:
    def count(name: str) -> int:
        return int(became.get(name, 0))

    return Fate(
        file.public_id, file.source, file.name, file.received_at,
        records=file.records,
        rated=file.kept + count("kept") - count("unrated"),
        duplicates=file.duplicates + count("duplicate"),
        suspense=count("waits"),
        written_off=count("given_up"),
    )  # fmt: skip
