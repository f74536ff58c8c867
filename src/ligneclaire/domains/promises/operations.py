"""Acts on promises: make one, in the transaction of the request, and write what happens to it."""

from __future__ import annotations

from datetime import date, datetime

from ligneclaire.domains.customers.models import Party, Person
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.promises import rules
from ligneclaire.domains.promises.models import Promise, PromiseStep
from ligneclaire.kernel.refusal import Refusal


class PromiseEnded(Refusal):
    """The promise was kept or refused already; nothing follows."""

    code = "promises.refused.ended"


class WrongHold(Refusal):
    """A hold needs a reason, and a promise that runs."""

    code = "promises.refused.wrong-hold"


def make(
    *,
    party: Party,
    kind: str,
    subject: str,
    due_on: date,
    due_source: str,
    owner: str,
    at: datetime,
    actor: str,
    requester: Person | None = None,
    words: str = "",
) -> Promise:
    """A promise with its first step, "asked". Called by the operation that writes the request's own row.

    `subject` is "type:public_id" of what it is about; `due_source` the law, the policy or "agreed"; `owner` the desk
    that answers for it; `words` what the customer said.
    """
    with acting_for(party.operator_id):
        promise = Promise.objects.create(
            operator_id=party.operator_id, kind=kind, party=party, requester=requester, subject=subject, asked_at=at,
            due_on=due_on, due_source=due_source, owner=owner,
        )  # fmt: skip
        _write(promise, "asked", at, actor, words)
    return promise


def step(*, promise: Promise, code: str, at: datetime, actor: str, words: str = "") -> PromiseStep:
    """One more station of the tracker. Raises PromiseEnded after a step that ended the promise."""
    with acting_for(promise.operator_id):
        _still_open(promise)
        return _write(promise, code, at, actor, words)


def hold(*, promise: Promise, on: date, reason: str, at: datetime, actor: str) -> Promise:
    """Stop the clock from a day on, with the reason that the customer reads. Raises PromiseEnded, WrongHold."""
    with acting_for(promise.operator_id):
        _still_open(promise)
        if not reason.strip() or promise.held_on is not None:
            raise WrongHold(kind=promise.kind)
        promise.held_on, promise.held_reason = on, reason.strip()[:200]
        promise.save(update_fields=["held_on", "held_reason"])
        _write(promise, "held", at, actor, reason)
    return promise


def _still_open(promise: Promise) -> None:
    Promise.objects.select_for_update().get(pk=promise.pk)
    if PromiseStep.objects.filter(promise=promise, code__in=rules.ENDING).exists():
        raise PromiseEnded(kind=promise.kind)


def _write(promise: Promise, code: str, at: datetime, actor: str, words: str) -> PromiseStep:
    return PromiseStep.objects.create(
        operator_id=promise.operator_id, promise=promise, at=at, code=code, actor=actor, words=words
    )
