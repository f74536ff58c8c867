"""A user without split bill opens his own customer area by proving his mobile number (UPO-02); who shares a bill comes
by invitation alone (UPO-03). The same proof lets a person change the number that he signs in with (UPO-05)."""

from __future__ import annotations

from datetime import date, datetime

from ligneclaire.domains.access import inviting
from ligneclaire.domains.access import operations as access
from ligneclaire.domains.access.models import Login, PhoneCode
from ligneclaire.domains.contracts.queries import split_waits_or_holds
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers import rules
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.customers.operations import WrongDetail
from ligneclaire.domains.lines import queries as lines
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.outbox import operations as outbox


def ask(*, operator_id: int, number: str, on: date, at: datetime) -> PhoneCode | None:
    """Send a code to the number of a mobile line whose user has no password yet and shares no bill.

    None when there is no such line: the page says the same, so that nobody learns who is a customer.
    Raises WrongDetail, TooManyCodes.
    """
    with acting_for(operator_id):
        phone = _number(operator_id, number)
        person = _who_may(operator_id, phone, on)
        if person is None:
            return None
        actor = f"person:{person.public_id}"
        if person.login is None:
            customers.give_login(person=person, password=None, at=at, actor=actor)
        if person.login is None or person.login.has_usable_password():
            return None
        return _send(person.login, phone, person.language, at, actor)


def register(*, asked: PhoneCode, code: str, password: str, at: datetime) -> Login:
    """The code that came by SMS opens the customer area: the number is proven, and signs in from now on.

    Raises WrongCode, WeakPassword, LoginTaken.
    """
    login: Login = asked.login
    actor = f"login:{login.public_id}"
    inviting.prove_phone(asked=asked, written=code, at=at, actor=actor)
    with acting_for(asked.operator_id):
        inviting.set_password(login=login, password=password, at=at, actor=actor)
        access.change_phone(login=login, phone=asked.phone, at=at, actor=actor)
    return login


def ask_new_number(*, login: Login, number: str, language: str, at: datetime, actor: str) -> PhoneCode:
    """Send a code to another number that a person wants to use. Raises WrongDetail, LoginTaken, TooManyCodes."""
    with acting_for(login.operator_id):
        phone = _number(login.operator_id, number)
        access.check_phone_is_free(login=login, phone=phone)
        return _send(login, phone, language, at, actor)


def take_new_number(*, asked: PhoneCode, person: Person, code: str, at: datetime, actor: str) -> None:
    """The number is proven: it is the person's, and signs in from now on; the login stays the same (UPO-05).

    Raises WrongCode, LoginTaken.
    """
    inviting.prove_phone(asked=asked, written=code, at=at, actor=actor)
    with acting_for(asked.operator_id):
        access.change_phone(login=asked.login, phone=asked.phone, at=at, actor=actor)
        customers.change_person(
            person=person, given_name=person.given_name, family_name=person.family_name, phone=asked.phone, at=at,
            actor=actor,
        )  # fmt: skip


def _who_may(operator_id: int, phone: str, on: date) -> Person | None:
    """The user of that mobile line, unless its bill is shared or waits to be."""
    ids = lines.lines_by_identifier(operator_id, [phone, phone.removeprefix("+")])
    line = next(iter(ids.values()), None)
    if line is None or split_waits_or_holds(line, on):
        return None
    person = lines.user_on(line, on)
    return person if person is not None and person.email else None


def _send(login: Login, phone: str, language: str, at: datetime, actor: str) -> PhoneCode:
    asked = inviting.ask_code(login=login, phone=phone, at=at, actor=actor)
    outbox.queue(
        operator_id=login.operator_id, dedupe_key=f"phone-code:{asked.public_id}", channel="sms", recipient=phone,
        language=language, template="phone-code", params={"code_id": asked.public_id}, at=at,
    )  # fmt: skip
    return asked


def _number(operator_id: int, written: str) -> str:
    try:
        phone = rules.phone(written, Operator.objects.get(pk=operator_id).country)
    except rules.Unreadable as error:
        raise WrongDetail(field=error.field, value=error.value) from None
    if not phone:
        raise WrongDetail(field="phone", value=written)
    return phone
