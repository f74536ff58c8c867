"""What waits, what was sent and what could not be."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from ligneclaire.domains.outbox import rules
from ligneclaire.domains.outbox.models import Message
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of messages: not sent yet, sent, and given up after the last attempt."""

    waiting: int
    sent: int
    given_up: int


def tally(scope: Scope) -> Tally:
    """How many messages of the operator wait, were sent and were given up."""
    counts = Message.objects.filter(operator_id=scope.operator_id).aggregate(
        waiting=Count("id", filter=Q(sent_at=None, attempts__lt=rules.MOST_ATTEMPTS)),
        sent=Count("id", filter=Q(sent_at__isnull=False)),
        given_up=Count("id", filter=Q(sent_at=None, attempts__gte=rules.MOST_ATTEMPTS)),
    )
    return Tally(**counts)


def given_up(scope: Scope) -> list[Message]:
    """Messages that were refused every time, newest first: somebody must look at the address."""
    return list(
        Message.objects.filter(operator_id=scope.operator_id, sent_at=None, attempts__gte=rules.MOST_ATTEMPTS).order_by(
            "-queued_at", "-id"
        )
    )


def failing(scope: Scope) -> list[Message]:
    """Messages that were refused and will be tried again, the next one first."""
    return list(
        Message.objects.filter(operator_id=scope.operator_id, sent_at=None, attempts__lt=rules.MOST_ATTEMPTS)
        .exclude(last_fault="")
        .order_by("due_at", "id")
    )
