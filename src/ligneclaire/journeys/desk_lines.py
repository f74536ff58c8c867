"""The lines of a customer in a month, as the way from its page to their usage: how full the bundles are, and what is
charged beside them. A company's lines are seen as the company sees them (FMP-11); who shares a bill with an employer
has the shared line on a page of his own, with his part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.billing.queries import company_usage, private
from ligneclaire.domains.contracts.models import SplitBill
from ligneclaire.domains.customers import queries as customers
from ligneclaire.domains.customers.queries import CustomerView
from ligneclaire.domains.lines.rules.asked import asked_digits
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage.queries import fleet as usage
from ligneclaire.domains.usage.queries import wall
from ligneclaire.domains.usage.queries.wall import AsOf, Gauge, Seen, Used
from ligneclaire.journeys import own_share, usage_explorer
from ligneclaire.kernel.money import Money, sum_money, zero
from ligneclaire.kernel.scope import Scope

PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A line: its number in words, who uses it, its fullest bundle, what is charged beside the bundles to who is asked
    about, of a shared bill his part with VAT, and whether its usage opens as the user's own."""

    public_id: str
    number: str
    user: str
    gauge: Gauge | None
    amount: Money
    is_split: bool
    for_user: bool


@dataclass(frozen=True, slots=True)
class LinesPage:
    """A page of the lines of a customer whose number has the digits that are asked for; `count` is of all of them."""

    customer: CustomerView
    month: date
    as_of: AsOf
    asked: str
    rows: tuple[Row, ...]
    count: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PAGE))


def lines_page(scope: Scope, public_id: str, month: date, asked: str, page: int) -> LinesPage:
    """The lines of a customer in the month of a day. Raises NotFound."""
    customer = customers.customer_view(scope, public_id)
    accounts = Account.objects.filter(operator_id=scope.operator_id, party__public_id=public_id)
    mine = wall.as_employer(scope, accounts.values_list("pk", flat=True))
    digits = asked_digits(asked)
    shared = _shared(scope, mine, month)
    found = [*(one.seen for one in usage.fleet(mine, month)), *shared]
    some = [one for one in found if not asked or (digits and digits in one.identifier)]
    page = min(max(page, 1), max(1, -(-len(some) // PAGE)))
    shown = some[(page - 1) * PAGE : page * PAGE]
    operator = Operator.objects.get(pk=scope.operator_id)
    rows = _rows(shown, month, operator, shared, is_company=customer.kind == "company")
    return LinesPage(customer, month.replace(day=1), wall.as_of(found), asked, rows, len(some), page)


def _shared(scope: Scope, mine: Scope, month: date) -> Mapping[Seen, SplitBill]:
    """The lines of employers whose bill the customer shares in a month, as their user sees them."""
    held = {one.contract.line_id: one for one in private.splits_of(mine) if own_share.holds(one, month)}
    seen = wall.lines_in(scope, month, line_ids=[one for one in held if one]) if held else ()
    return {one: held[one.line_id] for one in seen}


def _rows(
    shown: Sequence[Seen], month: date, operator: Operator, shared: Mapping[Seen, SplitBill], *, is_company: bool
) -> tuple[Row, ...]:
    gauges, used = wall.fullest(shown), wall.used(shown)
    paid = company_usage.paid_by_company(shown) if is_company else {}
    users = usage.users_in(shown, month)
    found = []
    for one in shown:
        if split := shared.get(one):
            amount = _part(split, one, used.get(one.line_id, ()))
        else:
            whole = [part.amount for part in (paid if is_company else used).get(one.line_id, ())]
            amount = sum_money(whole).rounded() if whole else zero()
        found.append(
            Row(
                one.public_id, usage_explorer.number_of(one, operator), users.get(one.line_id, ""),
                gauges.get(one.line_id), amount, one.is_split, not is_company,
            )
        )  # fmt: skip
    return tuple(found)


def _part(split: SplitBill, seen: Seen, used: Sequence[Used]) -> Money:
    """What the user of a shared line is charged of it by now."""
    lines = own_share.private_lines(split, seen, split.contract.account, own_share.charged(used))
    return sum_money(line.amount for line in lines)
