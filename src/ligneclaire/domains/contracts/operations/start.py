"""The start of service: what the network, the carrier and the installer report (BIL-01, BIL-02, BIL-12)."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import F, Q

from ligneclaire.domains.contracts import queries
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.contracts.operations import record
from ligneclaire.domains.contracts.refusals import InTheFuture, Started
from ligneclaire.domains.contracts.rules.service_start import Start
from ligneclaire.domains.operators import queries as operators
from ligneclaire.domains.operators.acting import acting_for


def record_kit_received(*, contract: Contract, on: date, at: datetime, actor: str, source: str) -> Contract:
    """The equipment was received; `source` is the proof. Service starts at the latest some days later (BIL-02).

    The first receipt counts, another one changes nothing. Raises BeforeSignature, Ended, InTheFuture.
    """
    with acting_for(contract.operator_id):
        locked = record.lock(contract)
        record.check_running(locked, on)
        _check_past(locked, on, at)
        if locked.equipment_received_on is None:
            locked.equipment_received_on = on
            locked.save(update_fields=["equipment_received_on"])
            record.write(locked, "kit-received", "record_kit_received", on=on, at=at, actor=actor, source=source)
            _settle(locked, at, actor, invoiced=False)
    return locked


def record_connection(
    *, contract: Contract, connected_at: datetime, at: datetime, actor: str, source: str, invoiced: bool = False
) -> Contract:
    """The network saw a first connection (BIL-01); `source` names its record, like "RADIUS 8f21".

    A later connection changes nothing. An earlier one that arrives late corrects the start of service, until the
    contract is `invoiced` (which the caller knows: invoices lie above contracts); then the start stays as billed and
    the event says so. Raises BeforeSignature, Ended, InTheFuture.
    """
    with acting_for(contract.operator_id):
        locked = record.lock(contract)
        on = connected_at.astimezone(operators.zone_of(locked.operator_id)).date()
        record.check_running(locked, on)
        _check_past(locked, on, at)
        if locked.connected_at is not None and locked.connected_at <= connected_at:
            return locked
        locked.connected_at, locked.connected_source = connected_at, source[:120]
        locked.save(update_fields=["connected_at", "connected_source"])
        moment = connected_at.isoformat()
        record.write(
            locked, "connected", "record_connection", on=on, at=at, actor=actor, source=source, connected_at=moment
        )
        _settle(locked, at, actor, invoiced=invoiced)
    return locked


def record_installation(*, contract: Contract, on: date, at: datetime, actor: str) -> Contract:
    """An installer put the service into operation; it starts that day.

    Doing it again changes nothing. Raises BeforeSignature, Ended, InTheFuture.
    """
    with acting_for(contract.operator_id):
        locked = record.lock(contract)
        record.check_running(locked, on)
        _check_past(locked, on, at)
        if queries.installed_on(locked) is None:
            record.write(locked, "installed", "record_installation", on=on, at=at, actor=actor)
            _settle(locked, at, actor, invoiced=False)
    return locked


def hold_start(*, contract: Contract, days: int, reason: str, on: date, at: datetime, actor: str) -> Contract:
    """Days of delay that the operator caused and that stop the clock of the equipment (BIL-02). They add up.

    Raises Started once service runs, ValueError on less than one day.
    """
    if days < 1:
        raise ValueError("a delay has at least one day")
    with acting_for(contract.operator_id):
        locked = record.lock(contract)
        if locked.service_from is not None:
            raise Started(contract=locked.number, on=locked.service_from)
        locked.held_days += days
        locked.save(update_fields=["held_days"])
        record.write(locked, "start-held", "hold_start", on=on, at=at, actor=actor, days=days, reason=reason)
    return locked


def start_due_services(*, operator_id: int, on: date, at: datetime, actor: str) -> tuple[str, ...]:
    """Start what nobody connected although its equipment arrived long enough ago (BIL-02). A daily job.

    Returns the public ids of the contracts that started. Running it again starts nothing twice.
    """
    with acting_for(operator_id):
        waiting = Contract.objects.filter(
            Q(last_day=None) | Q(last_day__gt=F("equipment_received_on")),
            operator_id=operator_id,
            service_from=None,
            equipment_received_on__lte=on,
        )
        candidates = list(waiting.select_related("account").order_by("account_id", "pk"))
    started = []
    for contract in candidates:
        with acting_for(operator_id):
            locked = record.lock(contract)
            if locked.service_from is None and _settle(locked, at, actor, invoiced=False, today=on):
                started.append(locked.public_id)
    return tuple(started)


def _settle(contract: Contract, at: datetime, actor: str, *, invoiced: bool, today: date | None = None) -> bool:
    """Set or correct the start of service by the rule. True when it changed."""
    start = queries.start_of(contract)
    today = today or at.astimezone(operators.zone_of(contract.operator_id)).date()
    if start is None or start.on > today or (contract.last_day is not None and start.on > contract.last_day):
        return False
    before = contract.service_from
    if before is not None and start.on >= before:
        return False
    if before is not None and invoiced:
        _write(contract, "start-kept", start, at, actor, service_from=before.isoformat())
        return False
    contract.service_from = start.on
    contract.service_because = [one.to_json() for one in start.because]
    if contract.commitment_months and contract.commitment_start_on in (None, before):
        contract.commitment_start_on = start.on
    contract.save(update_fields=["service_from", "service_because", "commitment_start_on"])
    kind = "service-started" if before is None else "start-corrected"
    _write(contract, kind, start, at, actor, **({"before": before.isoformat()} if before else {}))
    return True


def _write(contract: Contract, kind: str, start: Start, at: datetime, actor: str, **detail: str) -> None:
    because = [one.to_json() for one in start.because]
    record.write(contract, kind, "start_service", on=start.on, at=at, actor=actor, because=because, **detail)


def _check_past(contract: Contract, on: date, at: datetime) -> None:
    if on > at.astimezone(operators.zone_of(contract.operator_id)).date():
        raise InTheFuture(contract=contract.number, on=on)
