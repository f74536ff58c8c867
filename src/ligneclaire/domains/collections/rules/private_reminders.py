"""What an unpaid private invoice comes to: the employee is reminded, the employer told, the employer owes (SPL-11).

Each step counts from what was told at the one before, so that neither a new policy nor a worker that stood still takes
days away from anybody. At most one step on a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ligneclaire.domains.collections.policies import PrivateReminders
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.states import StateTable

DUE, REMINDED, ESCALATED, LIABLE = "due", "reminded", "escalated", "employer-liable"
STEPS = StateTable("private invoice", [(DUE, REMINDED), (REMINDED, ESCALATED), (ESCALATED, LIABLE)])


@dataclass(frozen=True, slots=True)
class Debt:
    """A private invoice as it stands: the last step, the day until which it said that one may pay (of `due`: the due
    date), what may be collected of it now, and when a dispute about it was answered last."""

    step: str
    pay_by: date
    collectable: Money
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step that is due: what is owed, and until when one may pay before the next one; None after the last."""

    step: str
    amount: Money
    pay_by: date | None


def next_step(debt: Debt, terms: PrivateReminders, on: date) -> NextStep | None:
    """The step that is due on a day, or None: paid, disputed, not yet, or the last one was taken.

    A disputed sum is not collected; when the dispute is answered, the days of the running step count anew.
    """
    following = next(iter(STEPS.following(debt.step)), None)
    if following is None or debt.collectable.amount <= 0 or on <= _waits_until(debt, terms):
        return None
    return NextStep(following, debt.collectable, None if following == LIABLE else on + _days(following, terms))


def _waits_until(debt: Debt, terms: PrivateReminders) -> date:
    """The last day on which nothing happens."""
    told = debt.pay_by + _days(DUE, terms) if debt.step == DUE else debt.pay_by
    return told if debt.answered_on is None else max(told, debt.answered_on + _days(debt.step, terms))


def _days(step: str, terms: PrivateReminders) -> timedelta:
    """How long the next step waits after that one."""
    days = {
        DUE: terms.private_reminder_days,
        REMINDED: terms.private_payment_days,
        ESCALATED: terms.employer_payment_days,
    }
    return timedelta(days=days[step])
