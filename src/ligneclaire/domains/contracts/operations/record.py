"""What every act on a contract does: lock the account, then the contract; write the event and the audit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.contracts.models import Contract, ContractEvent
from ligneclaire.domains.contracts.refusals import BeforeSignature, Ended


def lock(contract: Contract) -> Contract:
    """The contract's row as it is now, with its account locked until the transaction ends."""
    accounts.lock(contract.account)
    return Contract.objects.select_related("account__party", "offer").get(pk=contract.pk)


def write(
    contract: Contract, kind: str, act: str, *, on: date, at: datetime, actor: str, **detail: Any
) -> ContractEvent:
    """Keep what happened to a contract, and who did it."""
    event = ContractEvent.objects.create(
        operator_id=contract.operator_id, contract=contract, at=at, on=on, kind=kind, detail=detail, actor=actor
    )
    subject = f"contract:{contract.public_id}"
    audit.record(
        operator_id=contract.operator_id, at=at, actor=actor, act=act, subject=subject, detail={"event": event.pk}
    )
    return event


def check_running(contract: Contract, on: date) -> None:
    """Raises BeforeSignature or Ended when nothing can happen to the contract on that day."""
    if on < contract.signed_on:
        raise BeforeSignature(contract=contract.number, on=contract.signed_on)
    if contract.last_day is not None and on > contract.last_day:
        raise Ended(contract=contract.number, on=contract.last_day)
