"""The contracts of a customer who has many of them: summed by plan, found by number, a page of them at a time.

What grows with their number is counted and added up by the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Greatest

from ligneclaire.domains.accounts import queries as accounts
from ligneclaire.domains.contracts.models import Contract, Discount, Item
from ligneclaire.domains.contracts.queries.terms import items_of
from ligneclaire.domains.contracts.queries.views import contract_rows, prices_on
from ligneclaire.domains.contracts.rules.commitment import ends_on
from ligneclaire.domains.contracts.rules.price_now import MonthlyPrice, PriceCut, price_now
from ligneclaire.domains.lines.rules.asked import asked_digits
from ligneclaire.kernel.money import Money, zero
from ligneclaire.kernel.scope import Scope

PAGE = 50
_TOLD = 3  # digits that tell a line from most others


@dataclass(frozen=True, slots=True)
class PlanSum:
    """The contracts of one plan that have not ended: how many, and what they cost a whole month together, after
    discounts, in the price mode of their accounts (`prices`)."""

    code: str
    names: Mapping[str, str]
    prices: str
    contracts: int
    monthly: Money


@dataclass(frozen=True, slots=True)
class Listed:
    """A contract in a list; `price` is that of a whole month after discounts, in the price mode of its account."""

    public_id: str
    number: str
    line: str
    offer_names: Mapping[str, str]
    cost_centre: str
    price: Money
    service_from: date | None
    commitment_end_on: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of contracts: those of it, how many there are on all pages, which page it is, and of how many."""

    rows: tuple[Listed, ...]
    count: int
    page: int
    pages: int


def plan_sums(scope: Scope, on: date) -> tuple[PlanSum, ...]:
    """What runs on a day within a scope, by plan and price mode, the most contracts first."""
    running = Contract.objects.filter(accounts.within(scope, "account"), _not_ended(on))
    plans = running.values_list("offer__code", "offer__names", "account__prices").annotate(Count("pk"))
    sums = _monthly(scope, on)
    found = [PlanSum(code, names, mode, many, sums[code, mode]) for code, names, mode, many in plans]
    return tuple(sorted(found, key=lambda one: (-one.contracts, one.code, one.prices)))


def contract_page(scope: Scope, on: date, *, plan: str = "", number: str = "", page: int = 1) -> Page:
    """Contracts within a scope by the number of their line, ended ones last: of a plan, and with a part of a line's or
    contract's own number; "" means any. A page beyond the last is the last."""
    rows = contract_rows(scope).filter(_called(number)) if number else contract_rows(scope)
    rows = rows.filter(offer__code=plan) if plan else rows
    count = rows.count()
    pages = max(1, -(-count // PAGE))
    page = min(max(page, 1), pages)
    ended = Case(When(last_day__lt=on, then=1), default=0)
    some = list(rows.order_by(ended, "line__identifier", "number")[(page - 1) * PAGE : page * PAGE])
    prices = prices_on(some, items_of(some), on)
    return Page(tuple(_listed(row, prices[row.pk]) for row in some), count, page, pages)


def _listed(row: Contract, price: Money) -> Listed:
    start = row.commitment_start_on
    return Listed(
        row.public_id, row.number, row.line.identifier if row.line else "", row.offer.names,
        row.cost_centre.name if row.cost_centre else "", price, row.service_from,
        ends_on(start, row.commitment_months) if start else None, row.last_day,
    )  # fmt: skip


def _called(asked: str) -> Q:
    """A part of a contract's number or of its line's, however people write that one: 0470 65 43 21."""
    found = Q(number__icontains=asked) | Q(line__identifier__icontains=asked)
    digits = asked_digits(asked)
    written = len(digits) >= _TOLD and not any(one.isalpha() for one in asked)
    return found | Q(line__identifier__contains=digits) if written else found


def _monthly(scope: Scope, on: date) -> Mapping[tuple[str, str], Money]:
    """`price_now` of all contracts that run, added up by plan and price mode: each price and each discount that occurs
    is asked for once, times how often it occurs."""
    found: dict[tuple[str, str], Money] = defaultdict(zero)
    mine = accounts.within(scope, "contract__account") & _not_ended(on, "contract__")
    priced = Item.objects.filter(mine, _runs(on), monthly_price__gt=0)
    for code, mode, price, pieces, many in priced.values_list(*_PLAN, "monthly_price", "quantity").annotate(
        Count("pk")
    ):
        found[code, mode] += price_now([MonthlyPrice(Money.of(price) * pieces, False)], ()) * many
    offers = Item.objects.filter(_runs(on), contract=OuterRef("contract"), product__kind="offer", monthly_price__gt=0)
    offered = Subquery(offers.order_by("pk").values_list(F("monthly_price") * F("quantity"))[:1])
    cuts = Discount.objects.filter(mine, _holds(on)).annotate(offered=offered).exclude(offered=None)
    kinds: Any = cuts.values_list(*_PLAN, "percent", "monthly_amount", "offered").annotate(Count("pk"))
    for code, mode, percent, amount, price, many in kinds:
        cut = PriceCut(percent, None if amount is None else Money.of(amount))
        found[code, mode] -= cut.of(Money.of(price).rounded()).rounded() * many
    return found


_PLAN = ("contract__offer__code", "contract__account__prices")


def _not_ended(on: date, path: str = "") -> Q:
    return Q(**{f"{path}last_day": None}) | Q(**{f"{path}last_day__gte": on})


def _holds(on: date) -> Q:
    """A dated part of a contract on a day, or on the first with service when that is to come."""
    day = Greatest(F("contract__service_from"), Value(on))
    starts, lasts = Q(from_on=None) | Q(from_on__lte=day), Q(to_on=None) | Q(to_on__gt=day)
    return Q(contract__service_from__isnull=False) & starts & lasts


def _runs(on: date) -> Q:
    """An item that costs money on that day (`item_days.active_days`); of a contract that has not started, one that was
    not taken back."""
    day = Greatest(F("contract__service_from"), Value(on))
    lasts = Q(contract__last_day=None) | Q(contract__last_day__gte=day)
    return _holds(on) & lasts | Q(contract__service_from=None, to_on=None)
