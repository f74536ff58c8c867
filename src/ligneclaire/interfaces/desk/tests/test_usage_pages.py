"""What the desk sees of usage: why a record waits and how it is put right, a delivery's fate, why a record costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from tests import cast, using
from tests.browser import LIGHT_AND_DARK, OpenPage

from ligneclaire.domains.access.models import Login, StaffRole
from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.models import Disclosure, IntakeFile, Suspended, Total
from ligneclaire.domains.usage.operations import rating
from ligneclaire.domains.usage.queries import own
from ligneclaire.domains.usage.rules.suspense import Reason
from ligneclaire.interfaces.desk.tests.scene import client
from ligneclaire.journeys import formats
from ligneclaire.kernel.money import Money

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


def ask_for_numbers(browser: Client, told: Told, kind: str = "complaint", words: str = "KL-2026-118") -> object:
    return browser.post(told.page("numbers"), {"kind": kind, "words": words}, follow=True)


def test_whole_numbers_are_shown_for_a_reason_and_both_are_written_down(told: Told) -> None:
    browser = told.browser()
    page = text(ask_for_numbers(browser, told))
    assert "You see whole numbers until" in page
    assert "Your reason: KL-2026-118" in page
    for address in (told.page("usage"), told.record(), told.page("usage-file")):
        assert "33 1 23 45 67 89" in text(browser.get(address)), address
    with acting_for(told.operator_id):
        (given,) = Disclosure.objects.all()
        looks = AuditEntry.objects.filter(act="see_usage", subject=f"line:{told.line}").order_by("pk")
        details = list(looks.values_list("detail", flat=True))
        asked = AuditEntry.objects.get(act="disclose_numbers")
        assert CALLED not in "".join(str(one) for one in AuditEntry.objects.values_list("detail", flat=True))
    assert (given.kind, given.words, given.actor) == ("complaint", "KL-2026-118", f"login:{told.eva.public_id}")
    assert asked.detail == {"kind": "complaint", "month": "2026-05", "disclosure": given.public_id}
    assert [one["what"].partition(":")[0] for one in details] == ["month", "month", "record", "file"]
    assert {one["disclosure"] for one in details} == {given.public_id}
    assert {(one["month"], one["for"]) for one in details} == {("2026-05", "payer")}
    assert "Shown 1 time before" in page


def test_a_reason_holds_for_one_session_one_month_and_a_quarter_of_an_hour(told: Told) -> None:
    browser = told.browser()
    ask_for_numbers(browser, told)
    whole, hidden = "33 1 23 45 67 89", "3312•••"
    assert whole in text(browser.get(told.page("usage")))
    assert hidden in text(told.browser().get(told.page("usage")))  # the same person, signed in elsewhere
    with acting_for(told.operator_id):
        lien = cast.lien("fleet")
    other = client(lien, "en", HOST)
    assert hidden in text(other.get(told.page("usage")))
    before = datetime.now(UTC) - timedelta(minutes=16)
    with acting_for(told.operator_id), connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE usage_disclosure SET at = %s, until = %s", [before, before + timedelta(minutes=15)])
    assert hidden in text(browser.get(told.page("usage")))


def test_without_a_reason_or_the_role_numbers_stay_hidden(told: Told) -> None:
    browser = told.browser()
    for kind, words in (("", "KL-2026-118"), ("complaint", ""), ("complaint", " a "), ("curiosity", "KL-2026-118")):
        answer = browser.post(told.page("numbers"), {"kind": kind, "words": words})
        assert answer.status_code == 422, (kind, words)
        assert CALLED[2:] not in text(answer).replace(" ", "")
    with acting_for(told.operator_id):
        StaffRole.objects.filter(login=told.eva).exclude(role="policy").delete()
    assert "Show whole numbers" not in text(browser.get(told.page("usage")))
    assert browser.post(told.page("numbers"), {"kind": "complaint", "words": "KL-2026-118"}).status_code == 403
    with acting_for(told.operator_id):
        assert not Disclosure.objects.exists()


def test_a_record_that_waits_hides_whom_it_called_and_is_mended_without_showing_it(told: Told) -> None:
    waits, browser = told.waits(Reason.UNKNOWN_LINE), told.browser()
    address = reverse("desk:suspended", args=[waits.public_id])
    page = text(browser.get(address))
    assert "3222•••" in page
    assert "3222345678" not in page
    assert 'name="other"' not in page
    reason = {"kind": "fault", "words": "KL-2026-118"}
    page = text(browser.post(reverse("desk:disclose", args=[waits.public_id]), reason, follow=True))
    assert 'name="other" value="3222345678"' in page
    fields = {"source": "msc1", "id": "3", "line": "32470654321", "service": "sms", "direction": "out",
              "quantity": "1", "start": "2026-05-03T11:00:00+02:00"}  # fmt: skip
    mended = told.browser().post(reverse("desk:mend", args=[waits.public_id]), fields, follow=True)
    assert "The record is kept now." in text(mended)
    with acting_for(told.operator_id):
        waits.refresh_from_db()
    assert '"other": "3222345678"' in waits.raw


def test_a_customer_leads_to_the_usage_of_its_lines(told: Told) -> None:
    browser, name = told.browser(), told.bora.party.public_id
    assert reverse("desk:customer-usage", args=[name]) in text(browser.get(reverse("desk:customer", args=[name])))
    address = reverse("desk:customer-usage", args=[name])
    page = text(browser.get(address, {"month": "2026-05"}))
    assert "Bora NV, May 2026: 1 line" in page
    assert told.page("usage") in page
    assert "As of Wednesday 20 May 2026 at 08:00." in page
    assert told.page("usage") in text(browser.get(address, {"month": "2026-05", "number": "0470 65"}))
    assert "No number is like that." in text(browser.get(address, {"month": "2026-05", "number": "0499"}))
    assert browser.get(address, {"month": "soon"}).status_code == 404
    with acting_for(told.operator_id):
        looks = AuditEntry.objects.filter(act="see_usage", subject=f"party:{name}")
        assert [one.detail["month"] for one in looks] == ["2026-05"] * 3
    assert browser.get(reverse("desk:customer-usage", args=["none"])).status_code == 404


@pytest.mark.rule("SPL-01", "FMP-11")
def test_a_household_that_shares_a_bill_reads_its_own_part_of_it(tmp_path: Path) -> None:
    """Half of two hours to Geneva, with VAT, as his private invoice will have it."""
    bram = using.bram(contribution={"type": "percentage", "percent": "50"})
    rows = [using.call(using.GENEVA, 3600, cast.moment(date(2026, 6, on)), f"g{on}") for on in (5, 6)]
    bram.take_in(tmp_path, rows, cast.moment(date(2026, 6, 20)))
    with bram.company.acting():
        (used,) = Total.objects.filter(amount__gt=0)
        party, eva = bram.account.party, cast.eva("fleet")
    part = Money(used.amount * Decimal("0.5") * Decimal("1.21")).rounded()
    browser = client(eva, "en", HOST)
    own = text(browser.get(reverse("desk:customer-usage", args=[party.public_id]), {"month": "2026-06"}))
    assert f'<span class="n">{formats.money(part, "en")}</span>' in own
    before = text(browser.get(reverse("desk:customer-usage", args=[party.public_id]), {"month": "2026-05"}))
    assert "0470 65 43 21" not in before  # it was the company's alone


def test_the_month_shows_its_gauges_and_narrows(told: Told) -> None:
    browser = told.browser()
    page = text(browser.get(told.page("usage")))
    assert "Bundles and limits" in page
    assert "As of Wednesday 20 May 2026 at 08:00." in page
    page = text(browser.get(told.page("usage"), {"service": "data"}))
    assert "1 record, " in page
    assert told.record() not in page
    file = text(browser.get(told.page("usage-file"), {"service": "voice"}))
    assert "3312•••" in file
    assert len(file.strip().splitlines()) == 2


def test_nobody_else_finds_usage_and_wrong_addresses_are_nowhere(told: Told) -> None:
    nora, others = cast.login_of(told.bora.person), cast.eva("lessor")
    lines = reverse("desk:customer-usage", args=[told.bora.party.public_id])
    for address in (told.page("usage"), told.record(), told.page("usage-file"), lines):
        assert client(None, host=HOST).get(address).status_code == 302
        assert client(nora, host=HOST).get(address).status_code == 404
        assert client(others, host="lessor.localhost").get(address).status_code == 404
    waits, reason = told.waits(Reason.UNKNOWN_LINE), {"kind": "complaint", "words": "KL-2026-118"}
    disclose = reverse("desk:disclose", args=[waits.public_id])
    for address in (told.page("numbers"), disclose):
        assert client(None, host=HOST).post(address, reason).status_code == 302
        assert client(nora, host=HOST).post(address, reason).status_code == 404
    foreign = client(others, host="lessor.localhost")
    assert foreign.post(told.page("numbers"), reason).status_code == 404
    # of a record that is not there it says the same as of one that waits no more
    assert foreign.post(disclose, reason)["Location"] == reverse("desk:network")
    with acting_for(told.operator_id):
        assert not Disclosure.objects.exists()
    for address in (
        told.page("record", "0" * 16), told.page("usage").replace("2026-05", "2026-13"),
        told.page("usage").replace(told.line, "none"), reverse("desk:delivery", args=["none"]),
    ):  # fmt: skip
        assert told.browser().get(address).status_code == 404, address


HEADINGS = {
    "delivery": ("3 relevés sur 6 attendent", "3 van de 6 berichten wachten"),
    "suspended": ("Ce relevé attend : un nombre est négatif", "Dit bericht wacht: een getal is negatief"),
    "lines": ("mai 2026 : 1 ligne", "mei 2026: 1 lijn"),
    "usage": ("mai 2026 : 2 relevés", "mei 2026: 2 registraties"),
    "limits": ("Ce que le 0470 65 43 21 peut coûter", "Wat 0470 65 43 21 mag kosten"),
    "record": ("Appels internationaux, dimanche 3 mai 2026 à 9 h 15", "Internationale gesprekken, zondag 3 mei 2026"),
}


@pytest.mark.parametrize(("width", "language", "dark"), LIGHT_AND_DARK)
def test_every_page_of_usage_reads_well(told: Told, open_page: OpenPage, width: int, language: str, dark: bool) -> None:
    visit = open_page("fleet", width=width, language=language, dark=dark)
    visit.sign_in("eva@example.org", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    visit.speak(language)
    pages = {
        "delivery": reverse("desk:delivery", args=[told.file.public_id]),
        "suspended": reverse("desk:suspended", args=[told.waits(Reason.NEGATIVE_NUMBER).public_id]),
        "lines": reverse("desk:customer-usage", args=[told.bora.party.public_id]) + "?month=2026-05",
        "usage": told.page("usage"), "limits": reverse("desk:limits", args=[told.line]), "record": told.record(),
    }  # fmt: skip
    for name, path in pages.items():
        visit.reads_well(path, HEADINGS[name][("fr", "nl").index(language)])
