"""Every page of the desk: staff of the operator may read it; a customer, a stranger and other staff find nothing."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests import cast

from ligneclaire.domains.billing.models import BillRun, Invoice
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import LegalEntity
from ligneclaire.domains.rulebook.models import PolicyVersion
from ligneclaire.interfaces.desk.tests.scene import AUGUST, Scene, bill, client, scene, waits
from ligneclaire.interfaces.desk.urls import urlpatterns

pytestmark = pytest.mark.usefixtures("database")
KEY = "accounts.debit"
POSTS = {"kit", "add-option", "remove-option", "release", "redraft", "go-on", "discard", "policy-publish", "retry",
         "mend", "activate", "mend-group", "retry-group", "give-up"}  # fmt: skip
ELSEWHERE = {  # test_usage_pages.py, test_limits.py, test_plans_page.py, test_correction_page.py
    "correction", "customer-usage", "disclose", "limits", "numbers", "plans", "plans-csv", "record", "usage",
    "usage-file",
}  # fmt: skip


def addresses(known: Scene) -> dict[str, str]:
    """Every address of the desk, by name, on things that exist."""
    found = waits(known)
    ids: dict[str, list[str]] = {
        "today": [], "customers": [], "runs": [], "policies": [], "network": [], "retry": [],
        "write-off": [found.write_off],
        **{name: [found.group] for name in ("waiting", "mend-group", "retry-group", "give-up")},
        "payment": [known.anna.account.public_id],
        **{name: [known.invoice.public_id] for name in ("invoice", "invoice-pdf", "credit")},
        "activate": [known.anna.party.public_id, known.anna.person.public_id],
        "promise": [known.dispute.promise.public_id], "suspended": [found.suspended],
        "mend": [found.suspended], "delivery": [found.file],
        "draft": [known.run.public_id, known.anna.account.public_id], "customer": [known.anna.party.public_id],
    }  # fmt: skip
    ids |= {name: [known.anna.contract.public_id] for name in ("contract", "kit", "add-option", "remove-option", "end")}
    ids |= {name: [known.run.public_id] for name in ("run", "release", "redraft", "go-on", "discard", "drafts")}
    ids |= {name: [KEY] for name in ("policy", "policy-try", "policy-publish")}
    names = [pattern.name for pattern in urlpatterns if pattern.name not in ELSEWHERE]
    return {name: reverse(f"desk:{name}", args=ids[name]) for name in names}


def ask(browser, name: str, address: str):
    return browser.post(address) if name in POSTS else browser.get(address)


def test_staff_read_every_page_in_every_language() -> None:
    known = scene()
    pages = addresses(known)
    for language in ("en", "fr", "nl"):
        browser = client(known.eva, language)
        for name, address in pages.items():
            if name in POSTS:
                continue
            answer = ask(browser, name, address)
            assert answer.status_code == (422 if name == "policy-try" else 200), (name, answer.status_code)
            if name != "invoice-pdf":
                assert f'<html lang="{language}"' in answer.content.decode(), name


def test_nobody_else_finds_them() -> None:
    known = scene()
    anna = cast.login_of(known.anna.person)
    others_eva = cast.eva("lessor")
    for name, address in addresses(known).items():
        stranger = ask(client(None), name, address)
        assert (stranger.status_code, stranger.headers["Location"][:9]) == (302, "/sign-in/"), name
        assert ask(client(anna), name, address).status_code == 404, name
        foreign = ask(client(others_eva, host="lessor.localhost"), name, address)
        its_own = {
            "today",
            "customers",
            "runs",
            "policies",
            "network",
            "policy",
            "policy-try",
            "policy-publish",
            "retry",
            "waiting",
            "mend-group",
            "retry-group",
            "give-up",
        }
        assert foreign.status_code in ((200, 302, 422) if name in its_own else (404,)), (name, foreign.status_code)


def test_a_session_of_another_operator_is_no_session_here() -> None:
    known = scene()
    others_eva = cast.eva("lessor")
    browser = client(others_eva, host="lessor.localhost")
    assert browser.get("/desk/").status_code == 200
    answer = browser.get("/desk/", HTTP_HOST="rural.localhost")
    assert (answer.status_code, answer.headers["Location"][:9]) == (302, "/sign-in/")
    assert known.eva.email == others_eva.email


def test_every_act_asks_for_its_role_itself() -> None:
    known = scene()
    with acting_for(known.operator_id):
        entity = LegalEntity.objects.get(operator_id=known.operator_id).code
    refused = {  # Lien is agent and releases: neither billing nor policies
        reverse("desk:policy-publish", args=[KEY]): {
            "debit_day": "6", "notice_days": "3", "effective_from": "2099-01-01", "reason": "tried"
        },
        reverse("desk:credit", args=[known.invoice.public_id]): {"what": "whole", "reason": "une erreur"},
        reverse("desk:runs"): {"entity": entity, "month": "2026-08", "bill_on": "2026-08-02"},
    }  # fmt: skip
    lien = client(known.lien)
    for address, data in refused.items():
        answer = lien.post(address, data)
        assert (answer.status_code, "Nothing was changed." in answer.content.decode()) == (403, True), address
    run = bill(known.operator_id, AUGUST, known.eva, None)
    for act in ("discard", "go-on"):
        assert lien.post(reverse(f"desk:{act}", args=[run.public_id])).status_code in (302, 403)
    answer = client(known.eva).post(reverse("desk:release", args=[run.public_id]))
    assert answer.status_code == 403
    assert "second person" in answer.content.decode()
    with acting_for(known.operator_id):
        assert BillRun.objects.get(pk=run.pk).state == "ready"
        assert Invoice.objects.filter(credits__isnull=False).count() == 0
        assert not PolicyVersion.objects.filter(effective_from__year=2099).exists()


def test_who_started_a_run_does_not_take_up_its_release() -> None:
    known = scene()
    run = bill(known.operator_id, AUGUST, known.lien, None)
    with acting_for(known.operator_id):
        BillRun.objects.filter(pk=run.pk).update(state="releasing")
    answer = client(known.lien).post(reverse("desk:go-on", args=[run.public_id]))
    assert (answer.status_code, "somebody else releases it" in answer.content.decode()) == (409, True)
