"""What a page asks of the database: a bound beyond an empty page, and no more when the customer has more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ligneclaire.domains.access.models import Login
from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.models import BillRun, Invoice, InvoiceLine
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage.models import Counter, Group, Total
from ligneclaire.interfaces.desk.tests import scene
from ligneclaire.interfaces.desk.tests.scene import Scene
from ligneclaire.interfaces.jobs.bench import empty_page
from ligneclaire.journeys.customer_pages import FEW
from tests import cast, walled

pytestmark = pytest.mark.usefixtures("database")
# Statements beyond those of an empty page, at most. The first page forecasts the next invoice as the bill run makes it.
HOME = {"/": 24, "/invoices/": 3, "/requests/": 2, "/offer/": 7, "/invoices/{invoice}/": 12}
DESK = {
    "/desk/": 10,
    "/desk/customers/{customer}/": 9,
    "/desk/customers/{customer}/usage/": 17,
    "/desk/contracts/{contract}/": 10,
    "/desk/invoices/{invoice}/": 10,
    "/desk/runs/": 7,
    "/desk/runs/{run}/": 8,
    "/desk/runs/{run}/drafts/": 4,
    "/desk/runs/{run}/drafts/{account}/": 4,
}
MONTHS = (date(2026, 8, 1), date(2026, 9, 1))
# Of a company with more contracts than a page shows, in the manager's session and in an employee's.
MANY = {"/": 10, "/offer/": 12, "/offer/{contract}/": 10, "/offer/?number=0471": 12}
FLEET = {
    "/fleet/?month=2026-06": 10,
    "/fleet/lines/{shared}/?month=2026-06": 12,
    "/fleet/lines/{whole}/?month=2026-06": 12,
    "/fleet/lines/{whole}/usage/?month=2026-06": 7,
    "/fleet/cost-centres/?month=2026-06": 7,
    "/fleet/cost-centres.csv?month=2026-06": 7,
}
OWN = {"/usage/{shared}/2026-06/": 16, "/usage/{shared}/2026-06/records/": 11}


@pytest.fixture
def known(settings: Any) -> Scene:
    settings.ROOT_URLCONF = empty_page.__name__
    return scene.scene()


def test_a_page_asks_no_more_when_the_customer_has_more(known: Scene) -> None:
    anna = cast.login_of(known.anna.person)
    _more(known, MONTHS[0])
    few = _statements(known, anna)
    _more(known, MONTHS[1])
    many = _statements(known, anna)
    assert {page: (few[page], count) for page, count in many.items() if count > few[page]} == {}
    too_many = {page: many[page] for page, most in (HOME | DESK).items() if many[page] > most}
    assert too_many == {}


def test_a_page_asks_no_more_when_the_company_has_more_lines(settings: Any, tmp_path: Path) -> None:
    settings.ROOT_URLCONF = empty_page.__name__
    known = walled.scene(tmp_path)
    _lines(known, range(FEW))
    few = _of_a_fleet(known)
    _lines(known, range(FEW, FEW + 3))
    many = _of_a_fleet(known)
    assert {page: (few[page], count) for page, count in many.items() if count != few[page]} == {}
    assert {page: many[page] for page, most in (MANY | FLEET | OWN).items() if many[page] > most} == {}


def _lines(known: walled.Scene, numbers: range) -> None:
    """More lines, each with a user, a cost centre, and something in its bundle and beside it."""
    on = date(2026, 5, 4)
    for number in numbers:
        contract = cast.mobile_line(known.bora, f"+3247100000{number}")
        with known.bora.acting():
            centre = customers.add_cost_centre(
                party=known.bora.party, code=f"K{number}", name=f"Team {number}", at=cast.moment(on), actor=cast.ACTOR
            )
            Contract.objects.filter(pk=contract.pk).update(cost_centre=centre)
            lines.give_line(line=contract.line, person=known.els, on=on, at=cast.moment(on), actor=cast.ACTOR)
            group = Group.objects.get(account=known.bora.account, month=walled.JUNE)
            used = {"operator_id": group.operator_id, "group": group, "line": contract.line}
            Counter.objects.create(**used, code="data", service="data", used=number, allowance=10)
            Total.objects.create(
                **used, category="voice", usage_type="voice-mobile", tax_code="standard", records=1, inside=0,
                outside=60, amount=Decimal("0.25"),
            )  # fmt: skip


def _of_a_fleet(known: walled.Scene) -> dict[str, int]:
    """Statements of the pages of a company beyond those of an empty page."""
    with known.bora.acting():
        ids = {
            "contract": known.bora.contract.public_id,
            "shared": known.bora.contract.line.public_id,
            "whole": known.of_els.line.public_id,
        }
    found: dict[str, int] = {}
    for email, pages in (("nora@bora.example", MANY | FLEET), ("bram@bora.example", OWN)):
        browser = Client(HTTP_HOST="fleet.localhost")
        browser.post("/sign-in/", {"login": email, "password": cast.PASSWORD})
        browser.post("/fleet/enter", {"company": known.bora.party.public_id})
        found |= _beyond(browser, empty_page.HOME, pages, ids)
    return found


def _more(known: Scene, month: date) -> None:
    """A month more, with another account, two more contracts, and a line that is disputed."""
    on = month.replace(month=month.month - 1, day=20)
    at = cast.moment(on)
    party = known.anna.party
    account = accounts.open_account(party=party, on=on, at=at, actor=cast.ACTOR)
    accounts.agree_payment(account=account, method="transfer", on=on, at=at, actor=cast.ACTOR)
    for name, payer in (("a", known.anna.account), ("b", account)):
        signed = contracts.sign_contract(
            account=payer, offer_code="radio-30", option_codes=("telephonie",), on=on, at=at, actor=cast.ACTOR,
            line_identifier=f"anna-{month.month}{name}@hauteligne.example",
        )  # fmt: skip
        contracts.record_connection(contract=signed, connected_at=at, at=at, actor=cast.ACTOR, source="RADIUS 9")
    scene.bill(known.operator_id, month, known.eva, known.lien)
    with acting_for(known.operator_id):
        line = InvoiceLine.objects.filter(invoice=_newest(known), code="month").first()
    assert line is not None
    billing.dispute_line(
        line=line, words="Trop.", requester=known.anna.person, at=cast.moment(month.replace(day=5)), actor="person:x"
    )


def _newest(known: Scene) -> Invoice:
    return Invoice.objects.filter(account=known.anna.account).latest("pk")


def _statements(known: Scene, anna: Login) -> dict[str, int]:
    """Statements of each page beyond those of an empty page, when what may be kept is kept."""
    with acting_for(known.operator_id):
        ids = {
            "invoice": _newest(known).public_id,
            "customer": known.anna.party.public_id,
            "contract": known.anna.contract.public_id,
            "account": known.anna.account.public_id,
            "run": BillRun.objects.latest("pk").public_id,
        }
    found: dict[str, int] = {}
    for login, pages, empty in ((anna, HOME, empty_page.HOME), (known.eva, DESK, empty_page.DESK)):
        found |= _beyond(scene.client(login), empty, pages, ids)
    return found


def _beyond(browser: Client, empty: str, pages: Iterable[str], ids: Mapping[str, str]) -> dict[str, int]:
    least = _asked(browser, empty)
    return {page: _asked(browser, page.format(**ids)) - least for page in pages}


def _asked(browser: Client, address: str) -> int:
    assert browser.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as asked:
        browser.get(address)
    return len(asked)
