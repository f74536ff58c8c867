"""Taking in detail files: each record ends kept, duplicate or suspended, once, whatever is delivered how often."""

import io
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import cast

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import queries
from ligneclaire.domains.usage.models import IntakeFile, ServerRestart, Session, Suspended
from ligneclaire.domains.usage.tests.detail_files import EVENT, block
from ligneclaire.kernel.scope import Scope

AT = EVENT + timedelta(hours=2)
ANNA = cast.ANNA_LINE

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def anna(database: None) -> cast.Customer:
    return cast.anna(kit_on=None, connected_at=None)


def take_in(operator_id: int, content: str | bytes, name: str = "detail-20261121", at: datetime = AT) -> IntakeFile:
    octets = content.encode() if isinstance(content, str) else content
    return usage.take_in_detail_file(
        operator_id=operator_id, name=name, stream=io.BytesIO(octets), at=at, actor=cast.ACTOR
    )


def counts(file: IntakeFile) -> tuple[int, int, int, int]:
    return file.records, file.kept, file.duplicates, file.suspended


def test_a_session_is_kept_with_its_line_and_its_times(anna: cast.Customer) -> None:
    stop = {"Acct-Session-Time": "26040", "Acct-Output-Octets": "7", "Acct-Output-Gigawords": "1"}
    content = block(ANNA) + block(ANNA, kind="Stop", at=EVENT + timedelta(seconds=26_040), more=stop)
    file = take_in(anna.operator.pk, content, at=AT + timedelta(days=1))
    assert counts(file) == (2, 2, 0, 0)
    with anna.acting():
        first, last = Session.objects.order_by("id")
        assert (first.line_id, first.kind, first.session_id) == (anna.contract.line_id, "start", "8f21")
        assert (first.event_at, first.started_at) == (EVENT, EVENT)
        assert (last.kind, last.started_at, last.seconds, last.octets_out) == ("stop", EVENT, 26_040, 2**32 + 7)
        assert AuditEntry.objects.get(act="take_in").detail == {
            "source": "radius-detail", "records": 2, "kept": 2, "duplicates": 0, "suspended": 0,
        }  # fmt: skip


def test_what_is_read_twice_counts_once(anna: cast.Customer) -> None:
    content = block(ANNA) + block("nobody") + block(ANNA, "8f22") + block(ANNA) + block(kind="Accounting-On")
    first, again = take_in(anna.operator.pk, content), take_in(anna.operator.pk, content)
    assert counts(first) == (5, 3, 1, 1)
    assert counts(again) == (5, 0, 5, 0)
    assert first.digest == again.digest
    with anna.acting():
        assert (Session.objects.count(), Suspended.objects.count(), ServerRestart.objects.count()) == (2, 1, 1)


def test_a_file_in_pieces_and_files_that_overlap_change_nothing(anna: cast.Customer) -> None:
    blocks = [block(ANNA, f"{number:04x}") for number in range(10)]
    whole = take_in(anna.operator.pk, "".join(blocks))
    for number, piece in enumerate((blocks[:4], blocks[4:], blocks[2:8])):
        again = take_in(anna.operator.pk, "".join(piece), name=f"piece-{number}")
        assert counts(again) == (len(piece), 0, len(piece), 0)
    assert counts(whole) == (10, 10, 0, 0)


def test_a_file_that_grows_between_two_readings_settles_its_half_record(anna: cast.Customer) -> None:
    whole = block(ANNA) + block(ANNA, "8f22")
    half = take_in(anna.operator.pk, whole[: len(block(ANNA)) + 90])
    longer = take_in(anna.operator.pk, whole[: len(block(ANNA)) + 120])
    all_ = take_in(anna.operator.pk, whole)
    assert [counts(one) for one in (half, longer, all_)] == [(2, 1, 0, 1), (2, 0, 1, 1), (2, 1, 1, 0)]
    with anna.acting():
        assert [one.settled_as for one in Suspended.objects.order_by("id")] == ["duplicate", "duplicate"]
        assert queries.suspense(Scope.staff(anna.operator.pk)) == []


def test_what_cannot_be_used_waits_with_its_place_and_reason(anna: cast.Customer) -> None:
    content = (
        block(ANNA, "1").encode()
        + block("nobody@hauteligne.example", "2").encode()
        + block(ANNA, "3").encode().replace(b"fibre", b"fibre \xe9\x00")
        + block(ANNA, "4", at=datetime(1970, 1, 1, 0, 3, tzinfo=UTC)).encode()
        + block(ANNA, "5", at=datetime(2027, 11, 21, tzinfo=UTC)).encode()
        + block(ANNA, "6", at=datetime(2026, 6, 2, 21, 59, tzinfo=UTC)).encode()
        + block(ANNA, "", more={"Acct-Session-Id": ""}).encode()
        + block(ANNA, "8", more={"Acct-Session-Time": "-3"}).encode()
        + block(ANNA, "9", kind="Failed").encode()
        + block(ANNA, "10").encode()
        + block(ANNA, "11").encode()[:99]
    )
    file = take_in(anna.operator.pk, content)
    assert counts(file) == (11, 2, 0, 9)
    with anna.acting():
        waiting = queries.suspense(Scope.staff(anna.operator.pk))
        assert sorted((one.place, one.reason, one.detail) for one in waiting) == [
            (13, "unknown-line", "nobody@hauteligne.example"),
            (25, "wrong-encoding", "line 32"),
            (37, "dated-1970", "Event-Timestamp"),
            (49, "in-the-future", "2027-11-21T00:00:00Z"),
            (61, "before-the-line", "2026-06-03"),
            (73, "missing-attribute", "Acct-Session-Id"),
            (84, "negative-number", "Acct-Session-Time"),
            (97, "unknown-status", "Failed"),
            (121, "half-block", ""),
        ]
        assert queries.suspense_by_reason(Scope.staff(anna.operator.pk))["unknown-line"] == 1
        assert queries.deliveries(Scope.staff(anna.operator.pk))[0].suspended == 9


def test_suspense_and_deliveries_are_for_staff(anna: cast.Customer) -> None:
    take_in(anna.operator.pk, block("nobody"))
    with anna.acting():
        assert queries.suspense(anna.scope) == queries.deliveries(anna.scope) == []
        assert queries.suspense_by_reason(anna.scope) == {}


def test_another_operator_keeps_the_same_record_for_itself(anna: cast.Customer) -> None:
    other = cast.operator("lessor")
    assert counts(take_in(anna.operator.pk, block(ANNA))) == (1, 1, 0, 0)
    assert counts(take_in(other.pk, block(ANNA))) == (1, 0, 0, 1)
    with acting_for(other.pk):
        assert (Session.objects.count(), Suspended.objects.count()) == (0, 1)


def test_the_database_refuses_counts_that_lose_a_record(anna: cast.Customer) -> None:
    file = take_in(anna.operator.pk, block(ANNA))
    file.kept = 0
    with pytest.raises(IntegrityError, match="intake_file_loses_nothing"), anna.acting():
        file.save()


def test_a_good_record_is_kept_whatever_surrounds_it(anna: cast.Customer) -> None:
    """Many records, a bad line in the middle, in batches: the good ones are kept and counted exactly."""
    blocks = [block(ANNA, f"{number:06x}").encode() for number in range(12_000)]
    blocks[7_000] = blocks[7_000].replace(b"\tClass", b"\xff\xff\xff\n\tClass")
    file = take_in(anna.operator.pk, b"".join(blocks))
    assert counts(file) == (12_001, 11_999, 0, 2)  # the bad line has no indent: it cuts its record in two
    with anna.acting():
        assert Session.objects.count() == 11_999


class BreaksOff(io.BytesIO):
    """A stream that fails after some lines, like a disk or a pipe."""

    def __init__(self, content: bytes, lines: int) -> None:
        super().__init__(content)
        self.left = lines

    def readline(self, size: int | None = -1, /) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise OSError(5, "Input/output error", "detail")
        return super().readline(size)


def test_a_reading_that_breaks_off_leaves_nothing(anna: cast.Customer) -> None:
    content = "".join(block(ANNA, f"{number:06x}") for number in range(usage.BATCH + 10)).encode()
    stream = BreaksOff(content, 12 * (usage.BATCH + 5))
    with pytest.raises(OSError, match="Input/output"):
        usage.take_in_detail_file(operator_id=anna.operator.pk, name="detail", stream=stream, at=AT, actor="x")
    with anna.acting():
        assert (IntakeFile.objects.count(), Session.objects.count()) == (0, 0)
    assert counts(take_in(anna.operator.pk, content)) == (usage.BATCH + 10, usage.BATCH + 10, 0, 0)


KILLED = """
import io, os, sys, django
django.setup()
from datetime import UTC, datetime
from ligneclaire.domains.usage import operations, writing
operator, path, calls = int(sys.argv[1]), sys.argv[2], [0]
insert = writing.write_records
def dies(*given):
    calls[0] += 1
    if calls[0] == 3:
        os._exit(9)
    return insert(*given)
writing.write_records = dies
with open(path, "rb") as stream:
    operations.take_in_detail_file(operator_id=operator, name="d", stream=stream, at=datetime.now(UTC), actor="x")
"""


def test_a_reading_that_is_killed_leaves_nothing(anna: cast.Customer, tmp_path) -> None:  # type: ignore[no-untyped-def]
    content = "".join(block(ANNA, f"{number:06x}") for number in range(2 * usage.BATCH + 10)).encode()
    (tmp_path / "detail").write_bytes(content)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "ligneclaire.config.settings"}
    arguments = [sys.executable, "-c", KILLED, str(anna.operator.pk), str(tmp_path / "detail")]
    assert subprocess.run(arguments, env=environment, check=False).returncode == 9
    with anna.acting():
        assert (IntakeFile.objects.count(), Session.objects.count()) == (0, 0)


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_any_octets_end_kept_duplicate_or_suspended(anna: cast.Customer, data: st.DataObject) -> None:
    check_counts(anna, data)


@pytest.mark.soak
@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_many_octets_end_kept_duplicate_or_suspended(anna: cast.Customer, data: st.DataObject) -> None:
    check_counts(anna, data)


def check_counts(anna: cast.Customer, data: st.DataObject) -> None:
    content = b"".join(data.draw(st.lists(pieces(), max_size=10)))
    with anna.acting():
        before = Session.objects.count(), ServerRestart.objects.count(), Suspended.objects.count()
    file = take_in(anna.operator.pk, content)
    assert file.records == file.kept + file.duplicates + file.suspended
    assert bool(file.records) == any(line.strip() for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"))
    with anna.acting():
        kept = Session.objects.filter(file=file).count() + ServerRestart.objects.filter(file=file).count()
        assert (kept, Suspended.objects.filter(file=file).count()) == (file.kept, file.suspended)
        after = Session.objects.count(), ServerRestart.objects.count(), Suspended.objects.count()
        assert sum(after) - sum(before) == file.kept + file.suspended
    again = take_in(anna.operator.pk, content)
    assert counts(again) == (file.records, 0, file.records, 0)


def pieces() -> st.SearchStrategy[bytes]:
    values = st.one_of(st.text(max_size=20).map(lambda text: f'"{text}"'), st.integers().map(str))
    names = st.sampled_from(["User-Name", "Acct-Session-Id", "Event-Timestamp", "Acct-Session-Time", "NAS-IP-Address"])
    sessions = st.text("0123456789abcdef", min_size=1, max_size=4)
    kinds = st.sampled_from(["Start", "Stop", "Interim-Update", "Accounting-On", "Failed"])
    more = st.one_of(st.just({}), st.dictionaries(names, values, max_size=2))
    good = st.builds(lambda session, kind, more: block(ANNA, session, kind, more=more).encode(), sessions, kinds, more)
    cut = st.builds(lambda octets, at: octets[at:], good, st.integers(0, 300))
    return st.one_of(good, good, cut, st.binary(max_size=120), st.just(b"\n"))
