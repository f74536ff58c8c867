"""What leaving costs and on which day it can be: the decisions that `ligneclaire decide` answers, for a contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef

from ligneclaire.domains.catalogue import queries as catalogue
from ligneclaire.domains.contracts.models import Contract, Item, Termination
from ligneclaire.domains.contracts.queries.terms import book_of_account, items_of
from ligneclaire.domains.contracts.refusals import BeforeSignature, InTheFuture, TooFarAhead
from ligneclaire.domains.contracts.rules.commitment import month_ends
from ligneclaire.domains.operators import queries as operators
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.promises import rules as promises
from ligneclaire.domains.promises.models import PromiseStep
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.domains.rulebook.versions import Rulebook
from ligneclaire.kernel import decision
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.decision import Answer, Context
from ligneclaire.kernel.money import Money, sum_money, zero
from ligneclaire.kernel.periods import add_months
from ligneclaire.kernel.scope import Scope

LEAVING_FEE = "termination"  # the fee of the catalogue that leaving may cost
MOST_MONTHS_AHEAD = 24  # a last day further away is a slip of the pen
NOTICE_LAWS = {"FR": "L-FR-02", "BE": "L-BE-01"}


@dataclass(frozen=True, slots=True)
class TerminationDay:
    """The last day with service, where it comes from (a law, or "agreed" when the customer chose another), and why."""

    last_day: date
    latest_allowed: date
    source: str
    because: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Exit:
    """What leaving on a last day costs: indemnity, device and fee, in the account's price mode; `amount` is the sum."""

    last_day: date
    indemnity: Money
    device: Money
    fee: Money
    because: tuple[Step, ...]

    @property
    def amount(self) -> Money:
        """All of it."""
        return self.indemnity + self.device + self.fee

    @property
    def in_all(self) -> tuple[Step, ...]:
        """The steps to the sum of all: those of the decision, then device and fee added to the indemnity."""
        others = [name for name in ("device", "fee") if getattr(self, name)]
        if not others:
            return self.because
        code = f"-{others[0]}" if len(others) == 1 else "-all"
        parts = {"indemnity": self.indemnity, "device": self.device, "fee": self.fee}
        last = f"contracts.exit.total{code if self.indemnity or len(others) > 1 else ''}"
        return (*self.because, step(last, "CON-08", self.amount, None, amount=self.amount, **parts))


def termination_day(contract: Contract, received_on: date, wanted_on: date | None, at: datetime) -> TerminationDay:
    """The last day with service after a request (L-FR-02, L-BE-01), by the decision `termination-date`.

    Raises BeforeSignature and InTheFuture when it can't have been received then, Refused when the wanted day can't be,
    TooFarAhead when it lies years ahead.
    """
    if received_on < contract.signed_on:
        raise BeforeSignature(contract=contract.number, on=contract.signed_on)
    if received_on > at.astimezone(operators.zone_of(contract.operator_id)).date():
        raise InTheFuture(contract=contract.number, on=received_on)
    furthest = add_months(received_on, MOST_MONTHS_AHEAD)
    if wanted_on is not None and wanted_on > furthest:
        raise TooFarAhead(until=furthest)
    operator = Operator.objects.get(pk=contract.operator_id)
    facts = {"country": operator.country, "received_on": received_on.isoformat()}
    if wanted_on is not None:
        facts["wanted_on"] = wanted_on.isoformat()
    answer, steps = _decide("termination-date", facts, contract, operator, on=received_on, at=at)
    by_law = answer["last_day"] == answer["latest_allowed"]
    source = NOTICE_LAWS.get(operator.country, "contracts.notice") if by_law else "agreed"
    return TerminationDay(answer["last_day"], answer["latest_allowed"], source, steps)


@dataclass(frozen=True, slots=True)
class Leaver:
    """A contract with what the cost of leaving it is made from, read once for any number of days."""

    contract: Contract
    operator: Operator
    book: Rulebook
    items: Sequence[Item]
    fee: catalogue.Listing | None


def leavers_of(rows: Sequence[Contract], items: Mapping[int, Sequence[Item]] | None = None) -> tuple[Leaver, ...]:
    """Contracts of one operator, in the same order; `items` by contract, when they were read before."""
    if not rows:
        return ()
    operator = rows[0].operator
    book, items = rulebook.book_of(operator.pk), items_of(rows) if items is None else items
    try:
        fee = catalogue.listing(operator.pk, "fee", LEAVING_FEE)
    except catalogue.UnknownProduct:
        fee = None
    return tuple(
        Leaver(row, operator, book_of_account(row.account, row.offer.code, book), items[row.pk], fee) for row in rows
    )


def early_exit(contract: Contract, last_day: date, at: datetime) -> Exit:
    """What is due for leaving on a last day with service, by the decision `early-termination` (CON-06 to CON-08).

    Before the service starts leaving is free (ADM-25). The fee is the catalogue's of the last day, if it lists one.
    """
    return exit_on(leavers_of([contract])[0], last_day, at)


def exits_by(contract: Contract, last_day: date, at: datetime, books: Sequence[Rulebook]) -> tuple[Exit, ...]:
    """What leaving costs by each of several rulebooks: the policies that hold, and one that is tried."""
    leaver = leavers_of([contract])[0]
    return tuple(exit_on(replace(leaver, book=book), last_day, at) for book in books)


def exit_on(leaver: Leaver, last_day: date, at: datetime) -> Exit:
    """What leaving on a last day costs."""
    contract, operator, party = leaver.contract, leaver.operator, leaver.contract.account.party
    start = contract.commitment_start_on or contract.service_from
    if start is None or last_day < start:
        nothing = zero()
        return Exit(last_day, nothing, nothing, nothing, (step("contracts.exit.not-bound", "ADM-25", nothing),))
    facts: dict[str, Any] = {
        "country": operator.country,
        "contract_on": contract.signed_on.isoformat(),
        "commitment_start_on": start.isoformat(),
        "commitment_months": contract.commitment_months,
        "monthly_price": str(_monthly_price(leaver, last_day)),
        "last_day": last_day.isoformat(),
        "segment": party.segment,
        "workers": party.workers,
        "listed_fee": _listed_fee(leaver, last_day),
    }
    context = Context(book=leaver.book, on=last_day, at=at, operator=operator.code, country_known=operator.country)
    answer, steps = _ask("early-termination", facts, context)
    device, fee = answer["device_charge"] or zero(), answer["fee"] or zero()
    return Exit(last_day, answer["amount"], device, fee, steps)


def exit_costs(scope: Scope, contract: Contract, on: date, at: datetime | None = None) -> tuple[Exit, ...]:
    """What leaving would cost at the end of each coming month of the commitment, until the month after it is free.

    The same rule as the quote and the invoice. Empty when the contract is outside the scope or binds nobody; never
    past the contract's own last day.
    """
    visible = (scope.account_ids is None or contract.account_id in scope.account_ids) and (
        scope.party_ids is None or contract.account.party_id in scope.party_ids
    )
    if not visible or scope.operator_id != contract.operator_id:
        return ()
    return exits_ahead(leavers_of([contract])[0], on, at or datetime.combine(on, datetime.min.time()).astimezone())


def exits_ahead(leaver: Leaver, on: date, at: datetime) -> tuple[Exit, ...]:
    """What leaving would cost at the end of each coming month of the commitment, up to the contract's last day."""
    start, last_day = leaver.contract.commitment_start_on, leaver.contract.last_day
    if start is None:
        return ()
    ends = month_ends(start, leaver.contract.commitment_months, on)
    return tuple(exit_on(leaver, end, at) for end in ends if last_day is None or end <= last_day)


def termination_of(contract: Contract) -> Termination | None:
    """The request that ends a contract, or None."""
    return Termination.objects.filter(contract=contract).select_related("promise").order_by("pk").last()


def terminations_to_close(operator_id: int, on: date) -> tuple[Termination, ...]:
    """Terminations whose last day has passed and whose promise is not ended yet. For a job: it sees the operator."""
    ended = PromiseStep.objects.filter(promise_id=OuterRef("promise_id"), code__in=promises.ENDING)
    found = Termination.objects.filter(operator_id=operator_id, last_day__lt=on).filter(~Exists(ended))
    return tuple(found.select_related("promise").order_by("pk"))


def _monthly_price(leaver: Leaver, on: date) -> Money:
    """The offer's monthly price as signed: what the commitment is for; options can be left at any time."""
    mine = (one for one in leaver.items if one.product_id == leaver.contract.offer_id and one.monthly_price is not None)
    running = [one for one in mine if (one.from_on or on) <= on and (one.to_on is None or one.to_on > on)]
    prices = (Money.of(one.monthly_price or 0) * one.quantity for one in running)
    return sum_money(prices).rounded()


def _listed_fee(leaver: Leaver, on: date) -> str | None:
    """The fee for leaving that the tariff catalogue lists on a day (CON-08), or None."""
    if leaver.fee is None:
        return None
    try:
        price = leaver.fee.on(on).price.one_off_price
    except (catalogue.NotSold, catalogue.NoPrice):
        return None
    return None if price is None else str(Money.of(price).rounded())


def _decide(
    name: str, facts: dict[str, Any], contract: Contract, operator: Operator, *, on: date, at: datetime
) -> tuple[dict[str, Any], tuple[Step, ...]]:
    book = book_of_account(contract.account, contract.offer.code)
    context = Context(book=book, on=on, at=at, operator=operator.code, country_known=operator.country)
    return _ask(name, facts, context)


def _ask(name: str, facts: dict[str, Any], context: Context) -> tuple[dict[str, Any], tuple[Step, ...]]:
    """Ask a decision through its own door, so that a page and the command line can't differ."""
    found = decision.decisions()[name]
    answer, steps = found.decide(decision.read(found.facts, facts), context)
    return _fields(answer), steps


def _fields(answer: Answer) -> dict[str, Any]:
    return {name: getattr(answer, name) for name in type(answer).model_fields}
