"""Alerts become messages to the user and the manager: once, in order, never about the private part."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import cast

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.lines.rules import notices
from ligneclaire.domains.outbox.models import Message
from ligneclaire.domains.usage.models import Alert, Counter, Group, Notice
from ligneclaire.domains.usage.queries import notices as proof
from ligneclaire.journeys import alerts, send_messages
from ligneclaire.kernel.money import Money

pytestmark = pytest.mark.usefixtures("database")
MONTH = date(2026, 6, 1)
AT = datetime(2026, 6, 20, 12, 5, tzinfo=UTC)
GB = 10**9


@pytest.fixture
def bora() -> tuple[cast.Customer, Person]:
    company = cast.bora_mobile()
    with company.acting():
        bram = cast.bram(company)
        on = date(2026, 5, 1)
        lines.give_line(line=company.contract.line, person=bram, on=on, at=cast.moment(on), actor=cast.ACTOR)
        group = Group.objects.create(operator_id=company.operator.pk, account=company.account, month=MONTH)
        Counter.objects.create(
            operator_id=company.operator.pk, group=group, line=company.contract.line, code="data", service="data",
            used=25 * GB, allowance=25 * GB,
        )  # fmt: skip
    return company, bram


def raise_alert(company: cast.Customer, threshold: int, counter: str = "data", allowance: int = 25 * GB) -> None:
    with company.acting():
        Alert.objects.create(
            operator_id=company.operator.pk, line=company.contract.line, month=MONTH, counter=counter, epoch=0,
            threshold=threshold, used=allowance * threshold // 100, allowance=allowance, event_at=AT, raised_at=AT,
        )  # fmt: skip


def warn(company: cast.Customer, at: datetime = AT) -> list[tuple[str, str, str]]:
    """Warn, and tell of every message: channel, recipient and threshold or level."""
    alerts.warn(operator_id=company.operator.pk, at=at)
    with company.acting():
        return [
            (one.channel, one.recipient, one.params.get("threshold") or one.params["level"])
            for one in Message.objects.order_by("due_at", "id")
        ]


@pytest.mark.rule("USE-01", "W-21", "W-42")
def test_the_user_and_the_manager_are_told_once_and_in_ascending_order(bora: tuple[cast.Customer, Person]) -> None:
    company, _bram = bora
    for threshold in (100, 75, 90):  # one record crossed all three; they were written in any order
        raise_alert(company, threshold)
    told = warn(company)
    each = [
        ("sms", "+32470654321"),
        ("mail", "bram@bora.example"),
        ("sms", "+32470123456"),
        ("mail", "nora@bora.example"),
    ]
    assert told == [(*who, threshold) for threshold in ("75", "90", "100") for who in each]
    assert warn(company, AT + timedelta(hours=1)) == told
    with company.acting():
        sms = Message.objects.filter(channel="sms").order_by("id").first()
        assert sms is not None
        assert sms.params["used"].replace("\u00a0", " ") == "18,7 GB"  # rounded down: never more than was used
        assert sms.params["at"] == "2026-06-20T14:05:00+02:00"


@pytest.mark.rule("USE-03", "UPO-01", "L-BE-07")
def test_what_is_switched_off_is_not_sent_and_that_is_kept(bora: tuple[cast.Customer, Person]) -> None:
    company, bram = bora
    with company.acting():
        for kind, channel in ((notices.BUNDLE, "sms"), (notices.BILL_SHOCK, "sms"), (notices.ROAMING, "mail")):
            lines.choose_notice(
                line=company.contract.line, person=bram, kind=kind, channel=channel, wanted=False, on=MONTH, at=AT,
                actor="person:bram",
            )  # fmt: skip
        with pytest.raises(lines.CannotSwitchOff):
            lines.choose_notice(
                line=company.contract.line, person=bram, kind=notices.ROAMING, channel="sms", wanted=False, on=MONTH,
                at=AT, actor="person:bram",
            )  # fmt: skip
    raise_alert(company, 75)
    raise_alert(company, 80, "roaming-eu", 50_000_000)
    his = {(channel, said) for channel, recipient, said in warn(company) if recipient in ("+32470654321", bram.email)}
    assert his == {("mail", "75"), ("sms", "warning")}
    with company.acting():
        off = Notice.objects.filter(outcome="switched-off").values_list("alert__counter", "channel")
        assert set(off) == {("data", "sms"), ("roaming-eu", "mail")}


@pytest.mark.rule("FMP-11", "W-21")
def test_of_a_split_line_the_manager_hears_of_the_bundle_alone(bora: tuple[cast.Customer, Person]) -> None:
    company, bram = bora
    split_the_bill(company, bram)
    raise_alert(company, 75)
    raise_alert(company, 100, "domestic-be", 50_000_000)
    raise_alert(company, 100, "roaming-eu", 50_000_000)
    told = warn(company)
    managers = ("+32470123456", "nora@bora.example")
    assert {said for _channel, recipient, said in told if recipient in managers} == {"75"}
    assert {said for _channel, recipient, said in told if recipient == bram.email} == {"75", "limit"}
    assert len(told) == 3 * 2 + 2


@pytest.mark.rule("W-21", "FMP-11")
def test_of_what_lines_share_the_managers_hear_and_nobody_else(bora: tuple[cast.Customer, Person]) -> None:
    company, _bram = bora
    with company.acting():
        sales = customers.add_cost_centre(party=company.party, code="S", name="Sales", at=AT, actor="x")
        group = Group.objects.get()
        for code in ("data-pool", f"data-centre@{sales.pk}"):
            Counter.objects.create(
                operator_id=company.operator.pk, group=group, line=None, code=code, service="data", used=50 * GB,
                allowance=50 * GB,
            )  # fmt: skip
            Alert.objects.create(
                operator_id=company.operator.pk, account=company.account, month=MONTH, counter=code, epoch=0,
                threshold=100, used=50 * GB, allowance=50 * GB, event_at=AT, raised_at=AT,
            )  # fmt: skip
    told = warn(company)
    managers = {("sms", "+32470123456"), ("mail", "nora@bora.example")}
    assert {(channel, recipient) for channel, recipient, _said in told} == managers
    with company.acting():
        assert {one.params["line"] for one in Message.objects.all()} == {"Gedeelde bundel", "Gedeelde bundel, Sales"}
    assert warn(company) == told


def split_the_bill(company: cast.Customer, bram: Person) -> None:
    on, actor = date(2026, 5, 20), cast.ACTOR
    with company.acting():
        household = customers.open_household(person=bram, on=on, at=cast.moment(on), actor=actor)
        account = accounts.open_account(party=household, on=on, at=cast.moment(on), actor=actor)
        split = contracts.offer_split_bill(
            contract=company.contract, account=account, contribution={"type": "amount", "amount": "15.00"}, on=on,
            at=cast.moment(on), actor=actor,
        )  # fmt: skip
        contracts.accept_split_bill(split_bill=split, on=on, at=cast.moment(on), actor="person:bram")


def test_without_a_split_bill_the_manager_hears_of_spending_too(bora: tuple[cast.Customer, Person]) -> None:
    company, _bram = bora
    raise_alert(company, 100, "domestic-be", 50_000_000)
    assert ("mail", "nora@bora.example", "limit") in warn(company)


@pytest.mark.rule("L-EU-02", "W-22")
def test_the_warning_of_a_ceiling_says_where_to_go_on(bora: tuple[cast.Customer, Person]) -> None:
    company, bram = bora
    raise_alert(company, 100, "roaming-eu", 50_000_000)
    warn(company)
    with company.acting():
        line = company.contract.line.public_id
        pages = dict(Message.objects.filter(channel="mail").values_list("recipient", "params__page"))
        assert pages == {
            bram.email: f"/usage/{line}/limits/", "nora@bora.example": f"/fleet/lines/{line}/limits",
        }  # fmt: skip


@pytest.mark.rule("W-22", "W-32")
@pytest.mark.parametrize(("stops", "said"), [(True, {"warning", "limit"}), (False, {"warning", "warns"})])
def test_a_limit_of_ones_own_warns_before_it_and_at_it(
    bora: tuple[cast.Customer, Person], stops: bool, said: set[str]
) -> None:
    company, _bram = bora
    with company.acting():
        cap = lines.note_control(
            line=company.contract.line, kind="cap", subject="own", on=True, side="company", person=None,
            channel="portal", amount=Money.of("30.00"), stops=stops, at=AT, actor="person:nora",
        )  # fmt: skip
    for threshold in (80, 100):
        raise_alert(company, threshold, f"own-{cap.pk}", 30_000_000)
    assert {level for _channel, _recipient, level in warn(company)} == said


def test_an_alert_that_reaches_nobody_is_kept_and_not_asked_again(bora: tuple[cast.Customer, Person]) -> None:
    company, bram = bora
    with company.acting():
        Person.objects.filter(pk__in=[bram.pk, company.person.pk]).update(email="", phone="")
        lines.take_line(line=company.contract.line, on=MONTH, at=AT, actor=cast.ACTOR)
    raise_alert(company, 75)
    assert warn(company) == []
    assert alerts.warn(operator_id=company.operator.pk, at=AT) == 0
    with company.acting():
        assert Notice.objects.get().outcome == "nobody"


@pytest.mark.rule("W-07")
def test_the_proof_says_when_each_warning_was_taken_over(
    bora: tuple[cast.Customer, Person], settings: Any, tmp_path: Path
) -> None:
    company, bram = bora
    settings.SMS_FOLDER, settings.EMAIL_FILE_PATH = tmp_path / "sms", tmp_path / "mail"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    raise_alert(company, 75)
    raise_alert(company, 100)
    warn(company)
    with company.acting():
        waiting = proof.warned([company.contract.line_id], [MONTH])
        assert {(one.queued_at, one.sent_at) for one in waiting} == {(AT, None)}
    later = AT + timedelta(seconds=20)
    assert send_messages.send_due(operator_id=company.operator.pk, at=later) == 8
    with company.acting():
        sent = proof.warned([company.contract.line_id], [MONTH])
        assert [(one.threshold, one.channel, one.sent_at) for one in sent if one.person_id == bram.pk] == [
            (75, "sms", later), (75, "mail", later), (100, "sms", later), (100, "mail", later),
        ]  # fmt: skip
        assert proof.warned([company.contract.line_id], [date(2026, 7, 1)]) == ()
    texts = sorted(one.read_text().replace("\u00a0", " ") for one in (tmp_path / "sms").iterdir())
    assert "From: VlinderMobi\nTo: +32470654321\n\n0470 65 43 21: 75 % gebruikt, 18,7 GB van 25 GB data." in "".join(
        texts
    )
