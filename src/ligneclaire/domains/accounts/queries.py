"""Accounts within a scope, how they pay, and which scope a login has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from ligneclaire.domains.access import queries as access
from ligneclaire.domains.access.models import Login
from ligneclaire.domains.accounts.models import Account, PaymentTerms
from ligneclaire.domains.customers import queries as customers
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class TermsView:
    """How an account pays from a day on. Of the bank account only the last four digits (PAY-09)."""

    method: str
    from_on: date
    to_on: date | None
    holder: str
    iban_last4: str
    mandate_reference: str
    mandate_signed_on: date | None
    notice_days_agreed: int | None


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account with its terms of payment in force on a day, and those agreed for later."""

    id: int
    public_id: str
    number: str
    name: str
    party_public_id: str
    language: str
    prices: str
    delivery: str
    email: str
    complementary_share: int
    opened_on: date
    closed_on: date | None
    terms: TermsView | None
    later_terms: tuple[TermsView, ...]


def scope_of(login: Login, on: date | None = None) -> Scope:
    """What a login may see: all of its operator for staff, else the parties the person acts for and their accounts.

    Somebody without a role sees nothing. `on` is the day of the roles; without it, those without an end count. The
    private part of a split bill is for holders alone, never for who manages a company's lines (FMP-11).
    """
    if access.staff_roles(login):
        return Scope.staff(login.operator_id)
    roles = customers.acting_roles(login, on)
    parties = frozenset(party for party, _role in roles)
    accounts = Account.objects.filter(operator_id=login.operator_id, party_id__in=parties)
    return Scope(
        login.operator_id,
        party_ids=parties,
        account_ids=frozenset(accounts.values_list("pk", flat=True)),
        private_part=all(role == "holder" for _party, role in roles),
    )


def within(scope: Scope, path: str = "") -> Q:
    """The condition that keeps rows to the accounts of a scope; `path` leads from a row to its account ("account").

    Accounts that are named one by one are accounts of the scope's parties: only without them the parties decide, which
    costs a join.
    """
    mine = Q(operator_id=scope.operator_id)
    if scope.account_ids is not None:
        return mine & Q(**{f"{path}__pk__in" if path else "pk__in": scope.account_ids})
    if scope.party_ids is not None:
        return mine & Q(**{f"{path}__party_id__in" if path else "party_id__in": scope.party_ids})
    return mine


def account_view(scope: Scope, public_id: str, on: date) -> AccountView:
    """One account. Raises NotFound outside the scope."""
    account = Account.objects.filter(within(scope), public_id=public_id).select_related("party").first()
    if account is None:
        raise NotFound(public_id)
    return _views([account], on)[0]


def accounts_of(scope: Scope, party_public_id: str, on: date) -> tuple[AccountView, ...]:
    """The accounts of a party that lie within the scope, by number."""
    found = Account.objects.filter(within(scope), party__public_id=party_public_id).select_related("party")
    return _views(list(found.only(*_VIEWED).order_by("number")), on)


def terms_on(account: Account, on: date) -> PaymentTerms | None:
    """The terms of payment in force on a day, or None."""
    running = Q(to_on=None) | Q(to_on__gt=on)
    return PaymentTerms.objects.filter(running, account=account, from_on__lte=on).order_by("-from_on").first()


def last_four(iban: str) -> str:
    """The last four characters of an account number, all that pages and mails show of it."""
    return iban[-4:]


_VIEWED = (
    "public_id", "number", "name", "party__public_id", "language", "prices", "delivery", "email",
    "complementary_share", "opened_on", "closed_on",
)  # fmt: skip


def _views(rows: Sequence[Account], on: date) -> tuple[AccountView, ...]:
    """The accounts with the terms that hold on the day (the last agreed of them) and those to come."""
    known = PaymentTerms.objects.filter(account__in=[row.pk for row in rows]).exclude(to_on__lte=on)
    running: dict[int, TermsView] = {}
    later: dict[int, list[TermsView]] = {}
    for terms in known.order_by("from_on"):
        if terms.from_on <= on:
            running[terms.account_id] = _terms(terms)
        else:
            later.setdefault(terms.account_id, []).append(_terms(terms))
    return tuple(_view(row, running.get(row.pk), tuple(later.get(row.pk, ()))) for row in rows)


def _view(account: Account, running: TermsView | None, later: tuple[TermsView, ...]) -> AccountView:
    return AccountView(
        account.pk, account.public_id, account.number, account.name, account.party.public_id, account.language,
        account.prices, account.delivery, account.email, account.complementary_share, account.opened_on,
        account.closed_on, running, later,
    )  # fmt: skip


def _terms(terms: PaymentTerms) -> TermsView:
    return TermsView(
        terms.method, terms.from_on, terms.to_on, terms.holder, last_four(terms.iban), terms.mandate_reference,
        terms.mandate_signed_on, terms.notice_days_agreed,
    )  # fmt: skip
