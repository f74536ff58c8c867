"""An employee joins: invited by the employer at activation, never by himself (UPO-03, SPL-09); agrees; pays his part.

The employer sees that somebody was invited and agreed, never what the employee wrote or how he pays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ligneclaire.domains.access import inviting
from ligneclaire.domains.access import queries as access
from ligneclaire.domains.access.inviting import UnknownInvitation
from ligneclaire.domains.access.models import Invitation, Login
from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.accounts.policies import DirectDebit
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract, SplitBill
from ligneclaire.domains.contracts.queries import offered_of, waiting_for
from ligneclaire.domains.contracts.refusals import AcceptedAlready, NoEmployee
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers import queries as people
from ligneclaire.domains.customers.models import PartyRole, Person, Site
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.outbox import operations as outbox
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.journeys import formats
from ligneclaire.kernel import texts
from ligneclaire.kernel.refusal import Refusal

PURPOSE, VERSION = "split-bill", "2026-11"
TERMS = ("employer-sees", "employer-never-sees", "invoice", "end")


class NotTheManager(Refusal):
    """Only who manages the company's lines, or the operator's staff, invites its employees."""

    code = "customers.refused.not-the-manager"


class NoConsent(Refusal):
    """Nothing is shared before the employee agreed."""

    code = "customers.refused.no-consent"


class OfferChanged(Refusal):
    """The employer changed the offer while the employee was reading."""

    code = "contracts.refused.offer-changed"


@dataclass(frozen=True, slots=True)
class Invited:
    """What the page of a split bill shows: who invites, what is offered, what is known already. `terms` are the
    sentences that the employee agrees to; `seen` names the offer that they belong to."""

    split: SplitBill
    person: Person
    company: str
    line: str
    contribution: dict[str, Any]
    terms: tuple[str, ...]
    site: Site | None
    creditor: str
    creditor_identifier: str
    needs_password: bool

    @property
    def seen(self) -> str:
        """The offer that was read."""
        return self.split.public_id


@dataclass(frozen=True, slots=True)
class Details:
    """What the employee writes; without an IBAN the invoices are paid by transfer."""

    given_name: str
    family_name: str
    street: str
    postcode: str
    city: str
    iban: str = ""


def invite(
    *, contract: Contract, person: Person, contribution: object, by: Login, on: date, at: datetime, actor: str
) -> Invitation:
    """Offer an employee to share the bill of a line, and mail the link. Prepares the employee's own customer, account
    and login; nothing holds before he agrees, and nothing of the line is his. Who was invited before him, and did not
    agree, has a link that opens nothing.

    Raises NotTheManager, NoEmail, TooManyInvitations, lines.NotOfThisCustomer, and what offering a split bill refuses.
    """
    with acting_for(contract.operator_id):
        _must_manage(by, contract, on)
        if contract.line is None:
            raise NoEmployee(contract=contract.number)
        lines.check_user(line=contract.line, person=person, on=on)
        before = offered_of(contract)
        account = _own_account(contract, person, on, at, actor)
        split = contracts.offer_split_bill(
            contract=contract, account=account, contribution=contribution, on=on, at=at, actor=actor
        )
        if before is not None and before.account_id != account.pk:
            _withdraw(before, at, actor)
        return _send(split, person, at, actor)


def resend(*, split_bill: SplitBill, by: Login, on: date, at: datetime, actor: str) -> Invitation:
    """A new link for an invitation that got lost; the link before it is void (UPO-04, FMP-13).

    Raises NotTheManager, AcceptedAlready, TooManyInvitations.
    """
    with acting_for(split_bill.operator_id):
        _must_manage(by, split_bill.contract, on)
        if split_bill.accepted_at is not None:
            raise AcceptedAlready(contract=split_bill.contract.number)
        return _send(split_bill, _holder(split_bill.account), at, actor)


def invited(*, invitation: Invitation, lang: str) -> Invited | None:
    """What an open invitation offers; None when it only lets somebody choose a password.

    Raises UnknownInvitation when the employer withdrew the offer.
    """
    with acting_for(invitation.operator_id):
        person = Person.objects.get(operator_id=invitation.operator_id, login=invitation.login)
        split = waiting_for(Account.objects.filter(party_id__in=_households(person)).values_list("pk", flat=True))
        if split is None:
            return None
        entity = split.account.legal_entity
        params = {"company": split.contract.account.party.name, "line": _line_of(split)}
        return Invited(
            split, person, params["company"], params["line"], dict(split.contribution), _terms(params, lang),
            Site.objects.filter(party_id=split.account.party_id, is_billing=True).first(),
            entity.name, entity.creditor_identifier, needs_password=not invitation.login.has_usable_password(),
        )  # fmt: skip


def join(
    *,
    invitation: Invitation,
    details: Details,
    password: str | None,
    agreed: bool,
    seen: str,
    lang: str,
    on: date,
    at: datetime,
) -> SplitBill:
    """The employee completes the profile and agrees: the line is his to use from that day on, and from the next month
    on he pays his part.

    `seen` is the offer that the page showed. All or nothing. Raises InvitationUsed and its siblings, NoConsent,
    OfferChanged, WeakPassword, WrongDetail, WrongIban, and what giving a line refuses.
    """
    with acting_for(invitation.operator_id):
        found = invited(invitation=invitation, lang=lang)
        if found is None:
            raise UnknownInvitation()
        if not agreed:
            raise NoConsent()
        if found.seen != seen:
            raise OfferChanged()
        actor = f"person:{found.person.public_id}"
        inviting.use_invitation(
            invitation=invitation, password=password if found.needs_password else None, at=at, actor=actor
        )
        _complete(found, details, on, at, actor)
        text = "\n".join(found.terms)
        customers.record_consent(
            person=found.person, purpose=PURPOSE, given=True, text=text, text_version=VERSION, language=lang, at=at,
            actor=actor,
        )  # fmt: skip
        split = contracts.accept_split_bill(split_bill=found.split, on=on, at=at, actor=actor)
        if split.contract.line is not None:
            lines.give_line(line=split.contract.line, person=found.person, on=on, at=at, actor=actor)
        _confirm(split, found, lang, at)
    return split


def _must_manage(by: Login, contract: Contract, on: date) -> None:
    if not by.is_active or not (
        people.may_manage(by, contract.account.party_id, on) or "agent" in access.staff_roles(by)
    ):
        raise NotTheManager(company=contract.account.party.name)


def _own_account(contract: Contract, person: Person, on: date, at: datetime, actor: str) -> Account:
    """The employee's own account at the legal entity that bills the employer, and a login to reach it."""
    party = customers.open_household(person=person, on=on, at=at, actor=actor)
    if person.login_id is None:
        customers.give_login(person=person, password=None, at=at, actor=actor)
    known = Account.objects.filter(party=party, legal_entity_id=contract.account.legal_entity_id, closed_on=None)
    return known.order_by("pk").first() or accounts.open_account(
        party=party, on=on, at=at, actor=actor, legal_entity=contract.account.legal_entity
    )


def _send(split: SplitBill, person: Person, at: datetime, actor: str) -> Invitation:
    if person.login is None:
        raise UnknownInvitation()
    invitation = inviting.invite(login=person.login, at=at, actor=actor)
    outbox.queue(
        operator_id=split.operator_id, dedupe_key=f"invitation:{invitation.public_id}", channel="mail",
        recipient=person.email, language=person.language, template="split-bill-invitation", at=at,
        params={
            "invitation": invitation.public_id, "company": split.contract.account.party.name, "line": _line_of(split),
            "until": invitation.expires_at.date().isoformat(),
        },
    )  # fmt: skip
    return invitation


def _withdraw(before: SplitBill, at: datetime, actor: str) -> None:
    """Whom another offer replaced has nothing to open, unless he is offered another line too."""
    person = _holder(before.account)
    if person.login is not None and waiting_for([before.account_id]) is None:
        inviting.withdraw(login=person.login, at=at, actor=actor)


def _complete(found: Invited, details: Details, on: date, at: datetime, actor: str) -> None:
    account, person = found.split.account, found.person
    customers.change_person(
        person=person, given_name=details.given_name, family_name=details.family_name, phone=person.phone, at=at,
        actor=actor,
    )  # fmt: skip
    customers.set_billing_address(
        party=account.party, street=details.street, postcode=details.postcode, city=details.city,
        country=account.legal_entity.country, at=at, actor=actor,
    )  # fmt: skip
    if not details.iban.strip():
        accounts.agree_payment(account=account, method="transfer", on=on, at=at, actor=actor)
        return
    notice = rulebook.book_of(account.operator_id).in_force(DirectDebit, on)
    accounts.agree_payment(
        account=account, method="direct-debit", on=on, at=at, actor=actor, iban=details.iban,
        holder=f"{person.given_name} {person.family_name}", mandate_reference=f"M{account.number}",
        mandate_signed_on=on, notice_days_agreed=notice.value.notice_days if notice else None,
    )  # fmt: skip


def _confirm(split: SplitBill, found: Invited, lang: str, at: datetime) -> None:
    """The proof for the employee, on something that lasts."""
    outbox.queue(
        operator_id=split.operator_id, dedupe_key=f"split-accepted:{split.public_id}", channel="mail",
        recipient=found.person.email, language=lang, template="split-bill-accepted", at=at,
        params={"company": found.company, "line": found.line, "from_on": str(split.from_on)},
    )  # fmt: skip


def _terms(params: dict[str, str], lang: str) -> tuple[str, ...]:
    return tuple(texts.say(f"customers.split-bill.{key}", lang, params) for key in TERMS)


def _households(person: Person) -> list[int]:
    held = PartyRole.objects.filter(to_on=None, person=person, role="holder", party__kind="household")
    return list(held.values_list("party_id", flat=True))


def _holder(account: Account) -> Person:
    role = PartyRole.objects.select_related("person").get(party_id=account.party_id, role="holder", to_on=None)
    found: Person = role.person
    return found


def _line_of(split: SplitBill) -> str:
    line = split.contract.line
    return formats.phone(line.identifier, split.contract.account.legal_entity.country) if line else ""
