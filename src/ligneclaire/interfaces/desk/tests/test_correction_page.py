"""A billed month put right at the desk: what would change first, the act second, the difference on the next invoice."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests import cast, rated
from tests.browser import LIGHT_AND_DARK, OpenPage

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.billing.models import InvoiceLine
from ligneclaire.domains.billing.tests.runs import AUGUST, JULY, bill, invoices
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.usage.tests.test_rating_pass import GB, deliver, rate, record
from ligneclaire.interfaces.desk.tests.scene import client

pytestmark = pytest.mark.usefixtures("database")
HOST = "fleet.localhost"
HEADINGS = {"fr": "récupère", "nl": "krijgt", "en": "gets"}
JUNE = "?month=2026-06"


def overcharged(*, share: bool = False) -> cast.Customer:
    """Bora NV, billed for data in June beyond its bundle, before the option that covers it was entered."""
    bora = cast.bora_mobile()
    if share:
        rated.split(bora.contract, rated.private_account(bora), {"type": "amount", "amount": "15.00"})
    start = datetime(2026, 6, 13, 7, tzinfo=UTC)
    deliver(bora, [record(bora, f"a{n}", start + timedelta(hours=n), quantity=GB * 26 // 10) for n in range(10)],
            datetime(2026, 6, 20, 6, tzinfo=UTC))  # fmt: skip
    rate(bora, datetime(2026, 6, 20, 7, tzinfo=UTC))
    bill(bora.operator, JULY)
    contracts.add_option(
        contract=bora.contract, option_code="data-plus-5", on=date(2026, 6, 10), actor=cast.ACTOR,
        at=datetime(2026, 7, 5, 9, tzinfo=UTC),
    )  # fmt: skip
    return bora


def address(bora: cast.Customer) -> str:
    return reverse("desk:correction", args=[bora.party.public_id])


def seen_on(text: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', text)
    assert found
    return found[1]


@pytest.mark.rule("W-41")
def test_what_would_change_is_shown_then_kept_then_given_back() -> None:
    bora = overcharged()
    (first,) = invoices(bora.operator)
    with bora.acting():
        billed = InvoiceLine.objects.get(invoice=first, product_code="usage-data")
    desk = client(cast.eva("fleet"), "en", HOST)
    assert "Put the usage of a billed month right" in desk.get(
        reverse("desk:customer", args=[bora.party.public_id])
    ).content.decode()  # fmt: skip
    assert "Which month of Bora NV was charged wrongly?" in desk.get(address(bora)).content.decode()
    shown = desk.get(address(bora) + JUNE).content.decode().replace("\u00a0", " ")
    assert f"Bora NV gets €{billed.amount:.2f} back for June 2026" in shown
    without_reason = desk.post(address(bora) + JUNE, {"seen": seen_on(shown), "why": ""})
    assert without_reason.status_code == 422
    assert "Please say it in a sentence." in without_reason.content.decode()
    of_before = desk.post(address(bora) + JUNE, {"seen": "0" * 32, "why": "option entered late"})
    assert of_before.status_code == 422
    assert "This is not what you were shown" in of_before.content.decode()
    kept = desk.post(address(bora) + JUNE, {"seen": seen_on(shown), "why": "option entered late"}, follow=True)
    assert "The next invoice holds the difference." in kept.content.decode()
    assert "Bora NV was charged for June 2026 as it should be" in kept.content.decode()
    with bora.acting():
        assert AuditEntry.objects.get(act="correct_usage").detail["why"] == "option entered late"
        assert AuditEntry.objects.filter(act="see_usage", detail__what="correction").exists()
    bill(bora.operator, AUGUST)
    with bora.acting():
        back = InvoiceLine.objects.get(invoice=invoices(bora.operator)[-1], product_code="usage-data")
    assert (back.amount, back.usage_month) == (-billed.amount, date(2026, 6, 1))


@pytest.mark.rule("FMP-11", "SPL-08")
def test_nobody_but_staff_with_the_role_keeps_it() -> None:
    bora = overcharged()
    eva = cast.eva("fleet")
    seen = seen_on(client(eva, "en", HOST).get(address(bora) + JUNE).content.decode())
    sent = {"seen": seen, "why": "option entered late"}
    assert client(cast.login_of(bora.person), "en", HOST).get(address(bora) + JUNE).status_code == 404
    assert Client(HTTP_HOST=HOST).get(address(bora) + JUNE).status_code == 302
    agent = cast.lien("fleet")
    assert client(agent, "en", HOST).get(address(bora) + JUNE).status_code == 200
    assert client(agent, "en", HOST).post(address(bora) + JUNE, sent).status_code == 403
    with bora.acting():
        assert not AuditEntry.objects.filter(act="correct_usage").exists()


@pytest.mark.rule("FMP-11", "SPL-08")
def test_amounts_of_a_shared_line_are_not_shown_for_the_employer() -> None:
    bora = overcharged(share=True)
    text = client(cast.eva("fleet"), "en", HOST).get(address(bora) + JUNE).content.decode()
    assert "1 shared line was charged wrongly for June 2026" in text.replace("\u00a0", " ")
    assert not re.search(r"€\d", text)


@pytest.mark.parametrize(("width", "language", "dark"), LIGHT_AND_DARK)
def test_the_page_reads_well(open_page: OpenPage, width: int, language: str, dark: bool) -> None:
    bora, _eva = overcharged(), cast.eva("fleet")
    visit = open_page("fleet", width=width, language=language, dark=dark)
    visit.sign_in("eva@example.org", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    visit.speak(language)
    for query, words in (("", "Bora NV"), (JUNE, HEADINGS[language])):
        assert visit.go(address(bora) + query) == 200
        assert visit.violations() == []
        assert visit.is_as_wide_as_the_window()
        assert words in visit.text("h1")
