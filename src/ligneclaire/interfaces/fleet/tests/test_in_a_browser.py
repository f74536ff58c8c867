"""The manager's pages in a browser: axe's default rules, one heading, nothing that scrolls sideways."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import cast, walled
from tests.browser import DESK, TELEPHONE, OpenPage

from ligneclaire.interfaces.fleet import urls

HEADINGS = {
    "fleet": ("2 numéros, tous dans leur forfait", "2 nummers, alle binnen hun bundel", "2 numbers, all within"),
    "cost-centres": ("hors forfaits en juin 2026", "buiten de bundels in juni 2026", "beside the bundles in June 2026"),
    "line": ("15,00 € hors forfaits", "€ 15,00 buiten de bundels", "€15.00 beside the bundles"),
    "of-els": ("0470 77 88 99 :", "0470 77 88 99:", "0470 77 88 99:"),
    "usage": ("juin 2026 : 2 relevés", "juni 2026: 2 registraties", "June 2026: 2 records"),
    "limits": ("Ce que le 0470", "Wat 0470", "What 0470"),
    "shared": ("Ce que le 0470", "Wat 0470", "What 0470"),
    "invite": ("Partager la facture du", "De factuur van", "Share the bill of"),
    "invoices": ("€", "€", "€"),
    "enter": ("Quel espace ouvrez-vous", "Welk portaal opent u", "Which portal do you open"),
}
LATER = [pytest.param(*one, marks=pytest.mark.soak) for one in ((DESK, "nl"), (TELEPHONE, "en"))]
NO_PAGE = {"leave", "invite-again", "cost-centres-csv", "invoice-csv", "usage-file"}


@pytest.mark.parametrize(("width", "language"), [(TELEPHONE, "fr"), *LATER])
def test_every_page(open_page: OpenPage, tmp_path: Path, width: int, language: str) -> None:
    assert {pattern.name for pattern in urls.urlpatterns} == set(HEADINGS) - {"of-els", "shared"} | NO_PAGE
    known = walled.scene(tmp_path)
    with known.bora.acting():
        bram, els = known.bora.contract.line.public_id, known.of_els.line.public_id
    month = "?month=2026-06"
    paths = {
        "enter": "/fleet/enter", "fleet": f"/fleet/{month}", "cost-centres": f"/fleet/cost-centres/{month}",
        "line": f"/fleet/lines/{bram}/{month}", "of-els": f"/fleet/lines/{els}/{month}",
        "limits": f"/fleet/lines/{els}/limits", "shared": f"/fleet/lines/{bram}/limits",
        "usage": f"/fleet/lines/{els}/usage/{month}", "invite": f"/fleet/lines/{els}/invite",
        "invoices": "/fleet/invoices/",
    }  # fmt: skip
    visit = open_page("fleet", width=width, language=language)
    visit.sign_in("nora@bora.example", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    visit.speak(language)
    visit.go("/fleet/enter")
    visit.page.click("main form button")
    visit.page.wait_for_selector("h1")
    for name, path in paths.items():
        visit.reads_well(path, HEADINGS[name][("fr", "nl", "en").index(language)])
