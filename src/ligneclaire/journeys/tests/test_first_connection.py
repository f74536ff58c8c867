"""From the network's records to the start of service, and what a later or earlier record changes."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from tests import cast

from ligneclaire.domains.billing.tests import runs
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract, ContractEvent
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.tests.detail_files import block
from ligneclaire.journeys.first_connection import record_first_connections

CONNECTED = datetime(2026, 6, 12, 8, 41, tzinfo=UTC)
AT = CONNECTED + timedelta(days=1)

pytestmark = pytest.mark.usefixtures("database")


def take_in(anna: cast.Customer, content: str, at: datetime = AT) -> list[str]:
    stream = io.BytesIO(content.encode())
    usage.take_in_detail_file(operator_id=anna.operator.pk, name="detail", stream=stream, at=at, actor=cast.ACTOR)
    return record_first_connections(operator_id=anna.operator.pk, at=at, actor=cast.ACTOR)


def contract_of(anna: cast.Customer) -> Contract:
    with anna.acting():
        return Contract.objects.get(pk=anna.contract.pk)


@pytest.mark.rule("BIL-01")
def test_the_first_session_starts_the_service(database: None) -> None:
    anna = cast.anna(connected_at=None)
    later = block(cast.ANNA_LINE, "8f22", at=CONNECTED + timedelta(hours=3))
    assert take_in(anna, later + block(cast.ANNA_LINE, at=CONNECTED)) == [anna.contract.public_id]
    contract = contract_of(anna)
    assert (contract.connected_at, contract.connected_source) == (CONNECTED, "RADIUS 8f21")
    assert contract.service_from == date(2026, 6, 12)
    assert take_in(anna, later) == []


@pytest.mark.rule("BIL-01")
def test_the_day_is_the_operators_own(database: None) -> None:
    anna = cast.anna(connected_at=None)
    take_in(anna, block(cast.ANNA_LINE, at=datetime(2026, 6, 12, 22, 30, tzinfo=UTC)))
    assert contract_of(anna).service_from == date(2026, 6, 13)


@pytest.mark.rule("BIL-01")
def test_an_update_shows_when_its_session_began(database: None) -> None:
    anna = cast.anna(connected_at=None)
    seconds = {"Acct-Session-Time": "86400"}
    take_in(anna, block(cast.ANNA_LINE, kind="Interim-Update", at=CONNECTED, more=seconds))
    assert contract_of(anna).service_from == date(2026, 6, 11)


@pytest.mark.rule("BIL-02")
def test_a_connection_after_the_kits_thirty_days_changes_nothing_of_the_start(database: None) -> None:
    anna = cast.anna(kit_on=date(2026, 6, 9), connected_at=None)
    day = date(2026, 7, 9)
    contracts.start_due_services(operator_id=anna.operator.pk, on=day, at=cast.moment(day), actor=cast.ACTOR)
    assert contract_of(anna).service_from == day
    late = datetime(2026, 7, 20, 9, 0, tzinfo=UTC)
    assert take_in(anna, block(cast.ANNA_LINE, at=late), at=late + timedelta(hours=1)) == [anna.contract.public_id]
    contract = contract_of(anna)
    assert (contract.connected_at, contract.service_from) == (late, day)


def test_a_record_that_comes_late_corrects_the_start(database: None) -> None:
    anna = cast.anna(connected_at=None)
    take_in(anna, block(cast.ANNA_LINE, "8f22", at=CONNECTED))
    take_in(anna, block(cast.ANNA_LINE, "8f21", at=CONNECTED - timedelta(days=1)))
    contract = contract_of(anna)
    assert (contract.service_from, contract.connected_source) == (date(2026, 6, 11), "RADIUS 8f21")
    with anna.acting():
        assert ContractEvent.objects.filter(contract=contract, kind="start-corrected").count() == 1


def test_a_session_before_the_signature_is_not_the_contracts(database: None) -> None:
    """The line was ordered earlier, for another contract; this one starts with the first session from its signature."""
    anna = cast.household(signed_on=date(2026, 6, 3))
    with anna.acting():
        Contract.objects.filter(pk=anna.contract.pk).update(signed_on=date(2026, 6, 12))
    early, signed = datetime(2026, 6, 11, 21, 59, tzinfo=UTC), datetime(2026, 6, 11, 22, 0, tzinfo=UTC)
    assert take_in(anna, block(cast.ANNA_LINE, "1", at=early)) == []
    assert take_in(anna, block(cast.ANNA_LINE, "2", at=signed)) == [anna.contract.public_id]
    assert contract_of(anna).service_from == date(2026, 6, 12)


def test_what_was_in_suspense_connects_once_it_is_kept(database: None) -> None:
    anna = cast.household(signed_on=date(2026, 6, 3), line="typing.error@hauteligne.example")
    assert take_in(anna, block(cast.ANNA_LINE, at=CONNECTED)) == []
    with anna.acting():
        type(anna.contract.line).objects.filter(pk=anna.contract.line_id).update(identifier=cast.ANNA_LINE)
    assert usage.retry_suspended(operator_id=anna.operator.pk, at=AT, actor=cast.ACTOR).kept == 1
    assert record_first_connections(operator_id=anna.operator.pk, at=AT, actor=cast.ACTOR) == [anna.contract.public_id]


@pytest.mark.rule("BIL-01")
def test_a_record_that_comes_after_the_invoice_leaves_the_start_as_billed(database: None) -> None:
    anna = cast.anna()
    runs.bill(anna.operator, runs.JULY)
    july = datetime(2026, 7, 5, 6, 0, tzinfo=UTC)
    take_in(anna, block(cast.ANNA_LINE, at=CONNECTED - timedelta(days=1)), at=july)
    contract = contract_of(anna)
    assert (contract.connected_at, contract.service_from) == (CONNECTED - timedelta(days=1), date(2026, 6, 12))
    with anna.acting():
        assert ContractEvent.objects.filter(contract=contract, kind="start-kept").count() == 1
