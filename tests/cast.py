"""The small cast of the tests, made by operations alone: Anna, Bora NV, Bram, Eva, Lien.

Anna Roche is a household of `rural` (prices hold VAT, direct debit). Bora NV is a company at `lessor` (prices without
VAT, half of it in the complementary currency). Eva works at the desk, Lien releases what Eva has run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from ligneclaire.domains.access import operations as access
from ligneclaire.domains.access.models import Login
from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers.models import Party, PartyRole, Person
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.kernel.scope import Scope

ZONE = ZoneInfo("Europe/Paris")  # Brussels keeps the same hours
ACTOR = "command:test"
PASSWORD = "Une ligne claire 2026"
ANNA_IBAN = "FR1420041010050500013M02606"
ANNA_LINE = "anna.roche@hauteligne.example"
BRAM_LINE = "+32470654321"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the cast: party, the person who acts for it, its account and its first contract."""

    operator: Operator
    party: Party
    person: Person
    account: Account
    contract: Contract

    @property
    def scope(self) -> Scope:
        """What this customer may see."""
        return Scope(
            self.operator.pk,
            party_ids=frozenset({self.party.pk}),
            account_ids=frozenset({self.account.pk}),
            private_part=True,
        )

    def acting(self):  # type: ignore[no-untyped-def]
        """One transaction of this customer's operator."""
        return acting_for(self.operator.pk)


def moment(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """A local moment of the operators."""
    return datetime.combine(day, time(hour, minute), ZONE)


def today() -> date:
    """The day of the operators, which before midnight in UTC is the next one already."""
    return datetime.now(ZONE).date()


def operator(code: str) -> Operator:
    """An operator that the database has."""
    return Operator.objects.get(code=code)


def household(
    number: str = "H1",
    given_name: str = "Anna",
    family_name: str = "Roche",
    *,
    signed_on: date = date(2026, 6, 3),
    offer_code: str = "radio-30",
    option_codes: Sequence[str] = (),
    method: str = "direct-debit",
    line: str = "",
    operator_code: str = "rural",
    notice_days_agreed: int | None = 3,
) -> Customer:
    """A household of `rural` with a signed contract that has not started. One transaction."""
    runs = operator(operator_code)
    at, name = moment(signed_on), f"{given_name} {family_name}"
    with acting_for(runs.pk):
        party = customers.register_household(
            operator_id=runs.pk,
            number=number,
            given_name=given_name,
            family_name=family_name,
            email=f"{given_name.lower()}@example.org" if number == "H1" else f"{number.lower()}@example.org",
            phone="06 39 98 12 34" if number == "H1" else "",
            language="fr",
            street="4 chemin des Vignes",
            postcode="23500",
            city="Felletin",
            country="FR",
            on=signed_on,
            at=at,
            actor=ACTOR,
        )
        account = accounts.open_account(party=party, on=signed_on, at=at, actor=ACTOR)
        mandate = {
            "iban": ANNA_IBAN,
            "holder": name,
            "mandate_reference": f"M{number}",
            "mandate_signed_on": signed_on,
            "notice_days_agreed": notice_days_agreed,
        }
        accounts.agree_payment(
            account=account,
            method=method,
            on=signed_on,
            at=at,
            actor=ACTOR,
            **(mandate if method == "direct-debit" else {}),
        )
        contract = contracts.sign_contract(
            account=account,
            offer_code=offer_code,
            option_codes=option_codes,
            on=signed_on,
            at=at,
            actor=ACTOR,
            line_identifier=line or (ANNA_LINE if number == "H1" else f"{number.lower()}@hauteligne.example"),
        )
        person = PartyRole.objects.get(party=party, role="holder").person
    return Customer(runs, party, person, account, contract)


def anna(
    *,
    signed_on: date = date(2026, 6, 3),
    kit_on: date | None = date(2026, 6, 9),
    connected_at: datetime | None = datetime(2026, 6, 12, 10, 41, tzinfo=ZONE),
    offer_code: str = "radio-30",
    option_codes: Sequence[str] = (),
    method: str = "direct-debit",
) -> Customer:
    """Anna: signed 3 June 2026, kit 9 June, connected 12 June at 10:41, so service from 12 June. Pays by debit."""
    found = household(signed_on=signed_on, offer_code=offer_code, option_codes=option_codes, method=method)
    contract = found.contract
    if kit_on:
        contract = contracts.record_kit_received(
            contract=contract, on=kit_on, at=moment(kit_on, 14), actor=ACTOR, source="carrier's proof 77120"
        )
    if connected_at:
        contract = contracts.record_connection(
            contract=contract, connected_at=connected_at, at=connected_at, actor=ACTOR, source="RADIUS 8f21"
        )
    return Customer(found.operator, found.party, found.person, found.account, contract)


def bora(
    *,
    signed_on: date = date(2026, 4, 2),
    installed_on: date | None = date(2026, 4, 20),
    share: int = 50,
    equipment: Sequence[tuple[str, int]] = (("centrale", 1), ("toestel", 4)),
    workers: int | None = 14,
) -> Customer:
    """Bora NV: telephony with a leased exchange and four telephones, paid by transfer, `share` percent of it in RES."""
    runs, at = operator("lessor"), moment(signed_on)
    with acting_for(runs.pk):
        party = customers.register_company(
            operator_id=runs.pk,
            number="C1",
            name="Bora NV",
            vat_number="BE0403170701",
            registration_number="0403170701",
            workers=workers,
            language="nl",
            street="Stationsstraat 12",
            postcode="2800",
            city="Mechelen",
            country="BE",
            on=signed_on,
            at=at,
            actor=ACTOR,
        )
        person = customers.add_person(
            party=party,
            given_name="Nora",
            family_name="Bogaert",
            email="nora@bora.example",
            phone="0470 12 34 56",
            language="nl",
            role="manager",
            on=signed_on,
            at=at,
            actor=ACTOR,
        )
        account = accounts.open_account(party=party, on=signed_on, at=at, actor=ACTOR, complementary_share=share)
        accounts.agree_payment(account=account, method="transfer", on=signed_on, at=at, actor=ACTOR)
        contract = contracts.sign_contract(
            account=account,
            offer_code="telefonie-basis",
            equipment=equipment,
            on=signed_on,
            at=at,
            actor=ACTOR,
            line_identifier="bora-1",
            line_kind="voice",
        )
    if installed_on:
        contract = contracts.record_installation(
            contract=contract, on=installed_on, at=moment(installed_on, 16), actor=ACTOR
        )
    return Customer(runs, party, person, account, contract)


def bora_mobile(
    *, signed_on: date = date(2026, 4, 2), line: str = BRAM_LINE, offer_code: str = "vlinder-25"
) -> Customer:
    """Bora NV at `fleet`: Nora manages, one mobile line, which runs from the day of the signature."""
    runs, at = operator("fleet"), moment(signed_on)
    with acting_for(runs.pk):
        party = customers.register_company(
            operator_id=runs.pk,
            number="F1",
            name="Bora NV",
            vat_number="BE0403170701",
            registration_number="0403170701",
            workers=14,
            language="nl",
            street="Stationsstraat 12",
            postcode="2800",
            city="Mechelen",
            country="BE",
            on=signed_on,
            at=at,
            actor=ACTOR,
        )
        person = customers.add_person(
            party=party,
            given_name="Nora",
            family_name="Bogaert",
            email="nora@bora.example",
            phone="0470 12 34 56",
            language="nl",
            role="manager",
            on=signed_on,
            at=at,
            actor=ACTOR,
        )
        account = accounts.open_account(party=party, on=signed_on, at=at, actor=ACTOR)
        accounts.agree_payment(account=account, method="transfer", on=signed_on, at=at, actor=ACTOR)
    company = Customer(runs, party, person, account, None)  # type: ignore[arg-type]
    return replace(company, contract=mobile_line(company, line, offer_code, on=signed_on))


def mobile_line(company: Customer, line: str, offer_code: str = "vlinder-25", on: date = date(2026, 4, 2)) -> Contract:
    """One more mobile line of a company of `fleet`, installed on the day of its signature."""
    contract = contracts.sign_contract(
        account=company.account,
        offer_code=offer_code,
        on=on,
        at=moment(on),
        actor=ACTOR,
        line_identifier=line,
        line_kind="mobile",
    )
    return contracts.record_installation(contract=contract, on=on, at=moment(on, 16), actor=ACTOR)


def bram(company: Customer, on: date = date(2026, 4, 20)) -> Person:
    """Bram, who works at Bora NV."""
    return customers.add_person(
        party=company.party,
        given_name="Bram",
        family_name="Claes",
        email="bram@bora.example",
        phone="0470 65 43 21",
        language="nl",
        role="employee",
        on=on,
        at=moment(on),
        actor=ACTOR,
    )


def login_of(person: Person, on: date = date(2026, 6, 3), password: str | None = PASSWORD) -> Login:
    """A login for a person of the cast, with the cast's password."""
    return customers.give_login(person=person, password=password, at=moment(on), actor=ACTOR)


def eva(operator_code: str = "rural", on: date = date(2026, 1, 5)) -> Login:
    """Eva at the desk: finds customers, runs the bills, proposes policies. She can't release her own run."""
    return _staff(operator_code, "eva@example.org", ("agent", "billing", "policy"), on)


def lien(operator_code: str = "rural", on: date = date(2026, 1, 5)) -> Login:
    """Lien, the second person, who releases."""
    return _staff(operator_code, "lien@example.org", ("agent", "release"), on)


def _staff(operator_code: str, email: str, roles: Sequence[str], on: date) -> Login:
    runs, at = operator(operator_code), moment(on)
    with acting_for(runs.pk):
        login = access.open_login(
            operator_id=runs.pk, email=email, phone="", language="en", password=PASSWORD, at=at, actor=ACTOR
        )
        for role in roles:
            access.grant_staff_role(login=login, role=role, at=at, actor=ACTOR)
    return login
