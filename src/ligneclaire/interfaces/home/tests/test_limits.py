"""One's own line: its ceilings with what going on costs, a limit of one's own, blocks; and who may only read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from tests import cast, using
from tests.using import Bram

from ligneclaire.domains.lines.models import Control
from ligneclaire.domains.usage.tests import usage_files
from ligneclaire.interfaces.home.tests.test_own_line import browser, text

pytestmark = pytest.mark.usefixtures("database")


def path(bram: Bram) -> str:
    with bram.company.acting():
        return f"/usage/{bram.company.contract.line.public_id}/limits/"


def words(bram: Bram) -> list[tuple[str, str, bool, str]]:
    with bram.company.acting():
        return list(Control.objects.order_by("pk").values_list("kind", "subject", "on", "side"))


def spend_abroad(bram: Bram, folder: Path) -> None:
    """Enough data in the United States, this month, to be stopped."""
    first = cast.today().replace(day=1)
    rows = [
        usage_files.call(str(number), service="data", other="", quantity=using.GB // 20, visited="US",
                         start=cast.moment(first, 0, number).isoformat())
        for number in range(3)
    ]  # fmt: skip
    bram.take_in(folder, rows, timezone.now())


@pytest.mark.rule("W-22", "W-32", "W-39")
def test_who_pays_privately_sets_and_lifts_his_limit() -> None:
    bram = using.bram()
    client = browser(bram)
    page = text(client, path(bram))
    assert "Wat 0470 65 43 21 mag kosten" in page
    assert "Data in het buitenland" in page
    assert client.post(path(bram), {"do": "cap", "amount": "30,50", "stops": "yes"}).status_code == 302
    assert "Een limiet van € 30,50 die stopt" in text(client, path(bram))
    assert client.post(path(bram), {"do": "lift"}).status_code == 302
    assert client.post(path(bram), {"do": "block:special"}).status_code == 302
    assert words(bram) == [
        ("cap", "own", True, "user"), ("cap", "own", False, "user"), ("block", "special", True, "user"),
    ]  # fmt: skip


@pytest.mark.rule("W-22")
def test_a_limit_of_nothing_is_a_limit() -> None:
    bram = using.bram()
    client = browser(bram)
    client.cookies["language"] = "en"
    assert client.post(path(bram), {"do": "cap", "amount": "0", "stops": "yes"}).status_code == 302
    page = text(client, path(bram))
    assert "A limit of €0.00 that stops" in page
    assert "<b>€0.00</b> of €0.00 spent beside the bundles" in page
    assert client.post(path(bram), {"do": "cap", "amount": "0.00", "stops": "no"}).status_code == 302
    assert "A limit of €0.00 that warns" in text(client, path(bram))
    assert client.post(path(bram), {"do": "lift"}).status_code == 302
    assert "There is none" in text(client, path(bram))


def test_what_makes_no_sense_says_so_and_changes_nothing() -> None:
    bram = using.bram()
    client = browser(bram)
    for asked in ({"do": "cap", "amount": "x", "stops": "yes"}, {"do": "cap", "amount": "-1"}, {},
                  {"do": "agree:own:month"}, {"do": "block:everything"}):  # fmt: skip
        assert client.post(path(bram), asked).status_code == 422, asked
        assert words(bram) == [], asked


@pytest.mark.rule("L-EU-02", "W-22", "W-39")
def test_going_on_abroad_shows_its_cost_before_it_is_agreed(tmp_path: Path) -> None:
    bram = using.bram(contribution=None)
    spend_abroad(bram, tmp_path)
    # the company pays: he reads that it is stopped, and can't agree
    page = text(browser(bram), path(bram))
    assert "er is iets gestopt" in page
    assert "Uw werkgever betaalt deze lijn, en beslist over limieten." in page
    assert "Deze maand doorgaan" not in page
    assert browser(bram).post(path(bram), {"do": "agree:roaming-eu:month"}).status_code == 422
    assert words(bram) == []


@pytest.mark.rule("L-EU-02", "W-22")
def test_a_household_agrees_and_takes_it_back(tmp_path: Path) -> None:
    anna = cast.household(operator_code="fleet", offer_code="vlinder-1", method="transfer")
    contract = cast.mobile_line(anna, cast.BRAM_LINE, on=date(2026, 5, 4))
    home = Bram(replace(anna, contract=contract), anna.person)
    spend_abroad(home, tmp_path)
    client = browser(home)
    client.cookies["language"] = "en"
    page = text(client, path(home))
    assert "It is stopped." in page
    assert re.search(r"As of \d\d:\d\d today\.", page)
    assert page.index("Going on costs, VAT included:") < page.index("Go on this month")
    assert client.post(path(home), {"do": "agree:roaming-eu:month"}).status_code == 302
    page = text(client, path(home))
    assert "It goes on above that, until" in page
    assert client.post(path(home), {"do": "take-back:roaming-eu"}).status_code == 302
    assert "It is stopped." in text(client, path(home))


@pytest.mark.rule("FMP-11")
def test_nobody_else_opens_his_limits() -> None:
    bram = using.bram()
    nora = Client(HTTP_HOST=bram.company.operator.host)
    with bram.company.acting():
        cast.login_of(bram.company.person)
    nora.post("/sign-in/", {"login": "nora@bora.example", "password": cast.PASSWORD})
    assert nora.get(path(bram)).status_code == 404
    assert nora.post(path(bram), {"do": "block:line"}).status_code == 404
    assert words(bram) == []
