"""What waits in suspense, by what is the same in it, and what a change of a field would do. For the staff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import BigIntegerField, Case, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, When
from django.utils.crypto import salted_hmac

from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage.models import IntakeFile, Suspended, WriteOff
from ligneclaire.domains.usage.queries import owned
from ligneclaire.domains.usage.queries.intake import is_staff
from ligneclaire.domains.usage.readers import batch as batches
from ligneclaire.domains.usage.rules.alike import Alike
from ligneclaire.kernel.scope import Scope

TRIED = 5_000  # records of which it is told beforehand what would become of them


@dataclass(frozen=True, slots=True)
class Group:
    """Records that are settled by one act. `file`: the name of the delivery when they are of one, else "". `asked`: how
    many of them somebody wants to give up."""

    alike: Alike
    file: str
    number: int
    files: int
    oldest_at: datetime
    asked: int

    @property
    def name(self) -> str:
        """Its name in addresses, which tells no number."""
        return salted_hmac("usage.alike", repr(_key(self.alike))).hexdigest()[:24]

    @property
    def unasked(self) -> int:
        """How many may be asked to be given up."""
        return self.number - self.asked


@dataclass(frozen=True, slots=True)
class Asked:
    """That somebody asks to give up records, and what was decided. `open`: how many of them still wait."""

    row: WriteOff
    open: int


def groups(scope: Scope, reason: str | None = None) -> list[Group]:
    """What waits, the most first."""
    if not is_staff(scope):
        return []
    found = Suspended.objects.filter(operator_id=scope.operator_id, settled_at=None)
    if reason is not None:
        found = found.filter(reason=reason)
    of_file = Case(When(same__contains="=", then=None), default=F("file_id"), output_field=BigIntegerField())
    grouped = found.annotate(of_file=of_file).values("reason", "same", "file__source", "of_file")
    counted = grouped.annotate(
        number=Count("id"), files=Count("file_id", distinct=True), oldest=Min("file__received_at"), last=Max("id"),
        given=Count("id", filter=Q(asked__isnull=False)),
    ).order_by("-number", "oldest", "reason", "same")  # fmt: skip
    every = list(counted)
    names = dict(IntakeFile.objects.filter(pk__in={one["of_file"] for one in every}).values_list("pk", "name"))
    return [
        Group(
            Alike(one["reason"], one["same"], one["file__source"], one["of_file"], one["last"]),
            names.get(one["of_file"], ""), one["number"], one["files"], one["oldest"], one["given"],
        )
        for one in every
    ]  # fmt: skip


def group(scope: Scope, name: str) -> Group | None:
    """The group of this name in addresses, None when nothing of it waits any more."""
    return next((one for one in groups(scope) if one.name == name), None)


def rows_of(operator_id: int, alike: Alike) -> QuerySet[Suspended]:
    """The records of a group that still wait, the oldest first. For acts on them."""
    found = Suspended.objects.filter(
        operator_id=operator_id, settled_at=None, reason=alike.reason, same=alike.same, file__source=alike.source,
        id__lte=alike.last,
    )  # fmt: skip
    return (found if alike.file_id is None else found.filter(file_id=alike.file_id)).order_by("id")


def would_become(scope: Scope, alike: Alike, fields: Mapping[str, str]) -> Counter[str]:
    """How many of a group (of the first TRIED) could be used if these fields were so, under "", and how many would wait
    for which reason: judged as the act itself does, nothing is written."""
    if not is_staff(scope):
        return Counter()
    operator = Operator.objects.get(pk=scope.operator_id)
    found = list(rows_of(operator.pk, alike).select_related("file")[:TRIED])
    some = with_fields(found)
    became, seen = Counter({alike.reason: len(found) - len(some)}), owned.Seen()
    for file, of_file in groupby(sorted(some, key=lambda one: (one.file_id, one.id)), key=lambda one: one.file):
        read = batches.reread([changed(one.raw, fields) for one in of_file])
        judged = owned.judge(operator, read, file.received_at, seen)
        became[""] += len(judged.usable)
        became.update(fault.reason.value for _index, fault in judged.faulty)
    return +became


def with_fields(some: Sequence[Suspended]) -> list[Suspended]:
    """Those of which a field can be changed: a row that could not be read has none, and stays as it is."""
    return [one for one in some if batches.ROW not in batches.fields_of(one.raw)]


def changed(raw: str, fields: Mapping[str, str]) -> str:
    """The text of a record with these fields instead of its own."""
    return batches.raw_of({**batches.fields_of(raw), **fields})


def asked(scope: Scope, *, decided: bool = False, limit: int = 20) -> list[Asked]:
    """What somebody asks to give up, still waits and nobody decided yet, the oldest first; or what was decided last."""
    if not is_staff(scope):
        return []
    if decided:
        known = WriteOff.objects.filter(operator_id=scope.operator_id, decided_at__isnull=False)
        return _with_counts(list(known.order_by("-decided_at", "-id")[:limit]))
    return _with_counts(list(_undecided(scope).order_by("id")[:limit]))


def asked_number(scope: Scope) -> int:
    """How many write-offs of records that still wait nobody decided on yet."""
    return _undecided(scope).count() if is_staff(scope) else 0


def _undecided(scope: Scope) -> QuerySet[WriteOff]:
    waits = Suspended.objects.filter(asked=OuterRef("pk"), settled_at=None)
    return WriteOff.objects.filter(Exists(waits), operator_id=scope.operator_id, decided_at=None)


def asked_for(scope: Scope, public_id: str) -> Asked | None:
    """One of them."""
    if not is_staff(scope):
        return None
    found = _with_counts(list(WriteOff.objects.filter(operator_id=scope.operator_id, public_id=public_id)))
    return found[0] if found else None


def _with_counts(asks: list[WriteOff]) -> list[Asked]:
    open_ = Suspended.objects.filter(asked__in=asks, settled_at=None).values("asked_id").annotate(number=Count("id"))
    numbers = {one["asked_id"]: one["number"] for one in open_}
    return [Asked(row, numbers.get(row.pk, 0)) for row in asks]


def _key(alike: Alike) -> tuple[object, ...]:
    return alike.reason, alike.same, alike.source, alike.file_id
