"""Anna's router connects; FreeRADIUS writes it down; that moment is why her first invoice begins when it does."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client

from ligneclaire.domains.billing.models import Invoice, InvoiceLine
from ligneclaire.domains.billing.tests import runs
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.usage import operations as usage
from ligneclaire.journeys.first_connection import record_first_connections
from tests import cast
from tests.free_radius import FreeRadius

CONNECTED = datetime(2026, 6, 12, 8, 41, tzinfo=UTC)  # 10:41 in Felletin
TAKEN_IN = datetime(2026, 6, 13, 4, 0, tzinfo=UTC)


@pytest.mark.rule("BIL-01", "BIL-03")
@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris"])  # the server writes local times, with their zone
def test_first_connection_to_first_invoice(database: None, tmp_path: Path, zone: str) -> None:
    nonce = secrets.token_hex(8)
    line = f"anna.{nonce}@hauteligne.example"
    anna = cast.household(line=line)
    with FreeRadius(tmp_path / "radius", zone=zone) as server:
        server.send(start(line, nonce), stop(line, nonce))
        written = server.detail.read_text()
        assert server.is_ours()
        assert f'User-Name = "{line}"' in written
        with server.detail.open("rb") as stream:
            file = usage.take_in_detail_file(
                operator_id=anna.operator.pk, name=server.detail.name, stream=stream, at=TAKEN_IN, actor=cast.ACTOR
            )
    assert (file.records, file.kept, file.duplicates, file.suspended) == (2, 2, 0, 0)
    connected = record_first_connections(operator_id=anna.operator.pk, at=TAKEN_IN, actor=cast.ACTOR)
    assert connected == [anna.contract.public_id]
    with anna.acting():
        contract = Contract.objects.get(pk=anna.contract.pk)
        assert (contract.connected_at, contract.connected_source) == (CONNECTED, f"RADIUS {nonce}")
        assert contract.service_from == date(2026, 6, 12)

    runs.bill(anna.operator, runs.JULY)
    with anna.acting():
        invoice = Invoice.objects.get(account=anna.account)
        lines = InvoiceLine.objects.filter(invoice=invoice).order_by("position").values_list("code", "amount")
        # 12 to 30 June are 19 of 30 days: 29.90 x 19/30 = 18.94
        assert [(code, str(amount)) for code, amount in lines] == [
            ("activation", "39.00"),
            ("pro-rata", "18.94"),
            ("month", "29.90"),
        ]
        assert str(invoice.total) == "87.84"
    page = page_of(anna, f"/invoices/{invoice.public_id}/")
    assert "87,84" in page
    assert f"RADIUS {nonce}" in page
    assert "12 juin 2026" in page


def page_of(anna: cast.Customer, address: str) -> str:
    """A page as Anna sees it after she signed in."""
    cast.login_of(anna.person)
    browser = Client(HTTP_HOST=anna.operator.host)
    answer = browser.post("/sign-in/", {"login": anna.person.email, "password": cast.PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    page = browser.get(address)
    assert page.status_code == 200
    return str(page.content.decode())


def start(line: str, session: str) -> dict[str, object]:
    return {
        "User-Name": line,
        "Acct-Status-Type": "Start",
        "Acct-Session-Id": session,
        "NAS-IP-Address": "192.0.2.1",
        "Event-Timestamp": int(CONNECTED.timestamp()),
    }


def stop(line: str, session: str) -> dict[str, object]:
    seconds = 26_040
    return {
        **start(line, session),
        "Acct-Status-Type": "Stop",
        "Event-Timestamp": int(CONNECTED.timestamp()) + seconds,
        "Acct-Session-Time": seconds,
        "Acct-Output-Octets": 7,
        "Acct-Output-Gigawords": 1,
    }
