"""How long ahead a move is announced (MOV-01, MOV-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.contracts.policies import Relocation
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.periods import add_days
from ligneclaire.kernel.policy import InForce

ON_TIME, ACCEPTED, BEST_EFFORT = "on-time", "accepted", "best-effort"


@dataclass(frozen=True, slots=True)
class Announced:
    """The verdict on a move, its days ahead, and the days by which it should, or at least must, be announced."""

    verdict: str
    days: int
    preferred_by: date
    minimum_by: date
    because: tuple[Step, ...]


def announced(requested_on: date, move_on: date, terms: InForce[Relocation]) -> Announced:
    """`requested_on` is the day on which the date of the move was given (MOV-06). Never refused, only not promised."""
    days = (move_on - requested_on).days
    preferred, minimum = terms.value.move_preferred_days, terms.value.move_minimum_days
    preferred_by, minimum_by = add_days(move_on, -preferred), add_days(move_on, -minimum)
    verdict = ON_TIME if days >= preferred else ACCEPTED if days >= minimum else BEST_EFFORT
    steps = (
        step("contracts.step.move-days", "MOV-06", days, requested=requested_on, move=move_on, days=days),
        terms.step("contracts.step.move-preferred", "MOV-01", preferred_by, days=preferred, on=preferred_by),
        terms.step("contracts.step.move-minimum", "MOV-01", minimum_by, days=minimum, on=minimum_by),
        step(f"contracts.step.move-{verdict}", "MOV-01", verdict, terms.source, days=days),
    )
    return Announced(verdict, days, preferred_by, minimum_by, steps)
