"""What comes back after a contract ends, by the decision `equipment-return`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts.models import Contract, Item
from ligneclaire.domains.devices import decisions
from ligneclaire.domains.devices.policies import Returns
from ligneclaire.domains.operators.models import Operator
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.decision import Context


@dataclass(frozen=True, slots=True)
class Returning:
    """Equipment that comes back: the last day, the first day of the charge, the reference on the parcel, and why."""

    due_on: date
    charged_from: date
    reference: str
    because: tuple[Step, ...]


def return_after(contract: Contract, last_day: date, on: date, at: datetime) -> Returning | None:
    """What a customer has to return after the last day with service (RET-01, RET-04); None without equipment.

    The reference is the operator's prefix and the contract's number, so it is the same whenever it is asked for.
    """
    if not _has_equipment(contract):
        return None
    operator = Operator.objects.get(pk=contract.operator_id)
    book = contracts.book_of_account(contract.account, contract.offer.code)
    context = Context(book=book, on=on, at=at, operator=operator.code, country_known=operator.country)
    prefix = context.policy(Returns, last_day).value.return_reference_prefix
    reference = f"{prefix}{contract.number}"
    facts = decisions.EquipmentReturnFacts(reason="termination", event_on=last_day, reference=reference)
    answer, steps = decisions.decide_equipment_return(facts, context)
    return Returning(answer.due_on, answer.charged_from, reference, steps)


def _has_equipment(contract: Contract) -> bool:
    if contract.equipment_received_on is not None:
        return True
    return Item.objects.filter(contract=contract, product__kind="equipment").exists()
