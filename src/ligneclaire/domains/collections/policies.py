"""What an operator may set about collecting: how long each waits for an unpaid private invoice."""

from __future__ import annotations

from dataclasses import dataclass

from ligneclaire.kernel.policy import Anchor, policy


@policy(
    "collections.private_reminders",
    Anchor.NOW,
    private_reminder_days="SPL-11",
    private_payment_days="SPL-11",
    employer_payment_days="SPL-11",
)
@dataclass(frozen=True, slots=True)
class PrivateReminders:
    """Who hears of an unpaid private invoice, and when (SPL-11).

    `private_reminder_days`: days after the due date that pass before the employee is reminded. `private_payment_days`:
    days that this reminder leaves before the employer hears of it. `employer_payment_days`: days after that before the
    employer owes it.
    """

    private_reminder_days: int
    private_payment_days: int
    employer_payment_days: int

    def __post_init__(self) -> None:
        for name in ("private_reminder_days", "private_payment_days", "employer_payment_days"):
            if not 1 <= getattr(self, name) <= 180:
                raise ValueError(f"{name} lies between 1 and 180")
