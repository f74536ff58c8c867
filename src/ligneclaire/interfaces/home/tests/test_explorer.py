"""Looking into a month of one's own line: by day, service, zone and cost, page by page, and as a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from tests import cast, using
from tests.browser import DESK, TELEPHONE, OpenPage
from tests.using import Bram

from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.models import Total
from ligneclaire.domains.usage.operations import rating
from ligneclaire.domains.usage.tests import usage_files
from ligneclaire.interfaces.home.tests.test_own_line import browser, reading, text
from ligneclaire.journeys import own_line, own_records, usage_words
from ligneclaire.journeys.usage_explorer import Explored

pytestmark = pytest.mark.usefixtures("database")
JUNE = date(2026, 6, 1)


@pytest.fixture
def bram(tmp_path: Path) -> Bram:
    found = using.bram()
    found.take_in(tmp_path, using.a_month(JUNE), cast.moment(date(2026, 6, 27), 9))
    return found


def line_of(bram: Bram) -> str:
    with bram.company.acting():
        return own_line.own_month(reading(bram), JUNE).line.public_id


def explored(bram: Bram, **wanted: str) -> Explored:
    with bram.company.acting():
        reader = reading(bram)
        return own_records.records_of(reader, JUNE, own_line.own_month(reader, JUNE).line.public_id, wanted)


def rows_of(client: Client, path: str) -> list[dict[str, str]]:
    """The cells of a file, by their column."""
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.rule("W-24", "USE-05")
def test_what_is_added_up_by_day_service_and_zone_is_the_whole(bram: Bram) -> None:
    found = explored(bram)
    with bram.company.acting():
        totals = list(Total.objects.values_list("records", "amount"))
    count, amount = sum(one[0] for one in totals), sum(one[1] for one in totals)
    assert (found.count, found.amount.amount) == (count, amount)
    for parts in (found.services, found.zones):
        assert (sum(one.records for one in parts), sum(one.amount.amount for one in parts)) == (count, amount)
    assert sum(one.records for one in found.days) == count
    assert (len(found.rows), found.pages) == (50, -(-count // 50))
    assert found.services[0].percent == 100
    assert found.measure == "amount"
    assert sum(one.outside for one in found.bars) == found.amount.micro


@pytest.mark.rule("W-24")
def test_it_narrows_by_day_service_zone_and_cost(bram: Bram) -> None:
    sms = explored(bram, service="sms")
    assert {one.row.kind for one in sms.rows} == {"Binnenlandse sms’en"}
    assert (sms.count, sms.measure) == (9, "quantity")
    assert [one.label for one in sms.services if one.is_asked] == ["Sms’en"]
    assert len(sms.services) > 1  # the others are still there to choose
    dear = explored(bram, dear="1")
    assert dear.amount == explored(bram).amount
    assert 0 < dear.count < explored(bram).count
    fourth = explored(bram, day="2026-06-04")
    assert {one.row.at.date() for one in fourth.rows} == {date(2026, 6, 4)}
    geneva = explored(bram, day="2026-06-04", service="voice", dear="1")
    assert [one.row.other.replace("\xa0", " ") for one in geneva.rows] == ["+41 22 730 12 34"]
    abroad = explored(bram, zone=dict((label, code) for code, label in geneva.zone_choices)[geneva.rows[0].row.zone])
    assert abroad.count == 2


def test_what_is_free_lies_beside_no_bundle(bram: Bram, tmp_path: Path) -> None:
    at = cast.moment(date(2026, 6, 12), 9)
    received = usage_files.call("in-1", direction="in", other="+3225551234", quantity=4500, start=at.isoformat())
    bram.take_in(tmp_path, [received], cast.moment(date(2026, 6, 27), 10))
    page = text(browser(bram), f"/usage/{line_of(bram)}/2026-06/")
    assert usage_words.about(4500, "voice", "nl").replace("\xa0", " ") not in page.replace("\xa0", " ")


def test_what_makes_no_sense_asks_for_everything(bram: Bram) -> None:
    every = explored(bram)
    assert explored(bram, day="2026-07-01", page="0").rows == every.rows
    assert explored(bram, day="yesterday", page="-1", dear="yes").rows == every.rows
    assert explored(bram, page="999").page == every.pages
    assert explored(bram, service="pigeon").count == 0


@pytest.mark.rule("W-33", "USE-05")
def test_the_file_adds_up_and_opens_as_it_is(bram: Bram) -> None:
    client, path = browser(bram), f"/usage/{line_of(bram)}/2026-06/records.csv"
    rows = rows_of(client, path)
    with bram.company.acting():
        amount = sum((one.amount for one in Total.objects.all()), Decimal(0))
    assert sum(Decimal(one["Bedrag (EUR)"].replace(",", ".")) for one in rows) == amount
    assert len(rows) == explored(bram).count
    first = next(one for one in rows if one["Soort verbruik"] == "Internationale gesprekken")
    assert (first["Dag"], first["Uur"], first["Hoeveelheid"], first["Eenheid"]) == ("2026-06-04", "17:05:00", "95", "s")
    assert first["Ander nummer"].replace("\xa0", " ") == "'+41 22 730 12 34"
    assert len(rows_of(client, f"{path}?service=sms")) == 9
    assert len(rows_of(client, f"{path}?day=2026-06-04&dear=1")) == 1


@pytest.mark.rule("USE-02")
def test_the_page_says_as_of_when(bram: Bram) -> None:
    page = text(browser(bram), f"/usage/{line_of(bram)}/2026-06/records/?service=sms")
    assert "Stand van zaterdag 27 juni 2026 om 09:00." in page
    assert "records.csv?service=sms" in page


HEADINGS = {
    "": ("Tous les relevés : ", "Alle registraties: "),
    "?service=data": ("Internet mobile : 0,40 €", "Mobiele data: € 0,40"),
    "?day=2026-06-04&dear=1": ("Relevés choisis : ", "Gekozen registraties: "),
    "?service=pigeon": ("pigeon : 0,00 €", "pigeon: € 0,00"),
}


@pytest.mark.parametrize(("width", "language"), [(TELEPHONE, "fr"), pytest.param(DESK, "nl", marks=pytest.mark.soak)])
def test_it_reads_well(bram: Bram, open_page: OpenPage, width: int, language: str) -> None:
    visit = open_page("fleet", width=width, language=language)
    cast.login_of(bram.person)
    visit.sign_in(bram.person.email, cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    visit.speak(language)
    path = f"/usage/{line_of(bram)}/2026-06/records/"
    for asked, headings in HEADINGS.items():
        visit.reads_well(path + asked, headings[("fr", "nl").index(language)])


@pytest.mark.rule("UPO-06", "USE-02")
def test_what_came_since_is_told_until_the_next_pass_counts_it(bram: Bram, tmp_path: Path) -> None:
    """Counters are at most one pass behind, and each page says by when."""
    client, path = browser(bram), f"/usage/{line_of(bram)}/2026-06/"
    at = cast.moment(date(2026, 6, 27), 11)
    row = using.data(1, cast.moment(date(2026, 6, 27), 10), "more")
    file = usage_files.csv(tmp_path, [row], "more.csv")
    usage.take_in_usage_file(operator_id=bram.operator_id, path=file, at=at, actor=cast.ACTOR)
    for page in (path, f"{path}records/"):
        told = text(client, page)
        assert "Stand van zaterdag 27 juni 2026 om 09:00. Er kwam nog meer binnen, dat wordt nu geteld." in told
    rating.rate_stale(operator_id=bram.operator_id, at=at, actor=cast.ACTOR)
    for page in (path, f"{path}records/"):
        told = text(client, page)
        assert "Stand van zaterdag 27 juni 2026 om 11:00." in told
        assert "Er kwam nog meer binnen" not in told
