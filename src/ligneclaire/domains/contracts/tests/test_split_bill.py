"""A split bill: offered by the employer, accepted by the employee, whole months at a time (SPL-01, SPL-10)."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import pytest
from django.db import connections
from tests import cast

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts import queries
from ligneclaire.domains.contracts.models import ContractEvent, SplitBill
from ligneclaire.domains.contracts.refusals import (
    AcceptedAlready,
    Ended,
    HasSplitBill,
    NoEmployee,
    NotAccepted,
    WrongContribution,
)
from ligneclaire.domains.customers import operations as customers

pytestmark = pytest.mark.usefixtures("database")
FIFTEEN = {"type": "amount", "amount": "15.00"}
DAY = date(2026, 5, 20)


def own_account(company: cast.Customer) -> Account:
    household = customers.open_household(person=cast.bram(company), on=DAY, at=cast.moment(DAY), actor=cast.ACTOR)
    return accounts.open_account(party=household, on=DAY, at=cast.moment(DAY), actor=cast.ACTOR)


def offer(company: cast.Customer, account: Account, contribution: object = FIFTEEN, on: date = DAY) -> SplitBill:
    return contracts.offer_split_bill(
        contract=company.contract, account=account, contribution=contribution, on=on, at=cast.moment(on),
        actor=cast.ACTOR,
    )  # fmt: skip


def accept(split: SplitBill, on: date = DAY) -> SplitBill:
    return contracts.accept_split_bill(split_bill=split, on=on, at=cast.moment(on), actor="person:bram")


def end(split: SplitBill, on: date) -> SplitBill:
    return contracts.end_split_bill(split_bill=split, on=on, at=cast.moment(on), actor=cast.ACTOR)


def leave(company: cast.Customer, last_day: date) -> None:
    contracts.terminate(
        contract=company.contract, received_on=DAY, wanted_on=last_day, channel="letter", requester=None,
        at=cast.moment(DAY), actor=cast.ACTOR,
    )  # fmt: skip


@pytest.mark.rule("SPL-01")
def test_it_holds_from_the_month_after_the_employee_agreed() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        split = offer(bora, own_account(bora))
        ids = [bora.contract.line_id]
        assert queries.split_of_lines(ids, date(2026, 6, 1)) == {}  # offered is not agreed: the employer pays all
        assert accept(split, date(2026, 5, 31)).from_on == date(2026, 6, 1)
        assert queries.split_of_lines(ids, date(2026, 5, 31)) == {}
        assert queries.split_of_lines(ids, date(2026, 6, 1)) == {bora.contract.line_id: split}
        assert queries.split_of_lines(ids, date(2026, 6, 17)) == {bora.contract.line_id: split}
        end(split, date(2026, 8, 14))
        assert queries.split_of_lines(ids, date(2026, 8, 31)) == {bora.contract.line_id: split}
        assert queries.split_of_lines(ids, date(2026, 9, 1)) == {}
        kinds = ContractEvent.objects.filter(kind__startswith="split").order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["split-offered", "split-accepted", "split-ended"]


def test_another_contribution_follows_without_a_gap() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        account = own_account(bora)
        first = accept(offer(bora, account))
        with pytest.raises(HasSplitBill):
            offer(bora, account)
        end(first, date(2026, 7, 10))
        second = accept(offer(bora, account, {"type": "percentage", "percent": 50}), date(2026, 6, 10))
        assert (second.from_on, second.contribution) == (date(2026, 8, 1), {"type": "percentage", "percent": "50"})
        with pytest.raises(AcceptedAlready):
            accept(second)


def test_an_offer_that_waits_is_replaced_or_withdrawn() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        account = own_account(bora)
        old = offer(bora, account)
        new = offer(bora, account, {"type": "amount", "amount": "20.00"})
        assert queries.waiting_for([account.pk]) == new
        with pytest.raises(NotAccepted):
            accept(old)
        end(new, DAY)
        assert queries.waiting_for([account.pk]) is None
        assert SplitBill.objects.count() == 0


def test_one_that_ends_before_it_begins_never_holds() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        split = accept(offer(bora, own_account(bora)))
        ended = end(split, DAY)
        assert (ended.from_on, ended.to_on) == (date(2026, 6, 1), date(2026, 6, 1))
        assert queries.split_of_lines([bora.contract.line_id], date(2026, 6, 1)) == {}
        assert end(split, date(2026, 9, 1)).to_on == date(2026, 6, 1)  # said again: nothing changes


@pytest.mark.rule("SPL-10")
@pytest.mark.parametrize("wrong", [{"type": "all"}, {"type": "amount", "amount": "-1.00"}, {}, None, "all"])
def test_what_is_none_of_the_five_types_is_refused(wrong: object) -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        account = own_account(bora)
        with pytest.raises(WrongContribution):
            offer(bora, account, wrong)
        assert SplitBill.objects.count() == 0


def test_it_needs_a_company_an_employee_and_a_running_contract() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        account = own_account(bora)
        with pytest.raises(NoEmployee):
            offer(bora, bora.account)
        split = offer(bora, account)
        leave(bora, DAY)
        with pytest.raises(Ended):
            accept(split, date(2026, 5, 21))


@pytest.mark.rule("SPL-06", "CON-05")
def test_it_ends_with_the_month_in_which_its_contract_ends() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        account = own_account(bora)
        split = accept(offer(bora, account))
        leave(bora, date(2026, 7, 10))
        split.refresh_from_db()
        assert (split.from_on, split.to_on) == (date(2026, 6, 1), date(2026, 8, 1))
        assert queries.split_waits_or_holds(bora.contract.line_id, date(2026, 7, 31))
        assert not queries.split_waits_or_holds(bora.contract.line_id, date(2026, 8, 1))
        ended = ContractEvent.objects.get(kind="split-ended")
        assert (ended.on, ended.detail["to_on"]) == (DAY, "2026-08-01")
        later = accept(offer(bora, account), DAY)
        assert later.from_on == later.to_on == date(2026, 8, 1)  # the contract ends before it could begin


def test_it_never_holds_when_its_contract_ends_before_it_begins() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        split = accept(offer(bora, own_account(bora)))
        leave(bora, date(2026, 5, 28))
        split.refresh_from_db()
        assert (split.from_on, split.to_on) == (date(2026, 6, 1), date(2026, 6, 1))


def test_an_offer_that_waits_is_withdrawn_when_its_contract_is_ended() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        account = own_account(bora)
        split = offer(bora, account)
        leave(bora, date(2026, 7, 10))
        assert queries.waiting_for([account.pk]) is None
        with pytest.raises(NotAccepted):
            accept(split)


@pytest.mark.parametrize(("last_day", "to_on"), [(date(2026, 8, 14), date(2026, 9, 1)), (DAY, date(2026, 6, 1))])
def test_one_whose_contract_was_ended_before_the_upgrade_ends_with_it(last_day: date, to_on: date) -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        accept(offer(bora, own_account(bora)))
        leave(bora, last_day)
        assert SplitBill.objects.get().to_on == to_on
        SplitBill.objects.update(to_on=None)
    upgrade = import_module("ligneclaire.domains.contracts.migrations.0003_ends_of_splits")
    for _again in range(2):
        with connections["owner"].cursor() as cursor:
            cursor.execute(upgrade.ENDS)
        with bora.acting():
            assert SplitBill.objects.get().to_on == to_on
