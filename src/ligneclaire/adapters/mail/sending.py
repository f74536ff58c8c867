"""A mail in plain text and HTML, and a batch of them over one connection."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import formataddr
from functools import partial
from pathlib import Path

from django.core.mail import EmailMultiAlternatives, get_connection
from django.template import Context, Engine

_TEMPLATES = Engine(dirs=[str(Path(__file__).parent / "templates")])


@dataclass(frozen=True, slots=True)
class Mail:
    """Everything that a mail says, already in the reader's language. `message_id` stays the same when it is sent
    again, so that a reader's program can drop the second copy."""

    message_id: str
    sender_name: str
    sender_address: str
    recipient: str
    language: str
    accent: str
    subject: str
    heading: str
    greeting: str
    sentences: tuple[str, ...]
    link: str
    url: str
    closing: str
    footer: str


def send_all(mails: Sequence[Mail]) -> Iterator[str]:
    """Send each mail over one connection; yield for each "" or the fault as a code without personal data."""
    connection = get_connection()
    fault = _fault_of(connection.open)
    for mail in mails:
        yield fault or _fault_of(partial(connection.send_messages, [_message(mail)]))
    _fault_of(connection.close)


def plain_text(mail: Mail) -> str:
    """The whole mail for a reader without HTML."""
    parts = [mail.greeting, f"{mail.heading}.", *mail.sentences, f"{mail.link}:\n{mail.url}"]
    return "\n\n".join([*parts, f"{mail.closing}\n{mail.sender_name}", f"-- \n{mail.footer}"]) + "\n"


def html(mail: Mail) -> str:
    """The same mail in the operator's colours; every value is escaped."""
    return str(_TEMPLATES.get_template("letter.html").render(Context({"mail": mail})))


def _message(mail: Mail) -> EmailMultiAlternatives:
    sender = formataddr((mail.sender_name, mail.sender_address))
    headers = {"Message-ID": mail.message_id, "Content-Language": mail.language, "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(mail.subject, plain_text(mail), sender, [mail.recipient], headers=headers)
    message.attach_alternative(html(mail), "text/html")
    return message


def _fault_of(act: Callable[[], object]) -> str:
    """Run it; what went wrong as the name of the fault and the server's code: its words may hold an address."""
    try:
        act()
    except smtplib.SMTPRecipientsRefused as refused:
        return f"refused {next(iter(refused.recipients.values()))[0]}"
    except smtplib.SMTPResponseException as refused:
        return f"refused {refused.smtp_code}"
    except (OSError, smtplib.SMTPException, ValueError) as fault:
        return type(fault).__name__
    return ""
