"""A person sees and changes how to be reached: name, language of letters, e-mail address, number, address (UPO-10).

Everybody changes himself alone, and where the invoices go of whom he acts for. A new address counts once its holder
proved it, a new number by a code (`register`); the login stays the same (UPO-05).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ligneclaire.domains.access import inviting, proving
from ligneclaire.domains.access.models import EmailProof, Login, PhoneCode
from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers import queries as people
from ligneclaire.domains.customers import rules
from ligneclaire.domains.customers.models import Party, Person
from ligneclaire.domains.customers.operations import WrongDetail
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.operators import queries as operators
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.outbox import operations as outbox
from ligneclaire.journeys import register
from ligneclaire.kernel.refusal import Refusal


class NameOnContract(Refusal):
    """The name stands on contracts and invoices: who has a household asks the operator to change it."""

    code = "customers.refused.name-on-contract"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the invoices of a household or a company go; empty when nobody said it yet."""

    party_public_id: str
    name: str
    is_company: bool
    street: str
    postcode: str
    city: str


@dataclass(frozen=True, slots=True)
class ContactData:
    """What the page of the contact data shows. `waiting_email` was asked for and is not proven yet."""

    given_name: str
    family_name: str
    language: str
    email: str
    phone: str
    may_change_name: bool
    waiting_email: str
    addresses: tuple[Address, ...]


def contact_data(person: Person, on: date, at: datetime) -> ContactData:
    """A person's own data on a day."""
    parties = people.acts_for(person, on)
    waiting = proving.waiting_email(login=person.login, at=at) if person.login else None
    return ContactData(
        person.given_name, person.family_name, person.language, person.email, person.phone,
        not _has_household(parties), waiting.email if waiting else "", _addresses(parties),
    )  # fmt: skip


def change_name(*, person: Person, given_name: str, family_name: str, on: date, at: datetime, actor: str) -> None:
    """The person's name as the person writes it. Raises NameOnContract, WrongDetail."""
    if _has_household(people.acts_for(person, on)):
        raise NameOnContract()
    customers.change_person(
        person=person, given_name=given_name, family_name=family_name, phone=person.phone, at=at, actor=actor
    )


def change_language(*, person: Person, language: str, on: date, at: datetime, actor: str) -> None:
    """The language of letters, and of the invoices of the person's own household. Raises WrongDetail."""
    with acting_for(person.operator_id):
        customers.change_language(person=person, language=language, at=at, actor=actor)
        for account in _accounts(person, on):
            if account.party.kind == "household":
                accounts.change_contact(account=account, email=account.email, language=language, at=at, actor=actor)


def ask_new_email(*, person: Person, email: str, at: datetime, actor: str) -> EmailProof:
    """Send a link to another address; nothing changes before it is opened. Raises WrongDetail, TooManyInvitations."""
    login = _login(person)
    try:
        address = rules.email(email)
    except rules.Unreadable as error:
        raise WrongDetail(field=error.field, value=error.value) from None
    if not address or address == login.email:
        raise WrongDetail(field="email", value=email)
    with acting_for(person.operator_id):
        proof = proving.ask_email(login=login, email=address, at=at, actor=actor)
        until = proof.expires_at.astimezone(operators.zone_of(person.operator_id))
        outbox.queue(
            operator_id=person.operator_id, dedupe_key=f"email-proof:{proof.public_id}", channel="mail",
            recipient=address, language=person.language, template="email-proof", at=at,
            params={"proof": proof.public_id, "until": until.isoformat()},
        )  # fmt: skip
    return proof


def take_new_email(*, person: Person, token: str, on: date, at: datetime, actor: str) -> None:
    """The address is proven: letters, invoices that went to the former one, and signing in. The former one is told.

    Raises DeadLink, LoginTaken.
    """
    former = person.email
    with acting_for(person.operator_id):
        email = proving.prove_email(login=_login(person), token=token, at=at, actor=actor)
        customers.change_email(person=person, email=email, at=at, actor=actor)
        for account in _accounts(person, on):
            if account.email == former:
                accounts.change_contact(account=account, email=email, language=account.language, at=at, actor=actor)
        _tell(person, former, "email", token, at)


def take_new_number(*, person: Person, asked: PhoneCode, code: str, at: datetime, actor: str) -> None:
    """The number is proven by the code, and the person is told by mail. Raises WrongCode, LoginTaken."""
    if asked.login_id != person.login_id:
        raise inviting.WrongCode()
    register.take_new_number(asked=asked, person=person, code=code, at=at, actor=actor)
    with acting_for(person.operator_id):
        _tell(person, person.email, "phone", asked.public_id, at)


def change_address(
    *,
    person: Person,
    party_public_id: str,
    street: str,
    postcode: str,
    city: str,
    on: date,
    at: datetime,
    actor: str,
) -> None:
    """Where the invoices go of a household or company for which the person acts, from the next one on.

    Raises NotFound for any other, WrongDetail.
    """
    party = next((one for one in people.acts_for(person, on) if one.public_id == party_public_id), None)
    if party is None:
        raise NotFound(party_public_id)
    known = people.billing_sites([party]).get(party.pk)
    country = known.country if known else Operator.objects.get(pk=party.operator_id).country
    customers.set_billing_address(
        party=party, street=street, postcode=postcode, city=city, country=country, at=at, actor=actor
    )


def _addresses(parties: tuple[Party, ...]) -> tuple[Address, ...]:
    sites = people.billing_sites(parties)
    found = []
    for party in parties:
        site = sites.get(party.pk)
        where = (site.street, site.postcode, site.city) if site else ("", "", "")
        found.append(Address(party.public_id, party.name, party.kind == "company", *where))
    return tuple(found)


def _has_household(parties: tuple[Party, ...]) -> bool:
    return any(party.kind == "household" for party in parties)


def _accounts(person: Person, on: date) -> list[Account]:
    parties = people.acts_for(person, on)
    return list(Account.objects.filter(party__in=parties).select_related("party").order_by("pk"))


def _login(person: Person) -> Login:
    login: Login | None = person.login
    if login is None:
        raise NotFound(person.public_id)
    return login


def _tell(person: Person, address: str, what: str, about: str, at: datetime) -> None:
    outbox.queue(
        operator_id=person.operator_id, dedupe_key=f"contact-changed:{what}:{about.partition('.')[0]}", channel="mail",
        recipient=address, language=person.language, template="contact-changed", params={"what": what}, at=at,
    )  # fmt: skip
