"""An unpaid private invoice: the employee is reminded, then the company hears the amount due and nothing else (SPL-11).

What it is made of stays the employee's: no usage, no line of it, no link to it goes to a manager (FMP-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from ligneclaire.domains.collections import operations as collections
from ligneclaire.domains.collections.policies import PrivateReminders
from ligneclaire.domains.collections.queries import PrivateDebt, debtors, private_debts
from ligneclaire.domains.collections.rules.private_reminders import ESCALATED, REMINDED, NextStep, next_step
from ligneclaire.domains.customers import queries as customers
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.outbox import operations as outbox
from ligneclaire.domains.outbox.operations import NewMessage
from ligneclaire.domains.rulebook.queries import book_of
from ligneclaire.journeys import formats

BATCH = 500


def remind(*, operator_id: int, on: date, at: datetime) -> int:
    """Take the steps that are due on a local day; how many. Running it again, or twice at once, tells nobody twice.

    A step that would reach nobody is not taken: a reminder without an address is none.
    """
    with acting_for(operator_id):
        operator, accounts = Operator.objects.get(pk=operator_id), debtors(operator_id)
        found = book_of(operator_id).in_force(PrivateReminders, on)
    if found is None:
        return 0
    many = 0
    for start in range(0, len(accounts), BATCH):
        with acting_for(operator_id):
            many += _remind_some(operator, accounts[start : start + BATCH], found.value, on, at)
    return many


def _remind_some(operator: Operator, accounts: tuple[int, ...], terms: PrivateReminders, on: date, at: datetime) -> int:
    taken: list[tuple[PrivateDebt, NextStep]] = []
    messages: list[NewMessage] = []
    for debt in private_debts(operator.pk, accounts):
        step = next_step(debt.debt, terms, on)
        readers = _readers(debt, step, on) if step else []
        if step is None or (step.pay_by and not readers):
            continue
        taken.append((debt, step))
        messages += _messages(debt, step, readers, operator.country)
    collections.note_steps(operator_id=operator.pk, taken=taken, at=at)
    outbox.queue_many(operator_id=operator.pk, messages=messages, at=at)
    return len(taken)


def _readers(debt: PrivateDebt, step: NextStep, on: date) -> list[Person]:
    """The employee of the reminder, the company's managers of what comes after it."""
    if step.step == REMINDED:
        told = [debt.holder] if debt.holder else []
    else:
        told = list(customers.managers_of(debt.company_id, on)) if debt.company_id else []
    return [one for one in told if one.email]


def _messages(debt: PrivateDebt, step: NextStep, readers: list[Person], country: str) -> Iterator[NewMessage]:
    """One mail to each reader. Of the last step the mail before it told the day."""
    if step.pay_by is None:
        return
    template = "private-escalated" if step.step == ESCALATED else "private-reminder"
    params = {"amount": str(step.amount.amount), "pay_by": step.pay_by.isoformat()}
    if step.step == ESCALATED:
        params["line"] = ", ".join(formats.phone(one, country) for one in debt.lines)
    else:
        params |= {"invoice": debt.public_id, "number": debt.number, "communication": debt.communication}
    for reader in readers:
        key = f"{template}:{debt.public_id}:{reader.public_id}"
        yield NewMessage(key, reader.email, reader.language, template, params)
