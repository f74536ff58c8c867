"""Contract and offer as pages show them, within a scope."""

from __future__ import annotations

from datetime import date

import pytest
from tests import cast

from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts import queries
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 17)


@pytest.mark.rule("CON-01")
def test_my_offer_shows_what_runs_what_it_costs_and_until_when_it_binds() -> None:
    anna = cast.anna(option_codes=("telephonie",))
    contracts.remove_option(
        contract=anna.contract, option_code="telephonie", on=AUGUST, at=cast.moment(AUGUST), actor="x"
    )
    with anna.acting():
        july = queries.offer_view(anna.scope, anna.contract.public_id, JULY, cast.moment(JULY))
        august = queries.offer_view(anna.scope, anna.contract.public_id, AUGUST, cast.moment(AUGUST))
    assert (july.price, [one.product_code for one in july.items if one.monthly_price]) == (
        Money.of("34.90"),
        ["radio-30", "telephonie"],
    )
    assert (august.price, [one.product_code for one in august.items if one.monthly_price]) == (
        Money.of("29.90"),
        ["radio-30"],
    )
    assert july.contract.commitment_end_on == date(2027, 6, 11)
    assert july.leaving[0].last_day == date(2026, 7, 11)
    assert july.leaving_today.last_day == JULY


def test_before_the_start_my_offer_shows_what_was_agreed() -> None:
    anna = cast.anna(connected_at=None)
    with anna.acting():
        view = queries.offer_view(anna.scope, anna.contract.public_id, date(2026, 6, 20), cast.moment(JULY))
    assert (view.price, view.leaving, view.contract.commitment_end_on) == (Money.of("29.90"), (), None)


@pytest.mark.rule("W-12")
def test_a_discount_lowers_the_price_on_its_days_alone() -> None:
    anna = cast.anna()
    contracts.grant_discount(
        contract=anna.contract, names={"fr": "R", "nl": "K", "en": "D"}, from_on=None, to_on=AUGUST,
        monthly_amount=Money.of("5.00"), at=cast.moment(JULY), actor="x",
    )  # fmt: skip
    with anna.acting():
        prices = [
            queries.offer_view(anna.scope, anna.contract.public_id, day, cast.moment(day)).price
            for day in (JULY, AUGUST)
        ]
    assert prices == [Money.of("24.90"), Money.of("29.90")]


def test_the_contract_shows_the_reasons_of_its_start_its_policies_and_its_story() -> None:
    anna = cast.anna()
    with anna.acting():
        view = queries.contract_view(anna.scope, anna.contract.public_id)
    assert view.service_because[-1].value == "2026-06-12"
    assert ("contracts.early_termination", date(2015, 1, 1)) in view.policies
    assert [one.kind for one in view.events] == ["signed", "kit-received", "connected", "service-started"]
    assert (view.line, view.connected_source) == (cast.ANNA_LINE, "RADIUS 8f21")


def test_outside_the_scope_there_is_no_contract() -> None:
    anna, other = cast.anna(), cast.household("H2", "Paul", "Petit")
    with anna.acting():
        with pytest.raises(NotFound):
            queries.contract_view(other.scope, anna.contract.public_id)
        with pytest.raises(NotFound):
            queries.offer_view(other.scope, anna.contract.public_id, JULY, cast.moment(JULY))
        assert queries.contracts_of(other.scope, anna.party.public_id) == ()
        staff = Scope.staff(anna.operator.pk)
        assert [one.number for one in queries.contracts_of(staff, anna.party.public_id)] == ["H1-1-1"]


def test_the_other_operator_sees_nothing_even_as_staff() -> None:
    anna, bora = cast.anna(), cast.bora()
    with bora.acting(), pytest.raises(NotFound):
        queries.contract_view(Scope.staff(bora.operator.pk), anna.contract.public_id)
