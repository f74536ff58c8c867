"""Keep which steps were taken for unpaid private invoices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ligneclaire.domains.collections.queries import PrivateDebt
from ligneclaire.domains.collections.rules.private_reminders import REMINDED, NextStep
from ligneclaire.domains.operators import bulk

_COLUMNS = ("operator_id", "invoice_id", "step", "at", "amount", "pay_by", "employer_id")


def note_steps(*, operator_id: int, taken: Iterable[tuple[PrivateDebt, NextStep]], at: datetime) -> None:
    """Keep these steps, in the transaction that queues their messages. One that is known stays as it is (SPL-11)."""
    rows = [
        (
            operator_id, debt.invoice_id, one.step, at, one.amount.amount, one.pay_by,
            None if one.step == REMINDED else debt.employer_id,
        )
        for debt, one in taken
    ]  # fmt: skip
    bulk.insert("private_reminder", _COLUMNS, rows, known_stay=True)
