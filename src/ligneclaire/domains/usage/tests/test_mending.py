"""Records of usage files in suspense: tried again, mended by hand, written off; and what became of their file."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests import cast

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import queries, store
from ligneclaire.domains.usage.models import Group, IntakeFile, Suspended
from ligneclaire.domains.usage.readers import batch
from ligneclaire.domains.usage.tests import giving_up, mobile
from ligneclaire.domains.usage.tests.mobile import AT, MARCH, Fleet
from ligneclaire.domains.usage.tests.usage_files import call, csv
from ligneclaire.kernel.scope import Scope

LATER = AT + timedelta(days=2)
NEW = "32470777777"

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def fleet(database: None) -> Fleet:
    return mobile.fleet()


def take_in(fleet: Fleet, path: Path) -> IntakeFile:
    return usage.take_in_usage_file(operator_id=fleet.operator_id, path=path, at=AT, actor=cast.ACTOR)


def only_waiting(fleet: Fleet) -> queries.Waiting:
    with fleet.customer.acting():
        (found,) = queries.suspense(Scope.staff(fleet.operator_id))
    return found


def fate(fleet: Fleet) -> tuple[int, ...]:
    """Of the first delivery: (records, rated, duplicates, suspense, written off)."""
    with fleet.customer.acting():
        one = queries.fates(Scope.staff(fleet.operator_id))[-1]
    assert one.records == one.rated + one.duplicates + one.suspense + one.written_off
    return one.records, one.rated, one.duplicates, one.suspense, one.written_off


def mend(fleet: Fleet, **changed: str) -> Suspended:
    waiting = only_waiting(fleet)
    fields = {**batch.fields_of(waiting.raw), **changed}
    return usage.mend_suspended(
        operator_id=fleet.operator_id, public_id=waiting.public_id, fields=fields, at=LATER, actor="eva"
    )


@pytest.mark.rule("W-43")
def test_records_of_a_line_that_is_entered_later_are_kept_in_bulk(fleet: Fleet, tmp_path: Path) -> None:
    calls = [call(n, line=NEW, start=f"2026-03-04T{n:02}:00:00Z") for n in range(5)]
    take_in(fleet, csv(tmp_path, [*calls, call(9)]))
    assert fate(fleet) == (6, 1, 0, 5, 0)
    new = mobile.order(fleet.customer, NEW, date(2026, 3, 4))
    take_in(fleet, csv(tmp_path, calls[:1], name="again.csv"))
    done = usage.retry_suspended(operator_id=fleet.operator_id, at=LATER, actor=cast.ACTOR)
    assert done == usage.Retried(4, 1, 0)
    assert fate(fleet) == (6, 5, 1, 0, 0)
    with fleet.customer.acting():
        found = store.records(fleet.operator_id, fleet.account_id, MARCH).to_pylist()
        retried = [(one["place"], one["arrived"]) for one in found if one["line"] == new.pk]
        assert retried == [(2, AT), (3, LATER), (4, LATER), (5, LATER), (6, LATER)]
        assert Group.objects.get().records == 6


def test_a_record_is_mended_by_hand_and_keeps_what_was_delivered(fleet: Fleet, tmp_path: Path) -> None:
    path = csv(tmp_path, [call(1, quantity="-61")])
    take_in(fleet, path)
    delivered = only_waiting(fleet).raw
    still = mend(fleet, quantity="61", line=NEW)
    assert (still.settled_as, still.reason, still.detail) == ("", "unknown-line", NEW)
    mended = mend(fleet, line=mobile.BRAM)
    assert (mended.settled_as, mended.original) == ("kept", delivered)
    with fleet.customer.acting():
        (record,) = store.records(fleet.operator_id, fleet.account_id, MARCH).to_pylist()
        assert (record["quantity"], record["line"], record["place"]) == (61, fleet.bram.pk, 2)
        changes = AuditEntry.objects.filter(act="mend_suspended").order_by("id").values_list("detail", flat=True)
        assert list(changes) == [
            {"changed": ["line", "quantity"], "outcome": "unknown-line"},
            {"changed": ["line"], "outcome": "kept"},
        ]
    again = take_in(fleet, path)
    assert (again.kept, again.duplicates, again.suspended) == (0, 1, 0)
    assert fate(fleet) == (1, 1, 0, 0, 0)


def test_a_row_without_fields_can_be_written_anew(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, csv(tmp_path, ["msc1;1;32470654321\n"]))
    assert batch.fields_of(only_waiting(fleet).raw) == {"row": "msc1;1;32470654321"}
    assert mend(fleet, **call(1)).settled_as == "kept"


def test_a_record_mended_into_a_known_one_is_a_duplicate(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, csv(tmp_path, [call(1), call(1, line=NEW)]))
    assert mend(fleet, line=mobile.BRAM).settled_as == "duplicate"
    assert fate(fleet) == (2, 1, 1, 0, 0)


def test_what_waits_is_counted_by_reason_for_staff_alone(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, csv(tmp_path, [call(1, line=NEW), call(2, line=NEW), call(3, service="telex")]))
    with fleet.customer.acting():
        counted = queries.open_suspense(Scope.staff(fleet.operator_id))
        assert counted == [queries.OpenReason("unknown-line", 2, AT), queries.OpenReason("unknown-service", 1, AT)]
        assert queries.open_suspense(fleet.customer.scope) == queries.fates(fleet.customer.scope) == []


def test_what_rating_cannot_price_is_no_more_rated_than_suspended(fleet: Fleet, tmp_path: Path) -> None:
    """The record stays kept; it waits for what the operator sells, and is not changed by hand."""
    file = take_in(fleet, csv(tmp_path, [call(1), call(2)]))
    with fleet.customer.acting():
        Suspended.objects.create(
            operator_id=fleet.operator_id, file=file, place=2, reason="no-zone", raw="{}", fingerprint="msc1/1"
        )
    assert fate(fleet) == (2, 1, 0, 1, 0)
    with pytest.raises(usage.NotMended):
        mend(fleet, line=NEW)
    giving_up.by_two(fleet.operator_id, only_waiting(fleet).public_id, at=LATER)
    assert fate(fleet) == (2, 1, 0, 0, 1)
