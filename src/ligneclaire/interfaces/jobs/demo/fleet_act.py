"""Doing the events of the demo's fleet operator."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers.models import CostCentre, PartyRole, Person
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.operations import rating
from ligneclaire.interfaces.jobs.demo import calls, deliveries
from ligneclaire.interfaces.jobs.demo.act import ACTOR, Stage
from ligneclaire.interfaces.jobs.demo.fleet_plan import CENTRES, Fleet, FleetLine
from ligneclaire.interfaces.jobs.demo.plan import Event
from ligneclaire.journeys import alerts, leave, send_messages


class FleetStage(Stage):
    """The fleet operator while its year is played. Records come in as files, in a folder of their own."""

    def begin(self, made: tuple[Fleet, ...], folder: Path) -> None:
        """Know the fleets whose year is played, and where the network leaves its files."""
        self.folder = folder
        self.fleets = {fleet.who.number: fleet for fleet in made}
        self.of_number = {line.number: line for fleet in made for line in fleet.lines}

    def play(self, event: Event) -> None:
        """Usage is taken in and rated by acts that commit by themselves."""
        if event.act == "take_in_usage":
            self.take_in_usage(event)
        else:
            super().play(event)

    def sign_fleet(self, event: Event) -> None:
        fleet = self.fleets[event.subject]
        on, at, who = event.at.date(), event.at, fleet.who
        party = customers.register_company(
            operator_id=self.operator.pk, number=who.number, name=who.name, vat_number=who.vat_number,
            registration_number=who.vat_number[2:], workers=who.workers, language=who.language, street=who.street,
            postcode=who.postcode, city=who.city, country="BE", on=on, at=at, actor=ACTOR,
        )  # fmt: skip
        given, family, email = fleet.manager
        customers.add_person(
            party=party, given_name=given, family_name=family, email=email, phone="", language=who.language,
            role="manager", on=on, at=at, actor=ACTOR,
        )  # fmt: skip
        for code, name in CENTRES[who.language]:
            customers.add_cost_centre(party=party, code=code, name=name, at=at, actor=ACTOR)
        account = accounts.open_account(party=party, on=on, at=at, actor=ACTOR)
        accounts.agree_payment(account=account, method="transfer", on=on, at=at, actor=ACTOR)
        self.sign_lines(event)

    def sign_lines(self, event: Event) -> None:
        fleet = self.fleets[event.subject]
        account = Account.objects.select_related("party").get(party__number=fleet.who.number)
        centres = dict(CostCentre.objects.filter(party=account.party).values_list("code", "pk"))
        for number in (event.detail or {})["lines"]:
            self._sign(event, account, self.of_number[number], fleet, centres)

    def _sign(self, event: Event, account: Account, line: FleetLine, fleet: Fleet, centres: dict[str, int]) -> None:
        on, at = event.at.date(), event.at
        person = customers.add_person(
            party=account.party, given_name=line.given_name, family_name=line.family_name, email=line.email,
            phone=f"+{line.number}", language=fleet.who.language, role="employee", on=on, at=at, actor=ACTOR,
        )  # fmt: skip
        centre = CostCentre.objects.get(pk=centres[CENTRES[fleet.who.language][line.centre][0]])
        contract = contracts.sign_contract(
            account=account, offer_code=line.plan, on=on, at=at, actor=ACTOR, line_identifier=f"+{line.number}",
            line_kind="mobile", cost_centre=centre,
        )  # fmt: skip
        contracts.record_installation(contract=contract, on=on, at=at, actor=ACTOR)
        signed = Contract.objects.select_related("line").get(pk=contract.pk)
        if signed.line is not None:
            lines.give_line(line=signed.line, person=person, on=on, at=at, actor=ACTOR)

    def agree_split_bill(self, event: Event) -> None:
        """The employer offers, the employee opens an account and accepts; both by the acts behind the invitation."""
        line = self.of_number[event.subject]
        on, at = event.at.date(), event.at
        contract = self._of(line.number)
        person = Person.objects.get(phone=f"+{line.number}")
        party = customers.open_household(person=person, on=on, at=at, actor=ACTOR)
        customers.set_billing_address(
            party=party, street=f"Dorpsstraat {int(line.number[-3:]) + 1}", postcode="2800", city="Mechelen",
            country="BE", at=at, actor=ACTOR,
        )  # fmt: skip
        account = accounts.open_account(party=party, on=on, at=at, actor=ACTOR)
        accounts.agree_payment(account=account, method="transfer", on=on, at=at, actor=ACTOR)
        split = contracts.offer_split_bill(
            contract=contract, account=account, contribution=line.contribution, on=on, at=at, actor=ACTOR
        )
        contracts.accept_split_bill(split_bill=split, on=on, at=at, actor=ACTOR)

    def change_plan(self, event: Event) -> None:
        detail = event.detail or {}
        contracts.change_offer(
            contract=self._of(event.subject), offer_code=detail["offer"], on=event.at.date(), at=event.at, actor=ACTOR,
            from_at=event.at,
        )  # fmt: skip

    def add_line_option(self, event: Event) -> None:
        option = (event.detail or {})["option"]
        contracts.add_option(
            contract=self._of(event.subject), option_code=option, on=event.at.date(), at=event.at, actor=ACTOR,
            from_at=event.at,
        )  # fmt: skip

    def leave_line(self, event: Event) -> None:
        contract = self._of(event.subject)
        manager = PartyRole.objects.filter(party=contract.account.party, role="manager").select_related("person")
        leave.leave(
            contract=contract, received_on=event.at.date(), wanted_on=None, channel="online",
            requester=manager[0].person, at=event.at, actor=ACTOR,
        )  # fmt: skip

    def take_in_usage(self, event: Event) -> None:
        """What the network reported of these days, as files in a folder; then a rating pass and its warnings."""
        detail = event.detail or {}
        start, end = (date.fromisoformat(detail[key]) for key in ("from", "to"))
        made = calls.records(self.seed, tuple(self.of_number.values()), start, end)
        for path in deliveries.write(self.folder, made, start):
            usage.take_in_usage_file(operator_id=self.operator.pk, path=path, at=event.at, actor=ACTOR)
        rating.rate_stale(operator_id=self.operator.pk, at=event.at, actor=ACTOR)
        alerts.warn(operator_id=self.operator.pk, at=event.at)
        send_messages.send_due(operator_id=self.operator.pk, at=event.at)

    def _of(self, number: str) -> Contract:
        found = Contract.objects.filter(line__identifier=f"+{number}")
        return found.select_related("account__party", "line").get()
