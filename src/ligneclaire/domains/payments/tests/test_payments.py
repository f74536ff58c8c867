"""A payment settles the invoice that it names; what is too much stays with the customer."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.tests.runs import AUGUST, JULY, bill, day_two, invoices, start
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.ledger import queries as ledger
from ligneclaire.domains.ledger.models import Posting
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.payments import operations as payments
from ligneclaire.domains.payments import refusals
from ligneclaire.domains.payments.models import Payment
from ligneclaire.domains.payments.rules.allocation import Owed, allocation
from ligneclaire.kernel.money import Money, sum_money, zero

IN_RES = {"currency": "RES", "method": "complementary"}
AT = cast.moment(date(2026, 7, 6), 8)


def pay(customer: cast.Customer, amount: str, reference: str = "bank-1", **more) -> Payment:
    known = {"currency": "EUR", "method": "transfer", **more}
    return payments.record_payment(
        operator_id=customer.operator.pk, received_on=date(2026, 7, 6), amount=Money.of(amount), reference=reference,
        at=AT, actor="eva", **known,
    )  # fmt: skip


def open_of(customer: cast.Customer) -> list[tuple[str, str]]:
    with customer.acting():
        return [(str(one.open), one.currency) for one in ledger.open_items(customer.scope)]


@pytest.mark.usefixtures("database")
@pytest.mark.rule("PAY-02", "PAY-09")
def test_the_communication_finds_the_invoice_however_it_is_written() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    (invoice,) = invoices(anna.operator)
    written = " ".join(invoice.structured_communication.lower()[at : at + 4] for at in range(0, 30, 4))
    payment = pay(anna, "87.84", structured_communication=written)
    assert payment.structured_communication == invoice.structured_communication
    with anna.acting():
        assert ledger.open_items(anna.scope) == ()
        (item,) = ledger.items(anna.scope)
        assert (str(item.charged), str(item.paid), str(item.open)) == ("87.84", "87.84", "0.00")
        assert sum(one.amount for one in Posting.objects.all()) == 0


@pytest.mark.usefixtures("database")
def test_what_is_wrong_is_named_and_nothing_is_recorded() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    (invoice,) = invoices(anna.operator)
    bora = cast.bora()
    right = invoice.structured_communication
    for fault, more in [
        (refusals.WrongCommunication, {"structured_communication": right[:-1] + "7"}),
        (refusals.UnknownCommunication, {"structured_communication": "+++010/8068/17183+++"}),
        (refusals.NoInvoiceNoAccount, {}),
        (refusals.WrongMethod, {"account": anna.account, "currency": "RES"}),
        (refusals.WrongMethod, {"account": anna.account, "method": "shells"}),
        (
            refusals.NoComplementaryPart,
            {"structured_communication": right, "currency": "RES", "method": "complementary"},
        ),
        (refusals.NotComplementary, {"account": anna.account, "currency": "RES", "method": "complementary"}),
        (refusals.OtherAccount, {"structured_communication": right, "account": bora.account}),
    ]:
        with pytest.raises(fault):
            pay(anna, "10.00", **more)
    for amount in ("0.00", "-5.00", "0.001"):
        with pytest.raises(refusals.WrongAmount):
            pay(anna, amount, account=anna.account)
    assert open_of(anna) == [("87.84", "EUR")]


@pytest.mark.usefixtures("database")
def test_the_same_reference_is_refused() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    pay(anna, "40.00", account=anna.account)
    with pytest.raises(refusals.PaidAlready):
        pay(anna, "40.00", account=anna.account)
    assert open_of(anna) == [("47.84", "EUR")]


@pytest.mark.usefixtures("database")
def test_too_much_stays_a_credit_and_without_a_communication_the_oldest_is_settled() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    bill(anna.operator, AUGUST)
    pay(anna, "90.00", account=anna.account)
    assert open_of(anna) == [("27.74", "EUR")]
    pay(anna, "30.00", "bank-2", structured_communication=invoices(anna.operator)[1].structured_communication)
    assert open_of(anna) == [("-2.26", "EUR")]
    with anna.acting():
        assert str(ledger.balance(anna.scope, anna.account.pk)) == "-2.26"


@pytest.mark.usefixtures("database")
@pytest.mark.rule("PAY-13", "PAY-11")
def test_the_two_parts_are_paid_apart() -> None:
    bora = cast.bora()
    bill(bora.operator, date(2026, 5, 1))
    (invoice,) = invoices(bora.operator)
    euro, res = open_of(bora)
    communication = invoice.structured_communication
    pay(bora, res[0], "res-1", structured_communication=communication, **IN_RES)
    assert open_of(bora) == [euro]
    pay(bora, euro[0], "eur-1", structured_communication=communication)
    assert open_of(bora) == []


@pytest.mark.usefixtures("database")
@pytest.mark.rule("W-35")
def test_payments_while_a_run_is_released_neither_wait_for_ever_nor_get_lost() -> None:
    customers = [cast.household(f"H{number}", "Luc", f"Blanc {number}") for number in range(1, 5)]
    early = cast.moment(date(2026, 6, 20))
    for one in customers:
        contracts.record_connection(contract=one.contract, connected_at=early, at=early, actor=cast.ACTOR, source="s")
    operator = customers[0].operator
    bill(operator, JULY)
    run = billing.draft(run=start(operator, AUGUST, chunk_size=2), at=early)

    def pay() -> None:
        try:
            for invoice in reversed(invoices(operator, month=JULY)):
                for part in range(3):
                    payments.record_payment(
                        operator_id=operator.pk, received_on=date(2026, 8, 2), amount=Money.of("1.00"), currency="EUR",
                        method="transfer", reference=f"{invoice.number}-{part}", at=early, actor="eva",
                        structured_communication=invoice.structured_communication,
                    )  # fmt: skip
        finally:
            connection.close()

    paying = threading.Thread(target=pay)
    paying.start()
    billing.release(run=run, at=cast.moment(day_two(AUGUST)), actor="lien")
    paying.join(60)
    assert not paying.is_alive()
    assert len(invoices(operator, month=AUGUST)) == 4
    with acting_for(operator.pk):
        assert Posting.objects.filter(book="bank").count() == 12
        assert sum(one.amount for one in Posting.objects.all()) == 0


cents = st.integers(1, 10_000).map(Money.from_cents)


@given(amount=cents, owed=st.lists(cents, max_size=5))
def test_parts_and_rest_sum_to_the_payment(amount, owed) -> None:
    found = allocation(amount, [Owed(str(at), one) for at, one in enumerate(owed)])
    assert sum_money(part for _item, part in found.parts) + found.rest == amount
    assert all(zero() < part <= owed[int(item)] for item, part in found.parts)
    assert not found.rest or sum_money(owed) < amount
