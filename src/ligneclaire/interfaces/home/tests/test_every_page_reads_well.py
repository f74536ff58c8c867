"""axe's default rules, no sideways scrolling, and a heading on every page of a customer, narrow and wide."""

from __future__ import annotations

import pytest
from tests import cast
from tests.browser import DESK, TELEPHONE, WIDTHS, OpenPage

from ligneclaire.interfaces import sign_in_urls
from ligneclaire.interfaces.home import urls
from ligneclaire.interfaces.home.tests import billed
from ligneclaire.interfaces.home.tests.test_internet import in_july, line_of, this_month

PAGES = {
    "first": ("/", "Anna"),
    "invoices": ("/invoices/", "68,90 €"),
    "invoice": ("/invoices/{invoice}/", "Votre première facture, juillet 2026"),
    "dispute": ("/invoices/{invoice}/lines/1/dispute", "39,00"),
    "requests": ("/requests/", "1 demande attend notre réponse"),
    "request": ("/requests/{request}/", "Nous répondons au plus tard le"),
    "offer": ("/offer/", "Internet radio 30"),
    "contract": ("/offer/{contract}/", "Internet radio 30"),
    "leave": ("/offer/{contract}/leave", "Résilier votre contrat"),
    "internet": ("/internet/", "par votre connexion"),
    "internet-month": ("/internet/{line}/2026-07/", "Juillet : 4,4 Go par votre connexion"),
    "choices": ("/choices/", "Vos choix"),
    "contact": ("/contact/", "Nous vous écrivons à anna@example.org"),
}
NO_PAGE = {"invoice-pdf", "records-file"}
BY_A_LINK_OR_A_CODE = {"contact-email", "contact-number"}  # see test_contact
OWN_LINE = {"usage", "usage-month", "limits", "records", "record", "private"}  # see test_month_of_bram
OF_HOUSEHOLDS = {"internet", "internet-month"}
SIGN_OUT = ("/sign-in/out", "Vous déconnecter de cet appareil ?")
SIGNING = {"account_login", "account_logout"}  # with a page
NOT_OPEN = {"account_signup", "account_inactive"}  # see test_sign_in
NOT_SIGNED_IN = {"invitation", "register", "register-code"}  # see test_joining


@pytest.mark.parametrize(("width", "dark"), [(TELEPHONE, True), pytest.param(DESK, False, marks=pytest.mark.soak)])
def test_every_page(open_page: OpenPage, width: int, dark: bool) -> None:
    elsewhere = NO_PAGE | BY_A_LINK_OR_A_CODE | NOT_SIGNED_IN | OWN_LINE
    assert {pattern.name for pattern in urls.urlpatterns} == set(PAGES) | elsewhere
    assert {pattern.name for pattern in sign_in_urls.urlpatterns} == SIGNING | NOT_OPEN
    anna = billed.anna()
    this_month(anna)
    in_july(anna)
    invoice = billed.invoice_of(anna).public_id
    request, contract = _dispute(anna), anna.contract.public_id
    visit = open_page("rural", width=width, dark=dark)
    visit.sign_in("anna@example.org", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    known = {"invoice": invoice, "request": request, "contract": contract, "line": line_of(anna)}
    for path, heading in (*PAGES.values(), SIGN_OUT):
        visit.reads_well(path.format(**known), heading)
    assert "Anna Roche. Qui utilise cet appareil après vous n’y verra rien" in visit.text()
    visit.page.click("main form button")
    visit.page.wait_for_url("**/sign-in/?next=/")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_a_company(open_page: OpenPage, width: int) -> None:
    bora = billed.bora()
    invoice = billed.invoice_of(bora).public_id
    request, contract = _dispute(bora), bora.contract.public_id
    headings = {
        "first": "Nora", "invoices": "€", "invoice": "Uw eerste factuur, mei 2026", "dispute": "€ 60,00",
        "requests": "1 aanvraag wacht op ons antwoord", "request": "Wij antwoorden uiterlijk op",
        "offer": "Bedrijfstelefonie", "contract": "Bedrijfstelefonie", "leave": "Uw contract opzeggen",
        "choices": "Uw keuzes", "contact": "Wij schrijven u op nora@bora.example",
    }  # fmt: skip
    visit = open_page("lessor", width=width, language="nl")
    visit.sign_in("nora@bora.example", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    pages = [(name, path) for name, (path, _heading) in PAGES.items() if name not in OF_HOUSEHOLDS]
    for name, path in pages:
        visit.reads_well(path.format(invoice=invoice, request=request, contract=contract), headings[name])


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_a_stranger(open_page: OpenPage, width: int) -> None:
    visit = open_page("lessor", width=width, language="nl")
    for path, heading, status in (("/sign-in/", "Uw Havenlijn", 200), ("/nothing", "Op dit adres staat niets", 404)):
        visit.reads_well(path, heading, status=status)
        assert visit.text("h1") == heading


def _dispute(customer: cast.Customer) -> str:
    from django.utils import timezone

    from ligneclaire.domains.billing import operations as billing
    from ligneclaire.domains.billing.models import InvoiceLine

    with customer.acting():
        line = InvoiceLine.objects.get(invoice__account=customer.account, position=2)
        made = billing.dispute_line(
            line=line, words="Trop cher.", requester=customer.person, at=timezone.now(), actor="person:anna"
        )
        return made.promise.public_id
