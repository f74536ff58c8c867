"""What waits as a workplace: groups with their age, a change shown before it is made, giving up by two people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests import cast
from tests.browser import LIGHT_AND_DARK, OpenPage
from tests.full_disk import no_file_over

from ligneclaire.domains.access.models import Login, StaffRole
from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.billing import queries as billing
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import queries
from ligneclaire.domains.usage.models import Suspended, WriteOff
from ligneclaire.interfaces.desk.tests.scene import client
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
HOST = "fleet.localhost"
AT = datetime(2026, 5, 20, 6, tzinfo=UTC)
LINE, CALLED = "32470654321", "33123456789"
HEADING = "source,id,line,service,direction,other,start,quantity,visited,amount\n"


def row(number: int, line: str = LINE, visited: str = "", quantity: int = 61) -> str:
    return f"msc1,{number},{line},voice,out,{CALLED},2026-05-03T{number:02}:15:00+02:00,{quantity},{visited},"


ROWS = [row(1), *(row(n, visited="UK") for n in (2, 3, 4)), *(row(n, line="0470654321") for n in (5, 6)),
        row(7, line="32470999999", visited="UK"), row(8, quantity=-1)]  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """Bora's line, Eva and Lien at the desk, and a delivery of which seven records wait."""

    bora: cast.Customer
    eva: Login
    lien: Login

    @property
    def operator_id(self) -> int:
        return self.bora.operator.pk

    def browser(self, login: Login | None = None, language: str = "en") -> Client:
        return client(login or self.eva, language, HOST)

    def group(self, value: str) -> str:
        """The address of the group of a value, or of a file."""
        with acting_for(self.operator_id):
            found = queries.groups(Scope.staff(self.operator_id))
        return reverse("desk:waiting", args=[next(one.name for one in found if value in (one.alike.value, one.file))])

    def seen(self, address: str) -> str:
        """What a page of a group says that it showed."""
        return self.browser().get(address).context["found"].seen

    def waiting(self) -> int:
        with acting_for(self.operator_id):
            return Suspended.objects.filter(settled_at=None).count()

    def asked(self) -> str:
        """The address of the only write-off."""
        with acting_for(self.operator_id):
            return reverse("desk:write-off", args=[WriteOff.objects.get().public_id])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    bora, eva, lien = cast.bora_mobile(), cast.eva("fleet"), cast.lien("fleet")
    path = tmp_path / "may.csv"
    path.write_text(HEADING + "\n".join(ROWS) + "\n")
    usage.take_in_usage_file(operator_id=bora.operator.pk, path=path, at=AT, actor=cast.ACTOR)
    return Desk(bora, eva, lien)


def text(answer: object) -> str:
    return answer.content.decode().replace("\xa0", " ")  # type: ignore[attr-defined]


@pytest.mark.rule("W-43")
def test_what_waits_is_grouped_by_what_is_the_same_with_its_age(desk: Desk) -> None:
    page = text(desk.browser().get(reverse("desk:network")))
    assert "7 records of the network wait" in page
    assert "This country is not known: 4 records" in page
    assert page.index("This country is not known") < page.index("Nobody has this line")
    assert "Nobody has this line: 2 records" in page
    assert "<b>0470654321</b>" in page
    assert "file, quantity" in page
    assert "The oldest waits for " in page
    assert desk.group("UK") in page
    only = text(desk.browser().get(reverse("desk:network") + "?reason=unknown-line"))
    assert "This country is not known: 4 records" not in only
    assert "Show all reasons" in only


def test_a_change_is_shown_before_it_is_made_and_then_made_in_all(desk: Desk) -> None:
    browser, address = desk.browser(), desk.group("UK")
    page = text(browser.get(address))
    assert "4 records wait: this country is not known" in page
    assert CALLED not in page
    tried = text(browser.get(address, {"column": "visited", "value": "GB"}))
    assert "3 of 4 could be used" in tried
    assert "1 would still wait: nobody has this line" in tried
    assert "Change 4 records" in tried
    assert desk.waiting() == 7
    change = {"seen": desk.seen(address), "column": "visited", "value": "GB"}
    done = text(browser.post(f"{address}mend", change, follow=True))
    assert "3 records are kept now, 1 still waits." in done
    assert desk.waiting() == 4
    with acting_for(desk.operator_id):
        entry = AuditEntry.objects.get(act="mend_alike")
    assert (entry.actor, entry.detail["changed"]) == (f"login:{desk.eva.public_id}", ["visited"])
    assert "None of these records waits any more." in text(browser.get(address, follow=True))
    assert "None of these records waits any more." in text(browser.post(f"{address}mend", change, follow=True))


def test_an_unknown_number_is_mapped_to_a_line_whose_customer_is_named_first(desk: Desk) -> None:
    browser, address = desk.browser(), desk.group("0470654321")
    tried = text(browser.get(address, {"column": "line", "value": LINE}))
    assert "2 of 2 could be used" in tried
    assert "They become usage of the line <b>+32 470 65 43 21</b> of <b>Bora NV</b>." in tried
    assert "of the line" not in text(browser.get(address, {"column": "line", "value": "32470999998"}))
    change = {"seen": desk.seen(address), "column": "line", "value": LINE}
    assert "2 records are kept now, 0 still wait." in text(browser.post(f"{address}mend", change, follow=True))
    assert browser.post(f"{desk.group('UK')}mend", {**change, "column": "account"}).status_code == 422
    assert desk.waiting() == 5


def test_a_group_is_tried_again(desk: Desk) -> None:
    address = desk.group("0470654321")
    page = text(desk.browser().get(address))
    assert "2 records are tried again at once." in page
    said = text(desk.browser().post(f"{address}retry", {"seen": desk.seen(address)}, follow=True))
    assert "0 records are kept now, 2 still wait." in said
    assert "tried again at once. They" not in text(desk.browser().get(desk.group("UK")))


def test_what_still_waits_after_another_try_is_told_as_a_warning(desk: Desk) -> None:
    cast.mobile_line(desk.bora, "+32470999999")
    for address in (reverse("desk:retry"), f"{desk.group('0470654321')}retry"):
        seen = desk.seen(desk.group("0470654321"))
        told = desk.browser().post(address, {"seen": seen}, follow=True).context["messages"]
        assert [(one.level_tag, str(one)) for one in told] == [("warning", "0 records are kept now, 2 still wait.")]


def test_a_full_disk_is_told_and_what_waits_is_tried_again_later(desk: Desk, tmp_path: Path) -> None:
    late = "32470112233"
    path = tmp_path / "late.csv"
    path.write_text(HEADING + row(9, line=late) + "\n")
    usage.take_in_usage_file(operator_id=desk.operator_id, path=path, at=AT, actor=cast.ACTOR)
    cast.mobile_line(desk.bora, f"+{late}")
    address = desk.group(late)
    browser, seen = desk.browser(), {"seen": desk.seen(address)}
    for act in (f"{address}retry", reverse("desk:retry")):
        with no_file_over(100):
            answer = browser.post(act, seen, follow=True)
        assert "There is no room left for usage files." in text(answer)
    assert desk.waiting() == 8
    assert "1 record is kept now, 0 still wait." in text(browser.post(f"{address}retry", seen, follow=True))


@pytest.mark.rule("W-43", "RAT-15")
def test_one_asks_and_another_one_gives_up(desk: Desk) -> None:
    eva, lien, address = desk.browser(), desk.browser(desk.lien), desk.group("0470654321")
    seen = desk.seen(address)
    assert eva.post(f"{address}give-up", {"seen": seen, "reason": " "}).status_code == 422
    asked = text(eva.post(f"{address}give-up", {"seen": seen, "reason": "A test of the switch"}, follow=True))
    assert "You ask to give up 2 records" in asked
    assert "Write off 2 records" not in asked
    refused = text(eva.post(desk.asked(), {"decision": "confirm"}, follow=True))
    assert "You asked to write this off, so somebody else decides." in refused
    assert desk.waiting() == 7
    with acting_for(desk.operator_id):
        assert billing.open_suspense(desk.operator_id) == 7
    assert "A test of the switch" in text(lien.get(reverse("desk:network")))
    assert "1 write-off of them waits for a second person." in text(lien.get(reverse("desk:today")))
    assert "eva@example.org asks to give up 2 records" in text(lien.get(desk.asked()))
    assert "2 records are written off." in text(lien.post(desk.asked(), {"decision": "confirm"}, follow=True))
    with acting_for(desk.operator_id):
        assert billing.open_suspense(desk.operator_id) == 5
    kept = text(eva.get(desk.asked()))
    assert "2 records were given up" in kept
    assert kept.index("eva@example.org") < kept.index("lien@example.org")
    assert "Somebody decided on this write-off already." in text(
        lien.post(desk.asked(), {"decision": "confirm"}, follow=True)
    )


def test_nothing_is_given_up_by_who_did_not_say_so(desk: Desk) -> None:
    address = desk.group("0470654321")
    desk.browser().post(f"{address}give-up", {"seen": desk.seen(address), "reason": "A test of the switch"})
    lien = desk.browser(desk.lien)
    for said in ({}, {"decision": ""}, {"decision": "later"}, {"why": "I mend it."}):
        answer = lien.post(desk.asked(), said)
        assert (answer.status_code, desk.waiting()) == (422, 7), said
        assert "You are the second person" in text(answer), said


def test_the_desk_counts_all_write_offs_that_wait(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text(HEADING + "\n".join(row(n, line="32470112233") for n in range(10, 24)) + "\n")
    usage.take_in_usage_file(operator_id=desk.operator_id, path=path, at=AT, actor=cast.ACTOR)
    with acting_for(desk.operator_id):
        waiting = list(Suspended.objects.filter(settled_at=None).values_list("public_id", flat=True))
    for one in waiting:
        usage.ask_write_off(operator_id=desk.operator_id, of=one, why="A test.", at=AT, actor="login:eva")
    assert len(waiting) == 21
    told = "21 write-offs of them wait for a second person."
    assert told in text(desk.browser().get(reverse("desk:today")))


def test_a_colleague_refuses_with_a_reason(desk: Desk) -> None:
    wrong = desk.group("may.csv")
    desk.browser().post(f"{wrong}give-up", {"seen": desk.seen(wrong), "reason": "Rubbish"})
    lien, refusal = desk.browser(desk.lien), {"decision": "refuse", "why": "I mend it."}
    assert lien.post(desk.asked(), {**refusal, "why": ""}).status_code == 422
    assert "the records wait as before" in text(lien.post(desk.asked(), refusal, follow=True))
    assert desk.waiting() == 7
    page = text(desk.browser().get(desk.asked()))
    assert "1 record is not given up" in page
    assert "I mend it." in page
    assert "Ask to write off 1 record" in text(desk.browser().get(wrong))


def test_one_record_is_asked_to_be_given_up_on_its_own_page(desk: Desk) -> None:
    with acting_for(desk.operator_id):
        one = Suspended.objects.filter(reason="negative-number").get()
    address = reverse("desk:suspended", args=[one.public_id])
    assert "You ask to give up 1 record" in text(desk.browser().post(address, {"reason": "A test"}, follow=True))
    again = text(desk.browser().post(address, {"reason": "A test"}, follow=True))
    assert "somebody asked already" in again
    assert desk.waiting() == 7


def test_a_write_off_of_what_was_settled_meanwhile_is_nobodys_work(desk: Desk) -> None:
    address = desk.group("0470654321")
    change = {"seen": desk.seen(address), "column": "line", "value": LINE}
    desk.browser().post(f"{address}give-up", {"seen": change["seen"], "reason": "A test"})
    desk.browser(desk.lien).post(f"{address}mend", change)
    page = text(desk.browser(desk.lien).get(desk.asked()))
    assert "Nothing of this waits any more" in page
    assert "2 of the 2 were settled or changed since, and are left out." in page
    assert "You are the second person" not in page
    assert "A second person decides" not in text(desk.browser().get(reverse("desk:network")))


def test_nobody_without_the_role_acts(desk: Desk) -> None:
    address = desk.group("UK")
    seen = desk.seen(address)
    with acting_for(desk.operator_id):
        StaffRole.objects.filter(login=desk.eva).exclude(role="policy").delete()
    browser = desk.browser()
    acts = {"mend": {"column": "visited", "value": "GB"}, "retry": {}, "give-up": {"reason": "A test"}}
    for act, data in acts.items():
        assert browser.post(f"{address}{act}", {"seen": seen, **data}).status_code == 403, act
    assert desk.waiting() == 7


def test_all_is_well_when_nothing_waits(desk: Desk) -> None:
    with acting_for(desk.operator_id):
        groups = queries.groups(Scope.staff(desk.operator_id))
    for one in groups:
        asked = usage.ask_write_off(operator_id=desk.operator_id, of=one.alike, why="A test.", at=AT, actor="eva")
        usage.confirm_write_off(operator_id=desk.operator_id, public_id=asked.public_id, at=AT, actor="lien")
    page = text(desk.browser().get(reverse("desk:network")))
    assert "Every record of the network is accounted for" in page
    assert "All is well" in page
    assert "No record waits, so no bill run leaves any out." in page
    assert "4 records given up" in page


HEADINGS = {
    "network": ("7 relevés du réseau attendent", "7 netwerkberichten wachten"),
    "group": ("4 relevés attendent : ce pays est inconnu", "4 berichten wachten: dit land is onbekend"),
    "trial": ("2 relevés attendent : personne n’a cette ligne", "2 berichten wachten: niemand heeft deze lijn"),
    "asked": ("lien@example.org demande d’abandonner 1 relevé", "lien@example.org vraagt om 1 bericht af te schrijven"),
}


@pytest.mark.parametrize(("width", "language", "dark"), LIGHT_AND_DARK)
def test_every_page_of_the_workplace_reads_well(
    desk: Desk, open_page: OpenPage, width: int, language: str, dark: bool
) -> None:
    with acting_for(desk.operator_id):
        wrong = Suspended.objects.filter(reason="negative-number").get().public_id
    actor = f"login:{desk.lien.public_id}"
    usage.ask_write_off(operator_id=desk.operator_id, of=wrong, why="Un essai.", at=AT, actor=actor)
    visit = open_page("fleet", width=width, language=language, dark=dark)
    visit.sign_in("eva@example.org", cast.PASSWORD)
    visit.page.wait_for_selector(".me")
    visit.speak(language)
    pages = {
        "network": reverse("desk:network"), "group": desk.group("UK"), "asked": desk.asked(),
        "trial": f"{desk.group('0470654321')}?column=line&value={LINE}",
    }  # fmt: skip
    for name, path in pages.items():
        visit.reads_well(path, HEADINGS[name][("fr", "nl").index(language)])
