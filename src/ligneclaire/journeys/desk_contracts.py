"""A contract as the desk sees it: terms, what happened, what can be added, and what leaving costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ligneclaire.domains.catalogue import queries as catalogue
from ligneclaire.domains.catalogue.queries import OnSale
from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.contracts.queries import ContractView, ItemView, OfferView
from ligneclaire.journeys import desk_staff, leave
from ligneclaire.journeys.leave import LeaveQuote
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to a contract. `product` names the offer or option it is about, `channel` how a
    termination came in, `words` what the customer said with it, `who` who wrote it down."""

    at: datetime
    on: date
    kind: str
    product: str
    source: str
    channel: str
    words: str
    who: str


@dataclass(frozen=True, slots=True)
class Sold:
    """An option that can be added today: its code, name and prices of the day."""

    code: str
    names: dict[str, str]
    monthly: Money | None
    once: Money | None


@dataclass(frozen=True, slots=True)
class ContractPage:
    """A contract on a day. `starts_by` is the last day on which service starts by what is known, None when nothing
    starts it yet; `because` are the steps to the start."""

    contract: ContractView
    offer: OfferView
    state: str
    starts_by: date | None
    because: tuple[Step, ...]
    events: tuple[Happened, ...]
    options: tuple[Sold, ...]
    removable: tuple[ItemView, ...]


def contract_page(scope: Scope, public_id: str, on: date, at: datetime) -> ContractPage:
    """One contract. Its state is "waiting", "on-its-way", "running", "ending" or "ended". Raises NotFound."""
    row = contracts.contract_row(scope, public_id)
    offer = contracts.offer_of(row, on, at)
    view = offer.contract
    start = None if view.service_because else contracts.start_of(row)
    running = [one for one in view.items if one.kind == "option" and (one.ends_on is None or one.ends_on > on)]
    return ContractPage(
        view,
        offer,
        _state(view, on),
        start.on if start else None,
        view.service_because or (start.because if start else ()),
        tuple(_happened(scope, view)),
        _options(scope, {one.product_code for one in running}, on),
        tuple(one for one in running if one.monthly_price is not None),
    )


@dataclass(frozen=True, slots=True)
class Leaving:
    """A contract and what ending it would mean."""

    row: Contract
    view: ContractView
    quote: LeaveQuote


def leaving(scope: Scope, public_id: str, received_on: date, wanted_on: date | None, at: datetime) -> Leaving:
    """The quote that is shown before a contract is ended; nothing is written.

    Raises NotFound, and Refused when the wanted day can't be.
    """
    row = contracts.contract_row(scope, public_id)
    quoted = leave.quote(contract=row, on=received_on, wanted_on=wanted_on, at=at)
    return Leaving(row, contracts.contract_view(scope, public_id), quoted)


def _state(view: ContractView, on: date) -> str:
    if view.last_day is not None:
        return "ended" if view.last_day < on else "ending"
    if view.service_from is not None:
        return "running"
    return "on-its-way" if view.equipment_received_on else "waiting"


def _happened(scope: Scope, view: ContractView) -> list[Happened]:
    names = desk_staff.names_of(scope, {one.actor for one in view.events})
    return [
        Happened(
            one.at,
            one.on,
            one.kind,
            str(one.detail.get("product") or one.detail.get("offer") or ""),
            str(one.detail.get("source") or ""),
            str(one.detail.get("channel") or ""),
            str(one.detail.get("words") or ""),
            names[one.actor],
        )
        for one in view.events
    ]


def _options(scope: Scope, had: set[str], on: date) -> tuple[Sold, ...]:
    found = catalogue.sold_on(scope, "option", on)
    return tuple(_sold(one) for one in found if one.product.code not in had)


def _sold(one: OnSale) -> Sold:
    monthly, once = one.price.monthly_price, one.price.one_off_price
    return Sold(
        one.product.code,
        one.product.names,
        None if monthly is None else Money.of(monthly),
        Money.of(once) if once else None,
    )
