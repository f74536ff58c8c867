"""A customer as the desk sees one: who it is, what it owes and was promised, in one frozen view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.accounts import queries as accounts
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.accounts.queries import AccountView
from ligneclaire.domains.customers import queries as customers
from ligneclaire.domains.customers.queries import CustomerView, NotFound
from ligneclaire.domains.ledger import queries as ledger
from ligneclaire.domains.promises import queries as promises
from ligneclaire.domains.promises.queries import PromiseView
from ligneclaire.journeys import customer_pages
from ligneclaire.journeys.customer_pages import Bill, Bills, Card
from ligneclaire.kernel.money import Money, sum_money, zero
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Owing:
    """An account with what it owes (negative: what it is owed), and its open bills, the oldest first."""

    account: AccountView
    balance: Money
    open: tuple[Bill, ...]


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """A customer with everything that belongs to it. Running contracts and open promises come first."""

    customer: CustomerView
    accounts: tuple[Owing, ...]
    contracts: tuple[Card, ...]
    bills: Bills
    promises: tuple[PromiseView, ...]

    @property
    def balance(self) -> Money:
        """What the customer owes on all accounts."""
        return sum_money(one.balance for one in self.accounts)

    @property
    def owed_back(self) -> Money:
        """What the customer is owed, as a positive amount; zero when it owes something or nothing."""
        return max(-self.balance, zero())


def customer_page(scope: Scope, public_id: str, on: date) -> CustomerPage:
    """One customer on a day. Raises NotFound outside the scope."""
    customer = customers.customer_view(scope, public_id)
    views = accounts.accounts_of(scope, public_id, on)
    mine = _scope_of(scope, (view.id for view in views))
    owed, bills = _owing(mine, views, on)
    asked = promises.promises_of(scope, on, public_id)
    return CustomerPage(
        customer,
        owed,
        customer_pages.cards_of(mine, on),
        bills,
        tuple(sorted(asked, key=lambda one: bool(one.outcome))),
    )


def _scope_of(scope: Scope, account_ids: Iterable[int]) -> Scope:
    """The scope narrowed to some of its accounts."""
    return Scope(scope.operator_id, account_ids=frozenset(account_ids), private_part=True)


def owing(scope: Scope, account_public_id: str, on: date) -> tuple[Owing, Account]:
    """One account with what it owes, and its row. Raises NotFound outside the scope."""
    row = (
        Account.objects.filter(accounts.within(scope), public_id=account_public_id)
        .select_related("party", "legal_entity")
        .first()
    )
    if row is None:
        raise NotFound(account_public_id)
    view = accounts.account_view(scope, account_public_id, on)
    (owed,), _bills = _owing(_scope_of(scope, [row.pk]), (view,), on)
    return owed, row


def _owing(mine: Scope, views: tuple[AccountView, ...], on: date) -> tuple[tuple[Owing, ...], Bills]:
    """What each account of a scope owes, and all bills of the scope."""
    items = ledger.items(mine)
    bills = customer_pages.bills_of(mine, on, items)
    open_ = [bill for bill in reversed(bills.bills) if bill.open > zero()]
    owed = tuple(
        Owing(
            view,
            ledger.total_open(one for one in items if one.account_id == view.id),
            tuple(bill for bill in open_ if bill.account_id == view.id),
        )
        for view in views
    )
    return owed, bills
