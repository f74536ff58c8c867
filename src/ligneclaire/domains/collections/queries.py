"""Unpaid private invoices: which there are, and what a manager may know of those that came to the employer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max

from ligneclaire.domains.accounts.queries import within
from ligneclaire.domains.billing import queries as billing
from ligneclaire.domains.billing.models import DisputeAnswer, Invoice, InvoiceLine
from ligneclaire.domains.collections.models import PrivateReminder
from ligneclaire.domains.collections.rules.private_reminders import DUE, ESCALATED, LIABLE, Debt
from ligneclaire.domains.contracts.models import SplitBill
from ligneclaire.domains.customers.models import PartyRole, Person
from ligneclaire.domains.operators import queries as operators
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class PrivateDebt:
    """An unpaid private invoice with everybody whom it concerns; `lines` are the numbers that it is about. Without
    `employer_id` its lines are of two companies, and neither hears of it."""

    invoice_id: int
    public_id: str
    number: str
    communication: str
    debt: Debt
    holder: Person | None
    lines: tuple[str, ...]
    employer_id: int | None
    company_id: int | None


@dataclass(frozen=True, slots=True)
class Escalated:
    """What a manager may know of an employee's unpaid private invoice: whose, how much is due now, until when; never
    what it is made of (FMP-11). `liable_since`: the day from which the company owes it; None = not yet."""

    lines: tuple[str, ...]
    person: str
    due: Money
    pay_by: date
    liable_since: date | None


def debtors(operator_id: int) -> tuple[int, ...]:
    """The accounts of employees who share or shared a bill, in order."""
    accepted = SplitBill.objects.filter(operator_id=operator_id, accepted_at__isnull=False)
    return tuple(accepted.order_by("account_id").values_list("account_id", flat=True).distinct())


def private_debts(operator_id: int, account_ids: Collection[int]) -> tuple[PrivateDebt, ...]:
    """What is open of private invoices of these accounts, oldest first, with what disputes leave to collect.

    An invoice that also bills something else than lines with a split bill is no private invoice.
    """
    scope = Scope(operator_id, account_ids=frozenset(account_ids))
    open_ = {one.item: one for one in billing.open_invoices(scope) if one.currency == "EUR"}
    rows = list(Invoice.objects.filter(operator_id=operator_id, public_id__in=open_).select_related("account"))
    ids = [row.pk for row in rows]
    billed, splits, answered, taken = _billed(ids), _splits(account_ids), _answered(operator_id, ids), _taken(ids)
    holders = _holders(row.account.party_id for row in rows)
    found = []
    for row in sorted(rows, key=lambda one: (one.due_on, one.pk)):
        about = [one for one in splits.get(row.account_id, ()) if one.contract.line_id in billed.get(row.pk, ())]
        if not about or billed[row.pk] - {one.contract.line_id for one in about}:
            continue
        step, pay_by = taken.get(row.pk, (DUE, row.due_on))
        employers = {(one.contract.account_id, one.contract.account.party_id) for one in about}
        employer, company = employers.pop() if len(employers) == 1 else (None, None)
        found.append(
            PrivateDebt(
                row.pk, row.public_id, row.number, row.structured_communication,
                Debt(step, pay_by or row.due_on, open_[row.public_id].collectable, answered.get(row.pk)),
                holders.get(row.account.party_id), _numbers(about), employer, company,
            )
        )  # fmt: skip
    return tuple(found)


def escalated_of(scope: Scope) -> tuple[Escalated, ...]:
    """The unpaid private invoices of which the companies in a scope were told, oldest first (SPL-11, FMP-11).

    One that is paid, or disputed whole, is not among them.
    """
    told = PrivateReminder.objects.filter(within(scope, "employer"), step__in=(ESCALATED, LIABLE)).order_by("pk")
    steps: dict[int, dict[str, PrivateReminder]] = {}
    for one in told.select_related("invoice"):
        steps.setdefault(one.invoice_id, {})[one.step] = one
    if not steps:
        return ()
    accounts = {one.invoice.account_id for of in steps.values() for one in of.values()}
    zone = operators.zone_of(scope.operator_id)
    return tuple(
        _escalated(debt, steps[debt.invoice_id], zone)
        for debt in private_debts(scope.operator_id, accounts)
        if debt.invoice_id in steps and debt.debt.collectable.amount > 0
    )


def _escalated(debt: PrivateDebt, steps: Mapping[str, PrivateReminder], zone: ZoneInfo) -> Escalated:
    liable, pay_by = steps.get(LIABLE), steps[ESCALATED].pay_by
    return Escalated(
        debt.lines,
        f"{debt.holder.given_name} {debt.holder.family_name}" if debt.holder else "",
        debt.debt.collectable,
        pay_by or debt.debt.pay_by,
        liable.at.astimezone(zone).date() if liable else None,
    )


def _billed(invoice_ids: Sequence[int]) -> dict[int, set[int]]:
    """The lines that each invoice bills."""
    found: dict[int, set[int]] = {}
    rows = InvoiceLine.objects.filter(invoice_id__in=invoice_ids, line__isnull=False)
    for invoice, line in rows.values_list("invoice_id", "line_id").distinct():
        found.setdefault(invoice, set()).add(line)
    return found


def _splits(account_ids: Collection[int]) -> dict[int, list[SplitBill]]:
    """The split bills of each employee's account, those that ended too."""
    found: dict[int, list[SplitBill]] = {}
    rows = SplitBill.objects.filter(account_id__in=account_ids, accepted_at__isnull=False)
    for one in rows.select_related("contract__account", "contract__line").order_by("pk"):
        found.setdefault(one.account_id, []).append(one)
    return found


def _numbers(splits: Iterable[SplitBill]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.contract.line.identifier for one in splits if one.contract.line))


def _answered(operator_id: int, invoice_ids: Sequence[int]) -> dict[int, date]:
    """The local day of the last answer to a dispute, by invoice."""
    zone = operators.zone_of(operator_id)
    rows: Any = DisputeAnswer.objects.filter(dispute__line__invoice_id__in=invoice_ids)
    last = rows.values_list("dispute__line__invoice_id").annotate(last=Max("answered_at"))
    return {invoice: at.astimezone(zone).date() for invoice, at in last}


def _taken(invoice_ids: Sequence[int]) -> dict[int, tuple[str, date | None]]:
    """The last step of each invoice, with the day until which one may pay."""
    rows = PrivateReminder.objects.filter(invoice_id__in=invoice_ids).order_by("pk")
    return {one.invoice_id: (one.step, one.pay_by) for one in rows}


def _holders(party_ids: Iterable[int]) -> dict[int, Person]:
    roles = PartyRole.objects.filter(party_id__in=set(party_ids), role="holder", to_on=None).select_related("person")
    return {role.party_id: role.person for role in roles.order_by("-pk")}
