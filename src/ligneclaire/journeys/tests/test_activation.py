"""Staff send a link, never a password; who has a password gets none (UPO-07, UPO-09)."""

from __future__ import annotations

from datetime import date

import pytest
from tests import cast

from ligneclaire.domains.access import inviting
from ligneclaire.domains.access.models import Invitation, Login
from ligneclaire.domains.access.operations import RoleMissing
from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.customers.operations import NoEmail
from ligneclaire.domains.customers.queries import NotFound, customer_view
from ligneclaire.domains.outbox.models import Message
from ligneclaire.journeys import activation, join_fleet
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
DAY = date(2026, 7, 20)
AT = cast.moment(DAY)


def send(person: Person, by: Login) -> Invitation:
    return activation.send(person=person, by=by, on=DAY, at=AT)


@pytest.mark.rule("UPO-07", "UPO-09")
def test_a_link_and_no_password_leaves_the_house() -> None:
    anna, eva = cast.anna(), cast.eva()
    with anna.acting():
        invitation = send(anna.person, eva)
        login = Login.objects.get(email="anna@example.org")
        assert (invitation.login_id, login.has_usable_password()) == (login.pk, False)
        mail = Message.objects.get()
        assert (mail.template, mail.recipient, mail.language) == ("activation", "anna@example.org", "fr")
        assert inviting.token_of(invitation.public_id) not in str(mail.params)
        entry = AuditEntry.objects.get(act="invite")
        assert (entry.actor, entry.subject) == (f"login:{eva.public_id}", f"login:{login.public_id}")
        staff = Scope.staff(anna.operator.pk)
        links = activation.links_of(customer_view(staff, anna.party.public_id).people, AT)
        assert links == {anna.person.public_id: invitation.expires_at}
        inviting.use_invitation(invitation=invitation, password="Vlinders in mei 2026", at=AT, actor="link")
        with pytest.raises(inviting.HasPassword):
            send(Person.objects.get(pk=anna.person.pk), eva)
        assert Message.objects.count() == 1


def test_who_has_no_address_or_is_not_at_the_desk_gets_none() -> None:
    anna, luc, eva = cast.anna(), cast.household("H2", "Luc", "Martin"), cast.eva()
    with anna.acting():
        luc.person.email = ""
        with pytest.raises(NoEmail):
            send(luc.person, eva)
        with pytest.raises(RoleMissing):
            send(anna.person, cast.login_of(anna.person))
        assert not Message.objects.exists()


def test_a_person_is_found_with_the_customer_alone() -> None:
    anna, luc = cast.anna(), cast.household("H2", "Luc", "Martin")
    staff, mine = Scope.staff(anna.operator.pk), anna.party.public_id
    with anna.acting():
        assert activation.person_of(staff, mine, anna.person.public_id, DAY) == anna.person
        for scope, person in ((staff, luc.person), (luc.scope, anna.person)):
            with pytest.raises(NotFound):
                activation.person_of(scope, mine, person.public_id, DAY)


@pytest.mark.rule("UPO-03", "UPO-04")
def test_who_waits_for_a_split_bill_gets_that_invitation_again() -> None:
    bora, eva = cast.bora_mobile(), cast.eva("fleet")
    with bora.acting():
        bram = cast.bram(bora)
        first = join_fleet.invite(
            contract=bora.contract, person=bram, contribution={"type": "amount", "amount": "15.00"},
            by=cast.login_of(bora.person), on=DAY, at=AT, actor="person:nora",
        )  # fmt: skip
        second = send(bram, eva)
        assert set(Message.objects.values_list("template", flat=True)) == {"split-bill-invitation"}
        assert Invitation.objects.get(pk=first.pk).voided_at == AT
        assert second.login_id == first.login_id
