"""One sign-in page, on each operator's own host name."""

from __future__ import annotations

import pytest
from tests import cast
from tests.browser import OpenPage

from ligneclaire.interfaces.home.tests import billed

ANNA = "anna@example.org"


def test_anna_signs_in_by_mail_and_out_again(open_page: OpenPage) -> None:
    cast.login_of(cast.anna().person)
    visit = open_page("rural")
    visit.sign_in(ANNA, cast.PASSWORD)
    assert visit.text("h1") == "Bonjour Anna, votre première facture est encore à venir"
    visit.page.click(".me summary")
    visit.page.click(".me button")
    visit.go("/invoices/")
    assert "/sign-in/" in visit.page.url


@pytest.mark.rule("UPO-05")
@pytest.mark.parametrize("written", ["0470 12 34 56", "+32 470 12 34 56"])
def test_a_mobile_number_is_read_as_people_write_it(open_page: OpenPage, written: str) -> None:
    cast.login_of(cast.bora().person)
    visit = open_page("lessor", language="nl")
    visit.sign_in(written, cast.PASSWORD)
    assert visit.text("h1").startswith("Dag Nora")


def test_a_login_of_one_operator_is_none_at_another(open_page: OpenPage) -> None:
    cast.login_of(cast.anna().person)
    visit = open_page("lessor")
    visit.sign_in(ANNA, cast.PASSWORD)
    assert visit.text("[role=alert]") == "Cette adresse et ce mot de passe ne vont pas ensemble."


def test_a_session_of_one_operator_opens_nothing_at_another(open_page: OpenPage) -> None:
    cast.login_of(cast.anna().person)
    visit = open_page("rural")
    visit.sign_in(ANNA, cast.PASSWORD)
    visit.page.wait_for_selector("h1")
    mine = next(one for one in visit.page.context.cookies() if one["name"] == "sessionid")
    other = open_page("lessor")
    stolen = {"name": "sessionid", "value": mine["value"], "url": other.site.url("lessor")}
    other.page.context.add_cookies([stolen])
    other.go("/invoices/")
    assert "/sign-in/" in other.page.url


def test_no_door_beside_the_sign_in_page(open_page: OpenPage) -> None:
    visit = open_page("rural")
    assert [visit.go(path) for path in ("/sign-in/new", "/sign-in/closed", "/accounts/signup/")] == [404, 404, 404]
    assert visit.text("h1") == "Il n’y a rien à cette adresse"


def test_every_page_asks_to_sign_in_first(open_page: OpenPage) -> None:
    anna = billed.anna()
    public_id = billed.invoice_of(anna).public_id
    visit = open_page("rural")
    for path in ("/", "/invoices/", f"/invoices/{public_id}/", f"/invoices/{public_id}/pdf", "/requests/", "/offer/"):
        visit.go(path)
        assert "/sign-in/" in visit.page.url


def test_the_language_is_chosen_without_javascript_and_stays(open_page: OpenPage) -> None:
    visit = open_page("rural", language="fr")
    visit.go("/sign-in/")
    visit.page.click(".speak button[value=nl]")
    assert visit.page.url.endswith("/sign-in/")
    assert visit.page.get_attribute("html", "lang") == "nl"
    visit.go("/nothing")
    assert visit.text("h1") == "Op dit adres staat niets"
