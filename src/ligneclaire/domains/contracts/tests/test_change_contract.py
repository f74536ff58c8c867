"""Options, another offer, discounts: one item ends and another starts; refusals change nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from tests import cast

from ligneclaire.domains.catalogue.queries import UnknownProduct
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts import refusals
from ligneclaire.domains.contracts.models import Contract, ContractEvent, Discount, Item
from ligneclaire.kernel.money import Money

pytestmark = pytest.mark.usefixtures("database")
AUGUST = date(2026, 8, 17)
NAMES = {"fr": "Remise", "nl": "Korting", "en": "Discount"}


def _do(act: Callable[..., object], who: cast.Customer, on: date = AUGUST, **facts: object) -> object:
    return act(contract=who.contract, on=on, at=cast.moment(on), actor="x", **facts)


def _items(who: cast.Customer) -> list[tuple[str, date | None, date | None]]:
    with who.acting():
        return list(Item.objects.order_by("pk").values_list("product__code", "from_on", "to_on"))


@pytest.mark.rule("FMP-06")
def test_an_option_starts_and_ends_on_its_days() -> None:
    anna = cast.anna()
    _do(contracts.add_option, anna, option_code="ip-fixe")
    _do(contracts.remove_option, anna, date(2026, 9, 4), option_code="ip-fixe")
    assert ("ip-fixe", AUGUST, date(2026, 9, 4)) in _items(anna)
    _do(contracts.add_option, anna, date(2026, 9, 4), option_code="ip-fixe")
    assert ("ip-fixe", date(2026, 9, 4), None) in _items(anna)


def test_an_option_of_the_signature_ends_too() -> None:
    anna = cast.anna(option_codes=("telephonie",))
    _do(contracts.remove_option, anna, option_code="telephonie")
    assert ("telephonie", None, AUGUST) in _items(anna)


@pytest.mark.rule("CON-02", "FMP-05")
def test_another_offer_ends_one_item_starts_another_and_the_commitment_again() -> None:
    anna = cast.anna()
    changed = _do(contracts.change_offer, anna, offer_code="radio-100")
    assert isinstance(changed, Contract)
    assert (changed.offer.code, changed.commitment_months, changed.commitment_start_on) == ("radio-100", 24, AUGUST)
    assert ("radio-30", None, AUGUST) in _items(anna)
    assert ("radio-100", AUGUST, None) in _items(anna)
    with anna.acting():
        assert Item.objects.get(product__code="radio-100").monthly_price == Decimal("32.90")
        assert Item.objects.filter(one_off_price__isnull=False).count() == 1
        assert ContractEvent.objects.get(kind="offer-changed").detail["before"] == "radio-30"


@pytest.mark.rule("CON-02")
def test_an_offer_without_commitment_frees() -> None:
    anna = cast.anna()
    changed = _do(contracts.change_offer, anna, offer_code="radio-30-libre")
    assert (changed.commitment_months, changed.commitment_start_on) == (0, None)  # type: ignore[attr-defined]


@pytest.mark.rule("CON-01", "CON-02")
def test_an_offer_changed_before_the_start_binds_from_the_start() -> None:
    anna = cast.anna(connected_at=None)
    _do(contracts.change_offer, anna, date(2026, 6, 10), offer_code="radio-100")
    at = cast.moment(date(2026, 6, 12))
    started = contracts.record_connection(contract=anna.contract, connected_at=at, at=at, actor="x", source="y")
    assert (started.commitment_months, started.commitment_start_on) == (24, date(2026, 6, 12))


@pytest.mark.rule("W-12")
def test_discounts_have_their_dates_and_a_name_in_each_language() -> None:
    anna = cast.anna()
    given = {"contract": anna.contract, "names": NAMES, "at": cast.moment(AUGUST), "actor": "x"}
    contracts.grant_discount(from_on=None, to_on=date(2026, 12, 12), monthly_amount=Money.of("5.00"), **given)
    contracts.grant_discount(from_on=AUGUST, to_on=None, percent=Decimal("10"), **given)
    with anna.acting():
        found = list(Discount.objects.order_by("pk").values_list("percent", "monthly_amount", "from_on", "to_on"))
    assert found == [(None, Decimal("5.00"), None, date(2026, 12, 12)), (Decimal("10.00"), None, AUGUST, None)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"percent": Decimal("10"), "monthly_amount": Money.of("5.00")},
        {},
        {"percent": Decimal("0")},
        {"percent": Decimal("100.01")},
        {"monthly_amount": Money.of("-1.00")},
        {"percent": Decimal("10"), "to_on": AUGUST},
        {"percent": Decimal("10"), "names": {"fr": "Remise"}},
    ],
)
def test_a_wrong_discount_is_refused_and_nothing_changed(wrong: dict) -> None:
    anna = cast.anna()
    given = {"contract": anna.contract, "names": NAMES, "from_on": AUGUST, "to_on": None, "at": cast.moment(AUGUST)}
    with pytest.raises(refusals.WrongDiscount):
        contracts.grant_discount(actor="x", **{**given, **wrong})
    with anna.acting():
        assert not Discount.objects.exists()


@pytest.mark.parametrize(
    ("act", "facts", "on", "refusal"),
    [
        (contracts.add_option, {"option_code": "telephonie"}, AUGUST, refusals.HasAlready),
        (contracts.add_option, {"option_code": "piano"}, AUGUST, UnknownProduct),
        (contracts.add_option, {"option_code": "ip-fixe"}, date(2026, 6, 2), refusals.BeforeSignature),
        (contracts.remove_option, {"option_code": "ip-fixe"}, AUGUST, refusals.HasNot),
        (contracts.remove_option, {"option_code": "radio-30"}, AUGUST, refusals.HasNot),
        (contracts.change_offer, {"offer_code": "radio-30"}, AUGUST, refusals.HasAlready),
        (contracts.change_offer, {"offer_code": "ip-fixe"}, AUGUST, UnknownProduct),
    ],
)
def test_refused_by_name_and_nothing_changed(
    act: Callable[..., object], facts: dict, on: date, refusal: type[Exception]
) -> None:
    anna = cast.anna(option_codes=("telephonie",))
    before = _items(anna)
    with pytest.raises(refusal):
        _do(act, anna, on, **facts)
    assert _items(anna) == before
    with anna.acting():
        assert Contract.objects.get().offer.code == "radio-30"


@pytest.mark.rule("RAT-11", "FMP-05")
def test_a_change_at_an_instant_ends_and_starts_usage_there() -> None:
    bora = cast.bora_mobile()
    day = date(2026, 5, 12)
    first, second = cast.moment(day, 11), cast.moment(day, 15, 30)
    _do(contracts.change_offer, bora, day, offer_code="vlinder-50", from_at=first)
    _do(contracts.change_offer, bora, day, offer_code="vlinder-10", from_at=second)
    with bora.acting():
        rows = Item.objects.order_by("pk").values_list("product__code", "from_on", "to_on", "from_at", "to_at")
        assert list(rows) == [
            ("vlinder-25", None, day, None, first),
            ("vlinder-50", day, day, first, second),
            ("vlinder-10", day, None, second, None),
        ]


@pytest.mark.parametrize("moment", [cast.moment(date(2026, 5, 11), 23, 59), cast.moment(date(2026, 5, 12), 10, 59)])
def test_an_instant_of_another_day_or_before_the_last_change_is_refused(moment: datetime) -> None:
    bora = cast.bora_mobile()
    day = date(2026, 5, 12)
    _do(contracts.change_offer, bora, day, offer_code="vlinder-50", from_at=cast.moment(day, 11))
    before = _items(bora)
    with pytest.raises(refusals.WrongInstant):
        _do(contracts.change_offer, bora, day, offer_code="vlinder-10", from_at=moment)
    assert _items(bora) == before
