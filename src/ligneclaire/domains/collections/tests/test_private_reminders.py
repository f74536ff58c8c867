"""SPL-11, step by step: the employee, then the employer, and nobody loses days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ligneclaire.domains.collections.policies import PrivateReminders
from ligneclaire.domains.collections.rules.private_reminders import (
    DUE,
    ESCALATED,
    LIABLE,
    REMINDED,
    STEPS,
    Debt,
    NextStep,
    next_step,
)
from ligneclaire.domains.rulebook import law, policy_tables
from ligneclaire.domains.rulebook.versions import Rulebook, Where
from ligneclaire.kernel.money import Money, zero

OWED = Money.of("22.40")
DUE_ON = date(2026, 7, 16)


def book(country: str) -> Rulebook:
    return Rulebook(policy_tables.common(), law.entries(), Where(country=country))


def terms(on: date = DUE_ON, country: str = "BE", **tried: int) -> PrivateReminders:
    found = book(country).trying(tried).in_force(PrivateReminders, on)
    assert found is not None
    return found.value


def asked(step: str, pay_by: str, on: str, **more: object) -> NextStep | None:
    debt = replace(Debt(step, date.fromisoformat(pay_by), OWED), **more)  # type: ignore[arg-type]
    return next_step(debt, terms(), date.fromisoformat(on))


@pytest.mark.rule("SPL-11")
@pytest.mark.parametrize(
    ("step", "pay_by", "on", "then", "until"),
    [
        (DUE, "2026-07-16", "2026-07-23", None, None),  # seven days after the due date have not passed
        (DUE, "2026-07-16", "2026-07-24", REMINDED, "2026-08-07"),
        (REMINDED, "2026-08-07", "2026-08-07", None, None),  # the last day to pay
        (REMINDED, "2026-08-07", "2026-08-08", ESCALATED, "2026-09-07"),
        (REMINDED, "2026-08-07", "2026-10-01", ESCALATED, "2026-10-31"),  # the worker stood still: thirty days all same
        (ESCALATED, "2026-09-07", "2026-09-07", None, None),
        (ESCALATED, "2026-09-07", "2026-09-08", LIABLE, None),
        (LIABLE, "2026-09-07", "2027-09-08", None, None),
    ],
)
def test_each_step_comes_the_day_after_what_the_one_before_left(
    step: str, pay_by: str, on: str, then: str | None, until: str | None
) -> None:
    wanted = NextStep(then, OWED, date.fromisoformat(until) if until else None) if then else None
    assert asked(step, pay_by, on) == wanted


@pytest.mark.rule("SPL-11")
@pytest.mark.parametrize("step", [DUE, REMINDED, ESCALATED])
def test_what_is_paid_or_disputed_stops_at_any_step(step: str) -> None:
    assert asked(step, "2026-07-16", "2026-12-01") is not None
    assert asked(step, "2026-07-16", "2026-12-01", collectable=zero()) is None
    part = asked(step, "2026-07-16", "2026-12-01", collectable=Money.of("3.10"))
    assert part is not None
    assert part.amount == Money.of("3.10")


@pytest.mark.rule("SPL-11")
def test_the_answer_to_a_dispute_begins_the_days_of_its_step_anew() -> None:
    answered = date(2026, 9, 1)
    for step, days in ((DUE, 7), (REMINDED, 14), (ESCALATED, 30)):
        last = answered + timedelta(days=days)
        assert asked(step, "2026-07-16", f"{last}", answered_on=answered) is None
        assert asked(step, "2026-07-16", f"{last + timedelta(days=1)}", answered_on=answered) is not None
    assert asked(REMINDED, "2026-12-31", "2026-12-31", answered_on=answered) is None  # never sooner than was told


def test_no_step_is_left_out_and_none_is_taken_back() -> None:
    assert STEPS.pairs == {(DUE, REMINDED), (REMINDED, ESCALATED), (ESCALATED, LIABLE)}


@pytest.mark.rule("L-BE-10", "SPL-11")
def test_the_law_leaves_fourteen_days_after_the_first_reminder() -> None:
    assert terms(private_payment_days=3).private_payment_days == 14
    assert terms(private_payment_days=21).private_payment_days == 21
    assert terms(country="FR", private_payment_days=3).private_payment_days == 3
    assert terms(on=date(2023, 8, 31), private_payment_days=3).private_payment_days == 3


@pytest.mark.parametrize("name", ["private_reminder_days", "private_payment_days", "employer_payment_days"])
def test_a_policy_that_makes_no_sense_is_refused(name: str) -> None:
    for days in (0, 181):
        with pytest.raises(ValueError, match=name):
            replace(PrivateReminders(7, 14, 30), **{name: days})
