"""Contact data in a real browser, on a telephone and at a desk (UPO-05, UPO-10)."""

from __future__ import annotations

import pytest
from tests import cast
from tests.browser import TELEPHONE, WIDTHS, OpenPage, Visit

from ligneclaire.domains.access import inviting, proving
from ligneclaire.domains.access.models import EmailProof, Login, PhoneCode
from ligneclaire.domains.customers.models import Person, Site
from ligneclaire.interfaces.home.tests import billed

NEW = "anna.roche@nouveau.example"


def reads_well(visit: Visit) -> None:
    """Nothing for axe to find, open or folded, and nothing that scrolls sideways."""
    visit.page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true })")
    assert visit.violations() == []
    assert visit.is_as_wide_as_the_window()


def ask(visit: Visit, act: str, **written: str) -> None:
    """Open a form of the page, fill it, send it."""
    form = f"form:has(input[name=act][value='{act}'])"
    visit.page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true })")
    for name, value in written.items():
        visit.page.fill(f"{form} [name={name}]", value)
    visit.page.click(f"{form} button")


@pytest.mark.rule("UPO-05", "UPO-10")
@pytest.mark.parametrize("width", WIDTHS)
def test_anna_changes_address_number_and_where_invoices_go(open_page: OpenPage, width: int) -> None:
    anna = cast.anna()
    with anna.acting():
        login = cast.login_of(anna.person)
    visit = open_page("rural", width=width)
    visit.sign_in("anna@example.org", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    visit.page.click(".me summary")
    visit.page.click(".me a >> text=Vos coordonnées")
    visit.page.wait_for_url("**/contact/")
    reads_well(visit)
    ask(visit, "email", email="anna")
    assert "Ce n’est pas une adresse e-mail" in visit.text(".fault")
    reads_well(visit)
    ask(visit, "email", email=NEW)
    assert f"Un e-mail part vers {NEW}" in visit.text("[role=status]")
    assert f"{NEW} vous attend" in visit.text(".panel .notice")
    assert visit.text("h1") == "Nous vous écrivons à anna@example.org"
    with anna.acting():
        token = proving.token_of(EmailProof.objects.get().public_id)
    visit.go(f"/contact/email/{token}/")
    reads_well(visit)
    visit.page.click("button.act:has-text('Oui')")
    assert visit.text("h1") == f"Nous vous écrivons à {NEW}"
    assert visit.go(f"/contact/email/{token}/") == 410
    reads_well(visit)
    visit.go("/contact/")
    ask(visit, "number", number="06 39 98 00 01")
    visit.page.wait_for_url("**/contact/number")
    with anna.acting():
        code = inviting.code_of(PhoneCode.objects.get().public_id)
    visit.page.fill("input[name=code]", "12 34")
    visit.page.click("main button.act")
    assert "dernier SMS" in visit.text(".fault")
    reads_well(visit)
    visit.page.fill("input[name=code]", code)
    visit.page.click("main button.act")
    assert "Votre nouveau numéro compte dès maintenant" in visit.text("[role=status]")
    ask(visit, anna.party.public_id, street="9 rue du Lac", postcode="2800", city="Guéret")
    assert "2800" in visit.text(".fault")
    ask(visit, anna.party.public_id, street="9 rue du Lac", postcode="23000", city="Guéret")
    assert "dès la prochaine facture" in visit.text("[role=status]")
    with anna.acting():
        assert Site.objects.get(party=anna.party, is_billing=True).city == "Guéret"
        assert Login.objects.get(email=NEW).pk == login.pk
    visit.page.context.clear_cookies()
    visit.sign_in("anna@example.org", cast.PASSWORD)
    assert "ne vont pas ensemble" in visit.text()
    visit.sign_in("06 39 98 00 01", cast.PASSWORD)
    visit.page.wait_for_selector(".me")


@pytest.mark.rule("UPO-10")
def test_each_person_finds_his_own_and_changes_it(open_page: OpenPage) -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = cast.bram(bora)
        cast.login_of(bram)
        cast.login_of(bora.person)
    visit = open_page("fleet", language="nl")
    visit.sign_in("bram@bora.example", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    visit.go("/contact/")
    assert "Bora NV" not in visit.text()
    ask(visit, "name", given_name="Bram", family_name="Claes-Smet")
    assert visit.text(".me summary .full") == "Bram Claes-Smet"
    visit.page.click("text=Een andere taal kiezen")
    visit.page.select_option("select[name=language]", "fr")
    visit.page.click("form:has(select) button")
    assert "Bewaard" in visit.text("[role=status]")
    with bora.acting():
        assert Person.objects.get(pk=bram.pk).language == "fr"
    nora = open_page("fleet", language="nl", width=TELEPHONE)
    nora.sign_in("nora@bora.example", cast.PASSWORD)
    nora.page.wait_for_selector(".me")
    nora.go("/contact/")
    assert "Facturen van Bora NV" in nora.text()
    reads_well(nora)
    ask(nora, "number", number="0470 65 43 21")
    assert nora.page.locator(".fault").count() == 1  # the number is Bram's


@pytest.mark.rule("UPO-10")
def test_the_area_of_a_household_holds_its_four_sections(open_page: OpenPage) -> None:
    billed.anna()
    visit = open_page("rural", width=TELEPHONE)
    visit.sign_in("anna@example.org", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    for link, path in (("Factures", "/invoices/"), ("Mon offre", "/offer/"), ("Demandes", "/requests/")):
        visit.go("/")
        visit.page.click(f"nav a >> text={link}")
        visit.page.wait_for_url(f"**{path}")
    visit.page.click(".me summary")
    visit.page.click(".me a >> text=Vos coordonnées")
    visit.page.wait_for_url("**/contact/")
    reach = visit.text("#reach-us")
    assert "Assistance" in reach
    assert "@" in reach
