"""What the desk sees of usage: why a record waits and how it is put right, a delivery's fate, why a record costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests import cast
from tests.browser import DESK, TELEPHONE, OpenPage

from ligneclaire.domains.access.models import Login, StaffRole
from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.models import IntakeFile, Suspended
from ligneclaire.domains.usage.operations import rating
from ligneclaire.domains.usage.queries import own
from ligneclaire.domains.usage.rules.suspense import Reason
from ligneclaire.interfaces.desk.tests.scene import client

pytestmark = pytest.mark.usefixtures("database")
HOST = "fleet.localhost"
AT = datetime(2026, 5, 20, 6, tzinfo=UTC)
CALLED = "33123456789"
HEADING = "source,id,line,service,direction,other,start,quantity,visited,amount\n"
ROWS = [
    f"msc1,1,32470654321,voice,out,{CALLED},2026-05-03T09:15:00+02:00,61,,",
    "msc1,2,32470654321,data,,,2026-05-03T10:00:00+02:00,48213377,,",
    "msc1,2,32470654321,data,,,2026-05-03T10:00:00+02:00,48213377,,",
    "msc1,3,32470999999,sms,out,3222345678,2026-05-03T11:00:00+02:00,1,,",
    "msc1,4,32470999998,sms,out,3222345678,2026-05-03T11:00:00+02:00,1,,",
    "msc1,5,32470654321,data,,,2026-05-03T10:00:00+02:00,-1,,",
]


@dataclass(frozen=True)
class Told:
    """Bora with a line, Eva at the desk, and a delivery of which three records wait."""

    bora: cast.Customer
    eva: Login
    file: IntakeFile

    @property
    def operator_id(self) -> int:
        return self.bora.operator.pk

    @property
    def line(self) -> str:
        with acting_for(self.operator_id):
            return Line.objects.get(pk=self.bora.contract.line_id).public_id

    def page(self, name: str, *more: str) -> str:
        return reverse(f"desk:{name}", args=[self.line, "2026-05", *more])

    def record(self) -> str:
        """The address of the call."""
        return self.page("record", own.name_of("msc1/1 2026-05-03 07:15:00"))

    def waits(self, reason: Reason) -> Suspended:
        with acting_for(self.operator_id):
            return Suspended.objects.filter(reason=reason.value).order_by("pk")[0]

    def browser(self, language: str = "en") -> Client:
        return client(self.eva, language, HOST)


@pytest.fixture
def told(tmp_path: Path) -> Told:
    bora, eva = cast.bora_mobile(), cast.eva("fleet")
    path = tmp_path / "may.csv"
    path.write_text(HEADING + "\n".join(ROWS) + "\n")
    file = usage.take_in_usage_file(operator_id=bora.operator.pk, path=path, at=AT, actor=cast.ACTOR)
    rating.rate_stale(operator_id=bora.operator.pk, at=AT, actor=cast.ACTOR)
    return Told(bora, eva, file)


def text(answer: object) -> str:
    return answer.content.decode().replace("\xa0", " ")  # type: ignore[attr-defined]


@pytest.mark.rule("RAT-15")
def test_a_delivery_tells_what_became_of_every_record(told: Told) -> None:
    page = text(told.browser().get(reverse("desk:delivery", args=[told.file.public_id])))
    assert "3 of 6 records wait" in page
    assert "2 kept + 1 known already + 3 waiting + 0 given up = 6 records" in page
    assert told.page("usage") in page
    assert page.count("/desk/network/suspended/") == 3


def test_what_waits_is_grouped_by_reason_with_its_age(told: Told) -> None:
    page = text(told.browser().get(reverse("desk:network")))
    assert "Nobody has this line" in page
    assert "the oldest since Wednesday 20 May 2026 at 08:00" in page


def test_a_record_is_put_right_by_its_fields(told: Told) -> None:
    wrong = told.waits(Reason.NEGATIVE_NUMBER)
    address, browser = reverse("desk:suspended", args=[wrong.public_id]), told.browser()
    page = text(browser.get(address))
    assert 'name="quantity" value="-1"' in page
    fields = {"source": "msc1", "id": "5", "line": "32470654321", "service": "data", "quantity": "many",
              "start": "2026-05-03T10:00:00+02:00"}  # fmt: skip
    mend = reverse("desk:mend", args=[wrong.public_id])
    assert "It still waits: a value has another form than it must." in text(browser.post(mend, fields, follow=True))
    assert "The record is kept now." in text(browser.post(mend, {**fields, "quantity": "1000"}, follow=True))
    with acting_for(told.operator_id):
        wrong.refresh_from_db()
        assert (wrong.settled_as, wrong.settled_by) == ("kept", f"login:{told.eva.public_id}")
        assert AuditEntry.objects.filter(act="mend_suspended").count() == 2
    assert "Somebody settled this record meanwhile." not in text(browser.get(reverse("desk:network")))
    assert browser.get(address).status_code == 404


def test_whoever_has_another_role_changes_nothing(told: Told) -> None:
    with acting_for(told.operator_id):
        StaffRole.objects.filter(login=told.eva).exclude(role="policy").delete()
    wrong, browser = told.waits(Reason.NEGATIVE_NUMBER), told.browser()
    acts = {reverse("desk:mend", args=[wrong.public_id]): {"quantity": "1"},
            reverse("desk:suspended", args=[wrong.public_id]): {"reason": "A test"}}  # fmt: skip
    for address, data in acts.items():
        assert browser.post(address, data).status_code == 403, address
    with acting_for(told.operator_id):
        assert Suspended.objects.filter(settled_at=None).count() == 3


@pytest.mark.rule("RAT-14")
def test_an_amount_opens_down_to_the_steps_of_a_record(told: Told) -> None:
    browser = told.browser()
    page = text(browser.get(told.page("usage")))
    assert "2 records" in page
    assert told.record() in page
    assert "3312•••" in page
    page = text(browser.get(told.record()))
    assert "International calls of Sunday 3 May 2026 at 09:15" in page
    assert "rule RAT-14" in page
    assert "may.csv" in page


def test_whom_a_person_called_is_on_no_page_of_the_desk(told: Told) -> None:
    browser = told.browser()
    for address in (told.page("usage"), told.record(), reverse("desk:delivery", args=[told.file.public_id])):
        assert CALLED not in text(browser.get(address)).replace(" ", ""), address


def test_nobody_else_finds_usage_and_wrong_addresses_are_nowhere(told: Told) -> None:
    nora, others = cast.login_of(told.bora.person), cast.eva("lessor")
    for address in (told.page("usage"), told.record()):
        assert client(None, host=HOST).get(address).status_code == 302
        assert client(nora, host=HOST).get(address).status_code == 404
        assert client(others, host="lessor.localhost").get(address).status_code == 404
    for address in (
        told.page("record", "0" * 16), told.page("usage").replace("2026-05", "2026-13"),
        told.page("usage").replace(told.line, "none"), reverse("desk:delivery", args=["none"]),
    ):  # fmt: skip
        assert told.browser().get(address).status_code == 404, address


HEADINGS = {
    "delivery": ("3 relevés sur 6 attendent", "3 van de 6 berichten wachten"),
    "suspended": ("Ce relevé attend : un nombre est négatif", "Dit bericht wacht: een getal is negatief"),
    "usage": ("mai 2026 : 2 consommations", "mei 2026: 2 registraties"),
    "record": ("Appels internationaux, dimanche 3 mai 2026 à 9 h 15", "Internationale gesprekken, zondag 3 mei 2026"),
}


@pytest.mark.parametrize(("width", "language", "dark"), [(TELEPHONE, "fr", False), (DESK, "nl", True)])
def test_every_page_of_usage_reads_well(told: Told, open_page: OpenPage, width: int, language: str, dark: bool) -> None:
    visit = open_page("fleet", width=width, language=language, dark=dark)
    visit.sign_in("eva@example.org", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    visit.page.context.add_cookies([{"name": "language", "value": language, "url": visit.site.url("fleet")}])
    pages = {
        "delivery": reverse("desk:delivery", args=[told.file.public_id]),
        "suspended": reverse("desk:suspended", args=[told.waits(Reason.NEGATIVE_NUMBER).public_id]),
        "usage": told.page("usage"), "record": told.record(),
    }  # fmt: skip
    for name, path in pages.items():
        assert visit.go(path) == 200, name
        heading = visit.text("h1").replace("\u00a0", " ")
        assert HEADINGS[name][("fr", "nl").index(language)] in heading, name
        assert visit.violations() == [], name
        assert visit.is_as_wide_as_the_window(), name
