"""Receipt, connection, installation and the daily job: the first billed day, and what corrects it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests import cast

from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts import refusals
from ligneclaire.domains.contracts.models import Contract, ContractEvent

pytestmark = pytest.mark.usefixtures("database")


def _connect(who: cast.Customer, at: datetime, source: str = "RADIUS 2", **more: object) -> Contract:
    return contracts.record_connection(
        contract=who.contract,
        connected_at=at,
        at=cast.moment(date(2026, 8, 1)),
        actor="job:test",
        source=source,
        **more,
    )


def _events(who: cast.Customer) -> list[str]:
    with who.acting():
        return list(ContractEvent.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.rule("BIL-01")
def test_the_first_connection_starts_service_on_the_operators_local_day() -> None:
    anna = cast.anna(connected_at=None)
    late_in_utc = datetime(2026, 6, 11, 22, 30, tzinfo=UTC)  # 12 June, 0:30 in Paris
    started = _connect(anna, late_in_utc, "RADIUS 8f21")
    assert (started.service_from, started.commitment_start_on) == (date(2026, 6, 12), date(2026, 6, 12))
    assert started.service_because[0]["params"]["source"] == "RADIUS 8f21"
    assert started.service_because[-1]["value"] == "2026-06-12"
    assert _events(anna) == ["signed", "kit-received", "connected", "service-started"]


def test_a_second_connection_changes_nothing() -> None:
    anna = cast.anna()
    before = _events(anna)
    again = _connect(anna, cast.moment(date(2026, 6, 13)))
    assert (again.service_from, again.connected_source) == (date(2026, 6, 12), "RADIUS 8f21")
    assert _events(anna) == before


@pytest.mark.rule("BIL-01")
def test_an_earlier_connection_that_arrives_late_corrects_the_start_before_the_first_invoice() -> None:
    anna = cast.anna()
    corrected = _connect(anna, cast.moment(date(2026, 6, 10)))
    assert (corrected.service_from, corrected.commitment_start_on) == (date(2026, 6, 10), date(2026, 6, 10))
    with anna.acting():
        event = ContractEvent.objects.get(kind="start-corrected")
        assert (event.on, event.detail["before"]) == (date(2026, 6, 10), "2026-06-12")


@pytest.mark.rule("BIL-01")
def test_after_the_first_invoice_the_start_stays_and_the_event_says_so() -> None:
    anna = cast.anna()
    kept = _connect(anna, cast.moment(date(2026, 6, 10)), invoiced=True)
    assert (kept.service_from, kept.commitment_start_on) == (date(2026, 6, 12), date(2026, 6, 12))
    with anna.acting():
        event = ContractEvent.objects.get(kind="start-kept")
        assert (event.on, event.detail["service_from"]) == (date(2026, 6, 10), "2026-06-12")


@pytest.mark.rule("BIL-02")
def test_thirty_days_after_the_kit_the_daily_job_starts_what_nobody_connected() -> None:
    anna = cast.anna(connected_at=None)

    def due(on: date) -> tuple[str, ...]:
        return contracts.start_due_services(operator_id=anna.operator.pk, on=on, at=cast.moment(on), actor="job:start")

    assert due(date(2026, 7, 8)) == ()
    assert due(date(2026, 7, 9)) == (anna.contract.public_id,)
    assert due(date(2026, 7, 10)) == ()
    with anna.acting():
        started = Contract.objects.get()
        assert (started.service_from, started.commitment_start_on) == (date(2026, 7, 9), date(2026, 7, 9))
        assert started.service_because[-1]["rule"] == "BIL-02"
        assert started.service_because[0]["policy"] == "contracts.service_start@2015-01-01"


@pytest.mark.rule("BIL-02")
def test_a_connection_after_the_thirty_days_leaves_the_start() -> None:
    anna = cast.anna(connected_at=None)
    on = date(2026, 7, 9)
    contracts.start_due_services(operator_id=anna.operator.pk, on=on, at=cast.moment(on), actor="job:start")
    connected = _connect(anna, cast.moment(date(2026, 7, 20)))
    assert connected.service_from == on
    assert connected.connected_at == cast.moment(date(2026, 7, 20))


@pytest.mark.rule("BIL-02")
def test_delay_that_the_operator_caused_holds_the_clock() -> None:
    anna = cast.anna(connected_at=None)
    on = date(2026, 6, 20)
    contracts.hold_start(contract=anna.contract, days=5, reason="antenna late", on=on, at=cast.moment(on), actor="x")

    def due(on: date) -> tuple[str, ...]:
        return contracts.start_due_services(operator_id=anna.operator.pk, on=on, at=cast.moment(on), actor="job:start")

    assert due(date(2026, 7, 13)) == ()
    assert due(date(2026, 7, 14)) == (anna.contract.public_id,)
    with pytest.raises(refusals.Started):
        contracts.hold_start(contract=anna.contract, days=1, reason="x", on=on, at=cast.moment(on), actor="x")


def test_a_receipt_recorded_long_afterwards_starts_service_at_once() -> None:
    anna = cast.anna(kit_on=None, connected_at=None)
    found = contracts.record_kit_received(
        contract=anna.contract, on=date(2026, 6, 9), at=cast.moment(date(2026, 8, 1)), actor="x", source="proof"
    )
    assert found.service_from == date(2026, 7, 9)


def test_a_second_receipt_changes_nothing() -> None:
    anna = cast.anna(connected_at=None)
    before = _events(anna)
    again = contracts.record_kit_received(
        contract=anna.contract, on=date(2026, 6, 15), at=cast.moment(date(2026, 6, 15)), actor="x", source="other"
    )
    assert again.equipment_received_on == date(2026, 6, 9)
    assert _events(anna) == before


def test_installation_starts_service_that_day_and_once() -> None:
    bora = cast.bora()
    assert bora.contract.service_from == date(2026, 4, 20)
    before = _events(bora)
    again = contracts.record_installation(
        contract=bora.contract, on=date(2026, 4, 25), at=cast.moment(date(2026, 4, 25)), actor="x"
    )
    assert again.service_from == date(2026, 4, 20)
    assert _events(bora) == before


@pytest.mark.parametrize(
    ("connected", "refusal"),
    [
        (cast.moment(date(1970, 1, 1)), refusals.BeforeSignature),
        (cast.moment(date(2026, 6, 2)), refusals.BeforeSignature),
        (cast.moment(date(2027, 6, 2)), refusals.InTheFuture),
    ],
)
def test_impossible_days_are_refused_and_nothing_changed(connected: datetime, refusal: type[Exception]) -> None:
    anna = cast.anna(connected_at=None)
    before = _events(anna)
    with pytest.raises(refusal):
        _connect(anna, connected)
    with anna.acting():
        assert Contract.objects.get().connected_at is None
    assert _events(anna) == before
