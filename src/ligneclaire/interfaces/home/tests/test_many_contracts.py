"""The first page and "My offer" of a customer with many contracts: sums, a list to search, one in full."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from django.test import Client
from tests import cast

from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.journeys.customer_pages import FEW

pytestmark = pytest.mark.usefixtures("database")
LINES = [f"+3247011220{number}" for number in range(FEW)]


def signed_in(owner: cast.Customer, language: str = "en") -> Client:
    with owner.acting():
        login = owner.person.login or cast.login_of(owner.person)
        client = Client(HTTP_HOST=owner.operator.host)
        client.force_login(login, "allauth.account.auth_backends.AuthenticationBackend")
    client.cookies["language"] = language
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    words = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(words.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_many_contracts_are_summed_by_plan_and_a_few_are_shown_each() -> None:
    bora = cast.bora_mobile()
    nora = signed_in(bora)
    for line in LINES[:-1]:
        cast.mobile_line(bora, line)
    few = text(nora, "/offer/")
    assert few.count("If you left") == FEW
    assert "by plan" not in text(nora, "/")
    cast.mobile_line(bora, LINES[-1])
    first = text(nora, "/")
    assert "7 contracts, by plan" in first
    assert "Vlinder 25 GB 7 €175.00 without VAT" in first
    assert "To the fleet of Bora NV" in first
    assert "if nothing changes until then" not in first
    worked_out = text(nora, "/?ahead=1")
    assert "if nothing changes until then" in worked_out
    assert re.search(r"\d+ × Vlinder 25 GB", worked_out)  # one line for what is due of each month
    offer = text(nora, "/offer/")
    assert "7 contracts, €175.00 each month" in offer
    assert "If you left" not in offer
    assert nora.post("/fleet/enter", {"company": bora.party.public_id})["Location"] == "/fleet/"


def test_one_of_many_is_found_by_its_number_and_opens_in_full() -> None:
    bora = cast.bora_mobile()
    nora = signed_in(bora, "nl")
    for line in LINES:
        contract = cast.mobile_line(bora, line)
    found = text(nora, "/offer/?number=0470+11+22+05")
    assert "1 contract, op nummer" in found
    assert "0470 11 22 05" in found
    assert "0470 11 22 04" not in found
    assert "Geen enkel contract heeft zo’n nummer" in text(nora, "/offer/?number=0999")
    assert f'href="/offer/{contract.public_id}/"' in nora.get("/offer/?number=112205").content.decode()
    assert "Als u vertrekt" in text(nora, f"/offer/{contract.public_id}/")
    anna = cast.household("S1", "Anna", "Roche", operator_code="fleet", offer_code="vlinder-25", method="transfer",
                          line="+32470110022")  # fmt: skip
    stranger = signed_in(anna)
    assert stranger.get(f"/offer/{contract.public_id}/").status_code == 404
    assert text(stranger, f"/offer/{anna.contract.public_id}/").count("If you left") == 1


def test_contracts_that_all_ended_are_still_found_and_not_summed() -> None:
    bora = cast.bora_mobile()
    ended = [bora.contract, *(cast.mobile_line(bora, line) for line in LINES)]
    on = date(2026, 6, 10)
    for contract in ended:
        contracts.terminate(
            contract=contract, received_on=on, wanted_on=on, channel="letter", requester=None, at=cast.moment(on),
            actor=cast.ACTOR,
        )  # fmt: skip
    nora = signed_in(bora)
    offer = text(nora, "/offer/")
    assert "No contract runs any more" in offer
    assert "7 contracts, by number" in offer
    assert "0 contracts" not in offer
    assert "by plan" not in offer
    nora.cookies["language"] = "nl"
    assert "Geen enkel contract loopt nog" in text(nora, "/offer/")
