"""Taking in files of mobile and voice usage: each record ends kept, duplicate or suspended, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests import cast

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Group, IntakeFile, Segment, Suspended
from ligneclaire.domains.usage.readers import heading
from ligneclaire.domains.usage.tests import mobile
from ligneclaire.domains.usage.tests.mobile import AT, MARCH, NOON, NORA, Fleet
from ligneclaire.domains.usage.tests.switch_files import reasons
from ligneclaire.domains.usage.tests.usage_files import HEADING, call, csv, parquet, text

pytestmark = pytest.mark.usefixtures("database")
Rows = list[Mapping[str, str] | str]


@pytest.fixture
def fleet(database: None) -> Fleet:
    return mobile.fleet()


def take_in(fleet: Fleet, path: Path, at: datetime = AT) -> IntakeFile:
    return usage.take_in_usage_file(operator_id=fleet.operator_id, path=path, at=at, actor=cast.ACTOR)


def counts(file: IntakeFile) -> tuple[int, int, int, int]:
    return file.records, file.kept, file.duplicates, file.suspended


def kept(fleet: Fleet, month: date = MARCH) -> pa.Table:
    with fleet.customer.acting():
        return store.records(fleet.operator_id, fleet.account_id, month)


@pytest.mark.rule("RAT-01")
def test_a_record_is_kept_with_its_line_its_time_and_its_place(fleet: Fleet, tmp_path: Path) -> None:
    third = call(2, service="third-party", other="", quantity=1, amount="4.99", start="2026-03-04 12:00:01Z")
    abroad = call(
        3, line=NORA, service="data", other="", quantity=10**9, visited="ES", start="2026-03-04T14:00:00+0100"
    )
    home = call(4, direction="in", other="", visited="FR", start="2026-03-05T00:30:00.250000+02:00")
    file = take_in(fleet, csv(tmp_path, [call(1), third, abroad, home, call(5, line=NORA)]))
    assert counts(file) == (5, 5, 0, 0)
    shown = ("line", "event_key", "start", "service", "direction", "other", "quantity", "visited", "amount", "place")
    bram, nora, second = fleet.bram.pk, fleet.nora.pk, NOON + timedelta(seconds=1)
    late = datetime(2026, 3, 4, 22, 30, 0, 250_000, UTC)
    assert [tuple(one[name] for name in shown) for one in kept(fleet).to_pylist()] == [
        (bram, "msc1/1 2026-03-04 12:00:00", NOON, "voice", "out", "3222345678", 61, "", None, 2),
        (nora, "msc1/5 2026-03-04 12:00:00", NOON, "voice", "out", "3222345678", 61, "", None, 6),
        (bram, "msc1/2 2026-03-04 12:00:01", second, "third-party", "out", "", 1, "", 4_990_000, 3),
        (nora, "msc1/3 2026-03-04 13:00:00", NOON + timedelta(hours=1), "data", "out", "", 10**9, "ES", None, 4),
        (bram, "msc1/4 2026-03-04 22:30:00.250000", late, "voice", "in", "", 61, "", None, 5),
    ]  # fmt: skip
    assert set(kept(fleet)["file"].to_pylist()) == {file.pk}
    assert set(kept(fleet)["arrived"].to_pylist()) == {AT}
    with fleet.customer.acting():
        group = Group.objects.get()
        assert (group.account_id, group.month, group.records, group.stale_since) == (fleet.account_id, MARCH, 5, AT)
        assert AuditEntry.objects.get(act="take_in").detail == {
            "source": "usage-file", "records": 5, "kept": 5, "duplicates": 0, "suspended": 0, "passed": 0,
        }  # fmt: skip


def test_the_same_as_parquet_gives_the_same_records(fleet: Fleet, tmp_path: Path) -> None:
    rows = [call(1), call(2, service="sms", quantity=1), call(3, line="32999")]
    assert counts(take_in(fleet, csv(tmp_path, rows))) == (3, 2, 0, 1)
    assert counts(take_in(fleet, parquet(tmp_path, rows))) == (3, 0, 3, 0)
    typed = pa.table({
        "source": ["msc1"], "id": pa.array([1], pa.int64()), "line": pa.array([int(mobile.BRAM)]), "service": ["voice"],
        "other": pa.array([3222345678]), "start": pa.array([NOON], pa.timestamp("ms", "Europe/Brussels")),
        "quantity": pa.array([61], pa.int32()),
    })  # fmt: skip
    pq.write_table(typed, tmp_path / "typed.parquet")
    assert counts(take_in(fleet, tmp_path / "typed.parquet")) == (1, 0, 1, 0)


def test_a_month_is_that_of_the_operator(fleet: Fleet, tmp_path: Path) -> None:
    rows: Rows = [call(1, start="2026-02-28T22:59:59Z"), call(2, start="2026-02-28T23:00:00Z")]
    take_in(fleet, csv(tmp_path, rows))
    assert mobile.keys(kept(fleet)) == ["msc1/2 2026-02-28 23:00:00"]
    assert mobile.keys(kept(fleet, date(2026, 2, 1))) == ["msc1/1 2026-02-28 22:59:59"]


@pytest.mark.rule("W-41", "W-43")
def test_what_is_read_twice_in_pieces_or_overlapping_counts_once(fleet: Fleet, tmp_path: Path) -> None:
    rows: Rows = [call(n, start=f"2026-03-04T{n:02}:00:00Z") for n in range(10)] + [call(99, line="32999")]
    whole = take_in(fleet, csv(tmp_path, [*rows, rows[3], rows[10]]))
    assert counts(whole) == (13, 10, 2, 1)
    before = kept(fleet)
    assert counts(take_in(fleet, tmp_path / "march.csv")) == (13, 0, 13, 0)
    for number, piece in enumerate((rows[:4], rows[4:], rows[2:8])):
        again = take_in(fleet, csv(tmp_path, piece, name=f"piece-{number}.csv"))
        assert counts(again) == (len(piece), 0, len(piece), 0)
    assert kept(fleet) == before
    with fleet.customer.acting():
        assert (Group.objects.get().records, Suspended.objects.count()) == (10, 1)


def test_another_operator_keeps_the_same_record_for_itself(fleet: Fleet, tmp_path: Path) -> None:
    path = csv(tmp_path, [call(1)])
    assert counts(take_in(fleet, path)) == (1, 1, 0, 0)
    other = cast.operator("lessor").pk
    assert counts(usage.take_in_usage_file(operator_id=other, path=path, at=AT, actor="x")) == (1, 0, 0, 1)
    with acting_for(other):
        assert (Segment.objects.count(), Suspended.objects.get().reason) == (0, "unknown-line")


BAD = [
    (call(source=""), "missing-attribute", "source"),
    (call(source="msc 1"), "unreadable-value", "source"),
    (call(id=""), "missing-attribute", "id"),
    (call(line=""), "missing-attribute", "line"),
    (call(line="32470999999"), "unknown-line", "32470999999"),
    (call(start="2026-02-09T12:00:00Z"), "before-the-line", "line"),
    (call(service="telex"), "unknown-service", "service"),
    (call(service=""), "missing-attribute", "service"),
    (call(direction="up"), "unknown-direction", "direction"),
    (call(other=""), "missing-attribute", "other"),
    (call(other="3" * 40), "wrong-number", "other"),
    (call(other="call me"), "wrong-number", "other"),
    (call(quantity=""), "missing-attribute", "quantity"),
    (call(quantity="-1"), "negative-number", "quantity"),
    (call(quantity="9" * 40), "absurd-number", "quantity"),
    (call(quantity="10000001"), "absurd-number", "quantity"),
    (call(quantity="1.5"), "unreadable-value", "quantity"),
    (call(service="sms", quantity="1000001"), "absurd-number", "quantity"),
    (call(visited="XX"), "unknown-country", "visited"),
    (call(visited="fr"), "unknown-country", "visited"),
    (call(service="third-party"), "missing-amount", "amount"),
    (call(amount="1"), "unexpected-amount", "amount"),
    (call(service="third-party", amount="-0.01"), "negative-number", "amount"),
    (call(service="third-party", amount="1.0000001"), "unreadable-value", "amount"),
    (call(service="third-party", amount="100000.01"), "absurd-number", "amount"),
    (call(start=""), "missing-attribute", "start"),
    (call(start="yesterday"), "unreadable-time", "start"),
    (call(start="2026-02-30T12:00:00Z"), "unreadable-time", "start"),
    (call(start="2026-03-04T12:00:00"), "no-time-zone", "start"),
    (call(start="1970-01-01T00:00:00Z"), "dated-1970", "start"),
    (call(start="2026-03-05T07:00:01Z"), "in-the-future", "2026-03-05T07:00:01Z"),
]


@pytest.mark.rule("RAT-15", "W-43")
def test_what_cannot_be_right_waits_with_its_place_and_reason(fleet: Fleet, tmp_path: Path) -> None:
    rows: Rows = []
    for number, (fields, _reason, _detail) in enumerate(BAD):
        rows += [
            {**fields, "id": fields["id"] and f"bad-{number}"},
            call(number, start=f"2026-03-04T11:00:{number:02}Z"),
        ]
    file = take_in(fleet, csv(tmp_path, rows))
    assert counts(file) == (2 * len(BAD), len(BAD), 0, len(BAD))
    assert reasons(fleet) == [(2 * number + 2, reason, detail) for number, (_, reason, detail) in enumerate(BAD)]
    again = take_in(fleet, parquet(tmp_path, [row for row in rows if not isinstance(row, str)]))
    assert counts(again) == (2 * len(BAD), 0, 2 * len(BAD), 0)


@pytest.mark.rule("RAT-15")
def test_a_record_may_be_an_hour_ahead_and_no_more(fleet: Fleet, tmp_path: Path) -> None:
    rows: Rows = [call(1, start="2026-03-05T07:00:00Z"), call(2, start="2026-03-05T07:00:00.000001Z")]
    assert counts(take_in(fleet, csv(tmp_path, rows))) == (2, 1, 0, 1)
    assert [reason for _, reason, _ in reasons(fleet)] == ["in-the-future"]


@pytest.mark.rule("RAT-15")
def test_a_line_that_was_closed_has_no_records_after_its_last_day(fleet: Fleet, tmp_path: Path) -> None:
    from ligneclaire.domains.contracts.models import Contract

    with fleet.customer.acting():
        Contract.objects.filter(pk=fleet.customer.contract.pk).update(line=fleet.bram, last_day=date(2026, 3, 3))
    rows: Rows = [call(1, start="2026-03-03T22:59:59Z"), call(2, start="2026-03-03T23:00:00Z")]
    assert counts(take_in(fleet, csv(tmp_path, rows))) == (2, 1, 0, 1)
    assert reasons(fleet) == [(3, "after-the-line", "line")]


def test_rows_of_another_form_cost_only_themselves(fleet: Fleet, tmp_path: Path) -> None:
    path = tmp_path / "march.csv"
    octets = text([call(1), "too,few\n", "\n", call(2), call(3)]).encode()
    octets += text([call(4)], "x").encode()[2:].replace(b"voice", b"voi\xe9ce")
    octets += text([call(5)], "x").encode()[2:].replace(b"voice", b"vo\x00ice")
    octets += b"a,b,c,d,e,f,g,h,i,j,k,l\n" + b"x" * 5_000 + b'\n"quoted, and\n' + text([call(6)], "x").encode()[2:]
    path.write_bytes(octets.replace(b"\n", b"\r\n") + b"msc1,7,32470654321,voice,out,322234,2026-03-04T11:00:00Z,6")
    file = take_in(fleet, path)
    assert counts(file) == (11, 4, 0, 7)
    assert reasons(fleet) == [
        (3, "missing-column", "2 / 10"),
        (7, "wrong-encoding", ""),
        (8, "wrong-encoding", ""),
        (9, "extra-column", "12 / 10"),
        (10, "too-long", ""),
        (11, "missing-column", "2 / 10"),
        (13, "half-block", ""),
    ]


def test_a_file_that_grows_settles_its_half_record(fleet: Fleet, tmp_path: Path) -> None:
    whole = text([call(1), call(2)])
    path = tmp_path / "march.csv"
    read = []
    for length in (len(whole) - 20, len(whole) - 1, len(whole)):
        path.write_text(whole[:length])
        read.append(counts(take_in(fleet, path)))
    assert read == [(2, 1, 0, 1), (2, 0, 1, 1), (2, 1, 1, 0)]
    assert reasons(fleet) == []


CLOCK = "source,id,line,service,direction,other,start[Europe/Brussels],quantity,visited,amount"


def test_a_declared_zone_keeps_summer_time(fleet: Fleet, tmp_path: Path) -> None:
    """29 March 2026, 02:00 to 03:00 does not exist; 25 October 2026, 02:00 to 03:00 comes twice."""
    starts = ["2026-03-29 01:59:59", "2026-03-29 02:00:00", "2026-03-29 02:59:59", "2026-03-29 03:00:00",
              "2026-10-25 01:59:59", "2026-10-25 02:00:00", "2026-10-25 02:59:59", "2026-10-25 03:00:00",
              "2026-10-25T02:30:00+01:00"]  # fmt: skip
    path = csv(tmp_path, [call(number, start=start) for number, start in enumerate(starts)], heading=CLOCK)
    file = take_in(fleet, path, at=datetime(2026, 10, 26, tzinfo=UTC))
    assert counts(file) == (9, 5, 0, 4)
    assert reasons(fleet) == [
        (3, "no-such-hour", "2026-03-29 02:00:00"),
        (4, "no-such-hour", "2026-03-29 02:59:59"),
        (7, "hour-twice", "2026-10-25 02:00:00"),
        (8, "hour-twice", "2026-10-25 02:59:59"),
    ]
    found = [*kept(fleet)["start"].to_pylist(), *kept(fleet, date(2026, 10, 1))["start"].to_pylist()]
    assert [f"{start:%m-%d %H:%M:%S}" for start in found] == [
        "03-29 00:59:59", "03-29 01:00:00", "10-24 23:59:59", "10-25 01:30:00", "10-25 02:00:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", heading.UnreadableFile),
        (HEADING.encode(), heading.UnreadableFile),
        (HEADING.encode("utf-16") + b"\n", heading.UnreadableFile),
        (b"\x00\x01\x02\n", heading.UnknownColumn),
        (HEADING.replace(",quantity", "").encode() + b"\n", heading.MissingColumn),
        (HEADING.replace("visited", "vsited").encode() + b"\n", heading.UnknownColumn),
        (HEADING.encode() + b",line\n", heading.UnknownColumn),
        (HEADING.replace("start", "start[Europe/Brussel]").encode() + b"\n", heading.UnknownZone),
    ],
)
def test_a_heading_that_is_none_refuses_the_file(
    fleet: Fleet, tmp_path: Path, content: bytes, refusal: type[Exception]
) -> None:
    path = tmp_path / "march.csv"
    path.write_bytes(content)
    with pytest.raises(refusal, match=r"march\.csv"):
        take_in(fleet, path)
    with fleet.customer.acting():
        assert (IntakeFile.objects.count(), Segment.objects.count(), Suspended.objects.count()) == (0, 0, 0)


def test_a_parquet_file_that_is_none_or_half_is_refused_whole(fleet: Fleet, tmp_path: Path) -> None:
    whole = parquet(tmp_path, [call(1)]).read_bytes()
    for octets in (b"", text([call(1)]).encode(), whole[: len(whole) // 2], whole[:-1], b"PAR1" * 5):
        (tmp_path / "half.parquet").write_bytes(octets)
        with pytest.raises(heading.UnreadableFile, match=r"half\.parquet"):
            take_in(fleet, tmp_path / "half.parquet")
    pq.write_table(pa.table({**{n: ["1"] for n in HEADING.split(",")}, "amount": [0.1]}), tmp_path / "half.parquet")
    with pytest.raises(heading.UnreadableFile, match="column amount is double"):
        take_in(fleet, tmp_path / "half.parquet")
    (tmp_path / "march.xlsx").write_bytes(whole)
    with pytest.raises(heading.UnreadableFile, match=r"\.csv nor in \.parquet"):
        take_in(fleet, tmp_path / "march.xlsx")
    with fleet.customer.acting():
        assert (IntakeFile.objects.count(), Segment.objects.count(), Suspended.objects.count()) == (0, 0, 0)


def test_records_of_a_closed_month_arrive_after_its_close(fleet: Fleet, tmp_path: Path) -> None:
    """The close did not see what was being read while it happened, whatever time the delivery began."""
    take_in(fleet, csv(tmp_path, [call(1)]))
    with fleet.customer.acting():
        Group.objects.update(closed_at=AT + timedelta(minutes=5), stale_since=None)
    take_in(fleet, csv(tmp_path, [call(2)]), at=AT + timedelta(minutes=4))
    with fleet.customer.acting():
        group = Group.objects.get()
        assert group.stale_since is not None
        assert kept(fleet)["arrived"].to_pylist() == [AT, group.closed_at + timedelta(microseconds=1)]
