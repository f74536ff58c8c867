"""Signing: the offer, its prices and the policy versions of that day become a contract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.catalogue import queries as catalogue
from ligneclaire.domains.catalogue.queries import OnSale
from ligneclaire.domains.contracts import queries
from ligneclaire.domains.contracts.models import Contract, Item, SignedPolicy
from ligneclaire.domains.contracts.operations import record
from ligneclaire.domains.contracts.refusals import HasAlready, NotOfThisCustomer, WrongQuantity
from ligneclaire.domains.contracts.rules.commitment import commitment
from ligneclaire.domains.customers.models import CostCentre, Site
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.operators.acting import acting_for

ACTIVATION = "activation"  # the fee that an offer's one-off price is; the fee of this code names it


def sign_contract(
    *,
    account: Account,
    offer_code: str,
    on: date,
    at: datetime,
    actor: str,
    option_codes: Sequence[str] = (),
    equipment: Sequence[tuple[str, int]] = (),
    site: Site | None = None,
    line_identifier: str = "",
    line_kind: str = "internet",
    cost_centre: CostCentre | None = None,
) -> Contract:
    """A contract for an offer, with options and equipment (code, quantity), at the prices and policies of the day.

    Costs start with the service. The commitment is the offer's, for a consumer at most the law's (CON-01, L-EU-01).
    Raises UnknownProduct, NotSold, NoPrice, NoPolicy, WrongQuantity, HasAlready, NotOfThisCustomer, AccountClosed,
    LineTaken.
    """
    with acting_for(account.operator_id):
        locked = accounts.lock(account)
        _check(locked, site, cost_centre)
        offer = catalogue.on_sale(locked.operator_id, "offer", offer_code, on)
        rest = _others(locked.operator_id, option_codes, equipment, on)
        book = queries.book_of_account(locked, offer.product.code)
        policies = queries.signed_versions(book, locked.operator_id, on)
        law = queries.commitment_law(book, on)
        bound = commitment(offer.product.commitment_months, locked.party.segment, law)
        line = None
        if line_identifier:
            line = lines.order_line(
                account=locked, kind=line_kind, identifier=line_identifier, on=on, at=at, actor=actor
            )
        known = Contract.objects.filter(account=locked).count()
        contract = Contract.objects.create(
            operator_id=locked.operator_id, number=f"{locked.number}-{known + 1}", account=locked,
            offer=offer.product, site=site, line=line, cost_centre=cost_centre, signed_on=on,
            commitment_months=bound.months,
        )  # fmt: skip
        _pin(contract, policies)
        _agree(contract, offer, rest, on)
        record.write(
            contract, "signed", "sign_contract", on=on, at=at, actor=actor, offer=offer.product.code,
            commitment_months=bound.months, because=[one.to_json() for one in bound.because],
        )  # fmt: skip
    return contract


def _check(account: Account, *places: Site | CostCentre | None) -> None:
    if account.closed_on is not None:
        raise accounts.AccountClosed(account=account.number)
    if any(place is not None and place.party_id != account.party_id for place in places):
        raise NotOfThisCustomer(account=account.number)


def _pin(contract: Contract, policies: Iterable[tuple[str, int]]) -> None:
    """Keep which policy versions the contract is signed with."""
    SignedPolicy.objects.bulk_create(
        SignedPolicy(operator_id=contract.operator_id, contract=contract, key=key, version_id=version)
        for key, version in policies
    )


def _agree(contract: Contract, offer: OnSale, rest: Iterable[tuple[OnSale, int]], on: date) -> None:
    """Keep what the contract contains, at the prices of the day."""
    items = [*_activation(contract, offer, on), *_items(contract, offer, 1, once=False)]
    for product, quantity in rest:
        items += _items(contract, product, quantity)
    Item.objects.bulk_create(items)


def _others(
    operator_id: int, option_codes: Sequence[str], equipment: Iterable[tuple[str, int]], on: date
) -> list[tuple[OnSale, int]]:
    twice = next((code for code in option_codes if list(option_codes).count(code) > 1), None)
    if twice is not None:
        raise HasAlready(product=twice)
    found = [(catalogue.on_sale(operator_id, "option", code, on), 1) for code in option_codes]
    for code, quantity in equipment:
        if quantity < 1:
            raise WrongQuantity(product=code, quantity=quantity)
        found.append((catalogue.on_sale(operator_id, "equipment", code, on), quantity))
    return found


def _activation(contract: Contract, offer: OnSale, on: date) -> list[Item]:
    """The activation fee (BIL-03): the offer's one-off price, named by the fee of that code when there is one."""
    if not offer.price.one_off_price:
        return []
    try:
        named = catalogue.on_sale(contract.operator_id, "fee", ACTIVATION, on).product
    except (catalogue.UnknownProduct, catalogue.NotSold, catalogue.NoPrice):
        named = offer.product
    return [
        Item(
            operator_id=contract.operator_id,
            contract=contract,
            product=named,
            price_version=offer.price,
            one_off_price=offer.price.one_off_price,
        )
    ]


def _items(contract: Contract, product: OnSale, quantity: int, *, once: bool = True) -> list[Item]:
    """What a product costs each month, and what it costs once, each as an item of its own; a zero costs nothing."""
    price, found = product.price, []
    for monthly, one_off in ((price.monthly_price, None), (None, price.one_off_price if once else None)):
        if monthly is not None or one_off:
            found.append(
                Item(
                    operator_id=contract.operator_id,
                    contract=contract,
                    product=product.product,
                    price_version=price,
                    quantity=quantity,
                    monthly_price=monthly,
                    one_off_price=one_off,
                )
            )
    return found
