"""Anna starts, changes her offer in the middle of a month, and leaves: every sum is explained beside it."""

from __future__ import annotations

from datetime import date

import pytest

from ligneclaire.domains.billing.models import Invoice, InvoiceLine
from ligneclaire.domains.billing.tests.runs import bill
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.promises.models import Promise
from ligneclaire.journeys import leave
from ligneclaire.kernel.money import Money
from tests import cast

pytestmark = pytest.mark.usefixtures("database")


def _lines(who: cast.Customer, month: date) -> list[tuple[str, str, str]]:
    with who.acting():
        found = InvoiceLine.objects.filter(invoice__month=month).order_by("position")
        return [(one.code, one.product_code, str(Money.of(one.amount))) for one in found]


@pytest.mark.rule("BIL-03", "C2")
def test_the_first_invoice_is_so_much_more_than_the_offer() -> None:
    anna = cast.anna()
    bill(anna.operator, date(2026, 7, 1))
    # the fee, 19 of June's 30 days at 29.90 (18.9366…), July in advance
    assert _lines(anna, date(2026, 7, 1)) == [
        ("activation", "activation", "39.00"),
        ("pro-rata", "radio-30", "18.94"),
        ("month", "radio-30", "29.90"),
    ]


@pytest.mark.rule("CON-02", "C2", "FMP-05")
def test_a_change_in_the_middle_of_a_month_bills_both_offers_for_their_days() -> None:
    anna = cast.anna()
    bill(anna.operator, date(2026, 7, 1))
    on = date(2026, 7, 16)
    contracts.change_offer(contract=anna.contract, offer_code="radio-100", on=on, at=cast.moment(on), actor="eva")
    bill(anna.operator, date(2026, 8, 1))
    # of 29.90 billed for July, 15 of 31 days are kept (14.47); 16 of 31 days of 32.90 (16.9806…); August in advance
    assert sorted(_lines(anna, date(2026, 8, 1))) == [
        ("credit", "radio-30", "-15.43"),
        ("month", "radio-100", "32.90"),
        ("pro-rata", "radio-100", "16.98"),
    ]


@pytest.mark.rule("W-25", "CON-06", "CON-08", "C7")
def test_who_leaves_is_invoiced_what_the_quote_said_and_gets_the_rest_of_the_month_back() -> None:
    anna = cast.anna()
    bill(anna.operator, date(2026, 7, 1))
    on = date(2026, 7, 3)
    with anna.acting():
        quoted = leave.quote(contract=anna.contract, on=on, wanted_on=None, at=cast.moment(on))
    left = leave.leave(
        contract=anna.contract, received_on=on, wanted_on=None, channel="online", requester=anna.person,
        at=cast.moment(on), actor="anna",
    )  # fmt: skip
    assert left.quote == quoted
    # received 3 July, so the last day is 13 July, in month 2: 10 of 12 months at 29.90, and the catalogue's fee
    assert (quoted.last_day, quoted.indemnity, quoted.fee) == (date(2026, 7, 13), Money.of("299.00"), Money.of("49.00"))
    bill(anna.operator, date(2026, 8, 1))
    lines = _lines(anna, date(2026, 8, 1))
    # of 29.90 billed for July, 13 of 31 days are kept (12.54)
    assert sorted(lines) == [
        ("credit", "radio-30", "-17.36"),
        ("one-off", "radio-30", "299.00"),
        ("one-off", "termination", "49.00"),
    ]
    with anna.acting():
        charged = InvoiceLine.objects.filter(invoice__month=date(2026, 8, 1), charge__isnull=False)
        assert sum((Money.of(one.amount) for one in charged), Money.of("0.00")) == quoted.amount
        assert set(charged.values_list("charge__promise", flat=True)) == {Promise.objects.get().pk}
    bill(anna.operator, date(2026, 9, 1))
    with anna.acting():
        assert not Invoice.objects.filter(month=date(2026, 9, 1)).exists()  # W-26: nothing after the end


@pytest.mark.rule("W-25")
def test_a_quote_writes_nothing_and_leaving_free_charges_nothing() -> None:
    from ligneclaire.domains.billing.models import Charge
    from ligneclaire.domains.contracts.models import Contract

    anna = cast.anna(connected_at=None)
    on = date(2026, 6, 11)
    with anna.acting():
        leave.quote(contract=anna.contract, on=on, wanted_on=None, at=cast.moment(on))
        assert Contract.objects.get().last_day is None
    leave.leave(
        contract=anna.contract, received_on=on, wanted_on=None, channel="form", requester=None, at=cast.moment(on),
        actor="x",
    )  # fmt: skip
    with anna.acting():
        assert not Charge.objects.exists()
