"""Promises as the customer tracks them and as staff see what is about to be late."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.promises import rules
from ligneclaire.domains.promises.models import Promise, PromiseStep
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Station:
    """One step of the tracker, in the words that the customer reads."""

    at: datetime
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A promise with its stations. `outcome` is the code of the step that ended it, or empty while it is open."""

    public_id: str
    kind: str
    subject: str
    party_public_id: str
    party_name: str
    asked_at: datetime
    due_on: date
    due_source: str
    owner: str
    held_on: date | None
    held_reason: str
    days_left: int
    outcome: str
    stations: tuple[Station, ...]


def open_promises(scope: Scope, on: date) -> tuple[PromiseView, ...]:
    """What is still owed within a scope, the most urgent first."""
    ended = PromiseStep.objects.filter(promise=OuterRef("pk"), code__in=rules.ENDING)
    return _views(_rows(scope).filter(~Exists(ended)).order_by("due_on", "pk"), on)


def promises_of(scope: Scope, on: date, party_public_id: str | None = None) -> tuple[PromiseView, ...]:
    """All promises made within a scope, or to one party of it, the newest first, kept ones too."""
    rows = _rows(scope) if party_public_id is None else _rows(scope).filter(party__public_id=party_public_id)
    return _views(rows.order_by("-asked_at", "-pk"), on)


def tracker(scope: Scope, public_id: str, on: date | None = None) -> PromiseView:
    """One promise with all its stations. `on` counts the days left; without it, the day it was asked.

    Raises NotFound outside the scope.
    """
    found = trackers(scope, [public_id], on)
    if not found:
        raise NotFound(public_id)
    return found[public_id]


def trackers(scope: Scope, public_ids: Collection[str], on: date | None = None) -> dict[str, PromiseView]:
    """Several promises with their stations, by public id; those outside the scope are not there."""
    if not public_ids:
        return {}
    return {one.public_id: one for one in _views(_rows(scope).filter(public_id__in=public_ids), on)}


def _rows(scope: Scope) -> QuerySet[Promise]:
    return Promise.objects.filter(_within(scope)).select_related("party")


def _within(scope: Scope) -> Q:
    mine = Q(operator_id=scope.operator_id)
    return mine if scope.party_ids is None else mine & Q(party_id__in=scope.party_ids)


def _views(rows: Iterable[Promise], on: date | None) -> tuple[PromiseView, ...]:
    """The promises with their steps, which are read at once."""
    found = list(rows)
    if not found:
        return ()
    stations: dict[int, list[Station]] = {row.pk: [] for row in found}
    for step in PromiseStep.objects.filter(promise__in=stations).order_by("at", "pk"):
        stations[step.promise_id].append(Station(step.at, step.code, step.words))
    return tuple(_view(row, stations[row.pk], on or row.asked_at.date()) for row in found)


def _view(promise: Promise, stations: Sequence[Station], on: date) -> PromiseView:
    outcome = next((one.code for one in reversed(stations) if rules.ends(one.code)), "")
    return PromiseView(
        promise.public_id, promise.kind, promise.subject, promise.party.public_id, promise.party.name,
        promise.asked_at, promise.due_on, promise.due_source, promise.owner, promise.held_on, promise.held_reason,
        rules.days_left(promise.due_on, promise.held_on, on), outcome, tuple(stations),
    )  # fmt: skip
