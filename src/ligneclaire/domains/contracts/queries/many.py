"""The contracts of a customer who has many of them: summed by plan, found by number, a page of them at a time.

What grows with their number is counted and added up by the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Count, Q, QuerySet, When

from ligneclaire.domains.accounts import queries as accounts
from ligneclaire.domains.catalogue.models import Product
from ligneclaire.domains.contracts.models import Contract
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
    """A page of contracts: those of it, how many there are on all pages, how many of these have ended, which page it
    is, and of how many."""

    rows: tuple[Listed, ...]
    count: int
    ended: int
    page: int
    pages: int


def plan_sums(scope: Scope, on: date) -> tuple[PlanSum, ...]:
    """What runs on a day within a scope, by plan and price mode, the most contracts first."""
    running = Contract.objects.filter(accounts.within(scope, "account"), _not_ended(on))
    plans = list(running.values_list("offer_id", "account__prices").annotate(Count("pk")))
    sums = _monthly(running, on, "offer_id, prices")
    offers = Product.objects.only("code", "names").in_bulk([offer for offer, *_rest in plans])
    found = [PlanSum(offers[pk].code, offers[pk].names, mode, many, sums[pk, mode]) for pk, mode, many in plans]
    return tuple(sorted(found, key=lambda one: (-one.contracts, one.code, one.prices)))


def contract_page(scope: Scope, on: date, *, plan: str = "", number: str = "", page: int = 1) -> Page:
    """Contracts within a scope by the number of their line, ended ones last: of a plan, and with a part of a line's or
    contract's own number; "" means any. A page beyond the last is the last."""
    rows = Contract.objects.filter(accounts.within(scope, "account"))
    rows = rows.filter(_called(number)) if number else rows
    rows = rows.filter(offer__code=plan) if plan else rows
    has_ended = Q(last_day__lt=on)
    count, over = rows.aggregate(all=Count("pk"), ended=Count("pk", filter=has_ended)).values()
    pages = max(1, -(-count // PAGE))
    page = min(max(page, 1), pages)
    read = rows.order_by(Case(When(has_ended, then=1), default=0), "line__identifier", "number").values_list(*_LISTED)
    some = list(read[(page - 1) * PAGE : page * PAGE])
    prices = _monthly(Contract.objects.filter(pk__in=[row[0] for row in some]), on, "mine_id")
    return Page(tuple(_listed(prices[row[:1]], row) for row in some), count, over, page, pages)


_LISTED = (
    "pk", "public_id", "number", "line__identifier", "offer__names", "cost_centre__name", "commitment_start_on",
    "commitment_months", "service_from", "last_day",
)  # fmt: skip


def _listed(price: Money, row: tuple[Any, ...]) -> Listed:
    _pk, public_id, number, line, names, centre, start, months, service_from, last_day = row
    end = ends_on(start, months) if start else None
    return Listed(public_id, number, line or "", names, centre or "", price, service_from, end, last_day)


def _called(asked: str) -> Q:
    """A part of a contract's number or of its line's, however people write that one: 0470 65 43 21."""
    found = Q(number__icontains=asked) | Q(line__identifier__icontains=asked)
    digits = asked_digits(asked)
    written = len(digits) >= _TOLD and not any(one.isalpha() for one in asked)
    return found | Q(line__identifier__contains=digits) if written else found


def _monthly(mine: QuerySet[Contract], on: date, key: str) -> Mapping[tuple[Any, ...], Money]:
    """`price_now` of contracts, added up by columns of theirs: each price and each discount that occurs is asked for
    once, times how often it occurs."""
    found: dict[tuple[Any, ...], Money] = defaultdict(zero)
    try:
        ids, known = mine.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # of no account, or no contract
        return found
    with connection.cursor() as cursor:
        cursor.execute(_PRICES.format(mine=ids, key=key), [on, *known])
        for *one, price, is_cut, percent, amount, many in cursor.fetchall():
            whole = price_now([MonthlyPrice(Money.of(price), False)], ())
            cut = PriceCut(percent, None if amount is None else Money.of(amount))
            found[*one,] += (-cut.of(whole).rounded() if is_cut else whole) * many
    return found


# What runs on a day, or on the first with service when that is to come; of a contract that has not started, what was
# not taken back (`item_days.active_days`). Discounts are of the offer.
_PRICES = """
WITH mine AS (
    SELECT contract.id AS mine_id, offer_id, account.prices, service_from, last_day, greatest(service_from, %s) AS day
    FROM contract JOIN account ON account.operator_id = contract.operator_id AND account.id = account_id
    WHERE contract.id IN ({mine})
), priced AS (
    SELECT mine.*, item.id AS item_id, item.monthly_price * item.quantity AS price, product.kind = 'offer' AS is_offer
    FROM mine JOIN contract_item item ON item.contract_id = mine_id JOIN product ON product.id = item.product_id
    WHERE item.monthly_price > 0 AND CASE WHEN service_from IS NULL THEN item.to_on IS NULL
          ELSE coalesce(from_on <= day, true) AND coalesce(to_on > day, true) AND coalesce(last_day >= day, true) END
), offered AS (
    SELECT DISTINCT ON (mine_id) * FROM priced WHERE is_offer AND service_from IS NOT NULL ORDER BY mine_id, item_id
)
SELECT {key}, price, false, NULL::numeric, NULL::numeric, count(*) FROM priced GROUP BY {key}, price
UNION ALL
SELECT {key}, price, true, percent, discount.monthly_amount, count(*)
FROM offered JOIN discount ON discount.contract_id = mine_id
WHERE coalesce(discount.from_on <= day, true) AND coalesce(discount.to_on > day, true)
GROUP BY {key}, price, percent, discount.monthly_amount"""


def _not_ended(on: date) -> Q:
    return Q(last_day=None) | Q(last_day__gte=on)
