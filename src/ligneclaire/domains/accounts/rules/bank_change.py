"""New bank details: from which debit on they count (PAY-05, PAY-06, C5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ligneclaire.domains.accounts.rules.debit import debit_day_in
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.periods import Period, add_months


@dataclass(frozen=True, slots=True)
class FirstDebit:
    """The first debit from the new account."""

    on: date
    because: tuple[Step, ...]


def debit_month(received_on: date, cutoff_day: int) -> Period:
    """The month of the first debit: the next one when received before the cut-off day, else the one after (PAY-05)."""
    return Period.month_of(add_months(received_on.replace(day=1), 1 if received_on.day < cutoff_day else 2))


def first_debit(
    received_at: datetime, cutoff_day: int, debit_day: int, policies: tuple[str | None, str | None]
) -> FirstDebit:
    """The first debit from the new account. `received_at` is the local moment of receipt (PAY-06).

    `policies` are the versions that gave the cut-off day and the debit day; None where a fact gave it.
    """
    received_on = received_at.date()
    month = debit_month(received_on, cutoff_day)
    in_time = received_on.day < cutoff_day
    debit_on, steps = debit_day_in(month, debit_day, policies[1])
    because = (
        step("accounts.bank.received", "PAY-06", received_on, at=received_at.isoformat()),
        step(
            "accounts.bank.in-time" if in_time else "accounts.bank.late",
            "PAY-05",
            month.label,
            policies[0],
            day=cutoff_day,
            month=month.label,
        ),
        *steps,
        step("accounts.bank.first-debit", "PAY-05", debit_on, on=debit_on),
    )
    return FirstDebit(debit_on, because)
