"""By when equipment comes back, and what happens when it does not (RET-01 to RET-05, C4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ligneclaire.domains.devices.policies import Returns
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.periods import add_days
from ligneclaire.kernel.policy import InForce

NONE, CHARGED, CREDITED = "none", "charged", "charged-then-credited"


@dataclass(frozen=True, slots=True)
class Due:
    """Equipment that has to come back: `reason` "termination" (`event_on` is the last day with service) or "exchange".

    At an exchange `event_on` is the delivery of the new unit. What is not known is None.
    """

    reason: str
    event_on: date
    dropped_on: date | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class Return:
    """The last day to return, the first day on which the price list is charged, and how it stands."""

    due_on: date
    charged_from: date
    charge: str
    reference_valid: bool | None
    because: tuple[Step, ...]


def equipment_return(due: Due, terms: InForce[Returns], on: date) -> Return:
    """The day of the drop-off counts, not the arrival; without one it stands as of `on`.

    A late return is charged and then credited in full (RET-05).
    """
    exchange = due.reason == "exchange"
    rule = "RET-02" if exchange else "RET-01"
    days = terms.value.return_days_exchange if exchange else terms.value.return_days_termination
    due_on = add_days(due.event_on, days)
    charged_from = due_on + timedelta(days=1)
    steps = [
        terms.step(f"devices.step.due-{due.reason}", rule, due_on, event=due.event_on, days=days, due=due_on),
        step("devices.step.charged-from", "RET-03", charged_from, on=charged_from),
    ]
    valid = None
    if due.reference is not None:
        valid = due.reference.startswith(terms.value.return_reference_prefix)
        steps.append(_reference_step(due.reference, valid, terms))
    standing = _standing(due.dropped_on, due_on, on)
    return Return(due_on, charged_from, standing.value, valid, (*steps, standing))


def _standing(dropped_on: date | None, due_on: date, on: date) -> Step:
    """The last step, whose value is the charge."""
    if dropped_on is None:
        charge = CHARGED if on > due_on else NONE
        return step(f"devices.step.still-out-{charge}", "RET-03", charge, on=on)
    if dropped_on > due_on:
        return step("devices.step.dropped-late", "RET-05", CREDITED, on=dropped_on)
    return step("devices.step.dropped-in-time", "RET-03", NONE, on=dropped_on)


def _reference_step(reference: str, valid: bool, terms: InForce[Returns]) -> Step:
    code, value = ("reference-valid", "true") if valid else ("reference-wrong", "false")
    prefix = terms.value.return_reference_prefix
    return terms.step(f"devices.step.{code}", "RET-04", value, reference=reference, prefix=prefix)
