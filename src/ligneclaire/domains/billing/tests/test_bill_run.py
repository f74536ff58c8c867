"""A bill run: drafts, what a second person releases, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests import cast

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.accounts.policies import DirectDebit
from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing import refusals
from ligneclaire.domains.billing.models import BillRun, Draft, Invoice, InvoiceLine
from ligneclaire.domains.billing.queries.inputs import Knowing, Reader
from ligneclaire.domains.billing.queries.setting import setting
from ligneclaire.domains.billing.tests.runs import AUGUST, JULY, SEPTEMBER, bill, day_two, invoices, start
from ligneclaire.domains.ledger import queries as ledger
from ligneclaire.domains.ledger.models import Posting
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import LegalEntity
from ligneclaire.domains.outbox.models import Message
from ligneclaire.domains.rulebook import door, places
from ligneclaire.domains.rulebook.versions import Version

pytestmark = pytest.mark.usefixtures("database")


def lines_of(invoice: Invoice) -> list[tuple[str, str]]:
    with acting_for(invoice.operator_id):
        found = InvoiceLine.objects.filter(invoice=invoice).order_by("position")
        return [(line.code, str(line.amount)) for line in found]


@pytest.mark.rule("BIL-03", "BIL-05", "PAY-02", "PAY-09", "C1")
def test_anna_gets_her_first_invoice_with_every_step() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    (invoice,) = invoices(anna.operator)
    # 39.00 once, 29.90 x 19/30 = 18.94, 29.90 for July
    assert lines_of(invoice) == [("activation", "39.00"), ("pro-rata", "18.94"), ("month", "29.90")]
    assert (str(invoice.net), str(invoice.vat), str(invoice.total)) == ("73.20", "14.64", "87.84")
    assert (invoice.number, invoice.debit_on, invoice.due_on) == ("F2026-000001", date(2026, 7, 6), date(2026, 7, 6))
    assert (invoice.payment_means_code, invoice.mandate_reference, invoice.debited_iban[-4:]) == ("59", "MH1", "2606")
    assert (invoice.supply_from, invoice.supply_to) == (date(2026, 6, 12), date(2026, 7, 31))
    assert invoice.structured_communication == "RF82F2026000001"
    assert invoice.because[-1]["value"] == "2026-07-06"
    with acting_for(anna.operator.pk):
        line = InvoiceLine.objects.get(invoice=invoice, code="pro-rata")
        assert line.because[0]["code"].startswith("contracts.start.")
        assert line.because[-1]["value"] == "18.94"
        (item,) = ledger.open_items(anna.scope)
        assert (item.item, str(item.open), str(ledger.balance(anna.scope, anna.account.pk))) == (
            invoice.public_id,
            "87.84",
            "87.84",
        )
        message = Message.objects.get(template="invoice-ready")
        assert (message.recipient, message.params["total"], message.params["last_four"]) == (
            "anna@example.org",
            "87.84",
            "2606",
        )


@pytest.mark.rule("BIL-04")
def test_the_next_invoice_is_the_month_alone() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    bill(anna.operator, AUGUST)
    _first, second = invoices(anna.operator)
    assert (lines_of(second), second.number) == ([("month", "29.90")], "F2026-000002")


@pytest.mark.rule("C11", "PAY-10", "PAY-11", "PAY-12", "PAY-13")
def test_bora_pays_half_of_the_eligible_net_in_the_complementary_currency() -> None:
    bora = cast.bora()
    bill(bora.operator, date(2026, 5, 1))
    (invoice,) = invoices(bora.operator)
    assert invoice.net + invoice.vat == invoice.total
    with acting_for(bora.operator.pk):
        eligible = sum(one.amount for one in InvoiceLine.objects.filter(invoice=invoice).exclude(category="hardware"))
        euro, res = ledger.open_items(bora.scope)
    assert res.currency == "RES"
    assert invoice.complementary == res.open.amount == round(eligible / 2, 2)
    assert euro.open.amount == invoice.total - invoice.complementary
    assert invoice.structured_communication == "+++260/0000/00188+++" or invoice.structured_communication.startswith(
        "+++260/0000/001"
    )
    assert invoice.payment_means_code == "30"


@pytest.mark.rule("W-15")
def test_every_account_has_a_document_or_a_reason() -> None:
    anna = cast.anna()
    cast.household("H2", "Luc", "Blanc")  # never connected
    run = billing.draft(run=start(anna.operator, JULY), at=cast.moment(date(2026, 7, 2)))
    with acting_for(anna.operator.pk):
        drafts = Draft.objects.filter(run=run).order_by("account_id")
        assert [(one.skip_reason, one.document is not None) for one in drafts] == [("", True), ("no-service", False)]
    assert (run.state, run.accounts, len(run.digest)) == ("ready", 2, 64)


@pytest.mark.rule("W-45")
def test_who_started_a_run_cannot_release_it() -> None:
    anna = cast.anna()
    at = cast.moment(date(2026, 7, 2))
    run = billing.draft(run=start(anna.operator, JULY), at=at)
    with pytest.raises(refusals.SamePerson):
        billing.release(run=run, at=at, actor="eva")
    assert invoices(anna.operator) == []


@pytest.mark.rule("W-45")
def test_a_release_after_a_change_names_the_account_and_issues_nothing() -> None:
    anna, luc = cast.anna(), cast.household("H2", "Luc", "Blanc")
    at = cast.moment(date(2026, 7, 2))
    run = billing.draft(run=start(anna.operator, JULY, chunk_size=1), at=at)
    with acting_for(luc.operator.pk):
        luc.account.buyer_reference = "PO 17"
        luc.account.save()
    with pytest.raises(refusals.AccountsChanged) as refused:
        billing.release(run=run, at=at, actor="lien")
    assert refused.value.accounts == (luc.account.number,)
    assert invoices(anna.operator) == []
    run = billing.draft(run=billing.redraft(run=run, at=at, actor="eva"), at=at)
    assert billing.release(run=run, at=at, actor="lien").state == "released"
    assert len(invoices(anna.operator)) == 1


def test_what_is_recorded_after_the_moment_of_the_run_is_not_seen() -> None:
    anna = cast.anna()
    run = start(anna.operator, JULY, as_of=cast.moment(date(2026, 6, 12), 9))  # before the connection was recorded
    billing.draft(run=run, at=cast.moment(date(2026, 7, 2)))
    with acting_for(anna.operator.pk):
        assert Draft.objects.get(run=run).skip_reason == "no-service"


def test_a_second_run_of_the_month_and_one_beside_it_are_refused() -> None:
    anna = cast.anna()
    run = start(anna.operator, JULY)
    with pytest.raises(refusals.RunExists):
        start(anna.operator, JULY)
    with pytest.raises(refusals.OtherRunOpen):
        start(anna.operator, AUGUST)
    billing.discard(run=run, at=cast.moment(JULY), actor="eva")
    bill(anna.operator, JULY)
    with pytest.raises(refusals.BilledUpTo) as refused:
        start(anna.operator, date(2026, 6, 1))
    assert "no longer possible: bills were issued up to July 2026" in refused.value.message("en")
    with pytest.raises(refusals.WrongMonth):
        start(anna.operator, date(2026, 8, 2))


def test_months_are_billed_one_after_another_and_none_long_before_it_comes() -> None:
    anna = cast.anna()

    def asked(month: date, on: date) -> BillRun:
        with acting_for(anna.operator.pk):
            entity = LegalEntity.objects.get(operator=anna.operator)
        return billing.start_run(
            operator_id=anna.operator.pk, legal_entity_id=entity.pk, month=month, as_of=cast.moment(on),
            at=cast.moment(on), bill_on=day_two(month), actor="eva",
        )  # fmt: skip

    with pytest.raises(refusals.TooEarly) as early:
        asked(AUGUST, date(2026, 6, 30))
    assert early.value.params["on"] == "2026-07-01"
    billing.discard(run=asked(AUGUST, JULY), at=cast.moment(JULY), actor="eva")
    bill(anna.operator, JULY)
    with pytest.raises(refusals.MonthSkipped) as skipped:
        asked(SEPTEMBER, AUGUST)
    assert skipped.value.message("en").startswith("The bill run for August 2026 comes before that for September 2026")
    assert asked(AUGUST, date(2026, 7, 28)).state == "drafting"


def test_no_invoice_goes_out_before_its_date() -> None:
    anna = cast.anna()
    run = billing.draft(run=start(anna.operator, JULY), at=cast.moment(date(2026, 6, 28)))
    with pytest.raises(refusals.NotTheDay) as refused:
        billing.release(run=run, at=cast.moment(JULY, 23), actor="lien")
    assert (refused.value.params["on"], invoices(anna.operator)) == ("2026-07-02", [])
    assert billing.release(run=run, at=cast.moment(day_two(JULY), 0), actor="lien").state == "released"


def test_an_issued_run_cannot_be_discarded_and_runs_only_once() -> None:
    anna = cast.anna()
    run = bill(anna.operator, JULY)
    with pytest.raises(refusals.IssuedAlready):
        billing.discard(run=run, at=cast.moment(JULY), actor="eva")
    assert billing.release(run=run, at=cast.moment(AUGUST), actor="lien").state == "released"
    assert len(invoices(anna.operator)) == 1


@pytest.mark.rule("C7", "W-26")
def test_a_leaver_billed_in_advance_gets_a_credit_note_that_is_posted() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    with anna.acting():
        anna.contract.refresh_from_db()
        anna.contract.last_day = date(2026, 7, 10)
        anna.contract.save()
    bill(anna.operator, AUGUST)
    invoice, note = invoices(anna.operator)
    # July 29.90, kept 29.90 x 10/31 = 9.65
    assert (note.kind, note.number, str(note.total)) == ("credit-note", "C2026-000001", "20.25")
    assert (lines_of(note), note.structured_communication) == ([("credit", "20.25")], "")
    with anna.acting():
        assert {one.item: str(one.open) for one in ledger.open_items(anna.scope)} == {
            invoice.public_id: "87.84",
            note.public_id: "-20.25",
        }
    bill(anna.operator, date(2026, 9, 1))
    assert len(invoices(anna.operator)) == 2
    with anna.acting():
        assert Draft.objects.order_by("-pk").first().skip_reason == "ended"


def test_every_entry_sums_to_zero() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    with anna.acting():
        assert sum(one.amount for one in Posting.objects.all()) == 0


@pytest.mark.rule("BIL-03", "W-25")
def test_the_decision_says_beforehand_what_the_run_issues() -> None:
    anna = cast.anna(option_codes=("telephonie",))
    bill(anna.operator, JULY)
    (invoice,) = invoices(anna.operator)
    facts = {
        "monthly_price": "29.90",
        "activation_fee": "39.00",
        "connected_on": "2026-06-12",
        "equipment_received_on": "2026-06-09",
        "options": [{"label": "T", "monthly_price": "5.00"}],
    }
    asked = door.Asked(now=cast.moment(date(2026, 6, 13)), operator="rural")
    said = door.answer("first-invoice", facts, asked, places.operators())
    assert [(one["code"], one["amount"]) for one in said["lines"]] == lines_of(invoice)
    assert (said["net"], said["vat"], said["total"]) == (str(invoice.net), str(invoice.vat), str(invoice.total))
    assert said["debit_on"] == invoice.debit_on.isoformat()


def test_a_policy_for_one_account_moves_its_debit() -> None:
    anna, luc = cast.anna(), cast.household("H2", "Luc", "Blanc")
    moved = Version("accounts.debit", DirectDebit(12, 3), JULY, scope="account", scope_value=anna.account.public_id)
    with anna.acting():
        found = setting(anna.operator.pk, anna.account.legal_entity_id, JULY, date(2026, 7, 2))
        assert not found.narrow
        book = replace(found.book, versions=(*found.book.versions, moved))
        narrow = replace(found, book=book, narrow=True, dues={})
        reader = Reader(Knowing(anna.operator.pk, date(2026, 7, 2), cast.moment(date(2026, 7, 2))))
        hers, his = reader.read([anna.account.pk, luc.account.pk])
        assert (narrow.due_of(hers).debit_on, narrow.due_of(his).debit_on) == (date(2026, 7, 13), date(2026, 7, 6))
        assert found.due_of(hers).debit_on == date(2026, 7, 6)


def test_a_chunk_of_which_no_account_is_left_is_released_without_documents() -> None:
    anna = cast.anna()
    run = start(anna.operator, SEPTEMBER)
    with acting_for(anna.operator.pk):
        Account.objects.filter(pk=anna.account.pk).update(closed_on=date(2026, 7, 15))  # written down late
    run = billing.draft(run=run, at=cast.moment(date(2026, 9, 2), 3))
    assert billing.release(run=run, at=cast.moment(date(2026, 9, 2), 9), actor="lien").state == "released"
    assert invoices(anna.operator) == []
