"""Mail through a real SMTP server in this process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from tests.postbox import Postbox, open_postbox

from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import LegalEntity, Operator
from ligneclaire.domains.outbox import operations as outbox
from ligneclaire.domains.outbox.models import Message
from ligneclaire.domains.outbox.tests.test_rules import READY
from ligneclaire.journeys import send_messages

pytestmark = pytest.mark.usefixtures("database")
AT = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    with open_postbox(Postbox()) as (box, url):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", urlsplit(url).port
        yield box


@pytest.fixture
def rural() -> Operator:
    return Operator.objects.get(code="rural")


def queue(operator: Operator, *, lang: str = "fr", key: str = "invoice-ready:aB3", **params: str) -> Message:
    with acting_for(operator.pk):
        return outbox.queue(
            operator_id=operator.pk, dedupe_key=key, channel="mail", recipient="anna@example.org", language=lang,
            template="invoice-ready", params={**READY, **params}, at=AT,
        )  # fmt: skip


def stored(operator: Operator) -> Message:
    with acting_for(operator.pk):
        return Message.objects.get()


def text_of(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("lang", "subject", "sentence"),
    [
        ("fr", "Votre facture, juillet 2026 : 87,84 €", "Le 6 juillet 2026, nous prélèverons 87,84 €"),
        ("nl", "Uw factuur van juli 2026: € 87,84", "Op 6 juli 2026 nemen wij € 87,84"),
        ("en", "Your invoice for July 2026: €87.84", "On 6 July 2026 we will take €87.84"),
    ],
)
def test_the_mail_arrives_in_the_readers_language_from_the_operator(
    postbox: Postbox, rural: Operator, lang: str, subject: str, sentence: str
) -> None:
    message = queue(rural, lang=lang)
    assert send_messages.send_due(operator_id=rural.pk, at=AT) == 1
    (mail,) = postbox.taken
    with acting_for(rural.pk):
        address = LegalEntity.objects.order_by("id")[0].email
    assert mail["Subject"].replace("\u00a0", " ") == subject
    assert (mail["From"].addresses[0].display_name, mail["From"].addresses[0].addr_spec) == (rural.name, address)
    assert postbox.envelopes == [(address, ["anna@example.org"])]
    assert (mail["To"], mail["Content-Language"]) == ("anna@example.org", lang)
    assert mail["Message-ID"] == f"<{message.public_id}@{rural.host}>"
    for kind in ("plain", "html"):
        assert sentence in text_of(mail, kind)
        assert f"http://{rural.host}:8000/invoices/aB3/" in text_of(mail, kind)
    assert f'<html lang="{lang}">' in text_of(mail, "html")
    assert "BE68" not in mail.as_string()


def test_one_mail_though_the_worker_runs_twice(postbox: Postbox, rural: Operator) -> None:
    queue(rural)
    assert send_messages.send_due(operator_id=rural.pk, at=AT) == 1
    assert send_messages.send_due(operator_id=rural.pk, at=AT + timedelta(days=1)) == 0
    assert len(postbox.taken) == 1
    assert (stored(rural).sent_at, stored(rural).attempts) == (AT, 1)


@pytest.mark.parametrize(("rcpt", "data", "fault"), [
    ("550 anna@example.org is unknown here", "250 OK", "refused 550"),
    ("451 later please, anna@example.org", "250 OK", "refused 451"),
    ("250 OK", "451 no room for anna@example.org", "refused 451"),
    ("250 OK", "550 not from you", "refused 550"),
])  # fmt: skip
def test_a_refused_mail_is_tried_later_with_the_same_id(
    postbox: Postbox, rural: Operator, caplog: pytest.LogCaptureFixture, rcpt: str, data: str, fault: str
) -> None:
    message = queue(rural)
    postbox.answer_rcpt, postbox.answer_data = rcpt, data
    assert send_messages.send_due(operator_id=rural.pk, at=AT) == 0
    after = stored(rural)
    assert (after.sent_at, after.attempts, after.last_fault) == (None, 1, fault)
    assert after.due_at == AT + timedelta(minutes=1)
    assert fault in caplog.text
    assert "anna" not in caplog.text
    postbox.answer_rcpt = postbox.answer_data = "250 OK"
    assert send_messages.send_due(operator_id=rural.pk, at=AT + timedelta(seconds=59)) == 0
    assert send_messages.send_due(operator_id=rural.pk, at=AT + timedelta(minutes=1)) == 1
    assert [mail["Message-ID"] for mail in postbox.taken] == [f"<{message.public_id}@{rural.host}>"]
    assert (stored(rural).attempts, stored(rural).last_fault) == (2, "")


def test_no_server_is_a_fault_like_any_other(rural: Operator, settings: Any) -> None:
    queue(rural)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert send_messages.send_due(operator_id=rural.pk, at=AT) == 0
    assert stored(rural).last_fault == "ConnectionRefusedError"


def test_a_letter_that_cannot_be_written_does_not_hold_up_the_others(postbox: Postbox, rural: Operator) -> None:
    queue(rural, key="bad", pay_on="someday")
    queue(rural, key="good")
    assert send_messages.send_due(operator_id=rural.pk, at=AT) == 1
    assert len(postbox.taken) == 1
    with acting_for(rural.pk):
        assert Message.objects.get(dedupe_key="bad").last_fault == "unreadable ValueError"


def test_what_a_customer_wrote_is_escaped(postbox: Postbox, rural: Operator) -> None:
    queue(rural, number="<script>alert(1)</script>")
    send_messages.send_due(operator_id=rural.pk, at=AT)
    assert "<script>" not in text_of(postbox.taken[0], "html")


def test_nothing_is_sent_inside_a_transaction(rural: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    open_transactions: list[bool] = []

    def look(mails: list[Any]) -> Iterator[str]:
        for _ in mails:
            open_transactions.append(connections["default"].in_atomic_block)
            yield ""

    monkeypatch.setattr(send_messages.sending, "send_all", look)
    queue(rural)
    send_messages.send_due(operator_id=rural.pk, at=AT)
    assert open_transactions == [False]
