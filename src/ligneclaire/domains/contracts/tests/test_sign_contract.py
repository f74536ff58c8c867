"""sign_contract: the offer, prices and policies of that day, or a named refusal and nothing changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests import cast

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.catalogue.queries import NoPrice, NotSold, UnknownProduct
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts import refusals
from ligneclaire.domains.contracts.models import Contract, ContractEvent, Item, SignedPolicy
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.lines.operations import LineTaken

pytestmark = pytest.mark.usefixtures("database")
SIGNED = date(2026, 6, 3)


def test_the_offer_the_prices_and_the_policies_of_that_day_are_kept() -> None:
    anna = cast.anna(kit_on=None, connected_at=None, option_codes=("telephonie",))
    with anna.acting():
        contract = Contract.objects.get(pk=anna.contract.pk)
        items = {(one.product.code, one.monthly_price, one.one_off_price) for one in Item.objects.all()}
        keys = set(SignedPolicy.objects.filter(contract=contract).values_list("key", flat=True))
        assert (contract.number, contract.signed_on, contract.service_from) == ("H1-1-1", SIGNED, None)
        assert items == {
            ("activation", None, Decimal("39.00")),
            ("radio-30", Decimal("29.90"), None),
            ("telephonie", Decimal("5.00"), None),
        }
        assert {"contracts.early_termination", "contracts.withdrawal", "accounts.complementary"} <= keys
        assert all(one.version.effective_from == date(2015, 1, 1) for one in SignedPolicy.objects.all())
        assert contract.line.identifier == cast.ANNA_LINE
        assert ContractEvent.objects.get(kind="signed").detail["offer"] == "radio-30"
        assert AuditEntry.objects.filter(act="sign_contract", subject=f"contract:{contract.public_id}").count() == 1


def test_a_price_of_the_year_before_stays_with_who_signed_then() -> None:
    old = cast.household("H2", "Paul", "Petit", signed_on=date(2025, 12, 31))
    with old.acting():
        assert Item.objects.get(product__code="radio-30").monthly_price == Decimal("27.90")


def test_leased_equipment_costs_each_piece_each_month() -> None:
    bora = cast.bora(installed_on=None)
    with bora.acting():
        leased = Item.objects.get(product__code="toestel")
        assert (leased.quantity, leased.monthly_price, leased.one_off_price) == (4, Decimal("4.75"), None)


@pytest.mark.rule("CON-01")
def test_the_commitment_is_the_offers_and_starts_with_the_service() -> None:
    anna = cast.anna(connected_at=None)
    assert (anna.contract.commitment_months, anna.contract.commitment_start_on) == (12, None)


def _count() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Contract, Item, Line, SignedPolicy, ContractEvent, AuditEntry))


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"offer_code": "fibre-9000"}, UnknownProduct),
        ({"offer_code": "telephonie"}, UnknownProduct),
        ({"offer_code": "radio-100", "on": date(2020, 1, 1)}, NotSold),
        ({"offer_code": "radio-30", "on": date(2014, 12, 31)}, NotSold),
        ({"option_codes": ("telephonie", "telephonie")}, refusals.HasAlready),
        ({"option_codes": ("piano",)}, UnknownProduct),
        ({"equipment": (("box", 0),)}, refusals.WrongQuantity),
        ({"line_identifier": cast.ANNA_LINE}, LineTaken),
    ],
)
def test_refused_by_name_and_nothing_changed(changed: dict, refusal: type[Exception]) -> None:
    anna = cast.anna(kit_on=None, connected_at=None)
    with anna.acting():
        before = _count()
    given = {"account": anna.account, "offer_code": "radio-30", "on": SIGNED, "at": cast.moment(SIGNED), "actor": "x"}
    with pytest.raises(refusal):
        contracts.sign_contract(**{**given, **changed})
    with anna.acting():
        assert _count() == before


def test_another_customers_site_is_refused() -> None:
    anna, other = cast.household(), cast.household("H2", "Paul", "Petit")
    from ligneclaire.domains.customers.models import Site

    with anna.acting():
        site = Site.objects.get(party=other.party)
        before = _count()
    with pytest.raises(refusals.NotOfThisCustomer):
        contracts.sign_contract(
            account=anna.account, offer_code="radio-30", on=SIGNED, at=cast.moment(SIGNED), actor="x", site=site
        )
    with anna.acting():
        assert _count() == before


def test_a_closed_account_signs_nothing() -> None:
    from ligneclaire.domains.accounts.operations import AccountClosed

    anna = cast.household()
    with anna.acting():
        Account.objects.filter(pk=anna.account.pk).update(closed_on=SIGNED)
        before = _count()
    with pytest.raises(AccountClosed):
        contracts.sign_contract(
            account=anna.account, offer_code="radio-30", on=SIGNED, at=cast.moment(SIGNED), actor="x"
        )
    with anna.acting():
        assert _count() == before


def test_no_price_is_a_refusal_of_its_own() -> None:
    assert NoPrice(product="radio-30", on=SIGNED).message("fr") == "radio-30 n’a pas de prix en vigueur le 3 juin 2026."
