"""The intake of a usage file that is stopped between its files and its commit, or finds the disk full."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.full_disk import no_file_over

from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Group, IntakeFile, Segment, Suspended
from ligneclaire.domains.usage.store import files
from ligneclaire.domains.usage.tests import mobile
from ligneclaire.domains.usage.tests.mobile import AT, MARCH, Fleet
from ligneclaire.domains.usage.tests.usage_files import call, csv

pytestmark = pytest.mark.usefixtures("database")
KILLED = """
import os, sys, django
from pathlib import Path
django.setup()
from ligneclaire.domains.usage import operations
from ligneclaire.domains.usage.operations import keeping
from ligneclaire.domains.usage.tests.mobile import AT
keeping.mark = lambda *given: os._exit(9)  # all files are written, nothing is committed
operations.take_in_usage_file(operator_id=int(sys.argv[1]), path=Path(sys.argv[2]), at=AT, actor="x")
"""


@pytest.fixture
def fleet(database: None) -> Fleet:
    return mobile.fleet()


def on_disk() -> set[Path]:
    return {path for path in files.folder().rglob("*") if path.is_file()}


def taken_in(fleet: Fleet) -> tuple[int, ...]:
    """(deliveries, segments, records of March, in suspense, groups)"""
    with fleet.customer.acting():
        kept = store.records(fleet.operator_id, fleet.account_id, MARCH).num_rows
        return (IntakeFile.objects.count(), Segment.objects.count(), kept, Suspended.objects.count(),
                Group.objects.count())  # fmt: skip


def test_a_process_that_dies_after_its_files_leaves_nothing_listed(fleet: Fleet, tmp_path: Path) -> None:
    path = csv(tmp_path, [call(1), call(2), call(3, quantity=-1)])
    before = on_disk()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "ligneclaire.config.settings"}
    asked = [sys.executable, "-c", KILLED, str(fleet.operator_id), str(path)]
    died = subprocess.run(asked, env=environment, check=False, capture_output=True, text=True)
    assert (died.returncode, died.stderr) == (9, "")
    assert len(on_disk() - before) == 1  # a file that nobody lists
    assert taken_in(fleet) == (0, 0, 0, 0, 0)
    file = usage.take_in_usage_file(operator_id=fleet.operator_id, path=path, at=AT, actor="x")
    assert (file.records, file.kept, file.duplicates, file.suspended) == (3, 2, 0, 1)
    assert taken_in(fleet) == (1, 1, 2, 1, 1)


def test_a_full_disk_takes_nothing_in_and_says_so(fleet: Fleet, tmp_path: Path) -> None:
    rows = [call(f"{number:x}", other=f"32{470000000 + number * 7919}") for number in range(3_000)]
    path = csv(tmp_path, rows)
    before = on_disk()
    with no_file_over(4096), pytest.raises(store.NoSpace):
        usage.take_in_usage_file(operator_id=fleet.operator_id, path=path, at=AT, actor="x")
    assert on_disk() == before
    assert taken_in(fleet) == (0, 0, 0, 0, 0)
    usage.take_in_usage_file(operator_id=fleet.operator_id, path=path, at=AT, actor="x")
    assert taken_in(fleet)[2] == 3_000
