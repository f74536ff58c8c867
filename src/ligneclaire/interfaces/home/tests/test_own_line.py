"""The pages of one's own line: what is left, the pace, warnings, who pays, and every amount down to its records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import cast, using
from tests.using import Bram

from ligneclaire.domains.accounts import queries as accounts
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.lines import queries
from ligneclaire.domains.usage.models import Total
from ligneclaire.interfaces.jobs.bench import empty_page
from ligneclaire.journeys import own_line, own_records
from ligneclaire.journeys.own_line import OwnMonth, Reading

pytestmark = pytest.mark.usefixtures("database")
JUNE = date(2026, 6, 1)
MOST = 16  # statements of the month's page beyond those of an empty one


@pytest.fixture
def bram() -> Bram:
    return using.bram()


def reading(bram: Bram, on: date = date(2026, 6, 27), hour: int = 10, lang: str = "nl") -> Reading:
    """Bram at his page; call it while acting."""
    login = bram.person.login or cast.login_of(bram.person)
    return own_line.reading(
        bram.person, queries.scope_of(login, on), bram.company.operator, lang, cast.moment(on, hour)
    )


def page(bram: Bram, month: date = JUNE, on: date = date(2026, 6, 27)) -> OwnMonth:
    with bram.company.acting():
        return own_line.own_month(reading(bram, on), month)


def browser(bram: Bram, lang: str = "nl") -> Client:
    """Bram signed in."""
    client = Client(HTTP_HOST=bram.company.operator.host, HTTP_ACCEPT_LANGUAGE=lang)
    if bram.person.login is None:
        cast.login_of(bram.person)
    answer = client.post("/sign-in/", {"login": bram.person.email, "password": cast.PASSWORD})
    assert answer.status_code == 302
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


@pytest.mark.rule("USE-02", "UPO-01", "UPO-06")
def test_the_month_says_what_is_left_and_as_of_when(bram: Bram, tmp_path: Path) -> None:
    at = cast.moment(date(2026, 6, 10), 12)
    bram.take_in(tmp_path, [using.data(4, cast.moment(date(2026, 6, 9)), "1")], at)
    found = page(bram, on=date(2026, 6, 10))
    gauge = found.main
    assert gauge is not None
    assert (gauge.service, gauge.used, gauge.left, gauge.allowance) == (
        "data",
        4 * using.GB,
        6 * using.GB,
        10 * using.GB,
    )
    assert (gauge.thresholds, gauge.next_threshold, gauge.tone) == ((75, 90, 100), 75, "")
    # 4 of 10 GB in 9.5 days: 10 GB after 23.75 days, on the 24th
    assert gauge.reached_on == date(2026, 6, 24)
    assert found.standing is not None
    assert (found.standing.rated_at, found.standing.is_stale) == (at, False)
    assert [(one.on.day, one.inside) for one in found.days if one.inside] == [(9, 4 * using.GB)]
    assert len(found.days) == 10


@pytest.mark.rule("USE-02")
def test_a_month_without_anything_says_so(bram: Bram) -> None:
    assert page(bram).standing is None
    assert "nog geen verbruik" in text(browser(bram), "/usage/")


@pytest.mark.rule("SPL-02", "USE-02")
def test_the_employee_sees_both_parts_as_the_bill_would_have_them(bram: Bram, tmp_path: Path) -> None:
    bram.take_in(tmp_path, using.a_month(JUNE), cast.moment(date(2026, 6, 27), 9))
    found = page(bram)
    share = found.share
    assert share is not None
    with bram.company.acting():
        beyond = sum((one.amount for one in Total.objects.exclude(category="third-party")), Decimal(0))
    employer = min(Decimal("15.00"), beyond)
    assert share.employer.amount == employer.quantize(Decimal("0.01"))
    assert share.left is not None
    assert share.left.amount == Decimal("15.00") - share.employer.amount
    assert share.lines[-1][1].amount == Decimal("3.20")  # what a third party asks, as it is
    assert found.private is not None
    assert found.private.months == ()


@pytest.mark.rule("SPL-01", "USE-02")
def test_without_a_shared_bill_the_employer_pays_all(tmp_path: Path) -> None:
    bram = using.bram(contribution=None)
    bram.take_in(tmp_path, using.a_month(JUNE), cast.moment(date(2026, 6, 27), 9))
    found = page(bram)
    assert (found.share, found.private, found.is_household, found.prices) == (None, None, False, "exclusive")
    assert "Uw werkgever betaalt alles van deze lijn" in text(browser(bram), f"/usage/{found.line.public_id}/2026-06/")


@pytest.mark.rule("USE-02")
def test_a_household_reads_its_own_line_with_vat(tmp_path: Path) -> None:
    anna = cast.household(operator_code="fleet", offer_code="vlinder-1", method="transfer")
    contract = cast.mobile_line(anna, cast.BRAM_LINE, on=date(2026, 5, 4))
    home = Bram(replace(anna, contract=contract), anna.person)
    home.take_in(tmp_path, using.a_month(JUNE), cast.moment(date(2026, 6, 27), 9))
    found = page(home)
    assert (found.share, found.is_household, found.prices) == (None, True, "inclusive")
    assert found.main is not None
    assert found.main.allowance == 25 * using.GB
    assert "TVA comprise" in text(browser(home, "fr"), f"/usage/{found.line.public_id}/2026-06/")


@pytest.mark.rule("W-24", "USE-05")
def test_an_amount_opens_to_its_records_and_each_to_its_reason(bram: Bram, tmp_path: Path) -> None:
    bram.take_in(tmp_path, using.a_month(JUNE), cast.moment(date(2026, 6, 27), 9))
    with bram.company.acting():
        reader = reading(bram)
        public_id = own_line.own_month(reader, JUNE).line.public_id
        found = own_records.records_of(reader, JUNE, public_id, {"kind": "voice-international"})
        total = Total.objects.get(usage_type="voice-international")
        assert (found.count, found.amount.amount) == (2, total.amount)
        row = found.rows[0].row
        assert row.other.replace("\u00a0", " ") == "+41 22 730 12 34"
        why = own_records.why(reader, JUNE, public_id, row.name)
    assert why.row == row
    assert next(one.rule for one in why.steps) == "RAT-03"
    assert why.plan_from is not None
    assert str(row.amount) in why.steps[-1].sentence.replace(",", ".")


@pytest.mark.rule("FMP-11")
def test_nobody_else_opens_his_line(bram: Bram, tmp_path: Path) -> None:
    bram.take_in(tmp_path, using.a_month(JUNE), cast.moment(date(2026, 6, 27), 9))
    found = page(bram)
    paths = [f"/usage/{found.line.public_id}/2026-06/", f"/usage/{found.line.public_id}/2026-06/records/", "/private/"]
    assert [browser(bram).get(path).status_code for path in paths] == [200, 200, 200]
    nora = Client(HTTP_HOST=bram.company.operator.host)
    cast.login_of(bram.company.person)
    nora.post("/sign-in/", {"login": "nora@bora.example", "password": cast.PASSWORD})
    assert [nora.get(path).status_code for path in paths] == [404, 404, 404]


def test_the_user_before_sees_his_own_days_alone(bram: Bram, tmp_path: Path) -> None:
    days = [using.data(1, cast.moment(date(2026, 6, day)), str(day)) for day in (5, 20)]
    bram.take_in(tmp_path, days, cast.moment(date(2026, 6, 21), 9))
    on = date(2026, 6, 15)
    with bram.company.acting():
        nora = bram.company.person
        login = cast.login_of(nora)
        lines.take_line(line=bram.company.contract.line, on=on, at=cast.moment(on), actor=cast.ACTOR)
        lines.give_line(line=bram.company.contract.line, person=nora, on=on, at=cast.moment(on), actor=cast.ACTOR)
        before = own_line.own_month(reading(bram), JUNE)
        assert [one.on.day for one in before.days if one.inside] == [5]
        assert before.gauges == ()  # they count what the next user used
        assert accounts.scope_of(login).account_ids


@pytest.mark.rule("FMP-11")
def test_every_other_month_that_is_offered_opens(bram: Bram, tmp_path: Path) -> None:
    used = [using.data(1, cast.moment(date(2026, month, 20)), str(month)) for month in (4, 5)]  # his use began in May
    bram.take_in(tmp_path, used, cast.moment(date(2026, 6, 21), 9))
    bram.take_in(tmp_path, [using.data(1, cast.moment(date(2026, 6, 20)), "6")], cast.moment(date(2026, 6, 22), 9))
    found = page(bram)
    assert found.months == (date(2026, 5, 1),)
    client = browser(bram)
    assert client.get(f"/usage/{found.line.public_id}/2026-04/").status_code == 404
    assert client.get(f"/usage/{found.line.public_id}/2026-05/").status_code == 200


@pytest.mark.rule("UPO-06")
def test_the_page_asks_little_of_the_database(bram: Bram, tmp_path: Path, settings: Any) -> None:
    settings.ROOT_URLCONF = empty_page.__name__
    bram.take_in(tmp_path, using.a_month(JUNE), cast.moment(date(2026, 6, 27), 9))
    client = browser(bram)
    path = f"/usage/{page(bram).line.public_id}/2026-06/"
    client.get(path)
    with CaptureQueriesContext(connection) as least:
        client.get(empty_page.HOME)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    assert len(asked) - len(least) <= MOST


def test_the_offer_of_an_employee_is_the_employers_contract(bram: Bram) -> None:
    said = text(browser(bram), "/offer/")
    assert "Uw werkgever heeft het contract" in said
    assert "Nog geen contract" not in said
