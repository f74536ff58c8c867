"""How long a customer is bound, from when until when (CON-01, CON-02, L-EU-01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.periods import add_months
from ligneclaire.kernel.policy import Law


@dataclass(frozen=True, slots=True)
class Commitment:
    """The months from a day on that a customer is bound, and why; zero months bind nobody."""

    months: int
    because: tuple[Step, ...]


def commitment(offered: int, segment: str, law: Law | None) -> Commitment:
    """The offer's months (CON-01), for a consumer at most what the law of the day allows.

    `law` is the entry of the country that holds `max_commitment_months`, or None when there was none yet.
    """
    steps = [step("contracts.commitment.offered", "CON-01", offered, months=offered)]
    if law is None or segment != "consumer" or offered <= law["max_commitment_months"]:
        return Commitment(offered, tuple(steps))
    cap = int(law["max_commitment_months"])
    steps.append(step("contracts.commitment.capped", law.id, cap, law.text, months=cap))
    return Commitment(cap, tuple(steps))


def ends_on(start: date, months: int) -> date | None:
    """The last day of a commitment that starts on a day (C3, C7); None when nobody is bound."""
    return add_months(start, months) - timedelta(days=1) if months else None


def month_ends(start: date, months: int, on: date) -> tuple[date, ...]:
    """The last day of each commitment month (C7) that has not passed on a day, up to the end of the commitment."""
    ends = (add_months(start, k) - timedelta(days=1) for k in range(1, months + 1))
    return tuple(end for end in ends if end >= on)
