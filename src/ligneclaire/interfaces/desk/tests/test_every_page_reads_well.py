"""axe's default rules, no sideways scrolling and a heading that says the state on every page of the desk."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests import cast
from tests.browser import LIGHT_AND_DARK, OpenPage, Visit

from ligneclaire.interfaces.desk.tests.scene import AUGUST, Scene, bill, scene, waits
from ligneclaire.interfaces.desk.urls import urlpatterns

LANGUAGES = ("fr", "nl", "en")
HEADINGS = {
    "today": ("1 réponse est en retard", "1 antwoord is te laat", "1 answer is late"),
    "customers": ("Quel client cherchez-vous ?", "Welke klant zoekt u?", "Which customer are you looking for?"),
    "customer": ("Anna Roche a 48,84 € de retard", "Anna Roche is € 48,84 achter", "Anna Roche is late with €48.84"),
    "payment": ("Qu’a payé Anna Roche ?", "Wat heeft Anna Roche betaald?", "What did Anna Roche pay?"),
    "contract": (
        "Internet radio 30 est en service depuis le 12 juin 2026",
        "loopt sinds 12 juni 2026",
        "has run since 12 June 2026",
    ),
    "end": ("Y mettre fin le", "Beëindigen op", "Ending it on"),
    "invoice": (
        "87,84 € de la facture F2026-000001 restent ouverts",
        "€ 87,84 van factuur F2026-000001 staat open",
        "€87.84 of invoice F2026-000001 are open",
    ),
    "credit": (
        "20,00 € prendraient la place de 87,84 €",
        "€ 20,00 komt in de plaats van € 87,84",
        "€20.00 would take the place of €87.84",
    ),
    "promise": ("Anna Roche conteste 39,00 €", "Anna Roche betwist € 39,00", "Anna Roche disputes €39.00"),
    "runs": ("Août 2026 est en projet", "Augustus 2026 is ontworpen", "August 2026 is drafted"),
    "run": ("Août 2026 rapporterait 59,80 €", "Augustus 2026 zou € 59,80 opbrengen", "August 2026 would bring €59.80"),
    "drafts": (
        "3 comptes, la plus grande somme d’abord",
        "3 rekeningen, het grootste bedrag eerst",
        "3 accounts, the largest sum first",
    ),
    "draft": (
        "Anna Roche recevrait une facture de 29,90 €",
        "Anna Roche krijgt een factuur van € 29,90",
        "Anna Roche would be invoiced €29.90",
    ),
    "policies": ("Ce qui vaut aujourd’hui", "Wat vandaag geldt", "What holds today"),
    "policy": (
        "Prélèvement : inchangé depuis le 1er janvier 2015",
        "Domiciliëring: onveranderd sinds 1 januari 2015",
        "unchanged since 1 January 2015",
    ),
    "policy-try": (
        "En juillet 2026, 2 clients auraient payé un autre jour",
        "2 klanten op een andere dag betaald",
        "2 customers would have paid on another day",
    ),
    "network": ("1 relevé du réseau attend", "1 netwerkbericht wacht", "1 record of the network waits"),
    "delivery": ("1 relevé sur 1 attend", "1 van de 1 berichten wacht", "1 of 1 records waits"),
    "waiting": ("1 relevé attend : personne n’a cette ligne", "1 bericht wacht: ", "1 record waits: nobody has this"),
    "write-off": (
        "Vous demandez d’abandonner 1 relevé",
        "U vraagt om 1 bericht af te schrijven",
        "You ask to give up 1 record",
    ),
    "suspended": ("Ce relevé attend : personne n’a cette ligne", "Dit bericht wacht:", "This record waits:"),
}
ACTS = {
    "kit", "add-option", "remove-option", "release", "redraft", "go-on", "discard", "policy-publish", "retry",
    "invoice-pdf", "mend", "activate", "mend-group", "retry-group", "give-up",
}  # fmt: skip
ELSEWHERE = {  # test_usage_pages.py, test_plans_page.py, test_correction_page.py
    "correction", "customer-usage", "disclose", "limits", "numbers", "plans", "plans-csv", "record", "usage",
    "usage-file",
}  # fmt: skip


def paths(known: Scene, run: str) -> dict[str, str]:
    """The address of every page, with what it asks."""
    found = waits(known)
    contract, invoice, account = known.anna.contract.public_id, known.invoice.public_id, known.anna.account.public_id
    return {
        **{name: reverse(f"desk:{name}") for name in ("today", "runs", "policies", "network")},
        "customers": reverse("desk:customers") + "?q=anna",
        "customer": reverse("desk:customer", args=[known.anna.party.public_id]),
        "payment": reverse("desk:payment", args=[account]),
        "contract": reverse("desk:contract", args=[contract]),
        "end": reverse("desk:end", args=[contract]) + "?channel=form&received_on=2026-07-20&wanted_on=",
        "invoice": reverse("desk:invoice", args=[invoice]),
        "credit": reverse("desk:credit", args=[invoice])
        + "?what=reissue&reason=Geste&amount-1=1&amount-2=9&amount-3=10",
        "promise": reverse("desk:promise", args=[known.dispute.promise.public_id]),
        "run": reverse("desk:run", args=[run]),
        "drafts": reverse("desk:drafts", args=[run]),
        "draft": reverse("desk:draft", args=[run, account]),
        "policy": reverse("desk:policy", args=["accounts.debit"]),
        "policy-try": reverse("desk:policy-try", args=["accounts.debit"])
        + "?debit_day=12&notice_days=3&effective_from=2099-01-01",
        "delivery": reverse("desk:delivery", args=[found.file]),
        "waiting": reverse("desk:waiting", args=[found.group]),
        "write-off": reverse("desk:write-off", args=[found.write_off]),
        "suspended": reverse("desk:suspended", args=[found.suspended]),
    }


@pytest.mark.parametrize(("width", "language", "dark"), LIGHT_AND_DARK)
def test_every_page(open_page: OpenPage, width: int, language: str, dark: bool) -> None:
    assert {pattern.name for pattern in urlpatterns} == set(HEADINGS) | ACTS | ELSEWHERE
    known = scene()
    run = bill(known.operator_id, AUGUST, known.eva, None)
    visit = open_page("rural", width=width, language=language, dark=dark)
    walk(visit, paths(known, run.public_id), language)


def walk(visit: Visit, pages: dict[str, str], language: str) -> None:
    """Sign in as Eva and read each page in a language."""
    visit.sign_in("eva@example.org", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    visit.speak(language)
    for name, path in pages.items():
        visit.reads_well(path, HEADINGS[name][LANGUAGES.index(language)])
