"""What the tests of the desk share: a small operator with two billed months, a dispute, and records that wait."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.test import Client
from tests import cast

from ligneclaire.domains.access.models import Login
from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.models import BillRun, Dispute, Invoice, InvoiceLine
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import LegalEntity
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import queries
from ligneclaire.domains.usage.models import IntakeFile, Suspended
from ligneclaire.kernel.scope import Scope

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
HOST = "rural.localhost"
UNKNOWN = """Mon Jul  6 10:41:00 2026
\tUser-Name = "nobody@hauteligne.example"
\tAcct-Status-Type = Start
\tAcct-Session-Id = "9c01"
\tNAS-IP-Address = 10.0.0.1
\tEvent-Timestamp = "Jul  6 2026 10:40:58 CEST"
\tTimestamp = 1783327260

"""


@dataclass(frozen=True)
class Scene:
    """Anna with her invoice, a neighbour, the staff, and what waits."""

    anna: cast.Customer
    eva: Login
    lien: Login
    run: BillRun
    invoice: Invoice
    dispute: Dispute

    @property
    def operator_id(self) -> int:
        return self.anna.operator.pk


def bill(operator_id: int, month: date, starter: Login, releaser: Login | None) -> BillRun:
    """Start and draft a month; release it when there is a second person."""
    at = cast.moment(month.replace(day=2), 9)
    with acting_for(operator_id):
        entity = LegalEntity.objects.get(operator_id=operator_id)
    run = billing.start_run(
        operator_id=operator_id, legal_entity_id=entity.pk, month=month, as_of=at, bill_on=month.replace(day=2), at=at,
        actor=f"login:{starter.public_id}",
    )  # fmt: skip
    run = billing.draft(run=run, at=at)
    return billing.release(run=run, at=at, actor=f"login:{releaser.public_id}") if releaser else run


def scene(*, disputed_at: datetime | None = None) -> Scene:
    """July released, Anna disputes the activation, one record of the network is of nobody."""
    anna = cast.anna()
    neighbour = cast.household("H2", "Luc", "Martin")
    contracts.record_kit_received(
        contract=neighbour.contract,
        on=date(2026, 6, 8),
        at=cast.moment(date(2026, 6, 8)),
        actor=cast.ACTOR,
        source="1",
    )
    contracts.record_connection(
        contract=neighbour.contract, connected_at=cast.moment(date(2026, 6, 10)), at=cast.moment(date(2026, 6, 10)),
        actor=cast.ACTOR, source="RADIUS 8f20",
    )  # fmt: skip
    cast.household("H3", "Nina", "Vidal", signed_on=date(2026, 6, 20))
    eva, lien = cast.eva(), cast.lien()
    operator_id = anna.operator.pk
    run = bill(operator_id, JULY, eva, lien)
    at = disputed_at or cast.moment(date(2026, 7, 6))
    with acting_for(operator_id):
        invoice = Invoice.objects.get(run=run, account=anna.account)
        line = InvoiceLine.objects.get(invoice=invoice, code="activation")
    dispute = billing.dispute_line(
        line=line, words="Cette mise en service devait être offerte.", requester=anna.person, at=at, actor="person:x"
    )
    usage.take_in_detail_file(
        operator_id=operator_id, name="detail-20260706", stream=io.BytesIO(UNKNOWN.encode()),
        at=at + timedelta(hours=1), actor=cast.ACTOR,
    )  # fmt: skip
    return Scene(anna, eva, lien, run, invoice, dispute)


@dataclass(frozen=True)
class Waits:
    """The record that waits, under every name that addresses have for it; Eva asks to give it up."""

    suspended: str
    file: str
    group: str
    write_off: str


def waits(known: Scene) -> Waits:
    """What the network delivered of nobody."""
    with acting_for(known.operator_id):
        record, file = Suspended.objects.get().public_id, IntakeFile.objects.get().public_id
        (group,) = queries.groups(Scope.staff(known.operator_id))
    asked = usage.ask_write_off(
        operator_id=known.operator_id, of=record, why="Un essai du serveur d’accès.",
        at=cast.moment(date(2026, 7, 7)), actor=f"login:{known.eva.public_id}",
    )  # fmt: skip
    return Waits(record, file, group.name, asked.public_id)


def client(login: Login | None, language: str = "en", host: str = HOST) -> Client:
    """A browser without a screen, signed in as somebody of the operator."""
    found = Client(HTTP_HOST=host, HTTP_ACCEPT_LANGUAGE=language)
    found.cookies["language"] = language
    if login is not None:
        with acting_for(login.operator_id):
            found.force_login(login)
    return found
