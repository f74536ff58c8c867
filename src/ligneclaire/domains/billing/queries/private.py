"""What runs made of an employee's private part: documents, and the months that had none, with the reason (SPL-04 to
SPL-06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ligneclaire.domains.accounts.queries import within
from ligneclaire.domains.billing.models import Draft, Invoice
from ligneclaire.domains.billing.policies import BillingCalendar, PrivateInvoice
from ligneclaire.domains.billing.rules.private_part import NO_STATEMENT, SKIPPED, Holding, Past, private_part
from ligneclaire.domains.billing.rules.states import PUT_ASIDE
from ligneclaire.domains.contracts.models import SplitBill
from ligneclaire.domains.rulebook.versions import Rulebook
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import add_months
from ligneclaire.kernel.scope import Scope

PRIVATE = "billing.private."  # the steps of a decision


@dataclass(frozen=True, slots=True)
class PrivateMonth:
    """What a released run made of the private part up to a month of usage: a document (`public_id`), or none, with what
    is carried. `because` are the steps to the decision, as stored."""

    used_in: date
    run_month: date
    public_id: str
    number: str
    total: Money
    carried: Money | None
    because: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class PrivatePart:
    """All of it, newest first; `latest_on`: the day on which the next document comes at the latest (None: no more)."""

    months: tuple[PrivateMonth, ...]
    latest_on: date | None
    threshold: Money | None


def splits_of(scope: Scope) -> tuple[SplitBill, ...]:
    """The split bills of the accounts in a scope, as their employee has them, oldest first."""
    found = SplitBill.objects.filter(within(scope, "account"), from_on__isnull=False).order_by("from_on", "pk")
    return tuple(found.select_related("account", "contract__account__party"))


def private_part_of(
    scope: Scope, on: date, book: Rulebook, splits: Sequence[SplitBill] | None = None
) -> PrivatePart | None:
    """What became of the private part of the accounts in a scope, on a day; None for who never shared a bill. `book`:
    the operator's rules; `splits`: what `splits_of` found, when it was asked before."""
    known = splits_of(scope) if splits is None else splits
    held = [(one.account_id, one.from_on, one.to_on) for one in known if one.from_on and one.from_on != one.to_on]
    if not held:
        return None
    accounts = {account for account, _start, _end in held}
    drafts = Draft.objects.filter(account_id__in=accounts, run__state="released").exclude(skip_reason=PUT_ASIDE)
    issued = {one.run_id: one for one in Invoice.objects.filter(account_id__in=accounts, run__isnull=False)}
    released = drafts.select_related("run").order_by("-run__month")
    first = min(start for _account, start, _end in held)
    months = tuple(
        _month(one, issued.get(one.run_id))
        for one in released
        if one.run.month > first and (one.run_id in issued or one.skip_reason in (SKIPPED, NO_STATEMENT))
    )
    holdings = [Holding(start, end) for _account, start, end in held]
    past = [Past(one.run.month, one.skip_reason, _money(one.carried)) for one in released]
    ahead = [one for one in holdings if one.to_on is None or not months or one.to_on > months[0].run_month]
    ended = all(one.to_on is not None and one.to_on < on.replace(day=1) for one in ahead)
    terms, calendar = book.in_force(PrivateInvoice, on), book.in_force(BillingCalendar, on)
    if terms is None or calendar is None or ended:
        return PrivatePart(months, None, None)
    start = min(one.from_on for one in ahead)
    coming = add_months(max(start, months[0].run_month) if months else start, 1)
    latest = _latest(holdings, past, coming, terms.value.private_skips)
    return PrivatePart(months, latest.replace(day=calendar.value.invoice_day), terms.value.private_threshold)


def _month(draft: Draft, invoice: Invoice | None) -> PrivateMonth:
    run = draft.run
    return PrivateMonth(
        used_in=add_months(run.month, -1),
        run_month=run.month,
        public_id=invoice.public_id if invoice else "",
        number=invoice.number if invoice else "",
        total=Money(invoice.total, invoice.currency) if invoice else Money.of(0),
        carried=_money(draft.carried),
        because=tuple(
            one for one in (invoice.because if invoice else draft.because) or () if one["code"].startswith(PRIVATE)
        ),
    )


def _latest(holdings: Sequence[Holding], past: Sequence[Past], coming: date, skips: int) -> date:
    """The month of the run that brings the next document at the latest; `coming` is that of the next run (C12)."""
    stands = private_part(holdings, past, coming)
    if stands is None or stands.leaves:
        return coming
    latest = add_months(coming, max(0, skips - stands.since.skips))
    ends = [one.to_on for one in holdings if one.to_on]
    return min(latest, max(ends)) if len(ends) == len(holdings) else latest


def _money(amount: Decimal | None) -> Money | None:
    return None if amount is None else Money(amount)
