"""A customer as the desk sees one: who it is, what it owes and was promised, in one frozen view."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.accounts import queries as accounts
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.accounts.queries import AccountView
from ligneclaire.domains.billing.models import Invoice
from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts.queries import ContractView
from ligneclaire.domains.customers import queries as customers
from ligneclaire.domains.customers.models import Party
from ligneclaire.domains.customers.queries import CustomerView, NotFound
from ligneclaire.domains.ledger import queries as ledger
from ligneclaire.domains.promises import queries as promises
from ligneclaire.domains.promises.queries import PromiseView
from ligneclaire.journeys import customer_pages
from ligneclaire.journeys.customer_pages import Bill, Bills
from ligneclaire.kernel.money import Money, sum_money, zero
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class OpenBill:
    """A bill that is not settled, with the structured communication by which a payment names it."""

    bill: Bill
    communication: str


@dataclass(frozen=True, slots=True)
class Owing:
    """An account with what it owes (negative: what it is owed), and its open bills, the oldest first."""

    account: AccountView
    balance: Money
    open: tuple[OpenBill, ...]


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """A customer with everything that belongs to it. Running contracts and open promises come first."""

    customer: CustomerView
    accounts: tuple[Owing, ...]
    contracts: tuple[ContractView, ...]
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
    mine = scope_of_customer(scope, public_id)
    bills = customer_pages.bills_of(mine, on)
    found = accounts.accounts_of(scope, public_id, on)
    asked = promises.promises_of(scope, on, public_id)
    return CustomerPage(
        customer,
        tuple(_owing(scope, one, on) for one in found),
        tuple(sorted(contracts.contracts_of(scope, public_id), key=lambda one: (one.last_day or date.max) < on)),
        bills,
        tuple(sorted(asked, key=lambda one: bool(one.outcome))),
    )


def scope_of_customer(scope: Scope, public_id: str) -> Scope:
    """The scope narrowed to one customer. Raises NotFound outside the scope."""
    party = Party.objects.filter(customers.within(scope), public_id=public_id).values_list("pk", flat=True).first()
    if party is None:
        raise NotFound(public_id)
    mine = Account.objects.filter(operator_id=scope.operator_id, party_id=party).values_list("pk", flat=True)
    return Scope(scope.operator_id, party_ids=frozenset({party}), account_ids=frozenset(mine), private_part=True)


def owing(scope: Scope, account_public_id: str, on: date) -> tuple[Owing, Account]:
    """One account with what it owes, and its row. Raises NotFound outside the scope."""
    row = (
        Account.objects.filter(accounts.within(scope), public_id=account_public_id)
        .select_related("party", "legal_entity")
        .first()
    )
    if row is None:
        raise NotFound(account_public_id)
    return _owing(scope, accounts.account_view(scope, account_public_id, on), on), row


def _owing(scope: Scope, view: AccountView, on: date) -> Owing:
    mine = Scope(scope.operator_id, account_ids=frozenset({view.id}), private_part=True)
    owed = [bill for bill in reversed(customer_pages.bills_of(mine, on).bills) if bill.open > zero()]
    rows = Invoice.objects.filter(accounts.within(mine, "account"), public_id__in=[bill.public_id for bill in owed])
    named = dict(rows.values_list("public_id", "structured_communication"))
    return Owing(
        view, ledger.balance(scope, view.id), tuple(OpenBill(bill, named.get(bill.public_id, "")) for bill in owed)
    )
