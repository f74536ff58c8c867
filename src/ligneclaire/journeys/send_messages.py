"""Send what the outbox holds: decided in one transaction, sent in none, noted in another."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.conf import settings

from ligneclaire.adapters.mail import sending
from ligneclaire.adapters.mail.sending import Mail
from ligneclaire.adapters.sms import sending as sms
from ligneclaire.adapters.sms.sending import Sms
from ligneclaire.domains.access import inviting, proving
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import LegalEntity, Operator
from ligneclaire.domains.outbox import letters
from ligneclaire.domains.outbox import operations as outbox
from ligneclaire.domains.outbox.models import Message
from ligneclaire.kernel.texts import say

log = logging.getLogger(__name__)
BATCH = 20
Written = TypeVar("Written", Mail, Sms)


def send_due(*, operator_id: int, at: datetime) -> int:
    """Send the operator's due mails and SMS; returns how many were taken over. At least once: a worker that is killed
    between the server's answer and our note sends that message again, with the same id."""
    to_phones = sms.gateway(settings.SMS_URL, settings.SMS_FOLDER)
    mails = _send(operator_id, "mail", at, _mail, sending.send_all)
    return mails + _send(operator_id, "sms", at, _sms, to_phones)


def _send(
    operator_id: int,
    channel: str,
    at: datetime,
    write: Callable[[_Sender, Message], Written],
    send_all: Callable[[Sequence[Written]], Iterator[str]],
) -> int:
    """Batch by batch: take, write each message (one that can't be must not hold up the others), send, note."""
    sent = 0
    while True:
        with acting_for(operator_id):
            messages = outbox.take_due(operator_id=operator_id, channel=channel, at=at, limit=BATCH)
            sender = _sender(operator_id)
        if not messages:
            return sent
        readable: list[tuple[Message, Written]] = []
        for message in messages:
            try:
                readable.append((message, write(sender, message)))
            except (LookupError, ValueError, ArithmeticError) as unreadable:
                _note(message, at=at, fault=f"unreadable {type(unreadable).__name__}")
        faults = send_all([written for _, written in readable])
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
    letter = letters.write(message.template, _known(message, operator), lang)
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


def _sms(sender: _Sender, message: Message) -> Sms:
    text = letters.short(message.template, _known(message, sender.operator), message.language)
    return Sms(
        message_id=message.public_id,
        sender="".join(one for one in sender.operator.name if one.isascii() and one.isalnum())[:11],
        recipient=message.recipient,
        text=text,
    )


def _known(message: Message, operator: Operator) -> dict[str, str]:
    """The values of a message with the address of its page, and the secret that it carries and that is kept nowhere."""
    known = dict(message.params)
    known["url"] = base_address(operator) + known.get("page", "/")
    if "invitation" in known:
        known["token"] = inviting.token_of(known["invitation"])
    if "proof" in known:
        known["token"] = proving.token_of(known["proof"])
    if "code_id" in known:
        known["code"] = inviting.code_of(known["code_id"])
    return known


def base_address(operator: Operator) -> str:
    """Where the operator's pages are reached from outside: `https://host`, or with the port where there is no HTTPS."""
    return f"https://{operator.host}" if settings.SECURE else f"http://{operator.host}:{settings.PORT}"
