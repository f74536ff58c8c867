"""What a customer reads about a bill, and what a stranger does not."""

from __future__ import annotations

import re
from datetime import date

import pytest
from tests import cast
from tests.browser import OpenPage, Visit

from ligneclaire.domains.billing.models import Dispute
from ligneclaire.interfaces.home.tests import billed

ANNA = "anna@example.org"


def _signed_in(open_page: OpenPage, operator: str, login: str, **how: object) -> Visit:
    visit = open_page(operator, **how)
    visit.sign_in(login, cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    return visit


@pytest.mark.rule("BIL-01", "BIL-03", "C2")
def test_annas_first_invoice_explains_every_cent(open_page: OpenPage) -> None:
    anna = billed.anna()
    visit = _signed_in(open_page, "rural", ANNA)
    visit.go("/invoices/")
    assert "Juillet 2026" in visit.text(".bills")
    visit.page.click(".bills a")
    assert visit.text("h1") == "Votre première facture, juillet 2026"
    assert visit.text(".big") == "87,84 €"
    assert "lundi 6 juillet 2026" in visit.text()
    assert "2606" in visit.text()
    assert cast.ANNA_IBAN not in visit.page.content()
    assert "Pourquoi plus que les 29,90 € de votre offre" in visit.text()
    amounts = [amount.replace("\u00a0", " ") for amount in visit.page.locator(".lines summary .n").all_inner_texts()]
    assert amounts == ["39,00 €", "18,94 €", "29,90 €"]
    assert not visit.page.locator(".caption").nth(1).is_visible()
    visit.page.click(".lines summary >> nth=1")
    because = visit.text(".lines li:nth-child(2) .caption")
    assert "12 juin 2026" in because  # the first connection
    assert "9 juin 2026" in because  # the kit
    assert "29,90 € × 19 jours sur 30 = 18,94 €" in because
    assert "BIL-01" in because
    assert billed.invoice_of(anna).number in visit.text(".standfirst")


def test_the_same_page_in_dutch(open_page: OpenPage) -> None:
    billed.anna()
    visit = _signed_in(open_page, "rural", ANNA, language="nl")
    visit.page.click(".speak button[value=nl]")
    visit.go("/invoices/")
    visit.page.click(".bills a")
    assert visit.text("h1") == "Uw eerste factuur, juli 2026"
    assert visit.text(".big") == "€ 87,84"
    assert "Lijn per lijn, btw inbegrepen" in visit.text()


def test_the_pdf_is_the_same_document(open_page: OpenPage) -> None:
    anna = billed.anna()
    visit = _signed_in(open_page, "rural", ANNA)
    path = f"/invoices/{billed.invoice_of(anna).public_id}/pdf"
    first, second = visit.fetch(path), visit.fetch(path)
    assert (first[0], first[1]) == (200, "application/pdf")
    assert first[2].startswith(b"%PDF-")
    assert first[2] == second[2]


def test_another_customers_documents_are_not_there(open_page: OpenPage) -> None:
    billed.anna()
    zoe = cast.household("H2", "Zoé", "Blanc")
    cast.login_of(zoe.person)
    anna = _signed_in(open_page, "rural", ANNA)
    anna.go("/invoices/")
    path = anna.page.get_attribute(".bills a", "href")
    assert path is not None
    visit = _signed_in(open_page, "rural", "h2@example.org")
    assert [visit.go(path + end) for end in ("", "pdf", "lines/1/dispute")] == [404, 404, 404]
    assert visit.fetch("/api" + path.rstrip("/"))[0] == 404


@pytest.mark.rule("CMP-01", "W-24")
def test_anna_disputes_a_line_and_follows_the_promise(open_page: OpenPage) -> None:
    anna = billed.anna()
    visit = _signed_in(open_page, "rural", ANNA)
    visit.go("/invoices/")
    visit.page.click(".bills a")
    visit.page.click(".lines summary >> nth=1")
    visit.page.click(".lines details[open] a.act")
    assert visit.text("h1") == "Ces 18,94 € vous paraissent faux"
    visit.page.click("main form button")
    assert visit.text(".fault") == "Dites en une phrase ce qui ne va pas."
    visit.page.fill("textarea", "La connexion est tombée du 20 au 22 juin.")
    visit.page.click("main form button")
    assert re.match("Nous répondons au plus tard le ", visit.text("h1"))
    assert "La connexion est tombée du 20 au 22 juin." in visit.text()
    assert "18,94 €" in visit.text()
    with anna.acting():
        dispute = Dispute.objects.select_related("promise", "line").get()
    assert (dispute.line.position, str(dispute.amount), dispute.promise.kind) == (2, "18.94", "dispute")
    visit.go("/requests/")
    assert visit.text("h1") == "1 demande attend notre réponse"
    visit.go("/invoices/")
    visit.page.click(".bills a")
    assert "contestée" in visit.text(".lines li:nth-child(2)")


@pytest.mark.rule("PAY-10", "PAY-11", "C11")
def test_a_company_reads_net_amounts_and_both_parts(open_page: OpenPage) -> None:
    bora = billed.bora()
    visit = _signed_in(open_page, "lessor", "nora@bora.example", language="nl")
    visit.go("/invoices/")
    visit.page.click(".bills a")
    assert visit.text(".big") == "€ 160,63"  # 207.37 - 46.74 in RES
    text = visit.text()
    assert "€ 207,37" in text
    assert "Lijn per lijn, zonder btw" in text
    row = billed.invoice_of(bora)
    assert (str(row.net), str(row.vat), str(row.total)) == ("171.38", "35.99", "207.37")
    assert "€ 171,38" in text
    assert "46,74 RES" in text
    assert visit.page.get_attribute(".code", "aria-label").startswith("Betaalcode")


@pytest.mark.rule("CON-01", "W-25")
def test_my_offer_tells_the_cost_of_leaving_by_month(open_page: OpenPage) -> None:
    anna = billed.anna()
    visit = _signed_in(open_page, "rural", ANNA)
    visit.go("/offer/")
    assert visit.text("h1") == "Internet radio 30, engagement jusqu’au 11 juin 2027"
    assert visit.text(".big") == "29,90 €"
    visit.page.click("text=Mois par mois, en chiffres")

    from ligneclaire.domains.contracts import queries as contracts
    from ligneclaire.journeys import formats

    with anna.acting():
        today = cast.today()
        costs = contracts.exit_costs(anna.scope, contracts.contract_row(anna.scope, anna.contract.public_id), today)
    table = [
        tuple(cell.replace("\u00a0", " ") for cell in row.locator("td").all_inner_texts())
        for row in visit.page.locator("main tbody tr").all()
    ]
    expected = [(formats.day(one.last_day, "fr"), formats.money(one.amount, "fr")) for one in costs]
    assert table == [tuple(cell.replace("\u00a0", " ") for cell in row) for row in expected]
    assert len(table) == len(costs) > 0 or today > date(2027, 6, 11)


def test_who_has_nothing_yet_reads_what_will_appear(open_page: OpenPage) -> None:
    cast.login_of(cast.household("H3", "Nils", "Roy").person)
    visit = _signed_in(open_page, "rural", "h3@example.org")
    for path, words in (
        ("/invoices/", "Vos factures apparaissent ici dès la première"),
        ("/requests/", "Tout ce que vous nous demandez apparaît ici"),
    ):
        visit.go(path)
        assert words in visit.text()
