"""Ways to leave and to stay: by letter, with equipment to return, after the commitment; and every bill stays there."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from ligneclaire.domains.billing.models import Charge, Invoice, InvoiceLine
from ligneclaire.domains.billing.tests.runs import bill
from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts import refusals
from ligneclaire.domains.contracts.models import Contract, ContractEvent
from ligneclaire.domains.outbox.models import Message
from ligneclaire.domains.payments import operations as payments
from ligneclaire.domains.promises.models import Promise, PromiseStep
from ligneclaire.journeys import leave, send_messages
from ligneclaire.kernel.money import Money
from tests import cast
from tests.postbox import Postbox, open_postbox

pytestmark = pytest.mark.usefixtures("database")
RECEIVED = date(2026, 9, 1)


def _leave(who: cast.Customer, recorded_on: date = RECEIVED, **more) -> leave.Left:
    given = {"received_on": RECEIVED, "wanted_on": None, "channel": "online", **more}
    return leave.leave(
        contract=who.contract, requester=who.person, at=cast.moment(recorded_on), actor="person:anna", **given
    )


@pytest.mark.rule("CON-05", "L-FR-02", "C4")
def test_a_registered_letter_counts_from_its_receipt_not_from_its_recording() -> None:
    anna = cast.anna()
    left = _leave(anna, date(2026, 9, 8), channel="registered-letter")
    assert left.quote.last_day == date(2026, 9, 11)  # 1 September + 10 days, though written down on the 8th
    with anna.acting():
        event = ContractEvent.objects.get(kind="terminated")
        assert (event.on, event.detail["channel"]) == (RECEIVED, "registered-letter")
        assert left.termination.received_on == RECEIVED
        assert Contract.objects.get().last_day == date(2026, 9, 11)


@pytest.mark.rule("CON-05", "L-BE-01")
@pytest.mark.parametrize("channel", ["online", "form", "registered-letter", "letter", "telephone"])
def test_every_way_of_ending_ends_on_the_same_day(channel: str) -> None:
    bora = cast.bora()
    left = _leave(bora, channel=channel)
    assert left.quote.last_day == RECEIVED
    with bora.acting():
        assert ContractEvent.objects.get(kind="terminated").detail["channel"] == channel


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"channel": "pigeon"}, refusals.WrongChannel),
        ({"received_on": date(2026, 9, 2)}, refusals.InTheFuture),
        ({"wanted_on": date(2028, 9, 2)}, refusals.TooFarAhead),
        ({"wanted_on": date.max}, refusals.TooFarAhead),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_written(more: dict, refusal: type[Exception]) -> None:
    anna = cast.anna()
    with pytest.raises(refusal):
        _leave(anna, **more)
    with anna.acting():
        assert Contract.objects.get().last_day is None
        assert [model.objects.count() for model in (Promise, Charge, Message)] == [0, 0, 0]


@pytest.mark.rule("CON-04", "L-FR-04", "RET-01", "RET-04")
def test_the_acknowledgement_tells_the_day_the_cost_and_the_way_of_the_equipment(settings: Any) -> None:
    anna = cast.anna()
    left = _leave(anna, words="Je pars vivre à Lisbonne.")
    with anna.acting():
        message = Message.objects.get()
        assert (message.template, message.recipient, message.language) == (
            "termination-received", "anna@example.org", "fr",
        )  # fmt: skip
        assert message.params == {
            "promise": left.termination.promise.public_id,
            "number": anna.contract.number,
            "received_on": "2026-09-01",
            "last_day": "2026-09-11",
            "amount": "318.10",  # 9 of 12 months at 29.90, and the fee of 49.00
            "prices": "inclusive",
            "return_by": "2026-10-11",  # 30 days after the last day
            "reference": f"RM-{anna.contract.number}",
        }
        assert Money.of(sum(one.amount for one in Charge.objects.all())) == Money.of("318.10")
        assert PromiseStep.objects.get(code="asked").words == "Je pars vivre à Lisbonne."
    with open_postbox(Postbox()) as (box, address):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", urlsplit(address).port
        assert send_messages.send_due(operator_id=anna.operator.pk, at=cast.moment(RECEIVED, 11)) == 1
    (mail,) = box.taken
    said = " ".join(mail.get_body(("plain",)).get_content().replace("\u00a0", " ").split())
    for words in ("11 septembre 2026", "318,10 €", "11 octobre 2026", f"RM-{anna.contract.number}", "/requests/"):
        assert words in said, words


@pytest.mark.rule("CON-04")
def test_who_never_got_equipment_returns_none_and_pays_nothing() -> None:
    anna = cast.anna(kit_on=None, connected_at=None)
    _leave(anna)
    with anna.acting():
        params = Message.objects.get().params
    assert (params["amount"], params["return_by"], params["reference"]) == ("0.00", "", "")


def _veteran() -> cast.Customer:
    """Anna as of a year earlier: 12 months of commitment from 12 June 2025, so to 11 June 2026."""
    return cast.anna(
        signed_on=date(2025, 6, 3),
        kit_on=date(2025, 6, 9),
        connected_at=cast.moment(date(2025, 6, 12)),
    )


@pytest.mark.rule("CON-03")
def test_after_the_commitment_the_customer_stays_at_the_same_price_and_leaves_for_the_fee() -> None:
    anna = _veteran()
    for month in (5, 6, 7, 8):
        bill(anna.operator, date(2026, month, 1))
    with anna.acting():
        billed = {
            month: [
                (one.code, str(Money.of(one.amount)))
                for one in InvoiceLine.objects.filter(invoice__month=date(2026, month, 1)).order_by("position")
            ]
            for month in (6, 7, 8)
        }
        # June holds the last committed days, July and August come after them
        assert (
            billed[7] == billed[8] == billed[6] == [("month", "27.90")]
        )  # as signed, though the offer costs 29.90 since 2026
        on, at = date(2026, 8, 20), cast.moment(date(2026, 8, 20))
        offer = contracts.offer_view(anna.scope, anna.contract.public_id, on, at)
        assert (offer.free_since, offer.contract.last_day) == (date(2026, 6, 12), None)
        assert (offer.leaving_today.indemnity, offer.leaving_today.amount) == (Money.of("0.00"), Money.of("49.00"))
        bound = contracts.offer_view(anna.scope, anna.contract.public_id, date(2026, 6, 11), at)
        assert bound.free_since is None
    left = _leave(anna)
    assert (left.quote.indemnity, left.quote.amount) == (Money.of("0.00"), Money.of("49.00"))
    assert [one.value for one in left.quote.in_all][-2:] == ["0.00", "49.00"]  # the steps end with what is due
    with anna.acting():
        assert [str(Money.of(one.amount)) for one in Charge.objects.all()] == ["49.00"]


@pytest.mark.rule("BIL-06")
def test_every_earlier_invoice_is_listed_and_its_paper_stays_the_same() -> None:
    anna = cast.anna()
    cast.login_of(anna.person)
    for month in (7, 8, 9):
        bill(anna.operator, date(2026, month, 1))
    with anna.acting():
        rows = list(Invoice.objects.order_by("issued_on"))
    client = Client(HTTP_HOST="rural.localhost")
    client.post("/sign-in/", {"login": "anna@example.org", "password": cast.PASSWORD})
    listed = client.get("/invoices/").content.decode()
    assert len(rows) == 3
    assert [row.number for row in rows if row.number not in listed or f"/invoices/{row.public_id}/" not in listed] == []
    papers = [_paper(client, row) for row in rows]
    assert len(set(papers)) == 3
    payments.record_payment(
        operator_id=anna.operator.pk, received_on=date(2026, 9, 5), amount=Money.of("10.00"), currency="EUR",
        method="transfer", reference="BANK-1", account=anna.account, at=cast.moment(date(2026, 9, 5)), actor="eva",
    )  # fmt: skip
    _leave(anna, date(2026, 9, 8))
    assert [_paper(client, row) for row in rows] == papers


def _paper(client: Client, row: Invoice) -> bytes:
    answer = client.get(f"/invoices/{row.public_id}/pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return bytes(answer.content)
