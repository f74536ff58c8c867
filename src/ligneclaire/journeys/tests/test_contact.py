"""Contact data on real PostgreSQL: each changes himself alone, and only what was proven counts (UPO-05, UPO-10)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import cast

from ligneclaire.domains.access import inviting, proving
from ligneclaire.domains.access.inviting import TooManyInvitations, WrongCode
from ligneclaire.domains.access.models import Login
from ligneclaire.domains.access.operations import LoginTaken
from ligneclaire.domains.access.proving import DeadLink
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.customers.models import Person, Site
from ligneclaire.domains.customers.operations import WrongDetail
from ligneclaire.domains.customers.queries import NotFound, find_customers
from ligneclaire.domains.outbox.models import Message
from ligneclaire.journeys import contact, register
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
DAY = date(2026, 7, 20)
AT = cast.moment(DAY)
NEW = "anna.roche@nouveau.example"
HOME = {"street": "9 rue du Lac", "postcode": "23000", "city": "Guéret"}


def anna() -> tuple[cast.Customer, Login]:
    found = cast.anna()
    login = cast.login_of(found.person)
    return found, login


def asked(known: cast.Customer, email: str = NEW) -> str:
    proof = contact.ask_new_email(person=known.person, email=email, at=AT, actor="person:anna")
    return proving.token_of(proof.public_id)


def taken(known: cast.Customer, token: str, after: timedelta = timedelta(minutes=5)) -> None:
    contact.take_new_email(person=known.person, token=token, on=DAY, at=AT + after, actor="person:anna")


@pytest.mark.rule("UPO-05", "UPO-10")
def test_a_new_address_counts_once_its_link_was_opened() -> None:
    known, login = anna()
    with known.acting():
        token = asked(known, " Anna.Roche@Nouveau.example ")
        mail = Message.objects.get(template="email-proof")
        assert (mail.recipient, mail.params["until"]) == (NEW, "2026-07-21T10:00:00+02:00")
        assert token not in str(list(Message.objects.values())) + str(list(AuditEntry.objects.values()))
        assert Login.objects.get(pk=login.pk).email == "anna@example.org"
        taken(known, token)
        kept = Login.objects.get(email=NEW)
        assert (kept.pk, kept.public_id, kept.check_password(cast.PASSWORD)) == (login.pk, login.public_id, True)
        assert Person.objects.get(pk=known.person.pk).email == NEW
        assert Account.objects.get(pk=known.account.pk).email == NEW  # invoices went to the former one
        assert Message.objects.get(template="contact-changed").recipient == "anna@example.org"
        assert AuditEntry.objects.filter(act="change_email").count() == 2
        staff = Scope.staff(known.operator.pk)
        assert [one.number for one in find_customers(staff, "anna.roche@nouv")] == ["H1"]


def test_a_link_works_once_for_a_day_and_only_the_newest() -> None:
    known, _login = anna()
    with known.acting():
        first, second = asked(known), asked(known, "a@nouveau.example")
        for token, after in ((first, timedelta()), (second, timedelta(days=1)), ("", timedelta())):
            with pytest.raises(DeadLink):
                taken(known, token, after)
        taken(known, second)
        with pytest.raises(DeadLink):
            taken(known, second)
        for _again in range(3):
            asked(known)
        with pytest.raises(TooManyInvitations):
            asked(known)


def test_a_link_is_of_no_use_to_another_login() -> None:
    known, _login = anna()
    luc = cast.household("H2", "Luc", "Martin")
    with known.acting():
        cast.login_of(luc.person)
        token = asked(known)
        with pytest.raises(DeadLink):
            taken(luc, token)


def test_that_an_address_is_taken_is_told_to_its_holder_alone() -> None:
    known, _login = anna()
    luc = cast.household("H2", "Luc", "Martin")
    with known.acting():
        cast.login_of(luc.person)
        token = asked(known, "h2@example.org")
        with pytest.raises(LoginTaken):
            taken(known, token)
        assert Person.objects.get(pk=known.person.pk).email == "anna@example.org"


@pytest.mark.parametrize("wrong", ["", "anna", "anna@example.org"])
def test_what_is_no_other_address_is_said(wrong: str) -> None:
    known, _login = anna()
    with known.acting():
        with pytest.raises(WrongDetail):
            asked(known, wrong)
        assert not Message.objects.exists()


@pytest.mark.rule("UPO-05", "UPO-10")
def test_a_new_number_is_proven_by_its_code_and_told_by_mail() -> None:
    known, login = anna()
    luc = cast.household("H2", "Luc", "Martin")
    with known.acting():
        other = cast.login_of(luc.person)
        by = {"language": "fr", "at": AT, "actor": "person:anna"}
        code = register.ask_new_number(login=login, number="06 39 98 00 01", **by)  # type: ignore[arg-type]
        with pytest.raises(WrongCode):
            contact.take_new_number(
                person=luc.person, asked=code, code=inviting.code_of(code.public_id), at=AT, actor=f"login:{other.pk}"
            )
        contact.take_new_number(
            person=known.person, asked=code, code=inviting.code_of(code.public_id), at=AT, actor="person:anna"
        )
        assert Login.objects.get(phone="+33639980001").pk == login.pk
        assert Person.objects.get(pk=known.person.pk).phone == "+33639980001"
        assert Message.objects.get(template="contact-changed").recipient == "anna@example.org"


@pytest.mark.rule("UPO-10")
def test_an_address_holds_from_the_next_invoice_and_only_for_whom_one_acts() -> None:
    known, _login = anna()
    luc = cast.household("H2", "Luc", "Martin")
    by = {"on": DAY, "at": AT, "actor": "person:anna"}
    with known.acting():
        contact.change_address(person=known.person, party_public_id=known.party.public_id, **HOME, **by)  # type: ignore[arg-type]
        site = Site.objects.get(party=known.party, is_billing=True)
        assert (site.street, site.city, site.country) == ("9 rue du Lac", "Guéret", "FR")
        wrong = HOME | {"postcode": "2800"}
        with pytest.raises(WrongDetail):
            contact.change_address(person=known.person, party_public_id=known.party.public_id, **wrong, **by)  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            contact.change_address(person=known.person, party_public_id=luc.party.public_id, **HOME, **by)  # type: ignore[arg-type]
        assert Site.objects.get(party=luc.party, is_billing=True).street == "4 chemin des Vignes"


@pytest.mark.rule("UPO-10")
def test_a_household_keeps_the_name_of_its_contract_and_chooses_the_language() -> None:
    known, _login = anna()
    with known.acting():
        with pytest.raises(contact.NameOnContract):
            contact.change_name(
                person=known.person, given_name="A.", family_name="R.", on=DAY, at=AT, actor="person:anna"
            )
        with pytest.raises(WrongDetail):
            contact.change_language(person=known.person, language="de", on=DAY, at=AT, actor="person:anna")
        contact.change_language(person=known.person, language="en", on=DAY, at=AT, actor="person:anna")
        assert Account.objects.get(pk=known.account.pk).language == "en"


@pytest.mark.rule("UPO-10")
def test_an_employee_corrects_his_name_and_nothing_of_his_employer() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = cast.bram(bora)
        cast.login_of(bram)
        by = {"on": DAY, "at": AT, "actor": "person:bram"}
        assert contact.contact_data(bram, DAY, AT).addresses == ()
        contact.change_name(person=bram, given_name="Bram", family_name="Claes-Smet", **by)  # type: ignore[arg-type]
        contact.change_language(person=bram, language="fr", **by)  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            contact.change_address(person=bram, party_public_id=bora.party.public_id, **HOME, **by)  # type: ignore[arg-type]
        changed = Person.objects.get(pk=bram.pk)
        assert (changed.family_name, changed.language) == ("Claes-Smet", "fr")
        assert Account.objects.get(pk=bora.account.pk).language == "nl"
        assert Person.objects.get(pk=bora.person.pk).family_name == "Bogaert"
