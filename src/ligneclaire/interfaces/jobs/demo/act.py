"""Doing the events of the demo: each by the operation, journey or intake that a real operator would use."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.models import BillRun, Invoice, InvoiceLine
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers.models import PartyRole, Person
from ligneclaire.domains.ledger import queries as ledger
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import LegalEntity, Operator
from ligneclaire.domains.payments import operations as payments
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.operations import rating
from ligneclaire.interfaces.jobs.demo import network
from ligneclaire.interfaces.jobs.demo.plan import Event
from ligneclaire.journeys import first_connection, leave
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope

ACTOR = "command:demo"


class Stage:
    """One operator while its year is played. Keeps what the network has reported and nobody has taken in yet."""

    def __init__(self, operator: Operator, seed: int, played: set[str]) -> None:
        self.operator = operator
        self.played = played
        self.entity = LegalEntity.objects.get(operator=operator)
        self.seed = seed
        self.scope = Scope.staff(operator.pk)
        self.detail: list[str] = []

    def play(self, event: Event) -> None:
        """Do one event in one transaction; a bill run has its own. Whatever it raises stops the demo."""
        act: Callable[[Event], None] = getattr(self, event.act)
        if event.act == "bill":
            act(event)
            return
        with acting_for(self.operator.pk):
            act(event)

    def remember(self, event: Event) -> None:
        """Go past an event that was played before an interruption: what the network reported since waits again."""
        if event.act == "connect":
            self.connect(event)
        elif event.act == "take_in_network":
            self.detail = []

    def sign_household(self, event: Event) -> None:
        detail, on, at = event.detail or {}, event.at.date(), event.at
        who = detail["who"]
        party = customers.register_household(
            operator_id=self.operator.pk, number=who.number, given_name=who.given_name, family_name=who.family_name,
            email=who.email, phone=who.phone, language="fr", street=who.street, postcode=who.postcode, city=who.city,
            country="FR", on=on, at=at, actor=ACTOR,
        )  # fmt: skip
        account = accounts.open_account(party=party, on=on, at=at, actor=ACTOR)
        signed: dict[str, Any] = {
            "iban": who.iban, "holder": f"{who.given_name} {who.family_name}", "mandate_reference": f"M{who.number}",
            "mandate_signed_on": on, "notice_days_agreed": 3,
        }  # fmt: skip
        more = signed if detail["method"] == "direct-debit" else {}
        accounts.agree_payment(account=account, method=detail["method"], on=on, at=at, actor=ACTOR, **more)
        contract = contracts.sign_contract(
            account=account, offer_code=detail["offer"], option_codes=tuple(detail["options"]), on=on, at=at,
            actor=ACTOR, line_identifier=f"{who.number.lower()}@hauteligne.example", line_kind="internet",
        )  # fmt: skip
        if detail["discount"]:
            names = {"fr": "Remise de bienvenue", "nl": "Welkomstkorting", "en": "Welcome discount"}
            contracts.grant_discount(
                contract=contract, names=names, from_on=None, to_on=on + timedelta(days=183),
                monthly_amount=Money.of("5.00"), at=at, actor=ACTOR,
            )  # fmt: skip

    def deliver_kit(self, event: Event) -> None:
        contracts.record_kit_received(
            contract=self._contract(event.subject),
            on=event.at.date(),
            at=event.at,
            actor=ACTOR,
            source="preuve du transporteur",
        )

    def connect(self, event: Event) -> None:
        session = (event.detail or {})["session"]
        identifier = f"{event.subject.lower()}@hauteligne.example"
        self.detail.append(
            network.session(identifier, session, event.at, timedelta(hours=7, minutes=12), 3_200_000_000)
        )

    def take_in_network(self, event: Event) -> None:
        if self.operator.code != "rural":
            return
        text, self.detail = "".join(self.detail), []
        if text:
            name = f"detail-{event.at:%Y%m%d}"
            usage.take_in_detail_file(
                operator_id=self.operator.pk, name=name, stream=io.BytesIO(text.encode()), at=event.at, actor=ACTOR
            )
        first_connection.record_first_connections(operator_id=self.operator.pk, at=event.at, actor=ACTOR)
        self.start_due_services(event)

    def start_due_services(self, event: Event) -> None:
        contracts.start_due_services(operator_id=self.operator.pk, on=event.at.date(), at=event.at, actor=ACTOR)

    def sign_company(self, event: Event) -> None:
        detail, on, at = event.detail or {}, event.at.date(), event.at
        who = detail["who"]
        party = customers.register_company(
            operator_id=self.operator.pk, number=who.number, name=who.name, vat_number=who.vat_number,
            registration_number=who.vat_number[2:], workers=who.workers, language=who.language, street=who.street,
            postcode=who.postcode, city=who.city, country="BE", on=on, at=at, actor=ACTOR,
        )  # fmt: skip
        customers.add_person(
            party=party, given_name="Wim" if who.email.startswith("wim") else "An", family_name=who.name.split()[1],
            email=who.email, phone="", language=who.language, role="manager", on=on, at=at, actor=ACTOR,
        )  # fmt: skip
        account = accounts.open_account(party=party, complementary_share=detail["share"], on=on, at=at, actor=ACTOR)
        accounts.agree_payment(account=account, method="transfer", on=on, at=at, actor=ACTOR)
        for number, offer in enumerate(detail["offers"]):
            contracts.sign_contract(
                account=account, offer_code=offer, equipment=tuple(detail["equipment"]) if number == 0 else (),
                on=on, at=at, actor=ACTOR, line_identifier=f"{who.number.lower()}-{number + 1}", line_kind="voice",
            )  # fmt: skip

    def install(self, event: Event) -> None:
        for contract in self._contracts(event.subject):
            contracts.record_installation(contract=contract, on=event.at.date(), at=event.at, actor=ACTOR)

    def add_option(self, event: Event) -> None:
        option = (event.detail or {})["option"]
        contracts.add_option(
            contract=self._contract(event.subject), option_code=option, on=event.at.date(), at=event.at, actor=ACTOR
        )

    def remove_option(self, event: Event) -> None:
        option = (event.detail or {})["option"]
        contracts.remove_option(
            contract=self._contract(event.subject), option_code=option, on=event.at.date(), at=event.at, actor=ACTOR
        )

    def change_offer(self, event: Event) -> None:
        offer = (event.detail or {})["offer"]
        contracts.change_offer(
            contract=self._contract(event.subject), offer_code=offer, on=event.at.date(), at=event.at, actor=ACTOR
        )

    def leave(self, event: Event) -> None:
        person = PartyRole.objects.filter(party__number=event.subject).select_related("person").earliest("pk").person
        for contract in self._contracts(event.subject):
            leave.leave(
                contract=contract,
                received_on=event.at.date(),
                wanted_on=None,
                channel="online",
                requester=person,
                at=event.at,
                actor=ACTOR,
            )

    def goodwill(self, event: Event) -> None:
        contract = self._contract(event.subject)
        names = {
            "fr": "Geste commercial, panne de réseau",
            "nl": "Tegemoetkoming, netwerkpanne",
            "en": "Goodwill, network outage",
        }
        billing.add_charge(
            account=contract.account, contract=contract, code="goodwill", product_code="goodwill", names=names,
            category="internet", service_on=event.at.date(), amount=-Money.of((event.detail or {})["amount"]),
            source=f"goodwill:{event.subject}", because=(), at=event.at,
        )  # fmt: skip

    def dispute(self, event: Event) -> None:
        line = (
            InvoiceLine.objects.filter(invoice__account__party__number=event.subject, code="month")
            .order_by("-pk")
            .first()
        )
        if line is None:
            return
        person = Person.objects.get(email=f"{event.subject.lower()}@example.org")
        dispute = billing.dispute_line(
            line=line, words="La connexion a été coupée une partie du mois.", requester=person, at=event.at, actor=ACTOR
        )
        answer = (event.detail or {})["answer"]
        if answer:
            words = (
                "Vous avez raison : le mois est crédité."
                if answer == "credited"
                else "Nos journaux ne montrent aucune coupure."
            )
            billing.answer_dispute(
                dispute=dispute, outcome=answer, words=words, at=event.at + timedelta(days=2), actor=ACTOR
            )

    def bill(self, event: Event) -> None:
        month = date.fromisoformat((event.detail or {})["month"])
        with acting_for(self.operator.pk):  # an interrupted run goes on
            run = BillRun.objects.filter(legal_entity=self.entity, month=month).exclude(state="discarded").first()
        if run is None:
            run = billing.start_run(
                operator_id=self.operator.pk, legal_entity_id=self.entity.pk, month=month, as_of=event.at,
                bill_on=event.at.date(), at=event.at, actor=ACTOR,
            )  # fmt: skip
        # The worker does so by itself, some seconds after a contract changed.
        rating.rate_stale(operator_id=self.operator.pk, at=event.at, actor=ACTOR)
        billing.draft(run=run, at=event.at)
        later = event.at + timedelta(hours=7)
        billing.release(run=run, at=later, actor="command:demo-release", knowingly=True)

    def collect(self, event: Event) -> None:
        """Record what arrived by today: most pay on the day, some late, a few not at all. Contracts that ended are
        closed, as the worker does each night."""
        contracts.close_ended(operator_id=self.operator.pk, on=event.at.date(), at=event.at, actor=ACTOR)
        owed = [item for item in ledger.open_items(self.scope) if item.open.amount > 0]
        invoices = Invoice.objects.in_bulk([item.item for item in owed], field_name="public_id")
        for item in owed:
            invoice = invoices.get(item.item)
            if invoice is None or not self._pays(invoice, event.at):
                continue
            payments.record_payment(
                operator_id=self.operator.pk, structured_communication=invoice.structured_communication,
                received_on=event.at.date(), amount=item.open, currency=item.currency,
                method="complementary" if item.currency == "RES" else invoice.payment_method,
                reference=f"demo-{item.item}-{item.currency}", at=event.at, actor=ACTOR,
            )  # fmt: skip

    def _pays(self, invoice: Invoice, at: datetime) -> bool:
        habit = random.Random(f"{self.seed}:{invoice.number}").random()
        if invoice.debit_on:
            return habit > 0.015 and invoice.debit_on <= at.date()
        return habit > 0.05 and invoice.due_on + timedelta(days=int(habit * 14) - 4) <= at.date()

    def _contracts(self, number: str) -> list[Contract]:
        return list(
            Contract.objects.filter(account__party__number=number, last_day=None)
            .select_related("account", "line")
            .order_by("pk")
        )

    def _contract(self, number: str) -> Contract:
        return self._contracts(number)[0]
