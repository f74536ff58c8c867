"""open_account: who owes, in which price mode, and which part of it in the complementary currency."""

from __future__ import annotations

from datetime import date

import pytest
from tests import cast

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.accounts import queries
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
ON = date(2026, 6, 3)


@pytest.mark.rule("C1")
def test_a_persons_prices_hold_the_tax_a_business_does_not() -> None:
    anna, bora = cast.household(), cast.bora(installed_on=None)
    assert (anna.account.prices, anna.account.number, anna.account.email) == ("inclusive", "H1-1", "anna@example.org")
    assert (bora.account.prices, bora.account.number, bora.account.email) == ("exclusive", "C1-1", "nora@bora.example")
    assert (anna.account.language, bora.account.language) == ("fr", "nl")


@pytest.mark.rule("PAY-10")
@pytest.mark.parametrize("share", [1, 49, 75, 101])
def test_only_an_agreed_share_of_the_complementary_currency(share: int) -> None:
    bora = cast.bora(installed_on=None, share=100)
    assert bora.account.complementary_share == 100
    with pytest.raises(accounts.WrongShare):
        accounts.open_account(
            party=bora.party, on=ON, at=cast.moment(ON), actor="x", complementary_share=share
        )  # fmt: skip
    with bora.acting():
        assert Account.objects.count() == 1


def test_a_household_does_not_pay_in_it() -> None:
    anna = cast.household()
    with pytest.raises(accounts.WrongShare):
        accounts.open_account(party=anna.party, on=ON, at=cast.moment(ON), actor="x", complementary_share=50)
    with pytest.raises(accounts.WrongDelivery):
        accounts.open_account(party=anna.party, on=ON, at=cast.moment(ON), actor="x", delivery="pigeon")


def test_a_second_account_of_a_party_has_the_next_number() -> None:
    anna = cast.household()
    assert accounts.open_account(party=anna.party, on=ON, at=cast.moment(ON), actor="x").number == "H1-2"


@pytest.mark.rule("W-47")
def test_the_scope_of_a_login_is_its_own_accounts_or_all_for_staff() -> None:
    anna, other = cast.household(), cast.household("H2", "Paul", "Petit")
    login, eva = cast.login_of(anna.person), cast.eva()
    with anna.acting():
        mine, all_of_it = queries.scope_of(login), queries.scope_of(eva)
        assert mine == Scope(
            anna.operator.pk, frozenset({anna.party.pk}), frozenset({anna.account.pk}), private_part=True
        )  # fmt: skip
        assert all_of_it == Scope.staff(anna.operator.pk)
        assert queries.account_view(mine, anna.account.public_id, ON).number == "H1-1"
        assert queries.account_view(all_of_it, other.account.public_id, ON).number == "H2-1"
        with pytest.raises(NotFound):
            queries.account_view(mine, other.account.public_id, ON)
        assert queries.accounts_of(mine, other.party.public_id, ON) == ()


@pytest.mark.rule("FMP-11")
def test_a_manager_never_sees_the_private_part_and_an_employee_no_account() -> None:
    bora = cast.bora()
    manager, employee = cast.login_of(bora.person), cast.login_of(cast.bram(bora))
    with bora.acting():
        managed, nothing = queries.scope_of(manager), queries.scope_of(employee)
    assert (managed.account_ids, managed.private_part) == (frozenset({bora.account.pk}), False)
    assert (nothing.party_ids, nothing.account_ids) == (frozenset(), frozenset())
