"""Queue messages in the transaction that decides them; hand them to a worker and note how it went."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.operators import bulk
from ligneclaire.domains.operators.models import new_public_id
from ligneclaire.domains.outbox import rules
from ligneclaire.domains.outbox.models import Message
from ligneclaire.domains.outbox.rules import UnknownMessage

__all__ = [
    "Letter",
    "NewMessage",
    "UnknownMessage",
    "mark_failed",
    "mark_sent",
    "queue",
    "queue_many",
    "queue_selected",
    "take_due",
    "try_again",
    "values_of",
]


def values_of(template: str) -> frozenset[str]:
    """The names of the values that a template needs."""
    return rules.TEMPLATES[template]


_COLUMNS = (
    "operator_id", "public_id", "dedupe_key", "channel", "recipient", "language", "template", "params", "queued_at",
    "due_at", "attempts", "last_fault",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to queue. `dedupe_key` says what it is about, e.g. "invoice-ready:<public id>"."""

    dedupe_key: str
    recipient: str
    language: str
    template: str
    params: Mapping[str, str]
    channel: str = "mail"


def queue(
    *,
    operator_id: int,
    dedupe_key: str,
    channel: str,
    recipient: str,
    language: str,
    template: str,
    params: Mapping[str, str],
    at: datetime,
    due_at: datetime | None = None,
) -> Message:
    """Queue one message. A second with the same key changes nothing and returns the first.

    Raises `UnknownMessage` when the values do not fit the template.
    """
    rules.check_params(template, params)
    message, _new = Message.objects.get_or_create(
        operator_id=operator_id,
        dedupe_key=dedupe_key,
        defaults={
            "channel": channel,
            "recipient": recipient,
            "language": language,
            "template": template,
            "params": dict(params),
            "queued_at": at,
            "due_at": due_at or at,
        },
    )
    return message


def queue_many(*, operator_id: int, messages: Iterable[NewMessage], at: datetime) -> None:
    """Queue messages in bulk, due at once. Those whose key is known are left as they are.

    Raises `UnknownMessage` when the values of one do not fit its template; then none is queued.
    """
    rows = []
    for one in messages:
        rules.check_params(one.template, one.params)
        params = json.dumps(dict(one.params), ensure_ascii=False)
        rows.append(
            (operator_id, new_public_id(), one.dedupe_key, one.channel, one.recipient, one.language, one.template,
             params, at, at, 0, "")
        )  # fmt: skip
    bulk.insert("message", _COLUMNS, rows, known_stay=True)


@dataclass(frozen=True, slots=True)
class Letter:
    """How mails are made of rows in the database: expressions for what each is about, to whom, in which language, and
    for the values of its template; `rows` is what follows FROM, with its conditions."""

    template: str
    about: str
    recipient: str
    language: str
    values: Mapping[str, str]
    rows: str


def queue_selected(*, operator_id: int, letter: Letter, known: Mapping[str, Any], at: datetime) -> None:
    """Queue mails about many rows in one statement, due at once. Those whose key is known are left as they are.

    `known` are the parameters of the letter's expressions. Raises `UnknownMessage` when the values do not fit the
    template.
    """
    rules.check_params(letter.template, letter.values)
    params = ", ".join(f"'{name}', ({value})::text" for name, value in letter.values.items())
    statement = f"""
        INSERT INTO message ({", ".join(_COLUMNS)})
        SELECT %(operator)s, {bulk.PUBLIC_ID}, %(template)s || ':' || {letter.about}, 'mail', {letter.recipient},
               {letter.language}, %(template)s, jsonb_build_object({params}), %(at)s, %(at)s, 0, ''
        FROM {letter.rows} ON CONFLICT DO NOTHING"""  # noqa: S608 (expressions of our own)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**known, "operator": operator_id, "template": letter.template, "at": at})


def take_due(*, operator_id: int, channel: str, at: datetime, limit: int) -> list[Message]:
    """Take some due messages for sending. They are due again after a lease, should the worker die before it reports.

    Two workers never take the same one: rows that another holds are skipped.
    """
    taken = list(
        Message.objects.select_for_update(skip_locked=True)
        .filter(
            operator_id=operator_id, channel=channel, sent_at=None, due_at__lte=at, attempts__lt=rules.MOST_ATTEMPTS
        )
        .order_by("due_at", "id")[:limit]
    )
    for message in taken:
        message.attempts += 1
        message.due_at = at + rules.LEASE
    Message.objects.bulk_update(taken, ["attempts", "due_at"])
    return taken


def mark_sent(*, message: Message, at: datetime) -> None:
    """The other side took it over."""
    Message.objects.filter(pk=message.pk, sent_at=None).update(sent_at=at, last_fault="")


def mark_failed(*, message: Message, at: datetime, fault: str) -> None:
    """It was not taken over; try later. `fault` is a code without personal data, such as "550"."""
    Message.objects.filter(pk=message.pk, sent_at=None).update(
        due_at=at + rules.wait_after(message.attempts), last_fault=fault[:200]
    )


def try_again(*, operator_id: int, at: datetime, actor: str) -> int:
    """Let the messages that were given up be tried from the beginning; how many there were."""
    again = Message.objects.filter(operator_id=operator_id, sent_at=None, attempts__gte=rules.MOST_ATTEMPTS)
    many = again.update(attempts=0, due_at=at)
    if many:
        audit.record(
            operator_id=operator_id,
            at=at,
            actor=actor,
            act="try_messages_again",
            subject="outbox:all",
            detail={"messages": many},
        )
    return many
