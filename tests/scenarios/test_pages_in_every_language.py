"""Every page of every role in French, Dutch and English, on a telephone and at a desk: axe's default rules, a heading
in the language asked for, nothing that scrolls sideways. The addresses are those of the URLconf."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

import pytest
from django.urls import reverse

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.models import Invoice, InvoiceLine
from ligneclaire.interfaces.desk.tests import scene
from ligneclaire.interfaces.desk.tests import test_every_page_reads_well as desk_pages
from ligneclaire.interfaces.home.tests import billed
from ligneclaire.interfaces.home.tests.test_every_page_reads_well import OF_HOUSEHOLDS, PAGES
from ligneclaire.interfaces.home.tests.test_internet import in_july
from tests import cast, walled
from tests.browser import DESK, TELEPHONE, OpenPage, Visit

LANGUAGES = ("fr", "nl", "en")
# What a heading holds, page by page; the walk of `make test` asserts that no address of the URLconf is missing.
HOUSEHOLD = {
    "first": ("48,84 €", "€ 48,84", "€48.84"),
    "invoices": ("48,84 €", "€ 48,84", "€48.84"),
    "invoice": (
        "Votre première facture, juillet 2026",
        "Uw eerste factuur, juli 2026",
        "Your first invoice, July 2026",
    ),
    "dispute": ("Ces 18,94 € vous paraissent faux", "€ 18,94", "These €18.94 look wrong to you"),
    "requests": ("1 demande attend", "1 aanvraag wacht", "1 request is waiting"),
    "request": ("Notre réponse est en retard", "Ons antwoord is te laat", "Our answer is late"),
    "offer": ("engagement jusqu’au 11 juin 2027", "tot en met 11 juni 2027", "committed until 11 June 2027"),
    "contract": ("engagement jusqu’au 11 juin 2027", "tot en met 11 juni 2027", "committed until 11 June 2027"),
    "leave": ("Résilier votre contrat", "Uw contract opzeggen", "End your contract"),
    "choices": ("Vos choix", "Uw keuzes", "Your choices"),
    "contact": ("Nous vous écrivons à", "Wij schrijven u op", "We write to you at"),
    "internet": ("votre connexion", "uw verbinding", "your connection"),
    "internet-month": (
        "Juillet : 4,4 Go par votre connexion", "Juli: 4,4 GB over uw verbinding", "July: 4.4 GB over your connection",
    ),
}  # fmt: skip
SIGN_OUT = ("Vous déconnecter de cet appareil ?", "Afmelden op dit toestel?", "Sign out of this device?")
COMPANY = {name: headings for name, headings in HOUSEHOLD.items() if name not in OF_HOUSEHOLDS} | {
    "first": ("Nora", "Nora", "Nora"),
    "invoices": ("€", "€", "€"),
    "invoice": ("Votre première facture, mai 2026", "Uw eerste factuur, mei 2026", "Your first invoice, May 2026"),
    "dispute": ("60,00 €", "€ 60,00", "€60.00"),
    "offer": ("Téléphonie", "Bedrijfstelefonie", "telephony"),
    "contract": ("Téléphonie", "Bedrijfstelefonie", "telephony"),
}
OF_A_LINE = {
    "first": ("Bram, 187,42 €", "Bram, er staat nog € 187,42 open", "Bram, €187.42"),
    "usage": ("Novembre : encore aucune", "November: nog geen verbruik", "November: no usage has come in yet"),
    "usage-month": ("31,7 Go utilisés sur 25 Go", "31,7 GB verbruikt van 25 GB", "31.7 GB used of 25 GB"),
    "limits": ("Ce que le 0470 65 43 21 peut coûter", "Wat 0470 65 43 21 mag kosten", "What 0470 65 43 21 may cost"),
    "records": ("Tous les relevés : 171,61 €", "Alle registraties: € 171,61", "All records: €171.61"),
    "private": ("Votre prochaine facture privée", "Uw volgende privéfactuur", "Your next private invoice"),
}
AT_THE_DESK = {
    "lines": ("juin 2026 : 1 ligne", "juni 2026: 1 lijn", "June 2026: 1 line"),
    "usage": ("juin 2026 : 6 relevés", "juni 2026: 6 registraties", "June 2026: 6 records"),
    "shared": ("la facture est partagée", "de factuur is gedeeld", "the bill is shared"),
    "limits": OF_A_LINE["limits"],
}
STRANGER = {
    "/sign-in/": ("Votre espace Havenlijn", "Uw Havenlijn", "Sign in to Havenlijn"),
    "/nothing": ("Il n’y a rien à cette adresse", "Op dit adres staat niets", "There is nothing at this address"),
}


@pytest.mark.soak
@pytest.mark.parametrize("width", [TELEPHONE, DESK])
def test_pages_of_each_role(open_page: OpenPage, width: int) -> None:
    known = scene.scene()
    run = scene.bill(known.operator_id, scene.AUGUST, known.eva, None)
    cast.login_of(known.anna.person)
    bora = billed.bora()
    of_anna = _paths(known.anna, set(), known.dispute.promise.public_id, line=2)
    of_bora = _paths(bora, OF_HOUSEHOLDS, _disputed(bora), line=1)
    at_the_desk = desk_pages.paths(known, run.public_id)
    in_july(known.anna)
    for language in LANGUAGES:
        stranger = open_page("lessor", width=width, language=language)
        for path, headings in STRANGER.items():
            _reads_well(stranger, path, language, headings, 404 if path == "/nothing" else 200)
        anna = open_page("rural", width=width, language=language)
        _walk(anna, "anna@example.org", language, HOUSEHOLD, of_anna)
        nora = open_page("lessor", width=width, language=language)
        _walk(nora, "nora@bora.example", language, COMPANY, of_bora)
        eva = open_page("rural", width=width, language=language)
        desk_pages.walk(eva, at_the_desk, language)


@pytest.mark.soak
@pytest.mark.parametrize("width", [TELEPHONE, DESK])
def test_pages_of_a_shared_line(open_page: OpenPage, tmp_path: Path, width: int) -> None:
    """Its user's, those of the role that only pays, and what the desk opens of it."""
    known = walled.scene(tmp_path)
    with known.bora.acting():
        line, user = known.bora.contract.line.public_id, known.split.account.party.public_id
    month = {"public_id": line, "month": "2026-06"}
    own = {name: reverse(f"home:{name}") for name in ("first", "usage", "private")}
    own |= {name: reverse(f"home:{name}", kwargs=month) for name in ("usage-month", "records")}
    own["limits"] = reverse("home:limits", args=[line])
    usage = reverse("desk:usage", args=[line, "2026-06"])
    desk = {
        "lines": f"{reverse('desk:customer-usage', args=[user])}?month=2026-06", "usage": f"{usage}?for=user",
        "shared": usage, "limits": f"{reverse('desk:limits', args=[line])}?for=user",
    }  # fmt: skip
    for language in LANGUAGES:
        bram = open_page("fleet", width=width, language=language)
        _walk(bram, "bram@bora.example", language, OF_A_LINE, own)
        bram.go(own["records"])
        bram.go(bram.page.get_attribute("main a[href*='/records/']", "href"))
        assert bram.violations() == []
        carl = open_page("fleet", width=width, language=language)
        _walk(carl, "carl@example.org", language, {"first": ("Carl,", "Carl,", "Carl,")}, {"first": own["first"]})
        eva = open_page("fleet", width=width, language=language)
        _walk(eva, "eva@example.org", language, AT_THE_DESK, desk)


def _walk(visit: Visit, login: str, language: str, headings: dict[str, tuple[str, ...]], paths: dict[str, str]) -> None:
    visit.sign_in(login, cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    visit.speak(language)
    assert paths.keys() == headings.keys()
    for name, path in paths.items():
        _reads_well(visit, path, language, headings[name])
    _reads_well(visit, "/sign-in/out", language, SIGN_OUT)


def _reads_well(visit: Visit, path: str, language: str, headings: tuple[str, ...], status: int = 200) -> None:
    visit.reads_well(path, headings[LANGUAGES.index(language)], status=status)
    assert visit.page.evaluate("document.documentElement.lang") == language, path


def _paths(customer: cast.Customer, others: Container[str], request: str, *, line: int) -> dict[str, str]:
    with customer.acting():
        invoice = Invoice.objects.filter(account=customer.account).earliest("pk").public_id
        line_id = customer.contract.line.public_id
    known = {"invoice": invoice, "request": request, "contract": customer.contract.public_id, "line": line_id}
    found = {name: path.format(**known) for name, (path, _heading) in PAGES.items() if name not in others}
    found["dispute"] = reverse("home:dispute", args=[invoice, line])
    return found


def _disputed(customer: cast.Customer) -> str:
    with customer.acting():
        line = InvoiceLine.objects.get(invoice__account=customer.account, position=2)
        made = billing.dispute_line(
            line=line, words="Te duur.", requester=customer.person, at=cast.moment(line.invoice.issued_on, 12),
            actor="person:nora",
        )  # fmt: skip
    return made.promise.public_id
