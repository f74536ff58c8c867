"""The manager's portal and the reader's own pages: one login, and going from one to the other is an act (FMP-03).
What a manager does there for an employee: invite, invite again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from ligneclaire.domains.access.models import Invitation, Login
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts.models import SplitBill
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers import queries as people
from ligneclaire.domains.customers.models import Party, PartyRole, Person
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.journeys import join_fleet
from ligneclaire.kernel.scope import Scope

MANAGER, OWN = "manager", "own"


def companies_of(login: Login, on: date) -> tuple[Party, ...]:
    """The companies for which a login may open the manager's portal on a day, by name."""
    return companies_among({party for party, _role in people.acting_roles(login, on)})


def companies_among(party_ids: Iterable[int]) -> tuple[Party, ...]:
    """The same, of the parties that a login acts for (`Scope.party_ids`)."""
    return tuple(Party.objects.filter(pk__in=party_ids, kind="company").order_by("name", "pk"))


def enter(*, login: Login, company: str, on: date, at: datetime, actor: str) -> Party:
    """Open the manager's portal of a company, by its public id; written down. Raises NotFound."""
    found = next((one for one in companies_of(login, on) if one.public_id == company), None)
    if found is None:
        raise NotFound(company)
    _note(found, MANAGER, at, actor)
    return found


def leave(*, company: Party, at: datetime, actor: str) -> None:
    """Go back to the reader's own pages; written down."""
    _note(company, OWN, at, actor)


def invite(
    *, scope: Scope, contract: str, given_name: str, family_name: str, email: str, contribution: object, by: Login,
    on: date, at: datetime, actor: str,
) -> Invitation:  # fmt: skip
    """Invite who uses the line of a contract to share its bill (SPL-09); somebody new becomes an employee.

    Raises NotFound, WrongDetail, and what `join_fleet.invite` refuses.
    """
    with acting_for(scope.operator_id):
        row = contracts.contract_row(scope, contract)
        party = row.account.party
        person = _employee(party, email, on) or customers.add_person(
            party=party, given_name=given_name, family_name=family_name, email=email, phone="", language=party.language,
            role="employee", on=on, at=at, actor=actor,
        )  # fmt: skip
        return join_fleet.invite(
            contract=row, person=person, contribution=contribution, by=by, on=on, at=at, actor=actor
        )


def invite_again(*, scope: Scope, split_bill: SplitBill, by: Login, on: date, at: datetime, actor: str) -> Invitation:
    """A new link in place of one that got lost (FMP-13). Raises NotFound, and what `join_fleet.resend` refuses."""
    with acting_for(scope.operator_id):
        contracts.contract_row(scope, split_bill.contract.public_id)
        return join_fleet.resend(split_bill=split_bill, by=by, on=on, at=at, actor=actor)


def _employee(party: Party, email: str, on: date) -> Person | None:
    """Somebody of the company with this address."""
    roles = PartyRole.objects.filter(party=party, person__email__iexact=email.strip(), from_on__lte=on)
    found = roles.exclude(to_on__lte=on).select_related("person").order_by("pk").first()
    return found.person if found else None


def _note(company: Party, portal: str, at: datetime, actor: str) -> None:
    with acting_for(company.operator_id):
        audit.record(
            operator_id=company.operator_id, at=at, actor=actor, act="switch_portal",
            subject=f"party:{company.public_id}", detail={"to": portal},
        )  # fmt: skip
