"""Households, companies and their people: written in one way, refused by name."""

from __future__ import annotations

from datetime import date

import pytest
from tests import cast

from ligneclaire.domains.access.operations import LoginTaken
from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers import queries
from ligneclaire.domains.customers.models import Party, PartyRole, Person, SearchKey, Site
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
ON = date(2026, 6, 3)
HOUSEHOLD = {
    "given_name": "Anna", "family_name": "Roche", "email": "Anna@Example.org", "phone": "06 39 98 12 34",
    "language": "fr", "street": "4 chemin des Vignes", "postcode": "23500", "city": "Felletin", "country": "FR",
    "on": ON, "at": cast.moment(ON), "actor": "x",
}  # fmt: skip
COMPANY = {
    "name": "Bora NV", "vat_number": "BE 0403.170.701", "registration_number": "0403.170.701", "workers": 14,
    "language": "nl", "street": "Stationsstraat 12", "postcode": "2800", "city": "Mechelen", "country": "BE",
    "on": ON, "at": cast.moment(ON), "actor": "x",
}  # fmt: skip


def _household(**changed: object) -> Party:
    return customers.register_household(operator_id=cast.operator("rural").pk, **{**HOUSEHOLD, **changed})


def _company(**changed: object) -> Party:
    return customers.register_company(operator_id=cast.operator("lessor").pk, **{**COMPANY, **changed})


def _counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Party, Person, PartyRole, Site, SearchKey, AuditEntry))


@pytest.mark.rule("W-47")
def test_person_party_role_and_home_are_rows_of_their_own() -> None:
    party = _household()
    with cast.acting_for(party.operator_id):
        role = PartyRole.objects.select_related("person").get(party=party)
        assert (party.kind, party.segment, party.name) == ("household", "consumer", "Anna Roche")
        assert (role.role, role.from_on, role.to_on) == ("holder", ON, None)
        assert (role.person.email, role.person.phone, role.person.login_id) == (
            "anna@example.org",
            "+33639981234",
            None,
        )
        assert Site.objects.get(party=party).is_billing


def test_numbers_are_given_or_taken_in_order() -> None:
    first, second = _household(), _household()
    assert int(second.number) == int(first.number) + 1
    assert _household(number="H7").number == "H7"


def test_a_company_has_checked_numbers_people_sites_and_cost_centres() -> None:
    party = _company()
    add = {"party": party, "at": cast.moment(ON), "actor": "x"}
    customers.add_person(given_name="Nora", family_name="Bogaert", email="nora@bora.example", phone="0470 12 34 56",
                         language="nl", role="manager", on=ON, **add)  # fmt: skip
    customers.add_site(name="Depot", street="Kaai 3", postcode="2000", city="Antwerpen", country="BE", **add)
    customers.add_cost_centre(code="SALES", name="Verkoop", **add)
    with cast.acting_for(party.operator_id):
        view = queries.customer_view(Scope.staff(party.operator_id), party.public_id)
    assert (view.vat_number, view.kind, view.segment) == ("BE0403170701", "company", "business")
    assert [(one.name, one.role, one.phone) for one in view.people] == [("Nora Bogaert", "manager", "+32470123456")]
    assert [one.city for one in view.sites] == ["Mechelen", "Antwerpen"]
    assert view.cost_centres == (("SALES", "Verkoop"),)
    with pytest.raises(customers.CodeTaken):
        customers.add_cost_centre(code="SALES", name="Sales", **add)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"phone": "12"}, "telephone"),
        ({"phone": "call me"}, "telephone"),
        ({"email": "anna at example"}, "e-mail"),
        ({"language": "de"}, "language"),
        ({"postcode": "2350"}, "postcode"),
        ({"country": "France"}, "country"),
        ({"street": " "}, "address"),
        ({"family_name": " ", "given_name": " "}, "name"),
    ],
)
def test_a_wrong_detail_is_refused_by_its_name_and_nothing_changed(wrong: dict, field: str) -> None:
    with pytest.raises(customers.WrongDetail, match=field):
        _household(**wrong)
    with cast.acting_for(cast.operator("rural").pk):
        assert set(_counts()) == {0}


@pytest.mark.parametrize(
    "wrong", [{"vat_number": "BE0403170702"}, {"vat_number": "DE129273398"}, {"registration_number": "1"}]
)
def test_a_companys_numbers_have_right_check_digits(wrong: dict) -> None:
    with pytest.raises(customers.WrongDetail):
        _company(**wrong)
    with cast.acting_for(cast.operator("lessor").pk):
        assert set(_counts()) == {0}


def test_a_number_is_given_once() -> None:
    _household(number="H7")
    with pytest.raises(customers.NumberTaken):
        _household(number="H7", given_name="Paul")


@pytest.mark.rule("UPO-05", "W-47")
def test_a_login_is_given_once_and_only_with_an_address() -> None:
    anna = cast.household()
    login = cast.login_of(anna.person)
    with anna.acting():
        assert queries.person_of(login) == anna.person
        assert login.check_password(cast.PASSWORD)
    with pytest.raises(customers.HasLogin):
        cast.login_of(anna.person)
    nobody = cast.household("H2", "Paul", "Petit")
    with anna.acting():
        Person.objects.filter(pk=nobody.person.pk).update(email="")
    with pytest.raises(customers.NoEmail):
        cast.login_of(nobody.person)
    with anna.acting():
        Person.objects.filter(pk=nobody.person.pk).update(email="anna@example.org")
    with pytest.raises(LoginTaken):
        cast.login_of(nobody.person)


def test_the_same_address_may_have_a_login_at_another_operator() -> None:
    assert {cast.eva("rural").operator_id, cast.eva("lessor").operator_id} == {
        cast.operator("rural").pk,
        cast.operator("lessor").pk,
    }
