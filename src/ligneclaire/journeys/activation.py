"""First access: staff send somebody a link, behind which the person alone chooses a password (UPO-07, UPO-09).

No password is ever written in a mail or on paper. Who waits for a split bill gets its invitation again instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from ligneclaire.domains.access import inviting
from ligneclaire.domains.access.models import Invitation, Login
from ligneclaire.domains.access.operations import must_have
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.contracts.queries import waiting_for
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers.models import Party, PartyRole, Person
from ligneclaire.domains.customers.operations import NoEmail
from ligneclaire.domains.customers.queries import NotFound, PersonView, within
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.outbox import operations as outbox
from ligneclaire.journeys import join_fleet
from ligneclaire.kernel.scope import Scope

ROLES = ("holder", "manager", "billing", "employee")  # who is only trusted has no customer area


def person_of(scope: Scope, party_public_id: str, person_public_id: str, on: date) -> Person:
    """A person of a customer who may have a customer area. Raises NotFound outside the scope."""
    party = Party.objects.filter(within(scope), public_id=party_public_id).first()
    roles = PartyRole.objects.filter(party=party, person__public_id=person_public_id, role__in=ROLES, from_on__lte=on)
    role = roles.exclude(to_on__lte=on).select_related("person__login").first() if party else None
    if role is None:
        raise NotFound(person_public_id)
    person: Person = role.person
    return person


def links_of(people: Iterable[PersonView], at: datetime) -> dict[str, datetime]:
    """Until when the links can be used that some people were sent, by the person's public id."""
    logins = {one.login_id: one.public_id for one in people if one.login_id is not None and not one.can_sign_in}
    found = inviting.invited_until(logins, at) if logins else {}
    return {logins[key]: until for key, until in found.items()}


def may_be_sent(person: PersonView) -> bool:
    """Whether a link opens anything for a person: a role with a customer area, an address, no password yet."""
    return person.role in ROLES and bool(person.email) and not person.can_sign_in


def send(*, person: Person, by: Login, on: date, at: datetime) -> Invitation:
    """Mail a person the link that opens the customer area; a link before it is void.

    Raises RoleMissing, HasPassword, NoEmail, LoginTaken, TooManyInvitations.
    """
    must_have(by, "agent")
    actor = f"login:{by.public_id}"
    if not person.email:
        raise NoEmail(name=_name(person))
    with acting_for(person.operator_id):
        login = person.login or customers.give_login(person=person, password=None, at=at, actor=actor)
        if login.has_usable_password():
            raise inviting.HasPassword(name=_name(person))
        own = Account.objects.filter(party__kind="household", party__in=_held(person)).values_list("pk", flat=True)
        split = waiting_for(own)
        if split is not None:
            return join_fleet.resend(split_bill=split, by=by, on=on, at=at, actor=actor)
        invitation = inviting.invite(login=login, at=at, actor=actor)
        outbox.queue(
            operator_id=person.operator_id, dedupe_key=f"invitation:{invitation.public_id}", channel="mail",
            recipient=person.email, language=person.language, template="activation", at=at,
            params={"invitation": invitation.public_id, "until": invitation.expires_at.date().isoformat()},
        )  # fmt: skip
    return invitation


def _held(person: Person) -> list[int]:
    roles = PartyRole.objects.filter(operator_id=person.operator_id, person=person, role="holder", to_on=None)
    return list(roles.values_list("party_id", flat=True))


def _name(person: Person) -> str:
    return f"{person.given_name} {person.family_name}"
