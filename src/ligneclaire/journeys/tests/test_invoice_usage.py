"""Usage on an invoice: totals, detail, at the end all that lay beside the bundles with the warnings that were sent."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
from pypdf import PdfReader
from tests import cast, rated

from ligneclaire.domains.billing.models import Invoice
from ligneclaire.domains.billing.tests.runs import JULY, bill
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.outbox.models import Message
from ligneclaire.domains.usage.models import Alert, Counter, Notice
from ligneclaire.domains.usage.rules.spending import DOMESTIC
from ligneclaire.journeys import invoice_data, invoice_pdf, invoices

pytestmark = pytest.mark.usefixtures("database")
JUNE = date(2026, 6, 1)
USED = {"voice-international": "18.404", "data-roaming": "7.00", "sms-parking": "4.20"}


LEFT = cast.moment(date(2026, 7, 1), 6, 30)


def warn(contract, counter: str, threshold: int, *, sent: bool = True, left: datetime | None = LEFT) -> None:
    """An alert, and the message about it with when it left."""
    at = cast.moment(date(2026, 6, 19), 14, 5)
    with acting_for(contract.operator_id):
        alert = Alert.objects.create(
            operator_id=contract.operator_id, line_id=contract.line_id, month=JUNE, counter=counter, epoch=0,
            threshold=threshold, used=8 * 10**9, allowance=10**10 if counter == "data-home" else 50 * 10**6,
            event_at=at, raised_at=at,
        )  # fmt: skip
        Notice.objects.create(
            operator_id=contract.operator_id, alert=alert, channel="mail" if sent else "", decided_at=at,
            outcome="queued" if sent else "nobody", message_key=f"alert:{alert.pk}" if sent else "",
        )  # fmt: skip
        if sent:
            Message.objects.create(
                operator_id=contract.operator_id, dedupe_key=f"alert:{alert.pk}", channel="mail", recipient="a@b.be",
                language="en", template="bundle-alert", queued_at=at, due_at=at, sent_at=left,
            )  # fmt: skip


def view(account, language: str = "en"):
    with acting_for(account.operator_id):
        return invoices.view_of(Invoice.objects.filter(account=account).latest("pk"), language)


@pytest.mark.rule("SPL-07", "USE-05", "W-07")
def test_the_employee_reads_lines_then_all_that_lay_beside_the_bundles_with_the_warnings() -> None:
    bora = cast.bora_mobile()
    account = rated.private_account(bora)
    rated.split(bora.contract, account, {"type": "amount", "amount": "15.00"})
    group = rated.rate(bora.contract, JUNE, USED)
    with acting_for(bora.operator.pk):
        Counter.objects.create(
            operator_id=bora.operator.pk, group=group, line_id=bora.contract.line_id, code="data-home", service="data",
            used=8 * 10**9, allowance=10**10,
        )  # fmt: skip
    warn(bora.contract, "data-home", 75)
    warn(bora.contract, "data-home", 90, sent=False)
    warn(bora.contract, "domestic-be", 75)
    # what leaves after the document was issued, or waits, changes nothing of it
    warn(bora.contract, "data-home", 100, left=cast.moment(date(2026, 8, 1)))
    warn(bora.contract, "domestic-be", 100, left=None)
    bill(bora.operator, JULY)
    found = view(account)
    assert [(one.label, one.subject, str(one.amount), one.usage.category) for one in found.lines] == [
        ("Calls", "0470 65 43 21", "4.12", "voice"),
        ("Mobile data", "0470 65 43 21", "8.47", "data"),
        ("Third-party services", "0470 65 43 21", "4.20", "third-party"),
    ]
    assert {one.usage.month for one in found.lines} == {JUNE}
    (outside,) = found.outside
    assert [(one.label, one.records, str(one.amount)) for one in outside.costs] == [
        ("International calls", 2, "18.404"),
        ("of which your employer pays", 0, "-15.00"),
        ("Mobile data abroad", 2, "7.00"),
        ("Parking by text message", 2, "4.20"),
    ]
    assert outside.warnings == (
        "19 June 2026, 14:05: 75% of 10\xa0GB used. Warned on 1 July 2026, 06:30.",
        "19 June 2026, 14:05: 75% of the limit of €50.00 spent. Warned on 1 July 2026, 06:30.",
    )
    data, said = invoice_data.as_json(found), invoice_data.as_text(found)
    assert [one["usage"]["month"] for one in data["lines"]] == ["2026-06"] * 3
    assert data["outside"][0]["warnings"] == list(outside.warnings)
    paper = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(invoice_pdf.render_invoice(found))).pages)
    for told in (
        "Beside what is included",
        "International calls",
        "€18.404",
        "Parking by text message",
        "19 June 2026, 14:05",
    ):
        assert told in said
        assert told in " ".join(paper.split())
    assert said.index("Calls") < said.index("Beside what is included")
    assert [one.label for one in found.bar] == ["Calls, June", "Mobile data, June", "Third-party services, June"]
    assert invoice_pdf.sheet_of(found)["why"]["sentences"] == [
        "You used €29.60 beyond what is included, before VAT. Your employer pays €15.00 of it; the rest is your part. "
        "Next month you again pay only what your employer does not."
    ]


@pytest.mark.rule("SPL-07", "SPL-08")
def test_the_company_of_a_split_line_reads_its_own_part_alone() -> None:
    bora = cast.bora_mobile()
    account = rated.private_account(bora)
    rated.split(bora.contract, account, {"type": "amount", "amount": "15.00"})
    rated.rate(bora.contract, JUNE, USED)
    warn(bora.contract, DOMESTIC, 100)
    bill(bora.operator, JULY)
    found = view(bora.account)
    (outside,) = found.outside
    assert [(one.label, one.records, str(one.amount)) for one in outside.costs] == [("Calls", 0, "15.00")]
    assert outside.warnings == ()
    assert "employer" not in str(invoice_pdf.sheet_of(found)["why"])
    told = invoice_data.as_text(found) + str(invoice_data.as_json(found))
    for private in ("18.40", "3.40", "7.00", "4.20", "Third-party", "Mobile data", "warning sent"):
        assert private not in told


@pytest.mark.rule("SPL-05")
@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_a_statement_of_zero_can_be_read(language: str) -> None:
    bora = cast.bora_mobile()
    account = rated.private_account(bora)
    rated.split(bora.contract, account, {"type": "amount", "amount": "15.00"})
    for month in (7, 8, 9):
        bill(bora.operator, date(2026, month, 1))
    found = view(account, language)
    assert (str(found.total), str(found.open), len(found.lines)) == ("0.00", "0.00", 1)
    assert {"fr": "Rien à payer", "nl": "Niets te betalen", "en": "Nothing to pay"}[language] == found.lines[0].label
    assert invoice_pdf.render_invoice(found)


@pytest.mark.parametrize(
    ("language", "said", "note"),
    [
        ("en", "Your invoice of August 2026 begins with", "plus what is used beside the bundles."),
        ("nl", "In augustus 2026 begint uw factuur met", "plus wat buiten de bundels wordt verbruikt."),
        ("fr", "En août 2026, votre facture commence par", "plus ce qui est consommé hors forfait."),
    ],
)
def test_what_is_said_of_the_next_invoice_leaves_usage_open(language: str, said: str, note: str) -> None:
    bora = cast.bora_mobile()
    rated.rate(bora.contract, JUNE, USED)
    bill(bora.operator, JULY)
    sheet = invoice_pdf.sheet_of(view(bora.account, language))
    assert sheet["next"]["said"] == said
    assert sheet["next"]["note"].endswith(note)


def test_tax_says_of_what_it_is_where_something_bears_none() -> None:
    bora = cast.bora_mobile()
    rated.rate(bora.contract, JUNE, USED)
    bill(bora.operator, JULY)
    found = view(bora.account)
    taxed = next(one for one in found.taxes if one.vat)
    assert taxed.net < found.net
    assert found.bar[-1].label == f"VAT 21% on €{taxed.net}"
