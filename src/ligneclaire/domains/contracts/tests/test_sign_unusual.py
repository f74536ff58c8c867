"""Signing what the demo catalogues do not hold: made inside a transaction that is undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from tests import cast

from ligneclaire.domains.catalogue.models import PriceVersion, Product
from ligneclaire.domains.catalogue.queries import NoPrice
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract, ContractEvent, SignedPolicy
from ligneclaire.domains.contracts.refusals import NoPolicy
from ligneclaire.domains.rulebook.models import PolicyVersion

pytestmark = pytest.mark.usefixtures("database")
SIGNED = date(2026, 6, 3)


@pytest.fixture
def anna(database: None) -> Iterator[cast.Customer]:
    """Anna, in a transaction that is rolled back."""
    found = cast.household()
    with found.acting():
        yield found
        transaction.set_rollback(True)


def _offer(who: cast.Customer, months: int, price_from: date) -> Product:
    product = Product.objects.create(
        operator=who.operator, code="essai", kind="offer", category="internet", names={"fr": "Essai"},
        commitment_months=months, sold_from=date(2015, 1, 1),
    )  # fmt: skip
    PriceVersion.objects.create(
        operator=who.operator, product=product, effective_from=price_from, monthly_price=Decimal("10.00")
    )
    return product


def _sign(who: cast.Customer) -> Contract:
    return contracts.sign_contract(
        account=who.account, offer_code="essai", on=SIGNED, at=cast.moment(SIGNED), actor="x"
    )


@pytest.mark.rule("CON-01", "L-FR-01")
def test_a_consumer_is_bound_for_24_months_at_most_and_the_event_names_the_law(anna: cast.Customer) -> None:
    _offer(anna, 36, date(2015, 1, 1))
    contract = _sign(anna)
    steps = ContractEvent.objects.get(contract=contract, kind="signed").detail["because"]
    assert (contract.commitment_months, steps[-1]["rule"], steps[-1]["value"]) == (24, "L-FR-01", "24")


@pytest.mark.rule("CON-02", "L-FR-01")
def test_the_cap_holds_for_a_change_too(anna: cast.Customer) -> None:
    _offer(anna, 36, date(2015, 1, 1))
    changed = contracts.change_offer(
        contract=anna.contract, offer_code="essai", on=SIGNED, at=cast.moment(SIGNED), actor="x"
    )
    assert changed.commitment_months == 24


def test_without_a_price_of_the_day_nothing_is_signed(anna: cast.Customer) -> None:
    _offer(anna, 0, date(2026, 6, 4))
    with pytest.raises(NoPrice):
        _sign(anna)
    assert Contract.objects.count() == 1


def test_without_a_policy_of_the_day_nothing_is_signed(anna: cast.Customer) -> None:
    _offer(anna, 0, date(2015, 1, 1))
    signed = SignedPolicy.objects.count()
    now = datetime(2026, 6, 3, tzinfo=UTC)
    PolicyVersion.objects.filter(key="contracts.withdrawal").update(superseded_at=now)
    with pytest.raises(NoPolicy, match=r"contracts\.withdrawal"):
        _sign(anna)
    assert (Contract.objects.count(), SignedPolicy.objects.count()) == (1, signed)
