"""The desk as staff uses it: find and explain, run and release by two people, try a policy and publish it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import pytest
from tests import cast
from tests.browser import OpenPage, Visit

from ligneclaire.domains.billing.models import BillRun, Invoice
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.rulebook.models import PolicyVersion
from ligneclaire.interfaces.desk.tests.scene import scene


@pytest.fixture
def published_before(django_db_setup: None) -> Iterator[None]:
    """Policy versions outlive a test in the database of the tests: what one publishes is taken back by the owner."""
    owned = PolicyVersion.objects.using("owner")
    known = list(owned.values_list("pk", flat=True))
    open_ = list(owned.filter(superseded_at=None).values_list("pk", flat=True))
    yield
    owned.exclude(pk__in=known).delete()
    owned.filter(pk__in=open_).update(superseded_at=None)


def visit_of(open_page: OpenPage, email: str, width: int = 1280) -> Visit:
    visit = open_page("rural", width=width, language="en")
    visit.sign_in(email, cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    return visit


def heading(visit: Visit) -> str:
    return visit.text("h1").replace("\u2060", "")


def work() -> None:
    """The worker does what waits, in a process of its own, as in production."""
    command = [sys.executable, "-m", "ligneclaire.interfaces.jobs.main", "work", "--once"]
    done = subprocess.run(command, env=os.environ.copy(), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.rule("W-16", "W-24")
def test_from_a_name_to_the_why_of_an_amount(open_page: OpenPage) -> None:
    scene()
    eva = visit_of(open_page, "eva@example.org")
    assert heading(eva) == "1 answer is late"
    eva.page.click("nav >> text=Customers")
    eva.page.wait_for_selector("#q:focus")
    eva.page.keyboard.type("roc")  # the box has the focus, the answer comes while typing
    eva.page.click("#found >> text=Anna Roche")
    assert heading(eva) == "Anna Roche is late with €48.84"
    eva.page.click("text=Radio internet 30")
    assert heading(eva) == "Radio internet 30 has run since 12 June 2026"
    assert "The network recorded the first connection on 12 June 2026 (RADIUS 8f21)." in eva.text()
    eva.page.click("a.back")
    eva.page.click("ol.rows >> text=July 2026")
    eva.page.click("summary >> text=charged by the day")
    why = eva.text("#line-2 .caption")
    assert "June 2026: €29.90 × 19 of 30 days = €18.94." in why
    eva.page.click("#line-2 .caption >> text=Start of service")
    assert heading(eva) == "Start of service: unchanged since 1 January 2015"


@pytest.mark.rule("W-45")
def test_one_person_runs_and_another_releases(open_page: OpenPage) -> None:
    known = scene()
    eva, lien = visit_of(open_page, "eva@example.org"), visit_of(open_page, "lien@example.org", width=390)
    eva.go("/desk/runs/")
    assert heading(eva) == "July 2026 is out: €177.67"
    eva.page.click("text=Make the drafts")
    assert heading(eva) == "The drafts of August 2026 are being made"
    work()
    eva.page.wait_for_selector("h1:has-text('would bring')")  # the page has asked again by itself
    assert heading(eva) == "August 2026 would bring €59.80, -€117.87 against the month before"
    assert "You started this run, so somebody else releases it." in eva.text()
    assert eva.page.locator("text=Release €59.80").count() == 0
    lien.go("/desk/")
    lien.page.click("text=Review it")
    lien.page.click("text=Release €59.80")
    assert heading(lien) == "The invoices of August 2026 are being issued"
    work()
    lien.page.wait_for_selector("h1:has-text('is out')")
    with acting_for(known.operator_id):
        run = BillRun.objects.get(month=date(2026, 8, 1))
        assert (run.state, run.started_by != run.released_by) == ("released", True)
        assert Invoice.objects.filter(run=run).count() == 2
    assert "Released by lien@example.org" in lien.text()


def test_a_policy_is_tried_and_then_published(open_page: OpenPage, published_before: None) -> None:
    known = scene()
    eva = visit_of(open_page, "eva@example.org")
    eva.go("/desk/policies/")
    eva.page.click("text=Direct debit")
    eva.page.fill("#id_debit_day", "40")
    eva.page.fill("#id_effective_from", "2099-01-01")
    eva.page.click("text=Try it on the last period")
    assert "This lies between 1 and 31." in eva.text()
    eva.page.fill("#id_debit_day", "12")
    eva.page.fill("#id_effective_until", "2098-01-01")
    eva.page.click("text=Try it on the last period")
    assert "A version can't end on 1 January 2098 before it starts on 1 January 2099." in eva.text()
    eva.page.fill("#id_effective_until", "")
    eva.page.click("text=Try it on the last period")
    assert heading(eva) == "In July 2026 2 customers would have paid on another day"
    assert "6 July 2026 → 13 July 2026" in eva.text()  # the 12th is a Sunday
    with acting_for(known.operator_id):
        assert not PolicyVersion.objects.filter(effective_from=date(2099, 1, 1)).exists()
    eva.page.fill("#reason", "Salaries come on the tenth")
    eva.page.click("text=Publish this version")
    assert heading(eva) == "Direct debit: changes on 1 January 2099"
    eva.page.click("text=published versions")
    assert "Salaries come on the tenth" in eva.text()
    eva.go("/desk/policies/")
    assert heading(eva) == "1 policy will change"
    eva.go("/desk/policies/accounts.debit/try?debit_day=9&notice_days=3&effective_from=2098-01-01")
    eva.page.fill("#reason", "Too late")
    eva.page.click("text=Publish this version")
    assert "A later version of accounts.debit is published than this one from 1 January 2098." in eva.text()


def test_the_law_bounds_what_is_tried(open_page: OpenPage) -> None:
    scene()
    eva = visit_of(open_page, "eva@example.org")
    eva.go("/desk/policies/contracts.notice/try?notice_days_termination=30&effective_from=2099-01-01")
    assert "you write 30 days, the law (L-FR-02) makes it 10 days." in eva.text()
    assert heading(eva) == "Notice of termination: no amount of a period is made with it"
    eva.go("/desk/policies/contracts.early_termination/try?full_months=6&reduced_rate=10&effective_from=2099-01-01")
    # At the end of July 10 months were left to both: 10 × 29.90 + 49.00 as it is, 4 × 29.90 + 49.00 as tried.
    assert heading(eva) == "Leaving would have cost 2 customers other sums: -€358.80 in all"
    assert "€348.00 €168.60 -€179.40" in eva.text("table")
    eva.go("/desk/policies/contracts.service_start/try?receipt_days=0&effective_from=2099-01-01")
    # Served from the receipt of the kit: Anna from the 9th and not the 12th, Luc from the 8th and not the 10th.
    assert heading(eva) == "+€4.98 on the invoices of July 2026"
    assert "€87.84 €90.83 +€2.99" in eva.text("table").replace("\u2060", "")
