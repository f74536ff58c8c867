"""Segments of usage: listed or not there, immutable, read by account, by line and by time."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from importlib import import_module

import pyarrow as pa
import pytest
from django.db import connections, transaction
from tests import cast
from tests.full_disk import no_file_over

from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Segment
from ligneclaire.domains.usage.store import files
from ligneclaire.domains.usage.store.writing import partition
from ligneclaire.domains.usage.tests import mobile
from ligneclaire.domains.usage.tests.mobile import AT, MARCH, NOON, Fleet, keys
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def fleet(database: None) -> Fleet:
    return mobile.fleet()


def append(fleet: Fleet, table: pa.Table, month: date = MARCH) -> None:
    with acting_for(fleet.operator_id):
        store.append_records(fleet.operator_id, None, {partition(fleet.account_id, month): table}, AT)


def paths() -> set[str]:
    return {str(path.relative_to(files.folder())) for path in files.folder().rglob("*") if path.is_file()}


def test_records_of_a_group_come_back_by_time_from_all_its_segments(fleet: Fleet) -> None:
    early, late = mobile.records(fleet.bram, 3), mobile.records(fleet.nora, 3, NOON + timedelta(minutes=30))
    append(fleet, late)
    append(fleet, early)
    with fleet.customer.acting():
        found = store.records(fleet.operator_id, fleet.account_id, MARCH)
        assert found.schema == early.schema
        assert keys(found) == [key for pair in zip(keys(early), keys(late), strict=True) for key in pair]
        assert store.records(fleet.operator_id, fleet.account_id, date(2026, 4, 1)).num_rows == 0
        beside = fleet.account_id + store.BUCKETS  # in the same bucket
        assert store.records(fleet.operator_id, beside, MARCH).num_rows == 0


def test_a_listing_says_what_the_file_holds(fleet: Fleet) -> None:
    append(fleet, mobile.records(fleet.bram, 5))
    with fleet.customer.acting():
        segment = Segment.objects.get()
        written = files.folder() / segment.path
        assert (segment.rows, segment.octets, segment.kind) == (5, written.stat().st_size, "records")
        assert (segment.first_at, segment.last_at) == (NOON, NOON + timedelta(hours=4))
        assert (segment.month, segment.bucket) == (MARCH, fleet.account_id % store.BUCKETS)


def test_segments_of_64_partitions_are_found_in_16(fleet: Fleet) -> None:
    append(fleet, mobile.records(fleet.bram, 5))
    with fleet.customer.acting():
        Segment.objects.update(bucket=fleet.account_id % 16 + 48)
        assert store.records(fleet.operator_id, fleet.account_id, MARCH).num_rows == 0
    upgrade = import_module("ligneclaire.domains.usage.migrations.0009_room_to_change")
    with connections["owner"].cursor() as cursor:
        cursor.execute(upgrade.FEWER)
    with fleet.customer.acting():
        assert store.records(fleet.operator_id, fleet.account_id, MARCH).num_rows == 5


def test_a_segment_that_is_not_committed_does_not_exist(fleet: Fleet) -> None:
    before = paths()
    with acting_for(fleet.operator_id):
        append(fleet, mobile.records(fleet.bram, 5))
        transaction.set_rollback(True)
    with fleet.customer.acting():
        assert store.records(fleet.operator_id, fleet.account_id, MARCH).num_rows == 0
    assert len(paths() - before) == 1  # a file that nobody lists


KILLED = """
import os, sys, django
django.setup()
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.store.writing import partition
from ligneclaire.domains.usage.tests import mobile
from ligneclaire.domains.lines.models import Line
operator, line = map(int, sys.argv[1:3])
with acting_for(operator):
    known = Line.objects.get(pk=line)
    part = partition(known.account_id, mobile.MARCH)
    store.append_records(operator, None, {part: mobile.records(known, 5)}, mobile.AT)
    print("written", flush=True)
    os._exit(9)
"""


def test_a_process_that_dies_between_file_and_commit_leaves_nothing_listed(fleet: Fleet) -> None:
    before = paths()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "ligneclaire.config.settings"}
    asked = [sys.executable, "-c", KILLED, str(fleet.operator_id), str(fleet.bram.pk)]
    died = subprocess.run(asked, env=environment, check=False, capture_output=True, text=True)
    assert (died.returncode, died.stdout) == (9, "written\n")
    assert len(paths() - before) == 1
    with fleet.customer.acting():
        assert Segment.objects.count() == 0
        assert store.records(fleet.operator_id, fleet.account_id, MARCH).num_rows == 0


def test_a_full_disk_is_a_named_refusal_and_leaves_no_half_file(fleet: Fleet) -> None:
    before = paths()
    table = mobile.concat(mobile.records(fleet.bram, 700, NOON + timedelta(seconds=n)) for n in range(5))
    with no_file_over(4096), pytest.raises(store.NoSpace):
        append(fleet, table)
    assert paths() == before
    with fleet.customer.acting():
        assert Segment.objects.count() == 0


@pytest.mark.parametrize("damage", ["gone", "cut", "changed"])
def test_a_damaged_segment_is_named(fleet: Fleet, damage: str) -> None:
    append(fleet, mobile.records(fleet.bram, 500))
    with fleet.customer.acting():
        path = files.folder() / Segment.objects.get().path
        octets = path.read_bytes()
        match damage:
            case "gone":
                path.unlink()
            case "cut":
                path.write_bytes(octets[:-20])
            case _:
                middle = len(octets) // 3
                path.write_bytes(octets[:middle] + bytes([octets[middle] ^ 1]) + octets[middle + 1 :])
        with pytest.raises(store.SegmentDamaged, match=path.name):
            store.records(fleet.operator_id, fleet.account_id, MARCH)


def test_rated_records_are_replaced_and_late_ones_stand_beside_them(fleet: Fleet) -> None:
    kept = mobile.records(fleet.bram, 4)
    given = (fleet.operator_id, fleet.account_id, MARCH)
    with fleet.customer.acting():
        for table in (mobile.rated(kept), mobile.rated(kept, revision=2)):
            store.add_rated(fleet.operator_id, MARCH, table, [fleet.account_id], AT)
        assert store.rated(*given)["revision"].to_pylist() == [2] * 4
        late = mobile.rated(mobile.records(fleet.bram, 1, NOON - timedelta(days=1), source="late"), revision=3)
        store.add_rated(fleet.operator_id, MARCH, late, [], AT)
        assert store.rated(*given)["revision"].to_pylist() == [3, 2, 2, 2, 2]
        assert store.rated(*given).schema == late.schema
        store.add_rated(fleet.operator_id, MARCH, late.slice(0, 0), [fleet.account_id], AT)
        assert store.rated(*given).num_rows == 0


def test_a_page_reads_the_records_of_a_line_in_its_scope_and_time(fleet: Fleet) -> None:
    calls = mobile.concat([mobile.records(fleet.bram, 30), mobile.records(fleet.nora, 2)])
    with fleet.customer.acting():
        store.add_rated(fleet.operator_id, MARCH, mobile.rated(calls), [fleet.account_id], AT)
        staff = Scope.staff(fleet.operator_id)
        assert store.rated_of_line(staff, fleet.bram.pk, MARCH).num_rows == 30
        day = store.rated_of_line(staff, fleet.bram.pk, MARCH, NOON + timedelta(hours=1), NOON + timedelta(hours=3))
        assert day["start"].to_pylist() == [NOON + timedelta(hours=1), NOON + timedelta(hours=2)]
        user = Scope(fleet.operator_id, account_ids=frozenset(), line_ids=frozenset({fleet.nora.pk}))
        assert store.rated_of_line(user, fleet.nora.pk, MARCH).num_rows == 2
        assert store.rated_of_line(user, fleet.bram.pk, MARCH).num_rows == 0
        company = Scope(fleet.operator_id, account_ids=frozenset({fleet.account_id}))
        assert store.rated_of_line(company, fleet.bram.pk, MARCH).num_rows == 30
        other = Scope(fleet.operator_id, account_ids=frozenset({fleet.account_id + 1}))
        assert store.rated_of_line(other, fleet.bram.pk, MARCH).num_rows == 0


def test_another_operator_reads_nothing(fleet: Fleet) -> None:
    append(fleet, mobile.records(fleet.bram, 3))
    other = cast.operator("lessor").pk
    with acting_for(other):
        assert store.records(other, fleet.account_id, MARCH).num_rows == 0
        assert store.records(fleet.operator_id, fleet.account_id, MARCH).num_rows == 0
    with transaction.atomic():
        assert store.records(fleet.operator_id, fleet.account_id, MARCH).num_rows == 0
