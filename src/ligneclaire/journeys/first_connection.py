"""From what the network reports to the start of service: the first session of a line connects its contract."""

from __future__ import annotations

from datetime import datetime

from ligneclaire.domains.billing.models import InvoiceLine
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import queries as usage

LONGEST_SESSION_ID = 100  # the source of a connection has 120 characters


def record_first_connections(*, operator_id: int, at: datetime, actor: str) -> list[str]:
    """Connect the contracts whose line was seen by the network for the first time (BIL-01), and so start their service
    unless the 30 days of the kit did (BIL-02). A record that comes late and shows an earlier session corrects the
    start until the contract is invoiced. Run it after each intake; running it again changes nothing.

    Returns the public ids of the contracts that were connected. Each is a transaction of its own.
    """
    with acting_for(operator_id):
        seen = usage.first_sessions(operator_id, at)
    connected = []
    for first in seen:
        with acting_for(operator_id):
            contract = Contract.objects.select_related("account").get(operator_id=operator_id, pk=first.contract_id)
            contracts.record_connection(
                contract=contract,
                connected_at=first.started_at,
                at=at,
                actor=actor,
                source=f"RADIUS {first.session_id[:LONGEST_SESSION_ID]}",
                invoiced=_is_invoiced(contract),
            )
            connected.append(contract.public_id)
    return connected


def _is_invoiced(contract: Contract) -> bool:
    lines = InvoiceLine.objects.filter(operator_id=contract.operator_id, invoice__account=contract.account)
    return lines.filter(contract=contract).exists()
