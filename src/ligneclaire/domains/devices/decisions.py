"""The decisions of equipment: `equipment-return`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ligneclaire.domains.devices import policies
from ligneclaire.domains.devices.rules import equipment_return
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.decision import Answer, Context, Facts, decision
from ligneclaire.kernel.facts import Day


class EquipmentReturnFacts(Facts):
    """Why equipment comes back and since when: the last day with service, or the delivery of the new unit."""

    reason: Literal["termination", "exchange"]
    event_on: Day
    dropped_on: Day | None = None
    reference: Annotated[str, Field(strict=True, max_length=200)] | None = None


class EquipmentReturnAnswer(Answer):
    """The last day to return, the first day of the charge, how it stands, and whether the reference is one of ours."""

    due_on: Day
    charged_from: Day
    charge: Literal["none", "charged", "charged-then-credited"]
    reference_valid: bool | None


@decision(
    "equipment-return",
    "By when equipment comes back, and whether it is charged",
    rules=("RET-01", "RET-02", "RET-03", "RET-04", "RET-05", "C4"),
    facts=EquipmentReturnFacts,
    answer=EquipmentReturnAnswer,
    policies=(policies.Returns,),
    example={
        "reason": "termination",
        "event_on": "2026-05-31",
        "dropped_on": "2026-07-01",
        "reference": "RM-20261",
    },
    example_operator="rural",
)
def decide_equipment_return(
    facts: EquipmentReturnFacts, context: Context
) -> tuple[EquipmentReturnAnswer, tuple[Step, ...]]:
    """By the policy of the day of the event; as of the day of asking when nothing was dropped off."""
    terms = context.policy(policies.Returns, facts.event_on)
    due = equipment_return.Due(facts.reason, facts.event_on, facts.dropped_on, facts.reference)
    found = equipment_return.equipment_return(due, terms, context.on)
    answer = EquipmentReturnAnswer(
        due_on=found.due_on,
        charged_from=found.charged_from,
        charge=found.charge,
        reference_valid=found.reference_valid,
    )
    return answer, found.because
