"""What a customer says of his limits by telephone is written down with its reason, for who has the say."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests import cast, using
from tests.using import Bram

from ligneclaire.domains.access.models import StaffRole
from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.lines.models import Control
from ligneclaire.interfaces.desk.tests.scene import client

pytestmark = pytest.mark.usefixtures("database")
HOST = "fleet.localhost"
SAID = {"channel": "telephone", "why": "Bram called, he is in Geneva"}


def path(bram: Bram) -> str:
    with bram.company.acting():
        return reverse("desk:limits", args=[bram.company.contract.line.public_id])


def desk() -> Client:
    return client(cast.eva("fleet"), "en", HOST)


@pytest.mark.rule("W-22", "FMP-11")
def test_the_desk_writes_down_what_is_said_with_its_reason() -> None:
    bram = using.bram()
    eva = desk()
    for_user = f"{path(bram)}?for=user"
    assert eva.get(for_user).status_code == 200
    assert eva.post(for_user, {"do": "agree:roaming-eu:month", "channel": "telephone", "why": ""}).status_code == 422
    assert eva.post(for_user, {"do": "agree:roaming-eu:month", **SAID}).status_code == 302
    assert "Bram called, he is in Geneva" in eva.get(for_user).content.decode()
    # opened for the company it shows nothing of the user's, and what he said is not there
    assert "Geneva" not in eva.get(path(bram)).content.decode()
    assert eva.post(path(bram), {"do": "agree:roaming-eu:month", **SAID}).status_code == 422
    with bram.company.acting():
        looks = AuditEntry.objects.filter(act="see_usage").order_by("pk").values_list("detail", flat=True)
        assert [(one["what"], one["for"]) for one in looks] == [
            ("limits", "user"), ("limits", "user"), ("limits", "user"), ("limits", "payer"), ("limits", "payer"),
        ]  # fmt: skip
        one = Control.objects.get()
        assert (one.side, one.channel, one.why, one.person_id) == (
            "user", "telephone", "Bram called, he is in Geneva", bram.person.pk,
        )  # fmt: skip
        assert one.actor.startswith("login:")


def test_a_company_that_pays_all_has_the_say() -> None:
    bram = using.bram(contribution=None)
    eva = desk()
    assert eva.post(path(bram), {"do": "cap", "amount": "25.00", "stops": "yes", **SAID}).status_code == 302
    assert eva.post(f"{path(bram)}?for=user", {"do": "lift", **SAID}).status_code == 422
    with bram.company.acting():
        assert [(one.side, str(one.amount)) for one in Control.objects.all()] == [("company", "25.00")]
    assert eva.post(path(bram), {"do": "cap", "amount": "0", "stops": "yes", **SAID}).status_code == 302
    assert "A limit of €0.00 that stops" in eva.get(path(bram)).content.decode()


@pytest.mark.rule("FMP-11")
def test_only_staff_of_the_operator_reads_it_and_only_agents_act() -> None:
    bram = using.bram()
    with bram.company.acting():
        his, eva = cast.login_of(bram.person), cast.eva("fleet")
        StaffRole.objects.filter(login=eva).exclude(role="policy").delete()
    others = client(cast.eva("lessor"), host="lessor.localhost")
    act = {"do": "block:line", **SAID}
    for address in (path(bram), f"{path(bram)}?for=user"):
        for browser, status in ((client(his, host=HOST), 404), (client(None, host=HOST), 302), (others, 404)):
            assert browser.get(address).status_code == status, address
            assert browser.post(address, act).status_code == status, address
        assert client(eva, host=HOST).post(address, act).status_code == 403, address
    with bram.company.acting():
        assert not Control.objects.exists()
