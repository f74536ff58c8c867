"""What waits in suspense as the desk works on it: by what is the same, what a change would do, who gives up what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.usage import queries as usage
from ligneclaire.domains.usage.models import Suspended, WriteOff
from ligneclaire.domains.usage.queries import Asked, Group, Waiting
from ligneclaire.domains.usage.queries import alike as groups
from ligneclaire.domains.usage.queries.owned import owned_lines
from ligneclaire.domains.usage.readers import batch
from ligneclaire.domains.usage.rules.alike import Alike
from ligneclaire.journeys import desk_staff
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A group with its oldest records. `seen`: the newest record of it, up to which an act goes. `asks`: who wants to
    give up some of it, with names."""

    group: Group
    records: tuple[Waiting, ...]
    seen: str
    asks: tuple[AskedBy, ...]

    @property
    def more(self) -> int:
        """How many records are not shown."""
        return self.group.number - len(self.records)

    @property
    def can_be_mended(self) -> bool:
        """Whether there are fields to change."""
        texts = [one.raw for one in self.records]
        return self.group.alike.can_be_mended and any(batch.ROW not in batch.fields_of(text) for text in texts)


@dataclass(frozen=True, slots=True)
class AskedBy:
    """A write-off with the names of both people, "" for a command, and how many of its records still wait."""

    row: WriteOff
    open: int
    asked_by: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose line it is that records are to be mapped to."""

    number: str
    customer: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a change would do: how many records could be used, how many would wait for which reason, how many more of
    the group were not looked at; and whose usage they become when it is the line that changes."""

    column: str
    value: str
    usable: int
    still: tuple[tuple[str, int], ...]
    unseen: int
    owner: Owner | None


@dataclass(frozen=True, slots=True)
class WriteOffPage:
    """A write-off with the oldest of its records, those that wait or, once it was confirmed, those given up."""

    asked: AskedBy
    records: tuple[Waiting, ...]

    @property
    def more(self) -> int:
        """How many records are not shown."""
        row = self.asked.row
        return (row.written_off if row.decision == "confirmed" else self.asked.open) - len(self.records)

    @property
    def settled(self) -> int:
        """How many were settled otherwise before somebody decided."""
        return self.asked.row.records - self.asked.open


def group_page(scope: Scope, name: str, limit: int = 12) -> GroupPage:
    """A group that waits. Raises NotFound when nothing of it waits any more."""
    group = usage.group(scope, name)
    if group is None:
        raise NotFound(name)
    found = groups.rows_of(scope.operator_id, group.alike)
    records = tuple(usage.waiting(scope, found, limit))
    newest = found.order_by("-id").values_list("public_id", flat=True).first() or ""
    asks = WriteOff.objects.filter(pk__in=found.filter(asked__decided_at=None).values("asked")).order_by("id")
    return GroupPage(group, records, newest, named(scope, [Asked(row, 0) for row in asks]))


def seen_group(scope: Scope, name: str, seen: str) -> Alike:
    """The records of a group up to the newest one that a page showed. Raises NotFound when there is none."""
    group = usage.group(scope, name)
    last = Suspended.objects.filter(operator_id=scope.operator_id, public_id=seen).values_list("pk", flat=True).first()
    if group is None or last is None:
        raise NotFound(name)
    return replace(group.alike, last=min(last, group.alike.last))


def trial(scope: Scope, group: Group, column: str, value: str) -> Trial:
    """What would become of a group with this value in this column; nothing is written."""
    became = usage.would_become(scope, group.alike, {column: value})
    usable = became.pop("", 0)
    still = tuple(sorted(became.items(), key=lambda one: (-one[1], one[0])))
    owner = _owner(scope, value) if column == "line" else None
    return Trial(column, value, usable, still, group.number - usable - sum(became.values()), owner)


def write_off_page(scope: Scope, public_id: str, limit: int = 12) -> WriteOffPage:
    """A write-off that somebody asked for. Raises NotFound."""
    asked = usage.asked_for(scope, public_id)
    if asked is None:
        raise NotFound(public_id)
    found = Suspended.objects.filter(operator_id=scope.operator_id, asked=asked.row).order_by("id")
    of_page = found.filter(settled_at=None) if asked.row.decided_at is None else found.filter(settled_as="written-off")
    (known,) = named(scope, [asked])
    return WriteOffPage(known, tuple(usage.waiting(scope, of_page, limit)))


def named(scope: Scope, asks: list[Asked]) -> tuple[AskedBy, ...]:
    """Write-offs with the names of who asked and who decided."""
    names = desk_staff.names_of(scope, {actor for one in asks for actor in (one.row.asked_by, one.row.decided_by)})
    return tuple(AskedBy(one.row, one.open, names[one.row.asked_by], names[one.row.decided_by]) for one in asks)


def days(since: datetime, at: datetime) -> int:
    """Whole days that something waits."""
    return max(0, (at - since).days)


def _owner(scope: Scope, name: str) -> Owner | None:
    name = name.removeprefix("+")
    known = owned_lines(scope.operator_id, [name]).get(name)
    if known is None:
        return None
    line = Line.objects.select_related("account__party").get(operator_id=scope.operator_id, pk=known.id)
    return Owner(line.identifier, line.account.party.name)
