"""Promises as the customer tracks them and as staff see what is about to be late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

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
    found = Promise.objects.filter(_within(scope)).filter(~Exists(ended)).select_related("party")
    return tuple(_view(one, on) for one in found.order_by("due_on", "pk"))


def promises_of(scope: Scope, party_public_id: str, on: date) -> tuple[PromiseView, ...]:
    """All promises made to a party, the newest first, kept ones too."""
    found = Promise.objects.filter(_within(scope), party__public_id=party_public_id).select_related("party")
    return tuple(_view(one, on) for one in found.order_by("-asked_at", "-pk"))


def tracker(scope: Scope, public_id: str, on: date | None = None) -> PromiseView:
    """One promise with all its stations. `on` counts the days left; without it, the day it was asked.

    Raises NotFound outside the scope.
    """
    found = Promise.objects.filter(_within(scope), public_id=public_id).select_related("party").first()
    if found is None:
        raise NotFound(public_id)
    return _view(found, on or found.asked_at.date())


def _within(scope: Scope) -> Q:
    mine = Q(operator_id=scope.operator_id)
    return mine if scope.party_ids is None else mine & Q(party_id__in=scope.party_ids)


def _view(promise: Promise, on: date) -> PromiseView:
    steps = PromiseStep.objects.filter(promise=promise).order_by("at", "pk")
    stations = tuple(Station(one.at, one.code, one.words) for one in steps)
    outcome = next((one.code for one in reversed(stations) if rules.ends(one.code)), "")
    return PromiseView(
        promise.public_id, promise.kind, promise.subject, promise.party.public_id, promise.party.name,
        promise.asked_at, promise.due_on, promise.due_source, promise.owner, promise.held_on, promise.held_reason,
        rules.days_left(promise.due_on, promise.held_on, on), outcome, stations,
    )  # fmt: skip
