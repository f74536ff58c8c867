"""A user pays from the page of the invoice: sum, account, reference and a code for the bank's application (UPO-01)."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from django.test import Client
from tests import cast

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.models import Dispute, Invoice, InvoiceLine
from ligneclaire.domains.payments import operations as payments
from ligneclaire.interfaces.home.tests import billed
from ligneclaire.interfaces.home.tests.test_many_contracts import signed_in, text
from ligneclaire.journeys import customer_pages, invoices, paying
from ligneclaire.kernel.money import Money

pytestmark = pytest.mark.usefixtures("database")
JULY = date(2026, 7, 1)
SOON = date(2026, 7, 2)


def anna(method: str) -> tuple[cast.Customer, Invoice]:
    found = cast.anna(method=method)
    billed.bill(found.operator, JULY)
    return found, billed.invoice_of(found)


def code_of(customer: cast.Customer, invoice: Invoice, on: date) -> list[str]:
    """The lines of the code on the page of a day; none where the page shows no transfer."""
    with customer.acting():
        found = customer_pages.invoice_page(customer.scope, invoice.public_id, "fr", on)
        made = paying.transfer_of(found.view, found.bill)
    return made["code"].split("\n") if made else []


def pays(customer: cast.Customer, invoice: Invoice, amount: str) -> None:
    payments.record_payment(
        operator_id=customer.operator.pk, received_on=SOON, amount=Money.of(amount), currency="EUR", method="transfer",
        reference=f"bank-{amount}", at=cast.moment(SOON), actor="lien",
        structured_communication=invoice.structured_communication,
    )  # fmt: skip


@pytest.mark.rule("UPO-01")
@pytest.mark.parametrize(
    ("language", "title", "words", "label"),
    [
        ("fr", "Pour payer par virement", "Ou scannez ce code", "Code de paiement : 87,84 € à Haute Ligne SAS"),
        ("nl", "Betalen met een overschrijving", "Of scan deze code", "Betaalcode: € 87,84 aan Haute Ligne SAS"),
        ("en", "To pay by bank transfer", "Or scan this code", "Payment code: €87.84 to Haute Ligne SAS"),
    ],
)
def test_an_open_invoice_shows_how_to_pay_it(language: str, title: str, words: str, label: str) -> None:
    customer, invoice = anna("transfer")
    client, path = signed_in(customer, language), f"/invoices/{invoice.public_id}/"
    page = text(client, path)
    shown = page[page.index(title) :]
    assert words in shown
    assert invoice.structured_communication in shown
    assert " ".join(re.findall(".{1,4}", invoice.seller["iban"])) in shown
    drawn = html.unescape(client.get(path).content.decode()).replace("\u00a0", " ").replace("\u202f", " ")
    assert f'aria-label="{label}' in drawn
    assert 'href="#pay"' in drawn


@pytest.mark.rule("UPO-01")
def test_the_code_carries_what_is_open_and_no_more() -> None:
    customer, invoice = anna("transfer")
    seller, reference = invoice.seller, invoice.structured_communication.replace(" ", "")
    assert code_of(customer, invoice, SOON) == [
        "BCD", "002", "1", "SCT", seller["bic"], seller["name"], seller["iban"], "EUR87.84", "", reference, "",
    ]  # fmt: skip
    pays(customer, invoice, "50.00")
    assert code_of(customer, invoice, SOON)[7] == "EUR37.84"
    with customer.acting():
        line = InvoiceLine.objects.get(invoice=invoice, position=2)
    billing.dispute_line(line=line, words="Trop.", requester=customer.person, at=cast.moment(SOON), actor="anna")
    assert code_of(customer, invoice, SOON)[7] == "EUR18.90"  # 18.94 wait for our answer
    pays(customer, invoice, "18.90")
    assert code_of(customer, invoice, SOON) == []
    assert "Pour payer par virement" not in text(signed_in(customer, "fr"), f"/invoices/{invoice.public_id}/")


def test_a_line_that_is_disputed_again_says_that_it_is_disputed_already() -> None:
    customer, invoice = anna("transfer")
    client, path = signed_in(customer), f"/invoices/{invoice.public_id}/lines/2/dispute"
    told = [client.post(path, {"words": words}, follow=True).content.decode() for words in ("Trop.", "Bien trop.")]
    assert ["This line is disputed already: your new words were not kept." in one for one in told] == [False, True]
    assert all("Trop." in one for one in told)
    with customer.acting():
        assert [one.words for one in Dispute.objects.all()] == ["Trop."]


@pytest.mark.rule("UPO-01")
def test_a_debit_that_is_to_come_asks_for_nothing_and_one_that_failed_can_be_paid() -> None:
    customer, invoice = anna("direct-debit")
    assert code_of(customer, invoice, SOON) == []
    assert code_of(customer, invoice, date(2026, 7, 7))[7] == "EUR87.84"
    page = text(signed_in(customer), f"/invoices/{invoice.public_id}/")  # today is later than July 2026
    assert "did not reach us" in page
    assert invoice.structured_communication in page


@pytest.mark.rule("UPO-01")
def test_the_part_in_another_currency_is_not_asked_for_in_euro() -> None:
    bora = billed.bora()
    invoice = billed.invoice_of(bora)
    assert (str(invoice.total), str(invoice.complementary)) == ("207.37", "46.74")
    assert code_of(bora, invoice, date(2026, 5, 2))[7] == "EUR160.63"


def test_the_next_invoice_is_told_until_it_exists_and_stays_on_paper() -> None:
    customer, invoice = anna("transfer")
    august = date(2026, 8, 20)

    def ahead() -> bool:
        with customer.acting():
            found = customer_pages.invoice_page(customer.scope, invoice.public_id, "en", august)
        return found.view.next_invoice is not None

    assert ahead()
    billed.bill(customer.operator, date(2026, 8, 1))
    assert not ahead()
    with customer.acting():
        sent = invoices.view_of(invoice, "en", at_issue=True)
    assert sent.next_invoice is not None


@pytest.mark.parametrize("paid", [False, True])
def test_a_dispute_of_a_paid_invoice_speaks_of_money_that_comes_back(paid: bool) -> None:
    customer, invoice = anna("transfer")
    if paid:
        pays(customer, invoice, "87.84")
    client = signed_in(customer)
    said = text(client, f"/invoices/{invoice.public_id}/lines/1/dispute")
    assert ("come back to you" in said, "not collected until" in said) == (paid, not paid)
    with customer.acting():
        line = InvoiceLine.objects.get(invoice=invoice, position=1)
    made = billing.dispute_line(
        line=line, words="Erreur.", requester=customer.person, at=cast.moment(SOON), actor="person:x"
    )
    followed = text(client, f"/requests/{made.promise.public_id}/")
    assert ("comes back to you" in followed, "not collected until" in followed) == (paid, not paid)
    desk = Client(HTTP_HOST=customer.operator.host)
    with customer.acting():
        desk.force_login(cast.eva(), "allauth.account.auth_backends.AuthenticationBackend")
    desk.cookies["language"] = "en"
    told = desk.get(f"/desk/promises/{made.promise.public_id}/").content.decode()
    assert ("no money moves" in told, "is collected again" in told) == (paid, not paid)


def test_what_was_paid_too_much_is_shown_to_who_paid_it() -> None:
    customer, invoice = anna("transfer")
    pays(customer, invoice, "93.34")
    client = signed_in(customer)
    for path in ("/", "/invoices/"):
        assert "€5.50 is in your favour" in text(client, path), path


@pytest.mark.rule("PAY-10")
def test_both_parts_of_what_is_open_stand_on_the_first_page() -> None:
    """Net 171.38, VAT 35.99; the part in RES of its invoice is said beside the part in euro."""
    bora = billed.bora()
    invoice = billed.invoice_of(bora)
    unit, euro = Money.of(invoice.complementary), Money.of(invoice.total - invoice.complementary)
    assert unit
    assert f"€{euro} in euro and {unit} RES" in text(signed_in(bora), "/")
    assert "Our RES account: 99 2601 4207." in text(signed_in(bora), f"/invoices/{invoice.public_id}/")
