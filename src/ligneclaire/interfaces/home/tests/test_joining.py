"""Bram follows the link of his invitation, in a real browser, on a telephone and on a desk (UPO-03, UPO-05, SPL-09)."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone
from tests import cast
from tests.browser import TELEPHONE, WIDTHS, OpenPage, Visit

from ligneclaire.domains.access import inviting
from ligneclaire.domains.access.models import Invitation, Login, PhoneCode
from ligneclaire.domains.accounts.models import PaymentTerms
from ligneclaire.domains.contracts.models import SplitBill
from ligneclaire.domains.customers.models import Consent
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.lines.models import NoticeChoice
from ligneclaire.journeys import formats, join_fleet

PASSWORD = "Vlinders in mei 2026"
CONTRIBUTION = {
    "type": "combination",
    "default": {"type": "percentage", "percent": 50, "cap": "30.00"},
    "exceptions": [{"usage_type": "data-national", "contribution": {"type": "amount", "amount": "15.00"}}],
}
DETAILS = {"street": "Kerkstraat 3", "postcode": "2800", "city": "Mechelen", "iban": "BE68 5390 0754 7034"}


def invited() -> tuple[cast.Customer, Invitation]:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = cast.bram(bora)
        invitation = join_fleet.invite(
            contract=bora.contract, person=bram, contribution=CONTRIBUTION, by=cast.login_of(bora.person),
            on=cast.today(), at=timezone.now(), actor="person:nora",
        )  # fmt: skip
    return bora, invitation


def path_of(invitation: Invitation) -> str:
    return f"/invitation/{inviting.token_of(invitation.public_id)}/"


def fill(visit: Visit, **known: str) -> None:
    for name, value in {**DETAILS, "password": PASSWORD, **known}.items():
        visit.page.fill(f"input[name={name}]", value)


@pytest.mark.rule("UPO-03", "SPL-09", "UPO-05")
@pytest.mark.parametrize("width", WIDTHS)
def test_bram_reads_completes_agrees_and_signs_in_by_his_number(open_page: OpenPage, width: int) -> None:
    bora, invitation = invited()
    visit = open_page("fleet", width=width, language="nl")
    assert visit.go(path_of(invitation)) == 200
    assert visit.text("h1") == "Bora NV deelt de factuur van 0470 65 43 21 met u"
    said = visit.text().replace("\u00a0", " ")
    assert "Data in eigen land: tot € 15,00 per maand" in said
    assert "Bora NV ziet nooit wat u betaalt" in said
    assert visit.violations() == []
    assert visit.is_as_wide_as_the_window()
    fill(visit)
    visit.page.click("button.act")
    assert "Bevestig dat u akkoord gaat" in visit.text(".tick .fault")
    assert visit.violations() == []
    visit.page.fill("input[name=password]", PASSWORD)
    visit.page.check("input[name=agreed]")
    visit.page.click("button.act")
    visit.page.wait_for_selector(".me")
    with bora.acting():
        split = SplitBill.objects.get()
        assert split.from_on is not None
        starts = formats.day(split.from_on, "nl").replace("\u00a0", " ")
        assert PaymentTerms.objects.get(account=split.account).method == "direct-debit"
        assert Consent.objects.get().language == "nl"
    assert f"De factuur wordt gedeeld vanaf {starts}" in visit.text("[role=status]").replace("\u00a0", " ")
    visit.page.context.clear_cookies()
    visit.go(path_of(invitation))
    assert visit.text("h1") == "Deze link opent niets"
    assert "Hij werkt één keer" in visit.text()
    assert visit.violations() == []
    visit.sign_in("0470 65 43 21", PASSWORD)
    visit.page.wait_for_selector(".me")


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_used(open_page: OpenPage) -> None:
    bora, invitation = invited()
    visit = open_page("fleet", language="fr")
    visit.go(path_of(invitation))
    fill(visit, iban="BE00 1234", postcode="2800")
    visit.page.check("input[name=agreed]")
    visit.page.click("button.act")
    assert visit.page.locator("input[name=iban][aria-invalid]").count() == 1
    fill(visit, password="court")
    visit.page.click("button.act")
    assert "12 caractères" in visit.text(".fault")
    with bora.acting():
        assert Invitation.objects.get().used_at is None
        assert not Login.objects.get(phone=cast.BRAM_LINE).has_usable_password()
    fill(visit)
    visit.page.click("button.act")
    visit.page.wait_for_selector(".me")
    assert visit.page.get_attribute("html", "lang") == "fr"  # as he read it, though his employer wrote him in Dutch


@pytest.mark.rule("FMP-13", "UPO-04")
def test_the_page_says_why_a_link_opens_nothing(open_page: OpenPage) -> None:
    bora, first = invited()
    with bora.acting():
        split = SplitBill.objects.select_related("contract__account__party", "contract__line").get()
        nora = Login.objects.get(email="nora@bora.example")
        now = timezone.now()
        join_fleet.resend(split_bill=split, by=nora, on=cast.today(), at=now, actor="person:nora")
    visit = open_page("fleet", language="fr")
    assert visit.go(path_of(first)) == 410
    assert "un autre l’a remplacé, ou l’invitation a été retirée" in visit.text()
    assert "Demandez-lui de le renvoyer" in visit.text()
    assert visit.go("/invitation/aB3.0000/") == 410


@pytest.mark.rule("UPO-07", "UPO-09")
def test_a_household_chooses_its_password_behind_a_link(open_page: OpenPage) -> None:
    anna = cast.anna()
    with anna.acting():
        login = cast.login_of(anna.person, password=None)
        invitation = inviting.invite(login=login, at=timezone.now(), actor="login:eva")
    visit = open_page("rural", width=TELEPHONE)
    visit.go(path_of(invitation))
    assert visit.text("h1") == "Choisissez votre mot de passe"
    assert visit.violations() == []
    visit.page.fill("input[name=password]", PASSWORD)
    visit.page.click("button.act")
    visit.page.wait_for_selector(".me")
    assert visit.text("h1").startswith("Bonjour Anna")
    assert visit.go(path_of(invitation)) == 410


def test_who_has_a_password_proves_it_before_the_link_opens(open_page: OpenPage) -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = cast.bram(bora)
        cast.login_of(bram)
        invitation = join_fleet.invite(
            contract=bora.contract, person=bram, contribution=CONTRIBUTION, by=cast.login_of(bora.person),
            on=cast.today(), at=timezone.now(), actor="person:nora",
        )  # fmt: skip
    visit = open_page("fleet", language="nl")
    visit.go(path_of(invitation))
    assert "/sign-in/" in visit.page.url
    visit.page.fill("input[name=login]", "bram@bora.example")
    visit.page.fill("input[name=password]", cast.PASSWORD)
    visit.page.click("main form button")
    visit.page.wait_for_selector("input[name=street]")
    assert visit.page.locator("input[name=password]").count() == 0


@pytest.mark.rule("USE-03", "UPO-01", "UPO-11")
@pytest.mark.parametrize("width", WIDTHS)
def test_bram_chooses_his_warnings(open_page: OpenPage, width: int) -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = cast.bram(bora)
        cast.login_of(bram)
        on = date(2026, 5, 1)
        lines.give_line(line=bora.contract.line, person=bram, on=on, at=cast.moment(on), actor=cast.ACTOR)
    visit = open_page("fleet", width=width, language="nl")
    visit.sign_in("0470 65 43 21", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    visit.page.click(".me summary")
    visit.page.click(".me a[href$='choices/']")
    visit.page.wait_for_url("**/choices/")
    assert visit.text("h1") == "Uw keuzes"
    assert visit.page.is_disabled("input[name='roaming.sms']")
    assert visit.violations() == []
    assert visit.is_as_wide_as_the_window()
    visit.page.uncheck("input[name='bundle.sms']")
    visit.page.uncheck("input[name='bill-shock.mail']")
    visit.page.click("form:has(input[name=line]) button")
    visit.page.wait_for_selector("[role=status]")
    assert not visit.page.is_checked("input[name='bundle.sms']")
    assert visit.page.is_checked("input[name='bundle.mail']")
    visit.page.click("button[name=personal]")
    visit.page.wait_for_selector("text=U zei: ja, dat mag.")
    visit.page.click("button[name=personal]")
    visit.page.wait_for_selector("text=Vandaag: neen.")
    with bora.acting():
        said = NoticeChoice.objects.order_by("pk").values_list("kind", "channel", "wanted")
        assert set(said) == {("bundle", "sms", False), ("bill-shock", "mail", False)}
        answers = Consent.objects.filter(purpose="personalisation").order_by("pk").values_list("given", flat=True)
        assert list(answers) == [True, False]


@pytest.mark.rule("UPO-02", "UPO-03")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_user_without_split_bill_registers_by_a_code(open_page: OpenPage, width: int) -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = cast.bram(bora)
        on = date(2026, 5, 1)
        lines.give_line(line=bora.contract.line, person=bram, on=on, at=cast.moment(on), actor=cast.ACTOR)
    visit = open_page("fleet", width=width, language="nl")
    visit.go("/register/")
    assert visit.text("h1") == "Open uw klantenzone"
    assert visit.violations() == []
    visit.page.fill("input[name=number]", "0470 65 43 21")
    visit.page.click("button.act")
    visit.page.wait_for_url("**/register/code")
    assert visit.violations() == []
    assert visit.is_as_wide_as_the_window()
    with bora.acting():
        asked = PhoneCode.objects.get()
    visit.page.fill("input[name=code]", "12 34")
    visit.page.fill("input[name=password]", PASSWORD)
    visit.page.click("button.act")
    assert "niet de code van de laatste sms" in visit.text(".fault")
    visit.page.fill("input[name=code]", inviting.code_of(asked.public_id))
    visit.page.fill("input[name=password]", PASSWORD)
    visit.page.click("button.act")
    visit.page.wait_for_selector(".me")


@pytest.mark.rule("UPO-03")
def test_who_is_invited_to_share_a_bill_gets_no_code_and_no_hint(open_page: OpenPage) -> None:
    bora, _invitation = invited()
    visit = open_page("fleet", language="nl")
    visit.go("/register/")
    visit.page.fill("input[name=number]", "0470 65 43 21")
    visit.page.click("button.act")
    visit.page.wait_for_url("**/register/code")
    with bora.acting():
        assert not PhoneCode.objects.exists()
    visit.page.fill("input[name=code]", "123456")
    visit.page.fill("input[name=password]", PASSWORD)
    visit.page.click("button.act")
    assert "niet de code van de laatste sms" in visit.text(".fault")
