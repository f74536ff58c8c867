"""Other plans tried at the desk: the answer largest, the best plan of each line, the same as a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from shutil import copytree

import pytest
from django.test import Client
from django.urls import reverse
from tests import cast
from tests.browser import LIGHT_AND_DARK, OpenPage

from ligneclaire.domains.access.models import Login
from ligneclaire.domains.billing.tests.runs import AUGUST, JULY, bill
from ligneclaire.domains.billing.tests.test_replay import NUMBERS, deliver, records
from ligneclaire.domains.rulebook import places
from ligneclaire.interfaces.desk.tests.scene import client

pytestmark = pytest.mark.usefixtures("database")
HOST = "fleet.localhost"
TRIED = "?from=2026-06&to=2026-07&plan=vlinder-tik&plan=vlinder-5&plan=vlinder-25"
HEADINGS = {
    "fr": "Vlinder Tik aurait coûté à Bora NV",
    "nl": "Vlinder Tik had Bora NV over 2 maanden",
    "en": "Vlinder Tik would have cost Bora NV",
}


@dataclass(frozen=True)
class Known:
    """Bora NV with three lines on vlinder-25 that are billed for June and July, and Eva at the desk."""

    bora: cast.Customer
    eva: Login

    def address(self, name: str = "plans") -> str:
        return reverse(f"desk:{name}", args=[self.bora.party.public_id])

    def text(self, query: str = "", language: str = "en", status: int = 200) -> str:
        answer = client(self.eva, language, HOST).get(self.address() + query)
        assert answer.status_code == status
        return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def known() -> Known:
    bora, eva = cast.bora_mobile(line=NUMBERS[0]), cast.eva("fleet")
    others = [cast.mobile_line(bora, number) for number in NUMBERS[1:3]]
    few = [one for one in records(Random(12), 60) if one["service"] != "data" and not one["visited"]]
    deliver(bora, [(bora.contract, [{**one, "quantity": 60 if one["service"] == "voice" else 1} for one in few]),
             *((one, []) for one in others)])  # fmt: skip
    bill(bora.operator, JULY)
    bill(bora.operator, AUGUST)
    return Known(bora, eva)


def test_the_answer_is_the_heading_and_the_best_plan_is_marked(known: Known) -> None:
    first = known.text()
    assert "What would Bora NV have paid on another plan?" in first
    assert "Try other plans on billed months" in client(known.eva, "en", HOST).get(
        reverse("desk:customer", args=[known.bora.party.public_id])
    ).content.decode()  # fmt: skip
    text = known.text(TRIED)
    assert HEADINGS["en"] in text
    assert "best for 3 lines" in text
    assert text.count("€23.00") + text.count("€46.00") >= 2  # 25.00 less 2.00 a month, of two lines that used nothing
    assert "None of these plans would have cost Bora NV less" in known.text("?plan=vlinder-25")


def test_the_file_has_each_line_and_month_as_billed_and_by_plan(known: Known) -> None:
    answer = client(known.eva, "en", HOST).get(known.address("plans-csv") + TRIED)
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert rows[0].startswith("Account;Line;Month;Own plan;Plan;Subscription;")
    assert len(rows) == 1 + 3 * 2 * 4
    assert client(known.eva, "en", HOST).get(known.address("plans-csv")).status_code == 404


def test_a_draft_of_the_folder_is_tried_and_its_faults_are_named(
    known: Known, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copytree(places.folders_root() / "fleet", tmp_path / "fleet")
    monkeypatch.setenv("LIGNECLAIRE_OPERATORS", str(tmp_path))
    catalogue = folder / "catalogue.toml"
    text = catalogue.read_text()
    catalogue.write_text(text.replace('monthly = "25.00"', 'monthly = "24.00"', 1))
    shown = known.text("?prices=draft&plan=vlinder-25&from=2026-06&to=2026-06")
    assert "Vlinder 25 GB would have cost Bora NV €3.00 less in 1 month" in shown
    assert "which nobody published yet" in shown
    catalogue.write_text(text.replace('monthly = "25.00"', 'monthly = "-1"', 1))
    assert "catalogue.toml" in known.text("?prices=draft&plan=vlinder-25", status=422)


@pytest.mark.rule("FMP-11", "SPL-08")
def test_nobody_but_staff_opens_it(known: Known) -> None:
    login = cast.login_of(known.bora.person)
    for name in ("plans", "plans-csv"):
        assert client(login, "en", HOST).get(known.address(name) + TRIED).status_code == 404
        assert Client(HTTP_HOST=HOST).get(known.address(name) + TRIED).status_code == 302


@pytest.mark.parametrize(("width", "language", "dark"), LIGHT_AND_DARK)
def test_the_page_reads_well(known: Known, open_page: OpenPage, width: int, language: str, dark: bool) -> None:
    visit = open_page("fleet", width=width, language=language, dark=dark)
    visit.sign_in("eva@example.org", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    visit.page.context.add_cookies([{"name": "language", "value": language, "url": visit.site.url("fleet")}])
    for query in ("", TRIED):
        assert visit.go(known.address() + query) == 200
        assert visit.violations() == []
        assert visit.is_as_wide_as_the_window()
    assert HEADINGS[language] in visit.text("h1").replace("\u00a0", " ")
