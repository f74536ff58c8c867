"""Calls of Kamailio: an INVITE and its BYE make one, whoever hangs up and in whichever delivery they come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import cast

from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import queries
from ligneclaire.domains.usage.models import IntakeFile, Suspended
from ligneclaire.domains.usage.readers import batch
from ligneclaire.domains.usage.readers.kamailio_acc import Row
from ligneclaire.domains.usage.tests import mobile
from ligneclaire.domains.usage.tests.mobile import AT, NOON, NORA, Fleet
from ligneclaire.domains.usage.tests.switch_files import ANSWER, END, SYSLOG, acc, counts, kept, reasons, row_of
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
SIP1 = usage.Switch("kamailio", source="sip1", zone="Europe/Brussels")
CALLEE_ENDS = END | {"from_tag": ANSWER["to_tag"], "to_tag": ANSWER["from_tag"], "src_user": "0145678901"}
ANOTHER = {"call_id": "another@atlanta.example"}


@pytest.fixture
def fleet(database: None) -> Fleet:
    return mobile.fleet()


def log(folder: Path, *lines: str, name: str = "acc.log") -> Path:
    path = folder / name
    path.write_text("".join(lines))
    return path


def take_in(fleet: Fleet, path: Path, at: datetime = AT, known: usage.Switch = SIP1) -> IntakeFile:
    return usage.take_in_usage_file(operator_id=fleet.operator_id, path=path, at=at, actor=cast.ACTOR, switch=known)


def bram(**changed: str) -> dict[str, str]:
    """Bram calls; his number is one of Belgium, and the operator of these tests is French."""
    return {"src_user": f"+{mobile.BRAM}", **changed}


@pytest.mark.rule("RAT-01")
@pytest.mark.parametrize("end", [END, CALLEE_ENDS])
def test_an_invite_and_its_bye_are_a_call(fleet: Fleet, tmp_path: Path, end: dict[str, str]) -> None:
    lines = [
        "Mar  4 12:59:58 sip1 kamailio[1]: INFO: <core> [main.c:3055]: main(): processes: 6\n",
        acc(bram(), before=SYSLOG),
        acc(bram(), ANOTHER, code="486", reason="Busy here"),
        acc(bram(), ANOTHER, method="CANCEL"),
        acc(bram(), timestamp="1772625630"),
        acc(end, timestamp="1772625640", code="500", reason="CSeq out of order"),
        acc(
            end,
            code="481",
            before="2026-03-04T13:01:01.000000+01:00 sip1 kamailio: NOTICE: ACC: transaction answered: ",
        ),
        acc(CALLEE_ENDS, timestamp="1772625662"),
    ]
    assert counts(take_in(fleet, log(tmp_path, *lines))) == (1, 1, 0, 0, 6)
    (one,) = kept(fleet)
    assert (one["line"], one["start"], one["quantity"], one["other"], one["direction"], one["place"]) == (
        fleet.bram.pk, NOON, 61, "33145678901", "out", 7,
    )  # fmt: skip
    assert counts(take_in(fleet, log(tmp_path, *lines))) == (1, 0, 1, 0, 6)


@pytest.mark.rule("W-41", "W-43")
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_halves_of_a_call_come_in_any_order_and_in_different_deliveries(
    fleet: Fleet, tmp_path: Path, order: tuple[int, ...]
) -> None:
    """Another call stays open; each delivery is also read twice."""
    parts = [acc(bram()), acc(CALLEE_ENDS), acc(bram(), ANOTHER)]
    for number in order:
        path = log(tmp_path, parts[number], name=f"{number}.log")
        first, again = take_in(fleet, path), take_in(fleet, path)
        assert (first.records, first.passed, again.records, again.kept, again.suspended) == (1, 0, 1, 0, 0)
    assert row_of(kept(fleet), "start", "quantity") == [(NOON, 61)]
    assert reasons(fleet) == [(1, "no-end", ANOTHER["call_id"])]
    with fleet.customer.acting():
        found = queries.fates(Scope.staff(fleet.operator_id))
        assert sum(one.records for one in found) == 6
        assert sum(one.rated for one in found) == 1
        assert sum(one.suspense for one in found) == 1
        assert all(one.records == one.rated + one.duplicates + one.suspense + one.written_off for one in found)


def test_a_file_that_grows_settles_the_calls_that_were_open(fleet: Fleet, tmp_path: Path) -> None:
    whole = acc(bram()) + acc(END) + acc(bram(), ANOTHER) + acc(END, ANOTHER)
    read = []
    for length in (30, len(acc(bram())), len(whole) - len(acc(END, ANOTHER)) - 5, len(whole)):
        read.append(counts(take_in(fleet, log(tmp_path, whole[:length]))))
    assert read == [(1, 0, 0, 1, 0), (1, 0, 0, 1, 0), (2, 1, 0, 1, 0), (2, 1, 1, 0, 0)]
    assert reasons(fleet) == []


def test_a_piece_that_is_read_again_leaves_no_half(fleet: Fleet, tmp_path: Path) -> None:
    """A call that is kept is known by each of its halves."""
    lines = [acc(bram()), acc(END), acc(bram(), ANOTHER)]
    assert counts(take_in(fleet, log(tmp_path, *lines))) == (2, 1, 0, 1, 0)
    for number, piece in enumerate((lines[1:2], lines[:1], lines[1:])):
        take_in(fleet, log(tmp_path, *piece, name=f"piece-{number}.log"))
    assert reasons(fleet) == [(3, "no-end", ANOTHER["call_id"])]
    with fleet.customer.acting():
        found = queries.fates(Scope.staff(fleet.operator_id))
        assert [(one.records, one.rated, one.duplicates, one.suspense) for one in found] == [
            (2, 0, 2, 0), (1, 0, 1, 0), (1, 0, 1, 0), (2, 1, 0, 1),
        ]  # fmt: skip


def test_a_piece_over_many_months_knows_the_calls_of_all(fleet: Fleet, tmp_path: Path) -> None:
    """The call of March is known, though what else waits begins in January and ends in April."""
    assert counts(take_in(fleet, log(tmp_path, acc(bram()), acc(END)))) == (1, 1, 0, 0, 0)
    january = acc(bram(), {"call_id": "january@atlanta.example", "timestamp": "1769169600"})
    april = acc(END, {"call_id": "april@atlanta.example", "timestamp": "1776081600"})
    take_in(fleet, log(tmp_path, january, acc(END), april, name="piece.log"), AT + timedelta(days=60))
    assert [reason for _, reason, _ in reasons(fleet)] == ["no-end", "no-begin"]


def test_an_invite_within_the_call_does_not_begin_it_again(fleet: Fleet, tmp_path: Path) -> None:
    assert counts(take_in(fleet, log(tmp_path, acc(bram()), name="1.log"))) == (1, 0, 0, 1, 0)
    later = log(tmp_path, acc(bram(), timestamp="1772625640"), acc(END), name="2.log")
    assert counts(take_in(fleet, later)) == (1, 0, 0, 1, 1)
    assert row_of(kept(fleet), "start", "quantity") == [(NOON, 61)]
    assert reasons(fleet) == []


def test_two_branches_of_one_call_id_are_two_calls(fleet: Fleet, tmp_path: Path) -> None:
    lines = [acc(bram()), acc(bram(), to_tag="b2"), acc(END), acc(END, to_tag="b2", timestamp="1772625700")]
    assert counts(take_in(fleet, log(tmp_path, *lines))) == (2, 2, 0, 0, 0)
    assert sorted(row_of(kept(fleet), "quantity")) == [(61,), (100,)]


def test_a_call_by_a_trunk_is_incoming(fleet: Fleet, tmp_path: Path) -> None:
    trunk = usage.Switch("kamailio", source="sip1", trunks=frozenset({"198.51.100.1"}))
    incoming = {"src_user": "0033145678901", "dst_user": f"+{NORA}", "src_ip": "198.51.100.1"}
    lines = [acc(incoming), acc(END), acc(bram(), ANOTHER), acc(END, ANOTHER), acc(bram(), src_ip="")]
    assert counts(take_in(fleet, log(tmp_path, *lines), known=trunk)) == (3, 2, 0, 1, 0)
    assert sorted(row_of(kept(fleet), "line", "direction", "other")) == [
        (fleet.bram.pk, "out", "33145678901"), (fleet.nora.pk, "in", "33145678901"),
    ]  # fmt: skip
    assert reasons(fleet) == [(5, "missing-attribute", "src_ip")]


BAD = [
    (acc(bram(), timestamp="now"), "unreadable-time", "timestamp"),
    (acc(bram(), to_tag=""), "missing-attribute", "to_tag"),
    (acc(bram()).split(";code")[0] + "\n", "missing-attribute", "code"),
    (acc(bram(src_user="1;src_user=2")), "contradiction", "src_user"),
    (acc(bram(), before="NOTICE: a caller wrote ACC: transaction answered: "), "unreadable-line", ""),
    (acc(bram(), before="\u00e9" + SYSLOG), "unreadable-line", ""),
    (acc(bram(), ANOTHER, src_ip="x" * 5_000), "too-long", ""),
]


@pytest.mark.rule("RAT-15", "W-43")
def test_what_cannot_be_right_waits_with_its_line_and_reason(fleet: Fleet, tmp_path: Path) -> None:
    stranger = [acc(src_user="0499000000", call_id="s"), acc(END, call_id="s")]
    backward = [acc(bram(), call_id="b"), acc(END, call_id="b", timestamp="1772625599")]
    uncalled = [acc(bram(), call_id="u", dst_user=""), acc(END, call_id="u")]
    path = log(tmp_path, *(line for line, _, _ in BAD), *stranger, *backward, *uncalled)
    with path.open("ab") as stream:
        stream.write(acc(bram(src_user="caf\u00e9")).encode("latin-1") + acc(END)[:90].encode())
    count = len(BAD) + 5
    assert counts(take_in(fleet, path)) == (count, 0, 0, count, 0)
    assert reasons(fleet) == [
        *((place, reason, detail) for place, (_, reason, detail) in enumerate(BAD, start=1)),
        (9, "unknown-line", "33499000000"), (11, "negative-number", "quantity"), (13, "missing-attribute", "other"),
        (14, "wrong-encoding", ""), (15, "half-block", ""),
    ]  # fmt: skip
    assert counts(take_in(fleet, path)) == (count, 0, count, 0, 0)


def row(id: int, time: str, **changed: str) -> Row:
    """A row of the table as the adapter gives it."""
    fields = {**ANSWER, **bram(), **changed}
    names = ("method", "from_tag", "to_tag", "call_id", "code")
    return Row(id, *(fields[name] for name in names), time, changed.get("time_attr", ""),
               fields["src_user"], fields["dst_user"], fields["src_ip"])  # fmt: skip


def take_in_rows(fleet: Fleet, *rows: Row, at: datetime = AT) -> IntakeFile:
    return usage.take_in_acc(
        operator_id=fleet.operator_id, name="sip/kamailio.acc", rows=rows, at=at, actor=cast.ACTOR, switch=SIP1
    )


def test_the_table_tells_the_same_calls_as_the_log(fleet: Fleet, tmp_path: Path) -> None:
    """The table has local times, or times with their offset; a call that began in the log ends in the table."""
    assert counts(take_in(fleet, log(tmp_path, acc(bram()), acc(bram(), ANOTHER), acc(END)))) == (2, 1, 0, 1, 0)
    begun, ended = row(7, "2026-03-04 13:00:00"), row(9, "2026-03-04 13:01:01", **CALLEE_ENDS)
    assert counts(take_in_rows(fleet, begun, ended, row(8, "2026-03-04 13:01:01", **END))) == (1, 0, 1, 0, 1)
    assert counts(take_in_rows(fleet, row(10, "2026-03-04 12:01:40+00", **END, **ANOTHER))) == (1, 0, 0, 1, 0)
    assert sorted(row_of(kept(fleet), "quantity")) == [(61,), (100,)]
    assert reasons(fleet) == []
    with fleet.customer.acting():
        assert queries.acc_position(fleet.operator_id, "sip/kamailio.acc") == 10


def test_a_reading_without_rows_knows_how_far_the_one_before_it_went(fleet: Fleet) -> None:
    """When the rows were deleted since, and when the numbers began anew."""
    for rows, last in (([row(7, "2026-03-04 13:00:00")], 7), ([], 7), ([row(2, "2026-03-04 13:00:00")], 2)):
        take_in_rows(fleet, *rows)
        with fleet.customer.acting():
            assert queries.acc_position(fleet.operator_id, "sip/kamailio.acc") == last


def test_a_table_with_seconds_of_its_own_tells_the_hours_apart(fleet: Fleet) -> None:
    """25 October 2026, 02:30 comes twice: told by `time_attr`, else in suspense, and its call waits for its end."""
    begin = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = [str(int((begin + timedelta(minutes=minutes)).timestamp())) for minutes in (0, 40)]
    rows = [
        row(1, "2026-10-25 02:30:00", time_attr=second[0]),
        row(2, "2026-10-25 02:10:00", time_attr=second[1], **END),
        row(3, "2026-10-25 01:59:00", **ANOTHER),
        row(4, "2026-10-25 02:10:00", **END, **ANOTHER),
        row(5, "2026-03-29 02:10:00", call_id="c"),
        row(6, "infinity", call_id="d"),
    ]
    assert counts(take_in_rows(fleet, *rows, at=datetime(2026, 10, 26, tzinfo=UTC))) == (5, 1, 0, 4, 0)
    assert row_of(kept(fleet, date(2026, 10, 1)), "start", "quantity") == [(begin, 2400)]
    assert reasons(fleet) == [
        (3, "no-end", ANOTHER["call_id"]), (4, "hour-twice", "2026-10-25 02:10:00"),
        (5, "no-such-hour", "2026-03-29 02:10:00"), (6, "unreadable-time", "time"),
    ]  # fmt: skip


def test_a_half_can_be_mended_and_then_its_end_waits(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, log(tmp_path, acc(bram())))
    with fleet.customer.acting():
        waiting = Suspended.objects.get()
    fields = {**batch.fields_of(waiting.raw), "quantity": "30"}
    mended = usage.mend_suspended(
        operator_id=fleet.operator_id, public_id=waiting.public_id, fields=fields, at=AT, actor=cast.ACTOR
    )
    assert (mended.settled_as, row_of(kept(fleet), "quantity")) == ("kept", [(30,)])
    assert counts(take_in(fleet, log(tmp_path, acc(bram()), acc(END)))) == (1, 0, 1, 0, 0)


def test_a_half_that_is_saved_without_its_seconds_can_still_be_joined(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, log(tmp_path, acc(bram())))
    with fleet.customer.acting():
        waiting = Suspended.objects.get()
    for fields in (batch.fields_of(waiting.raw), {**batch.fields_of(waiting.raw), "quantity": " "}):
        with pytest.raises(usage.NotMended, match="half of a call"):
            usage.mend_suspended(
                operator_id=fleet.operator_id, public_id=waiting.public_id, fields=fields, at=AT, actor=cast.ACTOR
            )
    take_in(fleet, log(tmp_path, acc(END), name="end.log"))
    assert row_of(kept(fleet), "quantity") == [(61,)]
    assert reasons(fleet) == []


LINES = st.lists(
    st.one_of(
        st.builds(
            lambda kind, call, changed: acc(bram(), kind, {"call_id": call}, changed).encode(),
            st.sampled_from([{}, END, CALLEE_ENDS, END | {"timestamp": "1772625700"}]),
            st.sampled_from("abc"),
            st.dictionaries(
                st.sampled_from(list(ANSWER)),
                st.one_of(st.text(max_size=6), st.sampled_from(["", "486", "BYE", "9" * 30, ";code=487", "١٢"])),
                max_size=1,
            ),
        ),
        st.binary(max_size=40),
        st.sampled_from([b"\n", b"\r\n", b"ACC: \n", b"\xff", b"x" * 5000]),
    ),
    max_size=8,
)  # fmt: skip


@given(lines=LINES)
def test_any_text_ends_kept_duplicate_or_suspended(fleet: Fleet, tmp_path: Path, lines: list[bytes]) -> None:
    check_text(fleet, tmp_path, lines)


@pytest.mark.soak
@settings(max_examples=400)
@given(lines=LINES)
def test_many_texts_end_kept_duplicate_or_suspended(fleet: Fleet, tmp_path: Path, lines: list[bytes]) -> None:
    check_text(fleet, tmp_path, lines)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
TIMES = st.one_of(TEXT, st.sampled_from([
    "2026-03-04 13:00:00", "2026-03-04 13:01:01.5", "infinity", "2026-W10-3", "0001-01-01 00:00:00 BC",
    "2026-03-04 12:00:00+00", "9999-12-31 23:59:59", "0001-01-01 00:00:00+14",
]))  # fmt: skip
ROWS = st.lists(
    st.builds(
        lambda id, time, kind, call, changed: row(id, time, **{**kind, "call_id": call, **changed}),
        st.integers(1, 9),
        TIMES,
        st.sampled_from([{}, END, CALLEE_ENDS]),
        st.sampled_from("abc"),
        st.dictionaries(
            st.sampled_from([*ANSWER, "time_attr"]), st.one_of(TEXT, st.sampled_from(["", "1772625600"])), max_size=2
        ),
    ),
    max_size=8,
)


@given(rows=ROWS)
def test_any_rows_end_kept_duplicate_or_suspended(fleet: Fleet, rows: list[Row]) -> None:
    first, again = take_in_rows(fleet, *rows), take_in_rows(fleet, *rows)
    assert first.records == first.kept + first.duplicates + first.suspended
    assert (again.kept, again.suspended) == (0, 0)


def check_text(fleet: Fleet, folder: Path, lines: list[bytes]) -> None:
    path = folder / "acc.log"
    path.write_bytes(b"".join(lines))
    first, again = take_in(fleet, path), take_in(fleet, path)
    assert first.records == first.kept + first.duplicates + first.suspended
    assert (again.kept, again.suspended) == (0, 0)
    with fleet.customer.acting():
        for one in queries.fates(Scope.staff(fleet.operator_id), limit=2):
            assert one.records == one.rated + one.duplicates + one.suspense + one.written_off
