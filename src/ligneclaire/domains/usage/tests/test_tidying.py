"""Joining small segments, deleting what is off the list, and erasing what a person did."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from tests import cast

from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Group, Segment, Suspended
from ligneclaire.domains.usage.store import files
from ligneclaire.domains.usage.tests import mobile
from ligneclaire.domains.usage.tests.mobile import AT, BRAM, MARCH, NORA, Fleet, keys
from ligneclaire.domains.usage.tests.usage_files import call, csv

pytestmark = pytest.mark.usefixtures("database")
LATER = AT + timedelta(days=60)
FREE = AT + timedelta(days=120)  # late records of March are billed until the end of June


@pytest.fixture
def fleet(database: None) -> Fleet:
    return mobile.fleet()


def take_in(fleet: Fleet, folder: Path, days: int) -> None:
    """A file a day, with a call of Bram and one of Nora."""
    for day in range(1, days + 1):
        rows = [call(f"{day}b", start=f"2026-03-{day:02}T11:00:00Z"),
                call(f"{day}n", start=f"2026-03-{day:02}T12:00:00Z", line=NORA)]  # fmt: skip
        path = csv(folder, rows, name=f"{day}.csv")
        usage.take_in_usage_file(operator_id=fleet.operator_id, path=path, at=AT + timedelta(days=20), actor="x")


def listed(fleet: Fleet) -> list[int]:
    with fleet.customer.acting():
        return [one.rows for one in Segment.objects.filter(delisted_at=None).order_by("id")]


def rated(fleet: Fleet) -> None:
    with fleet.customer.acting():
        given = (fleet.operator_id, fleet.account_id, MARCH)
        store.add_rated(fleet.operator_id, MARCH, mobile.rated(store.records(*given)), [fleet.account_id], AT)


def on_disk(fleet: Fleet) -> int:
    return len([path for path in (files.folder() / str(fleet.operator_id)).rglob("*") if path.is_file()])


def test_many_small_segments_become_one_and_nothing_else_changes(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, tmp_path, 9)
    with fleet.customer.acting():
        before = store.records(fleet.operator_id, fleet.account_id, MARCH)
    assert listed(fleet) == [2] * 9
    assert usage.join_segments(operator_id=fleet.operator_id, at=LATER) == 9
    assert listed(fleet) == [18]
    with fleet.customer.acting():
        assert store.records(fleet.operator_id, fleet.account_id, MARCH) == before
    take_in(fleet, tmp_path, 9)
    assert listed(fleet) == [18]
    assert usage.join_segments(operator_id=fleet.operator_id, at=LATER) == 0


def test_rated_segments_of_several_accounts_are_joined_and_replaced_one_by_one(fleet: Fleet) -> None:
    other = fleet.account_id + 64
    with fleet.customer.acting():
        part = store.Partition(MARCH, other % 64)
        for number in range(9):
            late = mobile.rated(mobile.records(fleet.bram, 1, source=f"s{number}"))
            store.append(fleet.operator_id, "rated", [(part, late)], AT, account_id=fleet.account_id)
        alien = mobile.rated(mobile.records(fleet.nora, 2)).to_pylist()
        table = mobile.pa.Table.from_pylist([{**row, "account": other} for row in alien], mobile.RATED)
        store.append(fleet.operator_id, "rated", [(part, table)], AT)
    assert usage.join_segments(operator_id=fleet.operator_id, at=AT) == 0  # the month is open
    assert usage.join_segments(operator_id=fleet.operator_id, at=LATER + timedelta(days=30)) == 10
    rated_now = mobile.rated(mobile.records(fleet.bram, 1), revision=2)
    with fleet.customer.acting():
        store.add_rated(fleet.operator_id, MARCH, rated_now, [fleet.account_id], LATER)
        assert store.rated(fleet.operator_id, fleet.account_id, MARCH) == rated_now
        assert store.rated(fleet.operator_id, other, MARCH).num_rows == 2


def test_files_go_some_days_after_they_left_the_list(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, tmp_path, 9)
    stray = files.folder() / str(fleet.operator_id) / "2026-03" / "07-records-0.parquet.half"
    stray.write_bytes(b"half")
    os.utime(stray, (AT.timestamp(), AT.timestamp()))
    before = on_disk(fleet)
    usage.join_segments(operator_id=fleet.operator_id, at=LATER)
    asked = {"operator_id": fleet.operator_id}
    assert usage.delete_old_files(**asked, at=LATER + timedelta(days=2)) == 1
    assert not stray.exists()
    assert usage.delete_old_files(**asked, at=LATER + timedelta(days=3)) == 9
    assert on_disk(fleet) == before - 9
    with fleet.customer.acting():
        assert Segment.objects.count() == 1
        assert store.records(fleet.operator_id, fleet.account_id, MARCH).num_rows == 18


def erase(fleet: Fleet) -> int:
    days = {"from_on": date(2026, 3, 2), "to_on": date(2026, 3, 4)}
    return usage.erase_line(operator_id=fleet.operator_id, line_id=fleet.bram.pk, **days, at=FREE, actor="eva")


def test_what_is_not_billed_yet_is_not_erased(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, tmp_path, 3)
    with pytest.raises(usage.StillNeeded, match="2026-03"):
        erase(fleet)
    assert listed(fleet) == [2, 2, 2]


def test_erasing_a_person_rewrites_only_the_partition(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, tmp_path, 4)
    odd = [call("x", start="2026-03-03T09:00:00Z", quantity=-1), call("y", start="2026-03-05T09:00:00Z", quantity=-1)]
    usage.take_in_usage_file(
        operator_id=fleet.operator_id, path=csv(tmp_path, odd), at=AT + timedelta(days=20), actor="x"
    )
    rated(fleet)
    with fleet.customer.acting():
        Group.objects.update(closed_at=AT + timedelta(days=30))
        untouched = set(Segment.objects.filter(first_at__day__in=(1, 4), kind="records").values_list("path", flat=True))
    assert erase(fleet) == 4
    with fleet.customer.acting():
        found = store.records(fleet.operator_id, fleet.account_id, MARCH)
        assert [key.split()[0] for key in keys(found)] == [
            "msc1/1b",
            "msc1/1n",
            "msc1/2n",
            "msc1/3n",
            "msc1/4b",
            "msc1/4n",
        ]
        assert keys(store.rated(fleet.operator_id, fleet.account_id, MARCH)) == keys(found)
        now = set(Segment.objects.filter(delisted_at=None).values_list("path", flat=True))
        assert untouched <= now
        waits = dict(Suspended.objects.values_list("raw", "settled_as"))
        assert waits.pop("{}") == "written-off"
        assert [(BRAM in raw, settled_as) for raw, settled_as in waits.items()] == [(True, "")]
    journal = (Path(settings.STATE) / "erasures.jsonl").read_text().splitlines()
    note = {"operator": "rural", "line": fleet.bram.public_id, "from": "2026-03-02", "to": "2026-03-04"}
    assert json.loads(journal[-1]) == note
    assert usage.replay(journal, at=FREE, actor="x") == 0
    assert len((Path(settings.STATE) / "erasures.jsonl").read_text().splitlines()) == len(journal)


def test_a_replayed_journal_erases_what_a_backup_brought_back(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, tmp_path, 4)
    with fleet.customer.acting():
        Group.objects.update(closed_at=AT + timedelta(days=30))
    note = {"operator": "rural", "line": fleet.bram.public_id, "from": "2026-03-02", "to": "2026-03-04"}
    newer = {**note, "line": "a line that the backup does not know"}
    assert usage.replay([json.dumps(note), json.dumps(newer), ""], at=FREE, actor=cast.ACTOR) == 2
    with acting_for(fleet.operator_id):
        assert store.records(fleet.operator_id, fleet.account_id, MARCH).num_rows == 6


def test_what_a_replay_cannot_erase_yet_stays_in_the_journal_and_stops_no_other(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, tmp_path, 4)
    with fleet.customer.acting():
        Group.objects.update(closed_at=AT + timedelta(days=30))
        Group.objects.create(operator_id=fleet.operator_id, account_id=fleet.account_id, month=date(2026, 4, 1))
    early = {"operator": "rural", "line": fleet.nora.public_id, "from": "2026-04-02", "to": "2026-04-03"}
    alien = {**early, "operator": "newer than the backup"}
    note = {"operator": "rural", "line": fleet.bram.public_id, "from": "2026-03-02", "to": "2026-03-04"}
    with pytest.raises(usage.StillNeeded, match="2026-04"):
        usage.replay([json.dumps(one, sort_keys=True) for one in (early, alien, note)], at=FREE, actor=cast.ACTOR)
    with acting_for(fleet.operator_id):
        assert store.records(fleet.operator_id, fleet.account_id, MARCH).num_rows == 6
    kept = (Path(settings.STATE) / "erasures.jsonl").read_text().splitlines()
    assert [json.loads(one) for one in kept[-2:]] == [early, note]


def test_a_month_of_which_late_records_are_billed_is_not_erased(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, tmp_path, 3)
    with fleet.customer.acting():
        Group.objects.update(closed_at=AT + timedelta(days=30))
    days = {"from_on": date(2026, 3, 2), "to_on": date(2026, 3, 4)}
    with pytest.raises(usage.StillDelivered, match="2026-03"):
        usage.erase_line(operator_id=fleet.operator_id, line_id=fleet.bram.pk, **days, at=LATER, actor="eva")
    assert listed(fleet) == [2, 2, 2]
