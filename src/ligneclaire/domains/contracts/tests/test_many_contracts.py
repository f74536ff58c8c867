"""Many contracts: summed by plan as their own pages say, found by number, a page of them at a time."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests import cast

from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts import queries
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.contracts.queries import many
from ligneclaire.domains.contracts.queries.views import OfferView
from ligneclaire.kernel.money import Money, zero
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
SIGNED, MOST = date(2026, 6, 3), 99
NAMES = {"fr": "Remise", "nl": "Korting", "en": "Discount"}


def sign(owner: cast.Customer, line: str, offer: str = "radio-30", *, from_on: date | None = SIGNED) -> Contract:
    """One more contract of the customer, connected on a day or not at all."""
    at = cast.moment(SIGNED)
    signed = contracts.sign_contract(
        account=owner.account, offer_code=offer, option_codes=("telephonie",), on=SIGNED, at=at, actor=cast.ACTOR,
        line_identifier=line,
    )  # fmt: skip
    if from_on is None:
        return signed
    on = cast.moment(from_on)
    return contracts.record_connection(contract=signed, connected_at=on, at=on, actor=cast.ACTOR, source="RADIUS 9")


def cut(contract: Contract, percent: str | None, amount: str | None, from_on: date | None, to_on: date | None) -> None:
    contracts.grant_discount(
        contract=contract, names=NAMES, from_on=from_on, to_on=to_on, percent=Decimal(percent) if percent else None,
        monthly_amount=Money.of(amount) if amount else None, at=cast.moment(SIGNED), actor=cast.ACTOR,
    )  # fmt: skip


@pytest.fixture
def anna() -> cast.Customer:
    """Contracts that began, wait, will end, change, and cost less for some time."""
    owner = cast.anna()
    first, second = (sign(owner, f"{number}@hauteligne.example") for number in (101, 102))
    sign(owner, "waits@hauteligne.example", from_on=None)
    other = sign(owner, "later@hauteligne.example", from_on=date(2026, 7, 20))
    leaves = sign(owner, "leaves@hauteligne.example")
    for one, percent, amount, from_on, to_on in (
        (first, "33.33", None, None, date(2026, 9, 1)),
        (first, None, "5.00", date(2026, 8, 1), None),
        (second, None, "500.00", None, date(2026, 8, 10)),
        (second, "10", None, None, None),
        (other, "50", None, None, None),
    ):
        cut(one, percent, amount, from_on, to_on)
    contracts.remove_option(
        contract=second, option_code="telephonie", on=date(2026, 8, 5), at=cast.moment(SIGNED), actor=cast.ACTOR
    )
    contracts.terminate(
        contract=leaves, received_on=SIGNED, wanted_on=date(2026, 8, 20), channel="letter", requester=owner.person,
        at=cast.moment(SIGNED), actor=cast.ACTOR,
    )  # fmt: skip
    return owner


@pytest.mark.rule("CON-01")
def test_a_plan_costs_what_the_pages_of_its_contracts_say(anna: cast.Customer) -> None:
    for on in (SIGNED + timedelta(days=days) for days in (0, 10, 40, 65, 70, 78, 79, 95)):
        with anna.acting():
            shown = queries.offer_views(anna.scope, on, cast.moment(on), MOST)
            sums = queries.plan_sums(anna.scope, on)
            listed = queries.contract_page(anna.scope, on).rows
        assert shown
        assert {one.public_id: one.price for one in listed} == {one.contract.public_id: one.price for one in shown}
        assert {one.code: (one.contracts, one.monthly) for one in sums} == expected(shown, on)
        assert {one.prices for one in sums} == {"inclusive"}


def expected(shown: tuple[OfferView, ...], on: date) -> dict[str, tuple[int, Money]]:
    found: dict[str, tuple[int, Money]] = defaultdict(lambda: (0, zero()))
    for one in shown:
        if one.contract.last_day is None or one.contract.last_day >= on:
            many, whole = found[one.contract.offer_code]
            found[one.contract.offer_code] = (many + 1, whole + one.price)
    return found


def test_a_contract_is_found_by_a_part_of_its_number_however_it_is_written(anna: cast.Customer) -> None:
    on = date(2026, 9, 1)
    phone = sign(anna, "+33587001122")
    with anna.acting():
        for asked in ("05 87 00 11 22", "+33 587-001", "587001", phone.number, phone.number.lower()[-6:]):
            found = queries.contract_page(anna.scope, on, number=asked)
            assert phone.public_id in [one.public_id for one in found.rows], asked
        assert queries.contract_page(anna.scope, on, number="5870011229").count == 0
        assert queries.contract_page(anna.scope, on, plan="fibre").count == 0
        assert queries.contract_page(anna.scope, on, number="later").count == 1
        every = queries.contract_page(anna.scope, on)
    ids = [one.last_day for one in every.rows]
    assert (every.count, every.ended) == (len(ids), 1)
    assert ids[-1] == date(2026, 8, 20)
    assert set(ids[:-1]) == {None}


def test_a_page_at_a_time_and_none_of_another_customer(anna: cast.Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "PAGE", 4)
    stranger = cast.household("H2", "Bo", "Roux")
    on, nobody = date(2026, 7, 1), Scope(anna.operator.pk, account_ids=frozenset({stranger.account.pk}))
    with anna.acting():
        pages = [queries.contract_page(anna.scope, on, page=number) for number in (1, 2, 3)]
        other = queries.contract_page(nobody, on)
        (plan,) = queries.plan_sums(nobody, on)
    assert [(len(one.rows), one.count, one.page, one.pages) for one in pages] == [
        (4, 6, 1, 2),
        (2, 6, 2, 2),
        (2, 6, 2, 2),
    ]
    assert not {row.public_id for one in pages for row in one.rows} & {row.public_id for row in other.rows}
    assert (plan.contracts, other.count) == (1, 1)
