"""Contracts as pages show them: frozen values, within a scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import QuerySet, prefetch_related_objects

from ligneclaire.domains.accounts import queries as accounts
from ligneclaire.domains.contracts.models import Contract, ContractEvent, Discount, Item, SignedPolicy
from ligneclaire.domains.contracts.queries.leaving import Exit, Leaver, exit_on, exits_ahead, leavers_of
from ligneclaire.domains.contracts.queries.terms import items_of
from ligneclaire.domains.contracts.rules.commitment import ends_on
from ligneclaire.domains.contracts.rules.item_days import active_days
from ligneclaire.domains.contracts.rules.price_now import MonthlyPrice, PriceCut, price_now
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope

PARTS = ("line", "site", "cost_centre")
Part = TypeVar("Part", Discount, SignedPolicy, ContractEvent)


@dataclass(frozen=True, slots=True)
class ItemView:
    """What a contract contains: per piece and as signed. Days are half-open; without a start it has not begun."""

    id: int
    product_code: str
    kind: str
    category: str
    names: Mapping[str, str]
    quantity: int
    monthly_price: Money | None
    one_off_price: Money | None
    starts_on: date | None
    ends_on: date | None
    price_version_from: date

    def runs_on(self, day: date) -> bool:
        """Whether it costs money on a day."""
        return self.starts_on is not None and self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True, slots=True)
class DiscountView:
    """A dated discount on the offer."""

    names: Mapping[str, str]
    percent: Decimal | None
    monthly_amount: Money | None
    from_on: date | None
    to_on: date | None


@dataclass(frozen=True, slots=True)
class EventView:
    """What happened to a contract."""

    at: datetime
    on: date
    kind: str
    detail: Mapping[str, Any]
    actor: str


@dataclass(frozen=True, slots=True)
class ContractView:
    """All of a contract, for the customer and for the desk. A list for the customer leaves `policies` and `events` out,
    which only the desk shows."""

    id: int
    public_id: str
    number: str
    account_public_id: str
    account_number: str
    prices: str
    party_public_id: str
    party_name: str
    offer_code: str
    offer_names: Mapping[str, str]
    line: str
    site: str
    cost_centre: str
    signed_on: date
    service_from: date | None
    service_because: tuple[Step, ...]
    connected_at: datetime | None
    connected_source: str
    equipment_received_on: date | None
    held_days: int
    commitment_months: int
    commitment_start_on: date | None
    commitment_end_on: date | None
    last_day: date | None
    items: tuple[ItemView, ...]
    discounts: tuple[DiscountView, ...]
    policies: tuple[tuple[str, date], ...]
    events: tuple[EventView, ...]


@dataclass(frozen=True, slots=True)
class OfferView:
    """ "My offer" on a day: what runs, what it costs a month now, how long it binds, what leaving costs by month.

    `free_since` is the first day after a commitment that is over (CON-03); None while it binds, or when none ever did.
    `leaving_today` is the cost of a last day today; `price` the whole month's price after discounts, in `prices` mode.
    """

    contract: ContractView
    free_since: date | None
    items: tuple[ItemView, ...]
    discounts: tuple[DiscountView, ...]
    price: Money
    leaving_today: Exit
    leaving: tuple[Exit, ...]


def contract_row(scope: Scope, public_id: str) -> Contract:
    """The row, for the operations and journeys that take one. Raises NotFound outside the scope."""
    found = contract_rows(scope).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(public_id)
    return found


def contract_rows(scope: Scope) -> QuerySet[Contract]:
    """The rows of a scope with what a page shows of them. Few joins: the server plans each statement anew."""
    rows = Contract.objects.filter(accounts.within(scope, "account"))
    related = rows.select_related("account__party", "account__legal_entity", "offer")
    return related.prefetch_related(*PARTS)


def contract_view(scope: Scope, public_id: str) -> ContractView:
    """One contract. Raises NotFound outside the scope."""
    row = contract_row(scope, public_id)
    return _views([row], items_of([row]))[0]


def contracts_of(scope: Scope, party_public_id: str) -> tuple[ContractView, ...]:
    """The contracts of a party within the scope, by number."""
    rows = list(contract_rows(scope).filter(account__party__public_id=party_public_id).order_by("number"))
    return _views(rows, items_of(rows))


def offer_view(scope: Scope, public_id: str, on: date, at: datetime) -> OfferView:
    """ "My offer" (CON-01) on a day. Raises NotFound outside the scope."""
    return offer_of(contract_row(scope, public_id), on, at)


def offer_of(row: Contract, on: date, at: datetime) -> OfferView:
    """ "My offer" (CON-01) of a contract that `contract_row` gave."""
    items = items_of([row])
    return _offer(_views([row], items)[0], leavers_of([row], items)[0], on, at)


def offer_views(scope: Scope, on: date, at: datetime, most: int) -> tuple[OfferView, ...] | None:
    """ "My offer" (CON-01) of each contract of a scope, by number, without its policies and events; None when there are
    more than `most`."""
    found = contract_rows(scope).order_by("number")
    rows = list(found.prefetch_related(None)[: most + 1])
    if len(rows) > most:
        return None
    prefetch_related_objects(rows, *PARTS)
    items = items_of(rows)
    views, leavers = _views(rows, items, desk=False), leavers_of(rows, items)
    return tuple(_offer(view, leaver, on, at) for view, leaver in zip(views, leavers, strict=True))


def _offer(view: ContractView, leaver: Leaver, on: date, at: datetime) -> OfferView:
    items, discounts, price = _running(view, on)
    leaving_today, ahead = exit_on(leaver, on, at), exits_ahead(leaver, on, at)
    return OfferView(view, _free_since(view, on), items, discounts, price, leaving_today, ahead)


def _running(view: ContractView, on: date) -> tuple[tuple[ItemView, ...], tuple[DiscountView, ...], Money]:
    """What runs on a day, or on the first with service when that is to come, and what it costs a whole month."""
    day = max(on, view.service_from or on)
    begun = view.service_from is not None
    items = tuple(one for one in view.items if (one.runs_on(day) if begun else one.ends_on is None))
    discounts = tuple(one for one in view.discounts if _holds(one, view, day))
    monthly = [
        MonthlyPrice(one.monthly_price * one.quantity, one.kind == "offer") for one in items if one.monthly_price
    ]
    return items, discounts, price_now(monthly, [PriceCut(one.percent, one.monthly_amount) for one in discounts])


def _free_since(view: ContractView, on: date) -> date | None:
    end = view.commitment_end_on
    return end + timedelta(days=1) if end is not None and end < on else None


def _holds(discount: DiscountView, contract: ContractView, day: date) -> bool:
    return active_days(discount.from_on, discount.to_on, contract.service_from, None) is not None and (
        (discount.from_on or day) <= day and (discount.to_on is None or day < discount.to_on)
    )


def _views(
    rows: Sequence[Contract], items: Mapping[int, Sequence[Item]], *, desk: bool = True
) -> tuple[ContractView, ...]:
    ids, told = [row.pk for row in rows], [row.pk for row in rows if desk]
    discounts = _by_contract(Discount.objects.filter(contract__in=ids).order_by("pk"))
    policies = SignedPolicy.objects.filter(contract__in=told).select_related("version").order_by("key")
    signed = _by_contract(policies.only("contract", "key", "version__effective_from"))
    events = _by_contract(ContractEvent.objects.filter(contract__in=told).order_by("at", "pk"))
    return tuple(
        _view(row, items[row.pk], discounts.get(row.pk, []), signed.get(row.pk, []), events.get(row.pk, []))
        for row in rows
    )


def _by_contract(rows: Iterable[Part]) -> dict[int, list[Part]]:
    found: dict[int, list[Part]] = {}
    for row in rows:
        found.setdefault(row.contract_id, []).append(row)
    return found


def _view(
    row: Contract,
    items: Sequence[Item],
    discounts: Sequence[Discount],
    signed: Sequence[SignedPolicy],
    events: Sequence[ContractEvent],
) -> ContractView:
    account, start = row.account, row.commitment_start_on
    return ContractView(
        id=row.pk,
        public_id=row.public_id,
        number=row.number,
        account_public_id=account.public_id,
        account_number=account.number,
        prices=account.prices,
        party_public_id=account.party.public_id,
        party_name=account.party.name,
        offer_code=row.offer.code,
        offer_names=row.offer.names,
        line=row.line.identifier if row.line else "",
        site=f"{row.site.street}, {row.site.postcode} {row.site.city}" if row.site else "",
        cost_centre=row.cost_centre.code if row.cost_centre else "",
        signed_on=row.signed_on,
        service_from=row.service_from,
        service_because=tuple(Step.from_json(one) for one in row.service_because),
        connected_at=row.connected_at,
        connected_source=row.connected_source,
        equipment_received_on=row.equipment_received_on,
        held_days=row.held_days,
        commitment_months=row.commitment_months,
        commitment_start_on=start,
        commitment_end_on=ends_on(start, row.commitment_months) if start else None,
        last_day=row.last_day,
        items=_items(row, items),
        discounts=_discounts(discounts),
        policies=tuple((one.key, one.version.effective_from) for one in signed),
        events=tuple(EventView(one.at, one.on, one.kind, one.detail, one.actor) for one in events),
    )


def _items(row: Contract, found: Sequence[Item]) -> tuple[ItemView, ...]:
    views = []
    for one in found:
        days = active_days(one.from_on, one.to_on, row.service_from, row.last_day)
        starts, ends = days if days else (None, one.to_on)
        views.append(
            ItemView(
                one.pk,
                one.product.code,
                one.product.kind,
                one.product.category,
                one.product.names,
                one.quantity,
                _money(one.monthly_price),
                _money(one.one_off_price),
                starts,
                ends,
                one.price_version.effective_from,
            )
        )
    return tuple(views)


def _discounts(found: Sequence[Discount]) -> tuple[DiscountView, ...]:
    return tuple(
        DiscountView(one.names, one.percent, _money(one.monthly_amount), one.from_on, one.to_on) for one in found
    )


def _money(amount: Decimal | None) -> Money | None:
    return None if amount is None else Money.of(amount)
