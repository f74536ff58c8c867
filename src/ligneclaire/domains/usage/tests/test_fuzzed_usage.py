"""Whatever a file holds, its records end kept, duplicate or suspended, and the three counts equal the input."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import cast

from ligneclaire.domains.rulebook.places import CHECKOUT
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Group, IntakeFile, Suspended
from ligneclaire.domains.usage.tests import mobile
from ligneclaire.domains.usage.tests.mobile import AT, Fleet
from ligneclaire.domains.usage.tests.usage_files import COLUMNS, HEADING, call, row

pytestmark = pytest.mark.usefixtures("database")

ODD = st.one_of(
    st.text(max_size=6),
    st.sampled_from([
        "", "-1", "9" * 40, "1e5", "1.5", "1970-01-01T00:00:00Z", "2026-03-29 02:30:00", "2027-01-01T00:00:00Z", "FR",
        "XX", "third-party", "data", "sms", "in", mobile.NORA, "+" + mobile.BRAM, "32999", "\x00", "é", "²", "١٢",
        "2026-02-30T00:00:00Z", "2026-03-04T12:00:00+99:99", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    ]),
)  # fmt: skip
ROWS = st.lists(
    st.builds(
        lambda id, odd: {**call(id), **odd},
        st.integers(0, 5),
        st.dictionaries(st.sampled_from(COLUMNS), ODD, max_size=2),
    ),
    max_size=8,
)


@pytest.fixture
def fleet(database: None) -> Fleet:
    return mobile.fleet()


def as_text(rows: list[dict[str, str]]) -> bytes:
    return "".join(row(one) for one in rows).encode()


OCTETS = st.one_of(
    ROWS.map(as_text),
    st.binary(max_size=60),
    st.sampled_from([b"\n", b"\r\n", b"\r", b'"', b",", b"," * 9 + b"\n", b"\xef\xbb\xbf", b"\xff", b"x" * 5000]),
)
CONTENTS = st.lists(OCTETS, max_size=5).map(b"".join)


@given(content=CONTENTS)
def test_any_text_ends_kept_duplicate_or_suspended(fleet: Fleet, tmp_path: Path, content: bytes) -> None:
    check_text(fleet, tmp_path, content)


@pytest.mark.soak
@settings(max_examples=400)
@given(content=CONTENTS)
def test_many_texts_end_kept_duplicate_or_suspended(fleet: Fleet, tmp_path: Path, content: bytes) -> None:
    check_text(fleet, tmp_path, content)


@given(rows=ROWS)
def test_any_parquet_ends_kept_duplicate_or_suspended(fleet: Fleet, tmp_path: Path, rows: list[dict[str, str]]) -> None:
    check_parquet(fleet, tmp_path, rows)


@pytest.mark.soak
@settings(max_examples=400)
@given(rows=ROWS)
def test_many_parquets_end_kept_duplicate_or_suspended(
    fleet: Fleet, tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    check_parquet(fleet, tmp_path, rows)


@pytest.mark.soak
@pytest.mark.parametrize("reader", ["usage-csv", "asterisk", "kamailio", "third-party", "detail"])
def test_no_octets_break_a_reader(reader: str) -> None:
    """Guided by coverage (`make fuzz` runs longer): batches whose rows and places agree, or a refusal."""
    command = [sys.executable, "-m", "tests.fuzz", reader, "-runs=20000", "-verbosity=0"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def check_text(fleet: Fleet, folder: Path, content: bytes) -> None:
    path = folder / "fuzzed.csv"
    path.write_bytes(HEADING.encode() + b"\n" + content)
    file = check_counts(fleet, path)
    assert file.records == len([line for line in content.split(b"\n") if line.strip()])


def check_parquet(fleet: Fleet, folder: Path, rows: list[dict[str, str]]) -> None:
    path = folder / "fuzzed.parquet"
    pq.write_table(pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in COLUMNS])), path)
    assert check_counts(fleet, path).records == len(rows)


def check_counts(fleet: Fleet, path: Path) -> IntakeFile:
    first, again = (
        usage.take_in_usage_file(operator_id=fleet.operator_id, path=path, at=AT, actor=cast.ACTOR) for _ in range(2)
    )
    assert first.records == first.kept + first.duplicates + first.suspended
    assert (again.records, again.kept, again.suspended) == (first.records, 0, 0)
    with fleet.customer.acting():
        groups = list(Group.objects.all())
        found = [store.records(fleet.operator_id, group.account_id, group.month) for group in groups]
        kept = sum(table["file"].to_pylist().count(first.pk) for table in found)
        assert (kept, Suspended.objects.filter(file=first).count()) == (first.kept, first.suspended)
        assert [table.num_rows for table in found] == [group.records for group in groups]
        assert len({key for table in found for key in mobile.keys(table)}) == sum(table.num_rows for table in found)
    return first
