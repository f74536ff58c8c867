"""What the network delivered, as the desk sees it: counts that add up, and what waits by reason and group."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.usage import queries as usage
from ligneclaire.domains.usage.models import Suspended
from ligneclaire.domains.usage.queries import Fate, Group, OpenReason, Touched, Waiting, disclosures
from ligneclaire.domains.usage.readers import batch
from ligneclaire.domains.usage.rules import secrecy
from ligneclaire.domains.usage.rules.rows import FIELDS, USAGE
from ligneclaire.domains.usage.rules.suspense import RETRYABLE, UNPRICED
from ligneclaire.journeys.desk_waiting import AskedBy, named
from ligneclaire.kernel.scope import Scope

FEW, MANY = 6, 200  # groups of a reason that are shown beside others, and alone


@dataclass(frozen=True, slots=True)
class WaitingReason:
    """What waits for one reason: how many, since when the oldest, and the groups of it, the largest first."""

    reason: OpenReason
    groups: tuple[Group, ...]
    more: int


@dataclass(frozen=True, slots=True)
class NetworkPage:
    """Deliveries, newest first, with what became of them; what waits in suspense, by reason; who asks to give up what,
    and what was decided of it lately."""

    deliveries: tuple[Fate, ...]
    reasons: tuple[WaitingReason, ...]
    chosen: str
    asked: tuple[AskedBy, ...]
    decided: tuple[AskedBy, ...]
    count: int

    @property
    def can_retry(self) -> bool:
        """Whether something waits that may fit by now, because a line was entered since."""
        return any(one.reason.reason in RETRYABLE for one in self.reasons)

    @property
    def oldest_at(self) -> datetime | None:
        """Since when the oldest record waits."""
        return min((one.reason.oldest_at for one in self.reasons), default=None)


def network_page(scope: Scope, reason: str) -> NetworkPage:
    """What was delivered and what waits, of one reason or, with "", of all."""
    every = usage.open_suspense(scope)
    chosen = reason if any(one.reason == reason for one in every) else ""
    shown = FEW if not chosen else MANY
    groups: dict[str, list[Group]] = {}
    for group in usage.groups(scope, chosen or None):
        groups.setdefault(group.alike.reason, []).append(group)
    reasons = tuple(
        WaitingReason(one, tuple(groups[one.reason][:shown]), max(0, len(groups[one.reason]) - shown))
        for one in every
        if one.reason in groups
    )
    return NetworkPage(
        tuple(usage.fates(scope, 30)), reasons, chosen, named(scope, usage.asked(scope)),
        named(scope, usage.asked(scope, decided=True, limit=5)), sum(one.number for one in every),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """A delivery: what became of its records, the oldest that wait, and the lines that they are of."""

    fate: Fate
    waiting: tuple[Waiting, ...]
    lines: tuple[Touched, ...]

    @property
    def more_waiting(self) -> int:
        """How many wait beside those shown."""
        return self.fate.suspense - len(self.waiting)


def delivery_page(scope: Scope, public_id: str, limit: int = 50) -> DeliveryPage:
    """One delivery. Raises NotFound, store.SegmentDamaged."""
    found = usage.fates(scope, public_id=public_id)
    if not found:
        raise NotFound(public_id)
    waiting = usage.suspense(scope, limit=limit, delivery=public_id)
    return DeliveryPage(found[0], tuple(waiting), usage.lines_of(scope, public_id))


@dataclass(frozen=True, slots=True)
class Shown:
    """A record that waits as staff may see it: its text, what is at fault, and the fields that can be mended by hand
    (none of a record that can't, or of a row without fields). `hidden`: of a number that is not among them, what is
    left of it; `has_secret`: something is hidden."""

    raw: str
    detail: str
    fields: Mapping[str, str]
    hidden: str
    has_secret: bool


def shown(record: Waiting, *, whole: bool) -> Shown:
    """A record as it came, or with other parties' numbers cut to their first digits (secrecy of communications)."""
    if record.source != USAGE:
        return Shown(record.raw, record.detail, {}, "", has_secret=False)
    came = batch.fields_of(record.raw)
    cut = came if whole else secrecy.of_fields(came)
    detail = record.detail if whole else secrecy.of_detail(record.reason, record.detail)
    is_hidden = (cut, detail) != (came, record.detail)
    fields = mendable(record)
    hidden = cut.get(secrecy.OTHER, "") if is_hidden else ""
    if hidden:
        fields.pop(secrecy.OTHER, None)
    return Shown(json.dumps(cut, ensure_ascii=False), detail, fields, hidden, is_hidden)


def mendable(record: Waiting) -> dict[str, str]:
    """The fields of a record that can be mended by hand; none of one that can't, or of a row without fields."""
    if record.source != USAGE or record.reason in UNPRICED:
        return {}
    found = batch.fields_of(record.raw)
    return {} if batch.ROW in found else {name: found.get(name, "") for name in FIELDS}


def is_disclosed(scope: Scope, actor: str, given: Iterable[str], at: datetime, public_id: str) -> bool:
    """Whether one of the reasons that somebody gave in a session shows this record as it came."""
    found = disclosures.open_for(scope.operator_id, actor, given, at)
    ids = [one.suspended_id for one in found if one.suspended_id]
    return bool(ids) and Suspended.objects.filter(pk__in=ids, public_id=public_id).exists()


def waiting_record(scope: Scope, public_id: str) -> Waiting:
    """One record in suspense as it came. Raises NotFound when it is not there or settled already."""
    found = usage.waiting_record(scope, public_id)
    if found is None:
        raise NotFound(public_id)
    return found
