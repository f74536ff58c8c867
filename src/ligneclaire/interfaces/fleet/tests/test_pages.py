"""The manager's pages: the fleet in bands, a line, the cost centres, invoices, files; entering and leaving."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from tests import cast, walled
from tests.walled import Scene

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.billing.models import Invoice, InvoiceLine
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract, SplitBill
from ligneclaire.domains.outbox.models import Message
from ligneclaire.journeys import spreadsheet
from ligneclaire.journeys.tests.test_private_reminders import Story

pytestmark = pytest.mark.usefixtures("database")
MONTH = "?month=2026-06"


def signed_in(email: str, language: str = "en") -> Client:
    client = Client(HTTP_HOST="fleet.localhost")
    client.post("/sign-in/", {"login": email, "password": cast.PASSWORD})
    client.cookies["language"] = language
    return client


def managing(known: Scene, email: str = "nora@bora.example", language: str = "en") -> Client:
    client = signed_in(email, language)
    client.post("/fleet/enter", {"company": known.bora.party.public_id})
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


@pytest.fixture
def known(tmp_path: Path) -> Scene:
    return walled.scene(tmp_path)


@pytest.mark.rule("USE-04", "W-21", "FMP-11", "SPL-08")
def test_the_fleet_a_line_and_the_cost_centres(known: Scene) -> None:
    nora = managing(known)
    fleet = text(nora, f"/fleet/{MONTH}")
    assert "2 numbers, all within their bundles" in fleet  # Bram's 31.7 of 25 GB are 25 of 25 for Nora
    assert "80 to 100 %: 2" in fleet
    assert "You see only what Bora NV pays." in fleet
    assert "As of Sunday 28 June 2026 at 08:00." in fleet
    assert "0470 65 43 21" in fleet
    assert "for Bora NV in June 2026, without VAT" in fleet
    assert "so far for Bora NV" not in fleet  # the month is billed
    assert "so far for Bora NV" in text(nora, "/fleet/")
    assert "0470 77 88 99" not in text(nora, f"/fleet/{MONTH}&band=above")
    assert "0470 65 43 21" not in text(nora, f"/fleet/{MONTH}&centre=%3DK2")
    assert "band=above&amp;number=0470+65#lines" in text(nora, f"/fleet/{MONTH}&number=0470+65").replace("%20", "+")
    bram = text(nora, f"/fleet/lines/{known.bora.contract.line.public_id}/{MONTH}")
    assert "€15.00 beside the bundles" in bram
    assert "25 GB of 25 GB" in bram
    assert "<h3>Mobile data</h3>" in bram  # as on the user's own page
    assert "Mobile data: 75% reached" in bram
    dutch = text(managing(known, language="nl"), f"/fleet/lines/{known.bora.contract.line.public_id}/{MONTH}")
    assert "<h3>Mobiele data</h3>" in dutch
    assert "The bill of this number is shared" in bram
    assert "What was used" not in bram
    els = text(nora, f"/fleet/lines/{known.of_els.line.public_id}/{MONTH}")
    assert "24 GB of 25 GB" in els
    assert "4420•••" in els
    assert walled.CALLED_BY_ELS not in els
    centres = text(nora, f"/fleet/cost-centres/{MONTH}")
    assert "Montage" in centres
    assert "without cost centre" in centres


@pytest.mark.rule("FMP-03")
def test_going_to_the_portal_and_back_is_an_act_that_is_written_down(known: Scene) -> None:
    nora = signed_in("nora@bora.example")
    assert nora.get("/fleet/")["Location"] == "/fleet/enter"
    assert "To the manager" in text(nora, "/")
    assert "Manage Bora NV" in text(nora, "/fleet/enter")
    with known.bora.acting():
        before = AuditEntry.objects.filter(act="switch_portal").count()
    assert nora.post("/fleet/enter", {"company": known.bora.party.public_id})["Location"] == "/fleet/"
    assert "Bora NV" in text(nora, "/fleet/")
    assert nora.post("/fleet/leave")["Location"] == "/"
    assert nora.get("/fleet/")["Location"] == "/fleet/enter"
    with known.bora.acting():
        written = AuditEntry.objects.filter(act="switch_portal").order_by("pk")
        nora_is = f"person:{known.bora.person.public_id}"
        assert [(one.actor, one.subject, one.detail) for one in written[before:]] == [
            (nora_is, f"party:{known.bora.party.public_id}", {"to": "manager"}),
            (nora_is, f"party:{known.bora.party.public_id}", {"to": "own"}),
        ]
    zoe, els = signed_in("zoe@example.org"), signed_in("els@example.org")
    assert zoe.post("/fleet/enter", {"company": known.bora.party.public_id}).status_code == 404
    assert els.get("/fleet/enter").status_code == 404
    assert els.get("/fleet/").status_code == 404
    assert "To the manager" not in text(els, "/")


@pytest.mark.rule("SPL-08", "FMP-11")
def test_files_by_cost_centre_hold_the_companys_own_amounts_and_no_formula(known: Scene) -> None:
    nora = managing(known, language="nl")
    usage = nora.get(f"/fleet/cost-centres.csv{MONTH}")
    assert usage["Content-Disposition"] == 'attachment; filename="usage-2026-06.csv"'
    heading, *rows = usage.content.decode("utf-8-sig").splitlines()
    assert heading == "Kostenplaats;Naam van de kostenplaats;Nummer;Gebruiker;Wat;Maand;Bedrag zonder btw (EUR)"
    assert rows[0] == ";;0470 65 43 21;Bram Claes;Gesprekken;2026-06;15,00"
    assert rows[1].startswith("'=K2;Montage;0470 77 88 99;Els Dierckx;Gesprekken;2026-06;")
    assert len(rows) == 2
    with known.bora.acting():
        invoice = Invoice.objects.filter(account=known.bora.account).latest("pk")
        lines = sorted(str(line.amount).replace(".", ",") for line in InvoiceLine.objects.filter(invoice=invoice))
    booked = nora.get(f"/fleet/invoices/{invoice.public_id}.csv").content.decode("utf-8-sig").splitlines()[1:]
    assert sorted(row.rsplit(";", 1)[1] for row in booked) == lines
    assert {row.split(";")[0] for row in booked} == {"", "'=K2"}
    for cell in ("=1+1", "+32", "-1", "@SUM", "\tx", "\r="):
        assert spreadsheet.safe(cell) == f"'{cell}"
    assert signed_in("zoe@example.org").get(f"/fleet/invoices/{invoice.public_id}.csv").status_code == 302


@pytest.mark.rule("SPL-09", "FMP-13")
def test_a_manager_invites_and_invites_again(known: Scene) -> None:
    nora, path = managing(known), f"/fleet/lines/{known.of_els.line.public_id}/"
    given = {"given_name": "Els", "family_name": "Dierckx", "email": "els@example.org", "kind": "amount"}
    assert nora.post(f"{path}invite", {**given, "value": ""}).status_code == 422
    assert nora.post(f"{path}invite", {**given, "value": "12.50"})["Location"] == path
    page = text(nora, path)
    assert "The invitation is on its way to els@example.org." in page
    assert "Until then the company pays all." in page
    assert nora.post(f"{path}invite-again")["Location"] == path
    with known.bora.acting():
        waiting = SplitBill.objects.get(contract=known.of_els)
        assert (waiting.contribution, waiting.accepted_at) == ({"type": "amount", "amount": "12.50"}, None)
        sent = Message.objects.filter(template="split-bill-invitation", recipient="els@example.org")
        assert sent.count() == 2
    # for somebody else instead: a known address keeps its name, and opens the line to nobody yet
    given |= {"given_name": "Brahim", "family_name": "Claes", "email": "bram@bora.example"}
    assert nora.post(f"{path}invite", {**given, "value": "10"})["Location"] == path
    page = text(nora, path)
    assert "We know this address as that of Bram Claes, and keep that name." in page
    assert "Bram Claes, invited" in page
    bram = signed_in("bram@bora.example")
    for closed in (f"/usage/{known.of_els.line.public_id}/", f"/usage/{known.of_els.line.public_id}/limits/"):
        assert bram.get(closed).status_code == 404
    carl = managing(known, "carl@example.org")
    refused = carl.post(f"{path}invite", {**given, "value": "1"})
    assert refused.status_code == 422
    with known.zeta.acting():
        strange = known.zeta.contract.line.public_id
    assert nora.post(f"/fleet/lines/{strange}/invite", {**given, "value": "1"}).status_code == 404


def ends(contract: Contract) -> None:
    """The company leaves: the last day is 10 September."""
    on = date(2026, 6, 10)
    contracts.terminate(
        contract=contract, received_on=on, wanted_on=date(2026, 9, 10), channel="letter", requester=None,
        at=cast.moment(on), actor=cast.ACTOR,
    )  # fmt: skip


@pytest.mark.rule("SPL-06")
def test_a_bill_is_shared_until_the_month_in_which_its_contract_ends(known: Scene) -> None:
    nora, path = managing(known), f"/fleet/lines/{known.bora.contract.line.public_id}/"
    assert "Shared from 1 June 2026 on. Bora NV pays:" in text(nora, f"{path}{MONTH}")
    ends(known.bora.contract)
    for language, told in (
        ("en", "Shared from 1 June 2026 until 30 September 2026. Bora NV pays:"),
        ("fr", "Partagée du 1er juin 2026 au 30 septembre 2026. Bora NV paie :"),
        ("nl", "Gedeeld van 1 juni 2026 tot en met 30 september 2026. Bora NV betaalt:"),
    ):
        page = text(managing(known, language=language), f"{path}{MONTH}")
        assert told in page
        assert f'href="{path}invite"' not in page
    assert nora.get(f"{path}invite").status_code == 404


def test_nobody_is_invited_to_share_the_bill_of_a_contract_that_ends(known: Scene) -> None:
    nora, path = managing(known), f"/fleet/lines/{known.of_els.line.public_id}/"
    assert f'href="{path}invite"' in text(nora, f"{path}{MONTH}")
    ends(known.of_els)
    page = text(nora, f"{path}{MONTH}")
    assert "The company pays all of this number." in page
    assert "You may invite its user" not in page
    assert f'href="{path}invite"' not in page


@pytest.mark.rule("SPL-11", "FMP-11")
def test_of_a_private_invoice_that_is_not_paid_the_manager_reads_who_and_how_much() -> None:
    story = Story()
    cast.login_of(story.bora.person)
    nora = signed_in("nora@bora.example")
    nora.post("/fleet/enter", {"company": story.bora.party.public_id})
    assert "Private parts" not in text(nora, "/fleet/invoices/")
    story.remind(8)
    assert "Private parts" not in text(nora, "/fleet/invoices/")
    story.remind(23)
    page = text(nora, "/fleet/invoices/").partition("Private parts that are not paid")[2]
    for told in ("0470 65 43 21", "Bram Claes", f"€{story.invoice.total}", "to pay by"):
        assert told in page
    assert page.count("€") == 1
    for secret in (story.invoice.number, story.invoice.public_id, "4.20", "31.00"):
        assert secret not in page
    story.remind(54)
    assert "owed by the company since" in text(nora, "/fleet/invoices/")


@pytest.mark.rule("USE-04", "FMP-11", "W-33")
def test_a_line_that_the_company_pays_whole_is_looked_into_and_a_shared_one_is_not(known: Scene) -> None:
    nora = managing(known)
    els, bram = known.of_els.line.public_id, known.bora.contract.line.public_id
    assert f"/fleet/lines/{els}/usage/?month=2026-06" in text(nora, f"/fleet/lines/{els}/{MONTH}")
    page = text(nora, f"/fleet/lines/{els}/usage/{MONTH}")
    assert "0470 77 88 99, June 2026: 2 records" in page
    assert "4420•••" in page
    assert "As of Sunday 28 June 2026 at 08:00." in page
    assert "1 record, " in text(nora, f"/fleet/lines/{els}/usage/{MONTH}&service=voice")
    file = nora.get(f"/fleet/lines/{els}/usage.csv{MONTH}&service=voice")
    assert file["Content-Disposition"] == 'attachment; filename="32470778899-2026-06.csv"'
    heading, row = file.content.decode("utf-8-sig").splitlines()
    assert heading.split(";")[0] == "Day"
    assert row.split(";")[:2] == ["2026-06-10", "11:00:00"]
    assert row.split(";")[4] == "4420•••"
    assert f"/fleet/lines/{bram}/usage/" not in text(nora, f"/fleet/lines/{bram}/{MONTH}")
    for path in (f"/fleet/lines/{bram}/usage/{MONTH}", f"/fleet/lines/{bram}/usage.csv{MONTH}"):
        assert nora.get(path).status_code == 404
