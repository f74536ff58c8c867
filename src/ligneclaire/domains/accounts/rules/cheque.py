"""Payment by cheque: it arrives before a day of the month (PAY-04, C5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.accounts.policies import Cheque
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.periods import Period, last_day_before
from ligneclaire.kernel.policy import InForce


@dataclass(frozen=True, slots=True)
class ChequeArrival:
    """Whether a cheque came in time, and the last day on which it would have."""

    in_time: bool
    latest_on: date
    because: tuple[Step, ...]


def arrival(month: Period, received_on: date, terms: InForce[Cheque]) -> ChequeArrival:
    """Whether a cheque for a month's invoice came in time: strictly before the day (C5), and at no charge (PAY-04)."""
    latest_on = last_day_before(month.start, terms.value.cheque_before)
    in_time = received_on <= latest_on
    because = (
        terms.step("accounts.cheque.latest", "PAY-04", latest_on, day=terms.value.cheque_before, on=latest_on),
        terms.step(
            f"accounts.cheque.{'surcharge' if terms.value.cheque_surcharge else 'free'}",
            "PAY-04",
            terms.value.cheque_surcharge,
            amount=terms.value.cheque_surcharge,
        ),
        step(f"accounts.cheque.{'in-time' if in_time else 'late'}", "C5", str(in_time).lower(), on=received_on),
    )
    return ChequeArrival(in_time, latest_on, because)
