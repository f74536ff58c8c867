"""Changes of a running contract. A change in the middle of a month ends one item and starts another on that day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from ligneclaire.domains.catalogue import queries as catalogue
from ligneclaire.domains.catalogue.queries import OnSale
from ligneclaire.domains.contracts import queries
from ligneclaire.domains.contracts.models import Contract, Discount, Item
from ligneclaire.domains.contracts.operations import record
from ligneclaire.domains.contracts.refusals import HasAlready, HasNot, WrongDiscount, WrongInstant
from ligneclaire.domains.contracts.rules.commitment import commitment
from ligneclaire.domains.operators import queries as operators
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.kernel.money import Money


def add_option(
    *, contract: Contract, option_code: str, on: date, at: datetime, actor: str, from_at: datetime | None = None
) -> tuple[Item, ...]:
    """An option from a day on, at the price of that day; monthly prices pro rata, one-off prices in full (FMP-06).

    Usage counts under it from the instant `from_at` of that day, without one from the day's beginning (RAT-11). Raises
    UnknownProduct, NotSold, NoPrice, HasAlready, BeforeSignature, Ended, WrongInstant.
    """
    with acting_for(contract.operator_id):
        locked = record.lock(contract)
        record.check_running(locked, on)
        _check_instant(locked, on, from_at)
        option = catalogue.on_sale(locked.operator_id, "option", option_code, on)
        if any(item.to_on is None or item.to_on > on for item in _monthly(locked, option_code)):
            raise HasAlready(product=option_code)
        items = _new_items(locked, option, on, from_at)
        record.write(
            locked, "item-added", "add_option", on=on, at=at, actor=actor, product=option_code, **_since(from_at)
        )
    return items


def remove_option(
    *, contract: Contract, option_code: str, on: date, at: datetime, actor: str, to_at: datetime | None = None
) -> Item:
    """Without an option from a day on, which is the first day not billed; usage leaves it at the instant
    `to_at` of that day. Raises HasNot, BeforeSignature, Ended, WrongInstant."""
    with acting_for(contract.operator_id):
        locked = record.lock(contract)
        record.check_running(locked, on)
        running = [
            item
            for item in _monthly(locked, option_code)
            if item.product.kind == "option" and item.to_on is None and (item.from_on is None or item.from_on <= on)
        ]
        if not running:
            raise HasNot(product=option_code)
        _check_instant(locked, on, to_at, running)
        _end(running[0], on, to_at)
        record.write(locked, "item-ended", "remove_option", on=on, at=at, actor=actor, product=option_code)
    return running[0]


def change_offer(
    *, contract: Contract, offer_code: str, on: date, at: datetime, actor: str, from_at: datetime | None = None
) -> Contract:
    """Another offer from a day on, at the price of that day; both are billed pro rata by days (C2, FMP-05).

    Usage counts under it from the instant `from_at` of that day, without one from the day's beginning (RAT-11).

    The commitment starts again on that day, with the new offer's months (CON-02), for a consumer at most the law's.
    The policy versions stay those of the signature. Raises UnknownProduct, NotSold, NoPrice, HasAlready,
    BeforeSignature, Ended, WrongInstant.
    """
    with acting_for(contract.operator_id):
        locked = record.lock(contract)
        record.check_running(locked, on)
        former = locked.offer
        if former.code == offer_code:
            raise HasAlready(product=offer_code)
        offer = catalogue.on_sale(locked.operator_id, "offer", offer_code, on)
        book = queries.book_of_account(locked.account, offer_code)
        law = queries.commitment_law(book, on)
        bound = commitment(offer.product.commitment_months, locked.account.party.segment, law)
        running = [item for item in _monthly(locked, former.code) if item.to_on is None]
        _check_instant(locked, on, from_at, running)
        for item in running:
            _end(item, on, from_at)
        Item.objects.create(
            operator_id=locked.operator_id, contract=locked, product=offer.product, price_version=offer.price,
            monthly_price=offer.price.monthly_price, from_on=on, from_at=from_at,
        )  # fmt: skip
        locked.offer = offer.product
        locked.commitment_months = bound.months
        begun = locked.service_from
        locked.commitment_start_on = max(on, begun) if bound.months and begun else None
        locked.save(update_fields=["offer", "commitment_months", "commitment_start_on"])
        record.write(
            locked, "offer-changed", "change_offer", on=on, at=at, actor=actor, before=former.code, product=offer_code,
            commitment_months=bound.months, because=[one.to_json() for one in bound.because],
            **_since(from_at),
        )  # fmt: skip
    return locked


def grant_discount(
    *,
    contract: Contract,
    names: Mapping[str, str],
    from_on: date | None,
    to_on: date | None,
    at: datetime,
    actor: str,
    percent: Decimal | None = None,
    monthly_amount: Money | None = None,
) -> Discount:
    """A discount on the offer's price, from a day (None: the service start) up to, and without, another (None: open).

    A percentage or an amount a month, never both. It ends by its date alone (W-12). Raises WrongDiscount, Ended.
    """
    with acting_for(contract.operator_id):
        locked = record.lock(contract)
        on = from_on or locked.service_from or locked.signed_on
        record.check_running(locked, on)
        languages = Operator.objects.get(pk=locked.operator_id).languages
        fits = (percent is None) != (monthly_amount is None) and all(names.get(one, "").strip() for one in languages)
        fits &= percent is None or 0 < percent <= 100
        fits &= monthly_amount is None or monthly_amount.amount > 0
        if not fits or (to_on is not None and to_on <= on):
            raise WrongDiscount(contract=locked.number)
        discount = Discount.objects.create(
            operator_id=locked.operator_id, contract=locked, names=dict(names), percent=percent,
            monthly_amount=monthly_amount.amount if monthly_amount else None, from_on=from_on, to_on=to_on,
        )  # fmt: skip
        record.write(
            locked, "discount-added", "grant_discount", on=on, at=at, actor=actor, discount=discount.pk,
            to_on=to_on.isoformat() if to_on else None,
        )  # fmt: skip
    return discount


def _monthly(contract: Contract, code: str) -> list[Item]:
    items = Item.objects.filter(contract=contract, product__code=code, monthly_price__isnull=False)
    return list(items.select_related("product").order_by("pk"))


def _check_instant(contract: Contract, on: date, instant: datetime | None, ending: Sequence[Item] = ()) -> None:
    """An instant lies on its day, and not before that of what it ends. Raises WrongInstant."""
    if instant is None:
        return
    starts = [item.from_at for item in ending if item.from_at is not None]
    if instant.astimezone(operators.zone_of(contract.operator_id)).date() != on or any(one > instant for one in starts):
        raise WrongInstant(contract=contract.number, on=on)


def _since(instant: datetime | None) -> dict[str, str]:
    return {"from_at": instant.isoformat()} if instant else {}


def _end(item: Item, on: date, to_at: datetime | None) -> None:
    item.to_on = max(on, item.from_on) if item.from_on else on
    item.to_at = to_at
    item.save(update_fields=["to_on", "to_at"])


def _new_items(contract: Contract, product: OnSale, on: date, from_at: datetime | None) -> tuple[Item, ...]:
    price = product.price
    prices = [(price.monthly_price, None), (None, price.one_off_price)]
    return tuple(
        Item.objects.create(
            operator_id=contract.operator_id,
            contract=contract,
            product=product.product,
            price_version=price,
            monthly_price=monthly,
            one_off_price=one_off,
            from_on=on,
            from_at=from_at,
        )
        for monthly, one_off in prices
        if monthly is not None or one_off
    )
