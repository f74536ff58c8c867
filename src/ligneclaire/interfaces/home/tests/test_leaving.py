"""Anna ends her contract online: from "My offer" to the page that follows it, each sum as it was shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests import cast
from tests.browser import DESK, WIDTHS, OpenPage, Visit

from ligneclaire.domains.access.models import Login
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.billing.models import Charge
from ligneclaire.domains.contracts.models import Contract, ContractEvent
from ligneclaire.domains.outbox.models import Message
from ligneclaire.domains.promises.models import Promise
from ligneclaire.interfaces.home.tests import billed
from ligneclaire.journeys import formats
from ligneclaire.kernel.money import Money, sum_money

LOOK, CONFIRM = "button[value=look]", "button[value=confirm]"


def _on_her_page(open_page: OpenPage, width: int = DESK) -> tuple[cast.Customer, Visit]:
    anna = billed.anna()
    visit = open_page("rural", width=width)
    visit.sign_in("anna@example.org", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    visit.go("/offer/")
    visit.page.click("text=Résilier votre contrat")
    return anna, visit


def _is_untouched(anna: cast.Customer) -> bool:
    with anna.acting():
        return Contract.objects.get(pk=anna.contract.pk).last_day is None and not Promise.objects.exists()


@pytest.mark.rule("CON-04", "L-FR-04", "W-25")
@pytest.mark.parametrize("width", WIDTHS)
def test_anna_ends_her_contract_online(open_page: OpenPage, width: int) -> None:
    anna, visit = _on_her_page(open_page, width)
    assert visit.text("h1") == "Résilier votre contrat"
    assert "Anna Roche" in visit.text()  # who and which contract are filled in
    assert anna.contract.number in visit.text()
    wanted = cast.today() + timedelta(days=40)
    visit.page.fill("input[name=wanted_on]", wanted.isoformat())
    visit.page.fill("textarea", "Je pars vivre à Lisbonne.")
    visit.page.click(LOOK)
    shown = visit.text(".big")
    assert formats.day(wanted, "fr").replace("\u00a0", " ") in visit.text()
    assert _is_untouched(anna)
    visit.page.click(CONFIRM)
    visit.page.wait_for_url("**/requests/*/")
    assert visit.text("h1").startswith("Votre contrat prend fin le ")
    assert visit.text(".big") == shown
    assert f"RM-{anna.contract.number}" in visit.text()
    assert "Je pars vivre à Lisbonne." in visit.text()
    assert visit.violations() == []
    assert visit.is_as_wide_as_the_window()
    with anna.acting():
        charged = sum_money(Money.of(one.amount) for one in Charge.objects.all())
        assert formats.money(charged, "fr").replace("\u00a0", " ") == shown
        assert Contract.objects.get(pk=anna.contract.pk).last_day == wanted
        assert ContractEvent.objects.get(kind="terminated").detail["channel"] == "online"
        mail = Message.objects.get(template="termination-received")
        assert (mail.recipient, mail.params["amount"]) == ("anna@example.org", str(charged))
    visit.go("/offer/")
    visit.page.click("text=Suivre votre résiliation")
    assert visit.text("h1").startswith("Votre contrat prend fin le ")
    visit.go("/requests/")
    assert visit.text("h1") == "Rien n’attend de réponse"


@pytest.mark.rule("L-FR-04")
def test_three_clicks_are_enough(open_page: OpenPage) -> None:
    anna = billed.anna()
    visit = open_page("rural")
    visit.sign_in("anna@example.org", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    for click in ("nav >> text=Mon offre", "text=Résilier votre contrat", CONFIRM):
        visit.page.click(click)
    visit.page.wait_for_url("**/requests/*/")
    with anna.acting():
        assert Contract.objects.get(pk=anna.contract.pk).last_day == cast.today() + timedelta(days=10)


@pytest.mark.rule("W-25")
def test_a_day_that_was_not_shown_is_shown_before_it_is_confirmed(open_page: OpenPage) -> None:
    anna, visit = _on_her_page(open_page)
    visit.page.fill("input[name=wanted_on]", (cast.today() + timedelta(days=60)).isoformat())
    visit.page.click(CONFIRM)
    assert "n’est plus celui que vous avez vu" in visit.text("[role=alert]")
    assert _is_untouched(anna)
    visit.page.click(CONFIRM)
    visit.page.wait_for_url("**/requests/*/")
    assert not _is_untouched(anna)


@pytest.mark.parametrize(("days", "said"), [(-1, "Ce jour précède la réception du "), (900, "trop lointain")])
def test_a_day_that_cannot_be_is_said_at_its_field(open_page: OpenPage, days: int, said: str) -> None:
    anna, visit = _on_her_page(open_page)
    visit.page.fill("input[name=wanted_on]", (cast.today() + timedelta(days=days)).isoformat())
    visit.page.click(LOOK)
    assert said in visit.text(".fault")
    assert visit.page.locator(CONFIRM).count() == 0
    assert visit.violations() == []
    assert _is_untouched(anna)


def test_who_has_no_mail_is_not_promised_one(database: None) -> None:
    anna = billed.anna()
    page = f"/offer/{anna.contract.public_id}/leave"
    client = Client(HTTP_HOST="rural.localhost", HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["language"] = "en"
    with anna.acting():
        client.force_login(Login.objects.get(email="anna@example.org"))
    assert "You receive a confirmation by mail" in client.get(page).content.decode()
    with anna.acting():
        Account.objects.filter(pk=anna.account.pk).update(email="")
    shown = client.get(page).content.decode()
    assert "You receive a confirmation by mail" not in shown
    assert "so no mail follows" in shown


def test_a_stranger_ends_nothing(open_page: OpenPage) -> None:
    anna = billed.anna()
    cast.login_of(cast.household("H2", "Zoé", "Blanc").person)
    visit = open_page("rural")
    visit.sign_in("h2@example.org", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    assert visit.go(f"/offer/{anna.contract.public_id}/leave") == 404
    assert _is_untouched(anna)
