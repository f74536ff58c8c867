"""Acts on people, households and companies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection

from ligneclaire.domains.access import operations as access
from ligneclaire.domains.access.models import Login
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.customers import rules
from ligneclaire.domains.customers.models import Consent, CostCentre, Party, PartyRole, Person, SearchKey, Site
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.kernel.refusal import Refusal

FIRST_NUMBER = 100_000


class WrongDetail(Refusal):
    """A detail of a person, a company or an address can't be right; `field` names it."""

    code = "customers.refused.wrong-detail"


class NumberTaken(Refusal):
    """Another customer of the operator has this number."""

    code = "customers.refused.number-taken"


class HasLogin(Refusal):
    """The person has a login already."""

    code = "customers.refused.has-login"


class NoEmail(Refusal):
    """A login needs an e-mail address."""

    code = "customers.refused.no-email"


class CodeTaken(Refusal):
    """The company has a cost centre of this code already."""

    code = "customers.refused.code-taken"


def register_household(
    *,
    operator_id: int,
    given_name: str,
    family_name: str,
    email: str,
    phone: str,
    language: str,
    street: str,
    postcode: str,
    city: str,
    country: str,
    on: date,
    at: datetime,
    actor: str,
    number: str | None = None,
) -> Party:
    """A new household with its holder and its home, which is also where invoices go.

    `number` is the customer number; without one the next free one is taken. Raises WrongDetail, NumberTaken.
    """
    with acting_for(operator_id):
        name = f"{given_name.strip()} {family_name.strip()}"
        party = _new_party(
            operator_id, number, kind="household", segment="consumer", name=name, language=language, on=on
        )
        _add_person(
            party, "holder", on, given_name=given_name, family_name=family_name, email=email, phone=phone,
            language=language,
        )  # fmt: skip
        _add_site(party, "", street=street, postcode=postcode, city=city, country=country, is_billing=True)
        _audit(party, "register_household", at, actor)
    return party


def register_company(
    *,
    operator_id: int,
    name: str,
    vat_number: str,
    registration_number: str,
    workers: int | None,
    language: str,
    street: str,
    postcode: str,
    city: str,
    country: str,
    on: date,
    at: datetime,
    actor: str,
    number: str | None = None,
) -> Party:
    """A new company with its billing address. `workers` None = unknown = not protected as a small firm.

    Raises WrongDetail (VAT and registration numbers are checked by their own check digits), NumberTaken.
    """
    with acting_for(operator_id):
        party = _new_party(
            operator_id, number, kind="company", segment="business", name=name.strip(), language=language, on=on,
            vat_number=_checked(rules.vat_number, vat_number, country),
            registration_number=_checked(rules.registration_number, registration_number, country), workers=workers,
        )  # fmt: skip
        _add_site(party, "", street=street, postcode=postcode, city=city, country=country, is_billing=True)
        _audit(party, "register_company", at, actor)
    return party


def add_person(
    *,
    party: Party,
    given_name: str,
    family_name: str,
    email: str,
    phone: str,
    language: str,
    role: str,
    on: date,
    at: datetime,
    actor: str,
) -> Person:
    """A person with a role for a party from a day on: holder, manager, employee, billing or trusted.

    Raises WrongDetail.
    """
    with acting_for(party.operator_id):
        person = _add_person(
            party, role, on, given_name=given_name, family_name=family_name, email=email, phone=phone, language=language
        )
        _audit(party, "add_person", at, actor, person=person.public_id, role=role)
    return person


def open_household(*, person: Person, on: date, at: datetime, actor: str) -> Party:
    """The household of a person who is known already, such as an employee: holder, but no address yet.

    A person who holds one keeps it.
    """
    with acting_for(person.operator_id):
        Person.objects.select_for_update().get(pk=person.pk)
        held = PartyRole.objects.filter(person=person, role="holder", to_on=None, party__kind="household")
        known = held.order_by("pk").first()
        if known is not None:
            return Party.objects.get(pk=known.party_id)
        name = f"{person.given_name} {person.family_name}"
        party = _new_party(
            person.operator_id, None, kind="household", segment="consumer", name=name, language=person.language, on=on
        )
        PartyRole.objects.create(operator_id=party.operator_id, party=party, person=person, role="holder", from_on=on)
        make_findable(party=party, words=(person.email, person.phone))
        _audit(party, "open_household", at, actor, person=person.public_id)
    return party


def set_billing_address(
    *, party: Party, street: str, postcode: str, city: str, country: str, at: datetime, actor: str
) -> Site:
    """Where the invoices of a party go from now on. Raises WrongDetail."""
    with acting_for(party.operator_id):
        Party.objects.select_for_update().get(pk=party.pk)
        Site.objects.filter(party=party, is_billing=True).update(is_billing=False)
        site = _add_site(party, "", street=street, postcode=postcode, city=city, country=country, is_billing=True)
        _audit(party, "set_billing_address", at, actor, site=str(site.pk))
    return site


def change_person(*, person: Person, given_name: str, family_name: str, phone: str, at: datetime, actor: str) -> Person:
    """A person's own details, as the person writes them. Raises WrongDetail."""
    if not given_name.strip() or not family_name.strip():
        raise WrongDetail(field="name", value=f"{given_name} {family_name}")
    with acting_for(person.operator_id):
        country = Operator.objects.get(pk=person.operator_id).country
        person.given_name, person.family_name = given_name.strip(), family_name.strip()
        person.phone = _checked(rules.phone, phone, country)
        person.save(update_fields=["given_name", "family_name", "phone"])
        _findable(person)
        _audit_person(person, "change_person", at, actor)
    return person


def change_email(*, person: Person, email: str, at: datetime, actor: str) -> Person:
    """Another e-mail address, which the person has proven. Raises WrongDetail."""
    with acting_for(person.operator_id):
        person.email = _checked(rules.email, email)
        person.save(update_fields=["email"])
        _findable(person)
        _audit_person(person, "change_email", at, actor)
    return person


def change_language(*, person: Person, language: str, at: datetime, actor: str) -> Person:
    """The language in which a person is written to from now on. Raises WrongDetail."""
    with acting_for(person.operator_id):
        _language(person.operator_id, language)
        person.language = language
        person.save(update_fields=["language"])
        _audit_person(person, "change_language", at, actor, language=language)
    return person


def record_consent(
    *, person: Person, purpose: str, given: bool, text: str, text_version: str, language: str, at: datetime, actor: str
) -> Consent:
    """Keep what a person agreed to, or took back, and which words were read; of the words a digest is kept."""
    with acting_for(person.operator_id):
        consent = Consent.objects.create(
            operator_id=person.operator_id, person=person, purpose=purpose, given=given, text_version=text_version,
            text_digest=hashlib.sha256(text.encode()).hexdigest(), language=language, at=at,
        )  # fmt: skip
        _audit_person(person, "record_consent", at, actor, purpose=purpose, given="yes" if given else "no")
    return consent


def add_site(
    *, party: Party, name: str, street: str, postcode: str, city: str, country: str, at: datetime, actor: str
) -> Site:
    """One more address of a party; the billing address stays as it is. Raises WrongDetail."""
    with acting_for(party.operator_id):
        site = _add_site(party, name, street=street, postcode=postcode, city=city, country=country, is_billing=False)
        _audit(party, "add_site", at, actor, site=str(site.pk))
    return site


def add_cost_centre(*, party: Party, code: str, name: str, at: datetime, actor: str) -> CostCentre:
    """A cost centre of a company. Raises WrongDetail for a household, CodeTaken."""
    if party.kind != "company" or not code.strip():
        raise WrongDetail(field="code", value=code)
    with acting_for(party.operator_id):
        if CostCentre.objects.filter(party=party, code=code.strip()).exists():
            raise CodeTaken(number=code.strip())
        centre = CostCentre.objects.create(operator_id=party.operator_id, party=party, code=code.strip(), name=name)
        _audit(party, "add_cost_centre", at, actor, code=centre.code)
    return centre


def make_findable(*, party: Party, words: Iterable[str]) -> None:
    """Let staff find a party by these words too; saying it again changes nothing."""
    keys = {rules.plain(word)[:160] for word in words} - {""}
    with acting_for(party.operator_id):
        SearchKey.objects.bulk_create(
            [SearchKey(operator_id=party.operator_id, party=party, key=key) for key in sorted(keys)],
            ignore_conflicts=True,
        )


def give_login(*, person: Person, password: str | None, at: datetime, actor: str) -> Login:
    """A login for a person, by the person's own e-mail address and number. Raises HasLogin, NoEmail, LoginTaken."""
    with acting_for(person.operator_id):
        locked = Person.objects.select_for_update().get(pk=person.pk)
        if locked.login_id is not None:
            raise HasLogin(name=locked.email)
        if not locked.email:
            raise NoEmail(name=f"{locked.given_name} {locked.family_name}")
        login = access.open_login(
            operator_id=locked.operator_id, email=locked.email, phone=locked.phone, language=locked.language,
            password=password, at=at, actor=actor,
        )  # fmt: skip
        locked.login = login
        locked.save(update_fields=["login"])
        person.login = login
    return login


def _new_party(operator_id: int, number: str | None, *, on: date, language: str, name: str, **fields: Any) -> Party:
    if not name.strip():
        raise WrongDetail(field="name", value=name)
    _language(operator_id, language)
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('party', 'id'))")
        (key,) = cursor.fetchone()
    number = number or str(FIRST_NUMBER + key)
    if Party.objects.filter(number=number).exists():
        raise NumberTaken(number=number)
    party = Party.objects.create(
        id=key, operator_id=operator_id, number=number, name=name, language=language, since=on, **fields
    )
    make_findable(party=party, words=(number, party.vat_number, *rules.name_keys(name)))
    return party


def _add_person(
    party: Party, role: str, on: date, *, given_name: str, family_name: str, email: str, phone: str, language: str
) -> Person:
    if role not in dict(PartyRole.ROLES):
        raise WrongDetail(field="role", value=role)
    if not given_name.strip() or not family_name.strip():
        raise WrongDetail(field="name", value=f"{given_name} {family_name}")
    country = _language(party.operator_id, language).country
    person = Person.objects.create(
        operator_id=party.operator_id, given_name=given_name.strip(), family_name=family_name.strip(),
        email=_checked(rules.email, email), phone=_checked(rules.phone, phone, country), language=language,
    )  # fmt: skip
    PartyRole.objects.create(operator_id=party.operator_id, party=party, person=person, role=role, from_on=on)
    names = rules.name_keys(f"{person.given_name} {person.family_name}")
    make_findable(party=party, words=(person.email, person.phone, *names))
    return person


def _findable(person: Person) -> None:
    """Staff find the parties of a person by the new details too; the former ones still lead there."""
    words = (person.email, person.phone, *rules.name_keys(f"{person.given_name} {person.family_name}"))
    for role in PartyRole.objects.filter(person=person, to_on=None).select_related("party"):
        make_findable(party=role.party, words=words)


def _add_site(
    party: Party, name: str, *, street: str, postcode: str, city: str, country: str, is_billing: bool
) -> Site:
    if not street.strip() or not city.strip():
        raise WrongDetail(field="street", value=f"{street} {city}")
    if len(country) != 2 or not country.isupper():
        raise WrongDetail(field="country", value=country)
    return Site.objects.create(
        operator_id=party.operator_id, party=party, name=name.strip(), street=street.strip(),
        postcode=_checked(rules.postcode, postcode, country), city=city.strip(), country=country, is_billing=is_billing,
    )  # fmt: skip


def _language(operator_id: int, language: str) -> Operator:
    operator = Operator.objects.get(pk=operator_id)
    if language not in operator.languages:
        raise WrongDetail(field="language", value=language)
    return operator


def _checked(rule: Any, *written: str) -> str:
    try:
        return str(rule(*written))
    except rules.Unreadable as error:
        raise WrongDetail(field=error.field, value=error.value) from None


def _audit(party: Party, act: str, at: datetime, actor: str, **detail: str) -> None:
    subject = f"party:{party.public_id}"
    audit.record(operator_id=party.operator_id, at=at, actor=actor, act=act, subject=subject, detail=detail)


def _audit_person(person: Person, act: str, at: datetime, actor: str, **detail: str) -> None:
    subject = f"person:{person.public_id}"
    audit.record(operator_id=person.operator_id, at=at, actor=actor, act=act, subject=subject, detail=detail)
