"""An unpaid private invoice: Bram is reminded, then Nora hears the amount due and nothing else (SPL-11, FMP-11)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests import cast, rated

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.models import Invoice, InvoiceLine
from ligneclaire.domains.billing.tests.runs import AUGUST, bill
from ligneclaire.domains.collections.models import PrivateReminder
from ligneclaire.domains.collections.queries import Escalated, escalated_of
from ligneclaire.domains.outbox import letters
from ligneclaire.domains.outbox.models import Message
from ligneclaire.domains.payments import operations as payments
from ligneclaire.journeys import private_reminders, send_messages
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope
from ligneclaire.kernel.texts import LANGUAGES

pytestmark = pytest.mark.usefixtures("database")
JULY = date(2026, 7, 1)
FIFTEEN = {"type": "amount", "amount": "15.00"}


class Story:
    """Bora NV, Bram and his first private invoice, of what July cost."""

    def __init__(self) -> None:
        self.bora = cast.bora_mobile()
        self.account: Account = rated.private_account(self.bora)
        rated.split(self.bora.contract, self.account, FIFTEEN)
        rated.rate(self.bora.contract, JULY, {"voice-international": "31.00", "sms-parking": "4.20"})
        bill(self.bora.operator, AUGUST)
        with self.bora.acting():
            self.invoice = Invoice.objects.get(account=self.account)
        self.due_on = self.invoice.due_on

    def remind(self, days: int) -> int:
        on = self.due_on + timedelta(days=days)
        return private_reminders.remind(operator_id=self.bora.operator.pk, on=on, at=cast.moment(on, 8))

    def mails(self) -> list[tuple[str, str]]:
        with self.bora.acting():
            found = Message.objects.filter(template__startswith="private-").order_by("id")
            return [(one.template, one.recipient) for one in found]

    def steps(self) -> list[tuple[str, str, date | None]]:
        with self.bora.acting():
            return [(one.step, str(one.amount), one.pay_by) for one in PrivateReminder.objects.order_by("pk")]

    def escalated(self, scope: Scope | None = None) -> tuple[Escalated, ...]:
        with self.bora.acting():
            return escalated_of(scope or self.bora.scope)

    def pay(self, amount: str, reference: str = "B1") -> None:
        on = self.due_on + timedelta(days=9)
        payments.record_payment(
            operator_id=self.bora.operator.pk, received_on=on, amount=Money.of(amount), currency="EUR",
            method="transfer", reference=reference, at=cast.moment(on), actor="eva",
            structured_communication=self.invoice.structured_communication,
        )  # fmt: skip


REMINDER = ("private-reminder", "bram@bora.example")
ESCALATION = ("private-escalated", "nora@bora.example")


@pytest.mark.rule("SPL-11")
def test_the_employee_then_the_employer_then_the_employer_owes_it() -> None:
    story = Story()
    owed, due = str(story.invoice.total), story.due_on
    assert (story.remind(7), story.mails(), story.escalated()) == (0, [], ())
    assert (story.remind(8), story.remind(8), story.mails()) == (1, 0, [REMINDER])
    assert (story.remind(22), story.escalated()) == (0, ())
    assert (story.remind(23), story.remind(24), story.mails()) == (1, 0, [REMINDER, ESCALATION])
    told = Escalated((cast.BRAM_LINE,), "Bram Claes", Money.of(owed), due + timedelta(days=53), None)
    assert story.escalated() == (told,)
    assert (story.remind(53), story.remind(54), story.remind(400)) == (0, 1, 0)
    (liable,) = story.escalated()
    assert (liable.due, liable.liable_since) == (Money.of(owed), due + timedelta(days=54))
    assert story.mails() == [REMINDER, ESCALATION]
    assert story.steps() == [
        ("reminded", owed, due + timedelta(days=22)),
        ("escalated", owed, due + timedelta(days=53)),
        ("employer-liable", owed, None),
    ]


@pytest.mark.rule("SPL-11", "FMP-11")
def test_the_mail_to_the_manager_tells_the_amount_due_and_nothing_else(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    story = Story()
    story.remind(8)
    story.remind(23)
    send_messages.send_due(operator_id=story.bora.operator.pk, at=cast.moment(story.due_on + timedelta(days=23), 9))
    sent = "\n".join(one.read_text() for one in (tmp_path / "mail").iterdir()).split("-" * 79 + "\n")
    with story.bora.acting():
        message = Message.objects.get(template="private-escalated")
    (mail,) = [one for one in sent if "To: nora@bora.example" in one and message.public_id in one]
    parsed = message_from_bytes(mail.encode(), policy=policy.default)
    bodies = [part.get_content() for part in parsed.walk() if part.get_content_maintype() == "text"]
    text = "\n".join([str(parsed["Subject"]), *bodies]).replace("\u00a0", " ")
    owed = str(story.invoice.total).replace(".", ",")
    assert len(bodies) == 2
    assert f"Voor 0470 65 43 21 is € {owed} verschuldigd" in text
    assert set(re.findall(r"\d+,\d\d", text)) == {owed}
    for word in (story.invoice.public_id, story.invoice.number, story.invoice.structured_communication, "/invoices/",
                 "parking", "internation", "Bram"):  # fmt: skip
        assert word not in text
    assert message.params.keys() == {"line", "amount", "pay_by"}
    until = story.due_on + timedelta(days=53)
    for lang in LANGUAGES:  # no volume and no other number: line, amount and day away, no digit is left
        letter = letters.write(message.template, message.params, lang)
        said = " ".join((letter.subject, letter.heading, *letter.sentences, letter.path)).replace("\u00a0", " ")
        assert "0470 65 43 21" in said
        for known in ("0470 65 43 21", owed, str(story.invoice.total)):
            said = said.replace(known, "")
        assert re.findall(r"\d+", said) == [f"{until.day}", f"{until.year}"]


@pytest.mark.rule("SPL-11")
def test_a_payment_stops_it_and_a_part_of_it_lowers_what_is_told() -> None:
    story = Story()
    story.remind(8)
    story.pay("3.00")
    assert story.remind(23) == 1
    left = Money(story.invoice.total) - Money.of("3.00")
    assert [one.due for one in story.escalated()] == [left]
    story.pay(str(left.amount), "B2")
    assert (story.escalated(), story.remind(54)) == ((), 0)
    assert [step for step, _amount, _until in story.steps()] == ["reminded", "escalated"]


@pytest.mark.rule("SPL-11")
def test_a_dispute_holds_it_and_its_answer_begins_the_days_anew() -> None:
    story = Story()
    story.remind(8)
    at = cast.moment(story.due_on + timedelta(days=10))
    with story.bora.acting():
        lines = list(InvoiceLine.objects.filter(invoice=story.invoice))
    disputes = [
        billing.dispute_line(line=one, words="Niet van mij.", requester=None, at=at, actor="eva") for one in lines
    ]
    assert (story.remind(23), story.escalated()) == (0, ())
    answered = cast.moment(story.due_on + timedelta(days=30))
    for one in disputes:
        billing.answer_dispute(dispute=one, outcome="refused", words="Toch wel.", at=answered, actor="eva")
    assert (story.remind(44), story.remind(45)) == (0, 1)
    assert story.mails() == [REMINDER, ESCALATION]


@pytest.mark.rule("SPL-11", "FMP-11")
def test_only_the_company_that_was_told_sees_it() -> None:
    story = Story()
    story.remind(8)
    story.remind(23)
    operator = story.bora.operator.pk
    assert story.escalated(Scope(operator, account_ids=frozenset({story.bora.account.pk})))
    assert story.escalated(Scope(operator, account_ids=frozenset({story.account.pk}))) == ()
    assert story.escalated(Scope(operator, party_ids=frozenset())) == ()


@pytest.mark.rule("SPL-11")
def test_a_step_that_would_reach_nobody_is_not_taken() -> None:
    story = Story()
    story.remind(8)
    with story.bora.acting():
        type(story.bora.person).objects.filter(pk=story.bora.person.pk).update(email="")
    assert (story.remind(23), len(story.steps())) == (0, 1)
    with story.bora.acting():
        type(story.bora.person).objects.filter(pk=story.bora.person.pk).update(email="nora@bora.example")
    assert story.remind(40) == 1
    assert story.steps()[-1][2] == story.due_on + timedelta(days=70)


def test_the_company_s_own_invoice_is_none_of_it() -> None:
    story = Story()
    story.pay(str(story.invoice.total))
    assert [story.remind(days) for days in (8, 23, 54)] == [0, 0, 0]
    with story.bora.acting():
        assert Invoice.objects.filter(account=story.bora.account).exists()


def test_the_database_refuses_a_step_that_makes_no_sense() -> None:
    story = Story()
    row = {"operator_id": story.bora.operator.pk, "invoice": story.invoice, "at": cast.moment(AUGUST), "amount": 5}
    for wrong in (
        {"step": "reminded", "pay_by": None},
        {"step": "reminded", "pay_by": AUGUST, "employer": story.bora.account},
        {"step": "escalated", "pay_by": AUGUST},
        {"step": "employer-liable", "pay_by": AUGUST, "employer": story.bora.account},
        {"step": "reminded", "pay_by": AUGUST, "amount": 0},
    ):
        with story.bora.acting(), pytest.raises(IntegrityError), transaction.atomic():
            PrivateReminder.objects.create(**{**row, **wrong})
