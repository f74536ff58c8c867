"""Calls of Asterisk's Master.csv: the answered ones are usage, in the hour in which they were, and each once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import cast

from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.models import IntakeFile, Suspended
from ligneclaire.domains.usage.rules import switch
from ligneclaire.domains.usage.tests import mobile
from ligneclaire.domains.usage.tests.mobile import AT, NOON, NORA, Fleet
from ligneclaire.domains.usage.tests.switch_files import CALL, NO_ANSWER, cdr, counts, kept, master, reasons, row_of

pytestmark = pytest.mark.usefixtures("database")
PBX = usage.Switch("asterisk", source="pbx1", zone="Europe/Brussels", trunks=frozenset({"carrier"}))
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def fleet(database: None) -> Fleet:
    return mobile.fleet()


def take_in(fleet: Fleet, path: Path, at: datetime = AT, known: usage.Switch = PBX) -> IntakeFile:
    return usage.take_in_usage_file(operator_id=fleet.operator_id, path=path, at=at, actor=cast.ACTOR, switch=known)


@pytest.mark.rule("RAT-01")
def test_an_answered_call_is_kept_from_its_answer_on(fleet: Fleet, tmp_path: Path) -> None:
    incoming = {"accountcode": "", "src": "003322345678", "dst": f"+{NORA}", "channel": "PJSIP/carrier-0000002a"}
    file = take_in(fleet, master(tmp_path, [
        cdr(), cdr(**NO_ANSWER), cdr(**NO_ANSWER | {"disposition": "BUSY"}), "\n",
        cdr(uniqueid="1772625592.32", dst="112"), cdr(uniqueid="1772625592.33", **incoming),
    ]))  # fmt: skip
    assert counts(file) == (3, 3, 0, 0, 2)
    shown = ("event_key", "line", "start", "service", "direction", "other", "quantity", "place")
    assert row_of(kept(fleet), *shown) == [
        ("pbx1/1772625592.31 2026-03-04 12:00:00", fleet.bram.pk, NOON, "voice", "out", "3322345678", 61, 1),
        ("pbx1/1772625592.32 2026-03-04 12:00:00", fleet.bram.pk, NOON, "voice", "out", "112", 61, 5),
        ("pbx1/1772625592.33 2026-03-04 12:00:00", fleet.nora.pk, NOON, "voice", "in", "3322345678", 61, 6),
    ]


@pytest.mark.parametrize("columns", [16, 17, 18])
def test_the_last_columns_are_optional(fleet: Fleet, tmp_path: Path, columns: int) -> None:
    """Without a uniqueid the same call is known again by its channels, numbers and times; another one is another."""
    later = {"answer": "2026-03-04 13:00:01", "end": "2026-03-04 13:01:02", "uniqueid": "1772625592.34"}
    lines = [cdr(columns), cdr(columns), cdr(columns, **later)]
    assert counts(take_in(fleet, master(tmp_path, lines))) == (3, 2, 1, 0, 0)
    assert counts(take_in(fleet, master(tmp_path, lines))) == (3, 0, 3, 0, 0)


def test_a_user_field_is_no_unique_id_and_later_columns_are_read(fleet: Fleet, tmp_path: Path) -> None:
    user_field = cdr(16).rstrip("\n") + ',"team 5"\n'
    halves = [cdr().rstrip("\n") + f',"","1772625592.31",{number}\n' for number in (4, 5)]
    assert counts(take_in(fleet, master(tmp_path, [user_field, *halves]))) == (3, 3, 0, 0, 0)
    assert [key.split()[0] for key in sorted(str(one["event_key"]) for one in kept(fleet))[:2]] == [
        "pbx1/1772625592.31/4", "pbx1/1772625592.31/5",
    ]  # fmt: skip


NIGHT = {"start": "2026-10-25 02:29:58", "answer": "2026-10-25 02:30:00", "end": "2026-10-25 02:31:01",
         "duration": "63"}  # fmt: skip


def test_the_hour_that_comes_twice_is_told_apart_by_the_unique_id(fleet: Fleet, tmp_path: Path) -> None:
    """25 October 2026: 02:30 in summer time is 00:30 in UTC, in winter time 01:30."""
    summer = int(datetime(2026, 10, 25, 0, 29, 58, tzinfo=UTC).timestamp())
    lines = [
        cdr(**NIGHT, uniqueid=f"{summer}.1"), cdr(**NIGHT, uniqueid=f"pbx-{summer + 3600}.2"), cdr(16, **NIGHT),
        cdr(**NIGHT, uniqueid=f"{summer - 1000}.4"), cdr(**NIGHT, uniqueid=f"{summer - 1900}.5"),
    ]  # fmt: skip
    path = master(tmp_path, lines)
    assert counts(take_in(fleet, path, at=datetime(2026, 10, 26, tzinfo=UTC))) == (5, 3, 0, 2, 0)
    assert reasons(fleet) == [(3, "hour-twice", "2026-10-25 02:30:00"), (5, "hour-twice", "2026-10-25 02:30:00")]
    half_past = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    found = row_of(kept(fleet, OCTOBER), "start", "place")
    assert sorted(found) == [(half_past, 1), (half_past, 4), (half_past + timedelta(hours=1), 2)]


def test_a_file_that_is_read_in_a_wrong_zone_is_seen(fleet: Fleet, tmp_path: Path) -> None:
    """Written with usegmtime, read as Brussels time, and the other way round."""
    gmt = {name: CALL[name].replace(" 12:", " 11:").replace(" 13:", " 12:") for name in ("start", "answer", "end")}
    path = master(tmp_path, [cdr(**gmt)], name="gmt.csv")
    in_utc = usage.Switch("asterisk", source="pbx1", zone="UTC")
    assert counts(take_in(fleet, path)) == (1, 0, 0, 1, 0)
    assert counts(take_in(fleet, master(tmp_path, [cdr()]), known=in_utc)) == (1, 0, 0, 1, 0)
    assert reasons(fleet) == [(1, "contradiction", "start, uniqueid")] * 2
    assert counts(take_in(fleet, path, known=in_utc)) == (1, 1, 0, 0, 0)
    assert row_of(kept(fleet), "start") == [(NOON,)]


BAD = [
    (cdr(disposition="PENDING"), "unknown-status", "disposition"),
    (cdr(billsec="75"), "contradiction", "billsec, duration"),
    (cdr(answer=""), "missing-attribute", "start"),
    (cdr(answer="04/03/2026 13:00"), "unreadable-time", "start"),
    (cdr(billsec="1.5"), "unreadable-value", "quantity"),
    (cdr(dst="*31#"), "wrong-number", "other"),
    (cdr(dst=""), "missing-attribute", "other"),
    (cdr(accountcode="reception"), "unknown-line", "reception"),
    (cdr(accountcode="", src="0499000000"), "unknown-line", "33499000000"),
    (cdr(15), "missing-column", "15 / 16-21"),
    (cdr().rstrip("\n") + ",1,2,3,4\n", "extra-column", "22 / 16-21"),
    (cdr().replace('"PJSIP', '"PJ"SIP', 1), "unreadable-line", ""),
    (cdr(lastdata="\x00"), "wrong-encoding", ""),
    (cdr(lastdata="x" * 5_000), "too-long", ""),
]


@pytest.mark.rule("RAT-15", "W-43")
def test_what_cannot_be_right_waits_with_its_line_and_reason(fleet: Fleet, tmp_path: Path) -> None:
    path = master(tmp_path, [line for line, _, _ in BAD])
    with path.open("ab") as stream:
        stream.write(cdr(clid="caf\u00e9").encode("latin-1") + cdr(lastdata="two\nlines").encode() + b'"half a')
    file = take_in(fleet, path)
    count = len(BAD) + 4
    assert counts(file) == (count, 0, 0, count, 0)
    assert reasons(fleet) == [
        *((place, reason, detail) for place, (_, reason, detail) in enumerate(BAD, start=1)),
        (15, "wrong-encoding", ""), (16, "unreadable-line", ""), (17, "missing-column", "10 / 16-21"),
        (18, "half-block", ""),
    ]  # fmt: skip
    assert counts(take_in(fleet, path)) == (count, 0, count, 0, 0)


def test_a_file_that_grows_settles_its_half_line(fleet: Fleet, tmp_path: Path) -> None:
    whole = cdr() + cdr(uniqueid="1772625592.32")
    read = []
    for length in (len(whole) - 9, len(whole) - 1, len(whole)):
        read.append(counts(take_in(fleet, master(tmp_path, [whole[:length]]))))
    assert read == [(2, 1, 0, 1, 0), (2, 0, 1, 1, 0), (2, 1, 1, 0, 0)]
    assert reasons(fleet) == []


@pytest.mark.parametrize(
    ("known", "refusal"),
    [
        (usage.Switch("asterisk", zone="Europe/Brussel"), usage.WrongOrigin),
        (usage.Switch("asterisk", zone="/etc/passwd"), usage.WrongOrigin),
        (usage.Switch("asterisk", source="pbx 1"), usage.WrongOrigin),
        (usage.Switch("cisco"), usage.UnknownForm),
    ],
)
def test_what_is_said_beside_the_file_must_be_possible(
    fleet: Fleet, tmp_path: Path, known: usage.Switch, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        take_in(fleet, master(tmp_path, [cdr()]), known=known)
    with fleet.customer.acting():
        assert (IntakeFile.objects.count(), Suspended.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("dialled", "number"),
    [("+3222345678", "3222345678"), ("003222345678", "3222345678"), ("022345678", "3222345678"),
     ("3222345678", "3222345678"), ("112", "112"), ("1207", "1207"), ("*31#", "*31#"), ("", ""), ("0", "32")],
)  # fmt: skip
def test_a_number_as_it_is_dialled_in_belgium(dialled: str, number: str) -> None:
    assert switch.e164(dialled, "BE") == number


LINES = st.lists(
    st.one_of(
        st.builds(
            lambda columns, changed: cdr(columns, **changed).encode(),
            st.sampled_from([15, 16, 17, 18]),
            st.dictionaries(
                st.sampled_from(list(CALL)),
                st.one_of(st.text(max_size=6), st.sampled_from(["", "2026-10-25 02:30:00", "9" * 30, "FAILED", "١٢"])),
                max_size=2,
            ),
        ),
        st.binary(max_size=40),
        st.sampled_from([b"\n", b"\r\n", b'"', b'""', b"," * 17 + b"\n", b"\xff", b"x" * 5000]),
    ),
    max_size=6,
)  # fmt: skip


@given(lines=LINES)
def test_any_text_ends_kept_duplicate_suspended_or_passed_over(
    fleet: Fleet, tmp_path: Path, lines: list[bytes]
) -> None:
    check_text(fleet, tmp_path, lines)


@pytest.mark.soak
@settings(max_examples=400)
@given(lines=LINES)
def test_many_texts_end_kept_duplicate_suspended_or_passed_over(
    fleet: Fleet, tmp_path: Path, lines: list[bytes]
) -> None:
    check_text(fleet, tmp_path, lines)


def check_text(fleet: Fleet, folder: Path, lines: list[bytes]) -> None:
    content = b"".join(lines)
    path = folder / "Master.csv"
    path.write_bytes(content)
    first, again = take_in(fleet, path), take_in(fleet, path)
    written = [line for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
    assert first.records + first.passed == len(written)
    assert first.records == first.kept + first.duplicates + first.suspended
    assert (again.records, again.kept, again.suspended, again.passed) == (first.records, 0, 0, first.passed)
