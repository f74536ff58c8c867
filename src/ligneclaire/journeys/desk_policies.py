"""The operator's policies as the desk sees them: what holds when, from which version, and within which law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from ligneclaire.domains.contracts.policies import EarlyTermination
from ligneclaire.domains.contracts.rules import early_termination
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.rulebook import decode, law
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.domains.rulebook.models import PolicyVersion
from ligneclaire.domains.rulebook.versions import Rulebook, Version, clip
from ligneclaire.journeys import desk_staff
from ligneclaire.kernel.policy import Clip, InForce, declared
from ligneclaire.kernel.scope import Scope


class UnknownPolicy(LookupError):
    """There is no policy of that key."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which the same version holds; `until` is the first day after, None without an end. `state` is "past",
    "now" or "ahead"."""

    start: date
    until: date | None
    state: str
    scope: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Published:
    """A published version: scope, days, for which contracts, its values, why and by whom."""

    scope: str
    scope_value: str
    start: date
    until: date | None
    contracts_from: date | None
    all_from: date | None
    values: Mapping[str, Any]
    reason: str
    published_at: datetime
    published_by: str


@dataclass(frozen=True, slots=True)
class LawBound:
    """What the law of today allows for a field."""

    law: str
    title: str
    field: str
    most: Any
    least: Any
    since: date


@dataclass(frozen=True, slots=True)
class Guard:
    """What the law allows for a field to consumers and small firms alone: at most `most`, `with_device` when a device
    was subsidised. `own` is what the operator wrote, `lowers` whether the law makes it less."""

    law: str
    field: str
    most: Any
    with_device: Any
    own: Any
    since: date
    least: Any = None

    @property
    def lowers(self) -> bool:
        """Whether the operator's value is above it."""
        return Decimal(self.own) > Decimal(self.most)


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """One policy. `values` hold today, as written by the operator; `clips` is what the law bounds of them."""

    key: str
    anchor: str
    fields: tuple[str, ...]
    rules: Mapping[str, str]
    values: Mapping[str, Any]
    since: date | None
    clips: tuple[Clip, ...]
    bounds: tuple[LawBound, ...]
    guards: tuple[Guard, ...]
    stretches: tuple[Stretch, ...]
    versions: tuple[Published, ...]

    @property
    def is_bounded(self) -> bool:
        """Whether the law makes another value of what the operator wrote, for all or for some."""
        return bool(self.clips) or any(one.lowers for one in self.guards)

    @property
    def next(self) -> Stretch | None:
        """The change that is published for later, or None."""
        return next((one for one in self.stretches if one.state == "ahead"), None)


def policies(scope: Scope, on: date) -> tuple[PolicyPage, ...]:
    """Every policy of the product as it holds for the operator, by key."""
    book, rows = _book(scope), _rows(scope)
    return tuple(_page(key, book, [row for row in rows if row.key == key], {}, on) for key in declared())


def policy(scope: Scope, key: str, on: date) -> PolicyPage:
    """One policy with its versions. Raises UnknownPolicy."""
    if key not in declared():
        raise UnknownPolicy(key)
    rows = [row for row in _rows(scope) if row.key == key]
    return _page(key, _book(scope), rows, desk_staff.names_of(scope, {row.published_by for row in rows}), on)


def clips_of(scope: Scope, version: Version, on: date) -> tuple[Clip, ...]:
    """What the law of a day would bound of a version that is not published yet."""
    country = Operator.objects.values_list("country", flat=True).get(pk=scope.operator_id)
    _value, clips = clip(version.value, law.entries(), country, on)
    return clips


def guards_of(scope: Scope, version: Version, on: date) -> tuple[Guard, ...]:
    """What the law of a day allows of a version to consumers and small firms."""
    return _guards(_book(scope), version, on)


def _guards(book: Rulebook, version: Version | None, on: date) -> tuple[Guard, ...]:
    found = book.law(early_termination.LAWS.get(book.where.country or "", ""), on)
    if found is None or version is None or not isinstance(version.value, EarlyTermination):
        return ()
    own = decode.to_plain(version.value)
    return tuple(
        Guard(found.id, one.field, one.most, one.with_device, own[one.field], found.effective_from)
        for one in early_termination.limits(found)
    )


def _book(scope: Scope) -> Rulebook:
    return rulebook.book_of(scope.operator_id)


def _rows(scope: Scope) -> list[PolicyVersion]:
    found = PolicyVersion.objects.filter(operator_id=scope.operator_id, superseded_at=None)
    return list(found.order_by("key", "-effective_from", "pk"))


def _page(key: str, book: Rulebook, rows: list[PolicyVersion], names: Mapping[str, str], on: date) -> PolicyPage:
    known = declared()[key]
    current: InForce[Any] | None = book.in_force(known.cls, on)
    version = book.version(key, on)
    own = tuple(field.name for field in fields(known.cls))
    return PolicyPage(
        key=key,
        anchor=known.anchor.value,
        fields=own,
        rules=known.rules,
        values=decode.to_plain(version.value) if version else {},
        since=version.effective_from if version else None,
        clips=current.clips if current else (),
        bounds=_bounds(set(own), book.where.country, on),
        guards=_guards(book, version, on),
        stretches=_stretches(key, book, on),
        versions=tuple(_published(row, names) for row in rows),
    )


def _bounds(own: set[str], country: str | None, on: date) -> tuple[LawBound, ...]:
    return tuple(
        LawBound(entry.id, entry.title, bound.field, bound.most, bound.least, entry.effective_from)
        for entry in law.entries()
        if entry.country in (country, "EU") and entry.covers(on)
        for bound in entry.bounds
        if bound.field in own
    )


def _stretches(key: str, book: Rulebook, on: date) -> tuple[Stretch, ...]:
    """What holds for everybody (no narrower scope), from the first version on."""
    general = [one for one in book.versions if one.key == key and book.where.matches(one)]
    days = sorted(
        {one.effective_from for one in general} | {one.effective_until for one in general if one.effective_until}
    )
    found: list[Stretch] = []
    for start, until in pairwise([*days, None]):
        version = book.version(key, start) if start else None
        if start is None or version is None:
            continue
        values = decode.to_plain(version.value)
        goes_on = bool(found) and found[-1].until == start and found[-1].values == values
        since = found.pop().start if goes_on else start
        state = "ahead" if since > on else "past" if until is not None and until <= on else "now"
        found.append(Stretch(since, until, state, version.scope, values))
    return tuple(found)


def _published(row: PolicyVersion, names: Mapping[str, str]) -> Published:
    return Published(
        row.scope_kind, row.scope_value, row.effective_from, row.effective_to, row.contracts_from, row.all_from,
        row.values, row.reason, row.published_at, names.get(row.published_by, ""),
    )  # fmt: skip
