"""A user without split bill proves his number and is in; who shares a bill can't come that way (UPO-02, UPO-03)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import cast

from ligneclaire.domains.access import inviting
from ligneclaire.domains.access.models import Login, PhoneCode
from ligneclaire.domains.access.operations import LoginTaken
from ligneclaire.domains.contracts.models import SplitBill
from ligneclaire.domains.contracts.operations import end_split_bill
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.customers.operations import WrongDetail
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.outbox.models import Message
from ligneclaire.journeys import join_fleet, register

pytestmark = pytest.mark.usefixtures("database")
DAY = date(2026, 5, 20)
AT = cast.moment(DAY)
PASSWORD = "Vlinders in mei 2026"


def with_line() -> tuple[cast.Customer, Person]:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = cast.bram(bora)
        lines.give_line(line=bora.contract.line, person=bram, on=DAY, at=AT, actor=cast.ACTOR)
    return bora, bram


def ask(company: cast.Customer, number: str = "0470 65 43 21") -> PhoneCode | None:
    return register.ask(operator_id=company.operator.pk, number=number, on=DAY, at=AT)


def split(company: cast.Customer, bram: Person) -> SplitBill:
    join_fleet.invite(
        contract=company.contract, person=bram, contribution={"type": "amount", "amount": "15.00"},
        by=cast.login_of(company.person), on=DAY, at=AT, actor="person:nora",
    )  # fmt: skip
    return SplitBill.objects.get()


@pytest.mark.rule("UPO-02")
def test_the_code_of_the_sms_opens_the_customer_area() -> None:
    bora, bram = with_line()
    with bora.acting():
        asked = ask(bora)
        assert asked is not None
        sms = Message.objects.get()
        assert (sms.channel, sms.recipient, sms.template) == ("sms", "+32470654321", "phone-code")
        code = inviting.code_of(asked.public_id)
        assert code not in str(list(Message.objects.values()))
        with pytest.raises(inviting.WrongCode):
            register.register(asked=asked, code="12345", password=PASSWORD, at=AT)
        login = register.register(asked=asked, code=code, password=PASSWORD, at=AT)
        assert (login.phone, login.check_password(PASSWORD)) == ("+32470654321", True)
        assert Person.objects.get(pk=bram.pk).login_id == login.pk
        assert ask(bora) is None  # who has a password signs in


@pytest.mark.rule("UPO-03")
def test_a_split_bill_user_cannot_register_himself() -> None:
    bora, bram = with_line()
    with bora.acting():
        offered = split(bora, bram)
        Message.objects.all().delete()
        assert ask(bora) is None
        assert not Message.objects.exists()
        assert not Login.objects.get(phone="+32470654321").has_usable_password()
        end_split_bill(split_bill=offered, on=DAY, at=AT, actor=cast.ACTOR)
        assert ask(bora) is not None  # the employer took the offer back


@pytest.mark.rule("UPO-02")
@pytest.mark.parametrize("number", ["0470 00 00 00", "0470 12 34 56"])
def test_a_number_that_is_no_line_of_a_user_gets_nothing(number: str) -> None:
    bora, _bram = with_line()
    with bora.acting():
        assert ask(bora, number) is None
        assert not Message.objects.exists()
        assert not Login.objects.exists()


def test_what_is_no_number_is_said() -> None:
    bora, _bram = with_line()
    with bora.acting(), pytest.raises(WrongDetail):
        ask(bora, "abc")


@pytest.mark.rule("UPO-02", "UPO-05")
def test_another_number_is_proven_before_it_signs_in() -> None:
    bora, bram = with_line()
    with bora.acting():
        login, nora = cast.login_of(bram), cast.login_of(bora.person)
        with pytest.raises(LoginTaken):
            register.ask_new_number(login=login, number=nora.phone, language="nl", at=AT, actor="person:bram")
        asked = register.ask_new_number(login=login, number="0499 00 00 01", language="nl", at=AT, actor="person:bram")
        later = AT + timedelta(minutes=2)
        assert Login.objects.get(pk=login.pk).phone == "+32470654321"
        code = inviting.code_of(asked.public_id)
        register.take_new_number(asked=asked, person=bram, code=code, at=later, actor="person:bram")
        changed = Login.objects.get(pk=login.pk)
        assert (changed.phone, changed.public_id) == ("+32499000001", login.public_id)
        assert changed.check_password(cast.PASSWORD)
        assert Person.objects.get(pk=bram.pk).phone == "+32499000001"
