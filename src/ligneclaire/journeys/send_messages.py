"""Send what the outbox holds: decided in one transaction, sent in none, noted in another."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from ligneclaire.adapters.mail import sending
from ligneclaire.adapters.mail.sending import Mail
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import LegalEntity, Operator
from ligneclaire.domains.outbox import letters
from ligneclaire.domains.outbox import operations as outbox
from ligneclaire.domains.outbox.models import Message
from ligneclaire.kernel.texts import say

log = logging.getLogger(__name__)
BATCH = 20


def send_due(*, operator_id: int, at: datetime) -> int:
    """Send the operator's due mails; returns how many were taken over. At least once: a worker that is killed between
    the server's answer and our note sends that mail again, with the same Message-ID."""
    sent = 0
    while True:
        with acting_for(operator_id):
            messages = outbox.take_due(operator_id=operator_id, channel="mail", at=at, limit=BATCH)
            sender = _sender(operator_id)
        if not messages:
            return sent
        readable: list[tuple[Message, Mail]] = []
        for message in messages:
            try:
                readable.append((message, _mail(sender, message)))
            except (
                LookupError,
                ValueError,
                ArithmeticError,
            ) as unreadable:  # one bad letter must not hold up the others
                _note(message, at=at, fault=f"unreadable {type(unreadable).__name__}")
        faults = sending.send_all([mail for _, mail in readable])
        for (message, _), fault in zip(readable, faults, strict=True):
            _note(message, at=at, fault=fault)
            sent += not fault


def _note(message: Message, *, at: datetime, fault: str) -> None:
    with acting_for(message.operator_id):
        if fault:
            outbox.mark_failed(message=message, at=at, fault=fault)
            log.warning("message %s: %s, attempt %s", message.public_id, fault, message.attempts)
        else:
            outbox.mark_sent(message=message, at=at)


@dataclass(frozen=True, slots=True)
class _Sender:
    operator: Operator
    address: str
    footer: str


def _sender(operator_id: int) -> _Sender:
    operator = Operator.objects.get(pk=operator_id)
    seller = LegalEntity.objects.filter(operator_id=operator_id).order_by("id").first()
    if seller is None:
        return _Sender(operator, f"no-reply@{operator.host}", "")
    footer = f"{seller.name}, {seller.street}, {seller.postcode} {seller.city}, {seller.vat_number}."
    return _Sender(operator, seller.email, footer)


def _mail(sender: _Sender, message: Message) -> Mail:
    operator, lang = sender.operator, message.language
    letter = letters.write(message.template, message.params, lang)
    return Mail(
        message_id=f"<{message.public_id}@{operator.host}>",
        sender_name=operator.name,
        sender_address=sender.address,
        recipient=message.recipient,
        language=lang,
        accent=str(operator.look.get("accent", "#17567f")),
        subject=letter.subject,
        heading=letter.heading,
        greeting=say("outbox.letter.greeting", lang),
        sentences=letter.sentences,
        link=letter.link,
        url=base_address(operator) + letter.path,
        closing=say("outbox.letter.closing", lang),
        footer=f"{say('outbox.letter.automatic', lang, {'contact': sender.address})} {sender.footer}".strip(),
    )


def base_address(operator: Operator) -> str:
    """Where the operator's pages are reached from outside: `https://host`, or with the port where there is no HTTPS."""
    return f"https://{operator.host}" if settings.SECURE else f"http://{operator.host}:{settings.PORT}"
