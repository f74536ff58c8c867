"""Credit notes, credit and reissue, disputes: issued rows stay, and nothing is credited twice."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import ProgrammingError, transaction
from tests import cast

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing import refusals
from ligneclaire.domains.billing.models import Invoice, InvoiceLine
from ligneclaire.domains.billing.tests.runs import AUGUST, JULY, bill, invoices
from ligneclaire.domains.ledger import queries as ledger
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.outbox.models import Message
from ligneclaire.domains.promises.models import PromiseStep
from ligneclaire.kernel.money import Money

pytestmark = pytest.mark.usefixtures("database")
AT = cast.moment(date(2026, 7, 8))


def open_of(customer: cast.Customer) -> dict[tuple[str, str], str]:
    with customer.acting():
        return {(one.item, one.currency): str(one.open) for one in ledger.open_items(customer.scope)}


def line_of(invoice: Invoice, code: str) -> InvoiceLine:
    with acting_for(invoice.operator_id):
        return InvoiceLine.objects.select_related("invoice").get(invoice=invoice, code=code)


def credit(invoice: Invoice, **more) -> Invoice:
    return billing.credit_invoice(invoice=invoice, reason="Geste", at=AT, actor="eva", **more)


def test_the_application_cannot_change_or_delete_an_issued_invoice() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    (invoice,) = invoices(anna.operator)
    for act in (lambda: Invoice.objects.update(total=0), lambda: Invoice.objects.all()._raw_delete("default")):
        with pytest.raises(ProgrammingError, match="permission denied"), anna.acting(), transaction.atomic():
            act()
    assert invoices(anna.operator)[0].total == invoice.total


@pytest.mark.rule("W-51")
def test_a_whole_invoice_is_credited_once() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    (invoice,) = invoices(anna.operator)
    note = credit(invoice)
    assert (note.kind, note.number, note.total, note.credits_id) == (
        "credit-note",
        "C2026-000001",
        invoice.total,
        invoice.pk,
    )
    assert (note.net, note.vat, note.issued_on) == (invoice.net, invoice.vat, date(2026, 7, 8))
    assert open_of(anna) == {}
    with pytest.raises(refusals.CreditedAlready):
        credit(invoice)
    with pytest.raises(refusals.NotCreditable):
        credit(note)
    assert len(invoices(anna.operator)) == 2
    bill(anna.operator, AUGUST)  # what was credited is not billed again
    assert str(invoices(anna.operator)[-1].total) == "29.90"


def test_a_line_is_credited_at_most_with_what_is_left_of_it() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    (invoice,) = invoices(anna.operator)
    first = credit(invoice, lines={3: Money.of("10.00")})
    assert (str(first.total), str(first.net), str(first.vat)) == ("10.00", "8.33", "1.67")
    with pytest.raises(refusals.TooMuchCredit) as refused:
        credit(invoice, lines={3: Money.of("20.00")})
    assert refused.value.params["left"] == "19.90"
    with pytest.raises(refusals.UnknownLine) as unknown:
        credit(invoice, lines={9: None})
    assert unknown.value.message("en") == f"Invoice {invoice.number} has no line 9."
    assert str(credit(invoice, lines={3: None}).total) == "19.90"
    rest = credit(invoice)
    assert first.total + Money.of("19.90").amount + rest.total == invoice.total
    assert open_of(anna) == {}


@pytest.mark.rule("PAY-13", "C11")
def test_a_credit_note_takes_both_parts_back() -> None:
    bora = cast.bora()
    bill(bora.operator, date(2026, 5, 1))
    (invoice,) = invoices(bora.operator)
    assert len(open_of(bora)) == 2
    part = credit(invoice, lines={1: None})
    rest = credit(invoice)
    assert part.complementary + rest.complementary == invoice.complementary
    assert part.vat + rest.vat == invoice.vat
    assert open_of(bora) == {}


@pytest.mark.rule("W-51")
def test_credit_and_reissue_is_one_act_with_the_address_of_today() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    (invoice,) = invoices(anna.operator)
    with anna.acting():
        anna.account.name = "Anna Roche-Blanc"
        anna.account.save()
    made = billing.credit_and_reissue(invoice=invoice, reason="Nom corrigé", at=AT, actor="eva")
    before, note, after = invoices(anna.operator)
    assert (note.pk, after.pk) == (made.credit_note.pk, made.invoice.pk)
    assert (before.buyer["name"], note.buyer["name"], after.buyer["name"]) == (
        "Anna Roche",
        "Anna Roche",
        "Anna Roche-Blanc",
    )
    assert (after.total, after.number, after.credits_id) == (before.total, "F2026-000002", before.pk)
    assert after.structured_communication != before.structured_communication
    assert open_of(anna) == {(after.public_id, "EUR"): "87.84"}
    bill(anna.operator, AUGUST)
    assert str(invoices(anna.operator)[-1].total) == "29.90"


def test_a_reissue_may_change_the_amount_of_a_line() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    (invoice,) = invoices(anna.operator)
    made = billing.credit_and_reissue(
        invoice=invoice, reason="Frais offerts", at=AT, actor="eva", amounts={1: Money.of("9.00")}
    )
    assert str(made.invoice.total) == "57.84"
    assert open_of(anna) == {(made.invoice.public_id, "EUR"): "57.84"}


@pytest.mark.rule("CMP-01")
def test_a_dispute_is_a_promise_and_ends_with_a_credit() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    (invoice,) = invoices(anna.operator)
    line = line_of(invoice, "month")
    dispute = billing.dispute_line(line=line, words="Une panne.", requester=anna.person, at=AT, actor="anna")
    assert (dispute.promise.due_on, str(dispute.amount)) == (date(2026, 7, 22), "29.90")
    with pytest.raises(refusals.DisputedAlready):
        billing.dispute_line(line=line, words="Encore.", requester=anna.person, at=AT, actor="anna")
    with pytest.raises(refusals.WrongOutcome):
        billing.answer_dispute(dispute=dispute, outcome="credited", words=" ", at=AT, actor="eva")
    answer = billing.answer_dispute(dispute=dispute, outcome="credited", words="Vous avez raison.", at=AT, actor="eva")
    assert str(answer.credit_note.total) == "29.90"
    with pytest.raises(refusals.AnsweredAlready):
        billing.answer_dispute(dispute=dispute, outcome="refused", words="Non.", at=AT, actor="eva")
    with anna.acting():
        steps = PromiseStep.objects.filter(promise=dispute.promise).order_by("pk")
        assert [one.code for one in steps] == ["asked", "credited"]
        assert Message.objects.filter(template__startswith="dispute").count() == 2
    assert open_of(anna) == {(invoice.public_id, "EUR"): "57.94"}


def test_a_refused_dispute_changes_no_sum() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    (invoice,) = invoices(anna.operator)
    line = line_of(invoice, "month")
    dispute = billing.dispute_line(line=line, words="Une panne.", requester=anna.person, at=AT, actor="anna")
    answer = billing.answer_dispute(dispute=dispute, outcome="refused", words="Pas de panne.", at=AT, actor="eva")
    assert (answer.credit_note, open_of(anna)) == (None, {(invoice.public_id, "EUR"): "87.84"})


@pytest.mark.rule("W-03")
def test_a_promised_credit_stands_on_the_next_invoice_once() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    known = {
        "account": anna.account, "contract": anna.contract, "code": "goodwill", "product_code": "goodwill",
        "names": {"fr": "Geste"}, "category": "internet", "service_on": date(2026, 7, 20), "source": "ticket:9",
        "at": cast.moment(date(2026, 7, 20)),
    }  # fmt: skip
    billing.add_charge(amount=Money.of("-10.00"), **known)
    with pytest.raises(refusals.ChargeExists):
        billing.add_charge(amount=Money.of("-10.00"), **known)
    with pytest.raises(refusals.WrongCharge):
        billing.add_charge(amount=Money.of("0.00"), **{**known, "source": "ticket:10"})
    bill(anna.operator, AUGUST)
    bill(anna.operator, date(2026, 9, 1))
    assert [str(one.total) for one in invoices(anna.operator)] == ["87.84", "19.90", "29.90"]
