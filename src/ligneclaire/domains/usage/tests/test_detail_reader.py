"""Reading detail files: what is whole is read, what is not carries its fault and its place, nothing raises."""

import io
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ligneclaire.domains.usage.readers import detail
from ligneclaire.domains.usage.rules import accounting
from ligneclaire.domains.usage.rules.suspense import Delivered, Reason, Unusable
from ligneclaire.domains.usage.tests.detail_files import EVENT, block


def read(content: bytes | str) -> list[Delivered]:
    octets = content.encode() if isinstance(content, str) else content
    return list(detail.read(io.BytesIO(octets)))


def faults(content: bytes | str) -> list[tuple[int, Reason | None]]:
    return [(record.place, record.fault.reason if record.fault else None) for record in read(content)]


def test_a_block_gives_the_attributes_that_are_used() -> None:
    (record,) = read(block(user='an\\"na\\\\é'))
    assert record.attributes == {
        "User-Name": 'an"na\\é',
        "Acct-Status-Type": "Start",
        "Acct-Session-Id": "8f21",
        "NAS-IP-Address": "192.0.2.1",
        "Event-Timestamp": str(int(EVENT.timestamp())),
        "Timestamp": str(int(EVENT.timestamp()) + 7),
    }


def test_blocks_are_found_with_their_lines() -> None:
    assert faults(block() + "\n\n" + block(session="8f22") + block(session="8f23")) == [
        (1, None),
        (15, None),
        (27, None),
    ]


def test_lines_may_end_like_on_windows_and_begin_with_a_mark() -> None:
    (record,) = read("\ufeff" + block().replace("\n", "\r\n"))
    assert record.attributes == read(block())[0].attributes


@pytest.mark.parametrize("cut", [20, 40, 150, 280, len(block()) - 2, len(block()) - 1])
def test_half_a_block_at_the_end_is_told(cut: int) -> None:
    assert faults(block() + block(session="8f22")[:cut]) == [(1, None), (13, Reason.HALF_BLOCK)]


def test_the_other_half_of_a_block_is_told_too() -> None:
    assert faults(block()[150:].partition("\n")[2] + block()) == [(1, Reason.HALF_BLOCK), (7, None)]


def test_a_record_that_was_interrupted_by_the_next_is_half() -> None:
    interrupted = block().partition("\tClass")[0]
    assert faults(interrupted + block()) == [(1, Reason.HALF_BLOCK), (9, None)]


@pytest.mark.parametrize("at", [40, 60, 90, 120, 170, 220])
def test_two_records_that_ran_into_one_are_not_taken_for_one(at: int) -> None:
    ((_, reason),) = faults(block()[:at] + block(session="8f22", kind="Stop"))[:1]
    assert reason in (Reason.UNREADABLE_LINE, Reason.CONTRADICTION, Reason.HALF_BLOCK)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"\tConnect-Info = \"fibre \xe9\"\n", Reason.WRONG_ENCODING),
        (b"\tConnect-Info = \"a\x00b\"\n", Reason.WRONG_ENCODING),
        (b"\tNAS-Identifier = \"caf\\351\"\n", Reason.WRONG_ENCODING),
        (b"\tNAS-Identifier = \"caf\\777\"\n", Reason.WRONG_ENCODING),
        (b"\tNAS-Identifier = \"open\n", Reason.UNREADABLE_LINE),
        (b"\tService-Type = Framed User\n", Reason.UNREADABLE_LINE),
        (b"\tService-Type\n", Reason.UNREADABLE_LINE),
        (b"\tUser-Name = \"bram\"\n", Reason.CONTRADICTION),
        (b"\tConnect-Info = \"" + b"x" * detail.LONGEST_BLOCK + b"\"\n", Reason.TOO_LONG),
    ],
)  # fmt: skip
def test_a_bad_line_costs_its_record_alone(line: bytes, reason: Reason) -> None:
    bad = block(session="8f22").encode().replace(b"\tClass", line + b"\tClass")
    place = 13
    read_ = read(block().encode() + bad + block(session="8f23").encode())
    assert [record.fault.reason if record.fault else None for record in read_] == [None, reason, None]
    assert [record.place for record in read_] == [1, place, place + bad.count(b"\n")]
    assert "\x00" not in read_[1].raw
    assert len(read_[1].raw) < detail.LONGEST_BLOCK


def test_the_place_of_a_wrong_encoding_is_its_line() -> None:
    bad = block().encode().replace(b"fibre", b"fibre \xe9")
    (record,) = read(bad)
    assert record.fault is not None
    assert record.fault.detail == "line 8"
    assert "fibre \\xe9" in record.raw


def test_an_event_time_is_read_in_both_forms() -> None:
    for written in ('"Nov 21 2026 10:41:00 CET"', "Nov 21 2026 10:41:00 CET", str(int(EVENT.timestamp()))):
        (record,) = read(block(more={"Event-Timestamp": written}))
        assert record.attributes is not None
        assert accounting.read(record.attributes, EVENT).event_at == EVENT


def test_a_record_in_suspense_reads_the_same_again() -> None:
    (record,) = read(block(user="bram\\\\\\é"))
    assert detail.reread(record.place, record.raw) == record


def test_long_records_that_differ_at_their_end_are_told_apart() -> None:
    one, other = (read("head\n\tA = " + "x" * 70_000 + end + "\n\n")[0] for end in "12")
    assert one.fingerprint != other.fingerprint


class Endless(io.RawIOBase):
    """A file of many blocks, or of one line, that is never in memory as a whole."""

    def __init__(self, piece: bytes, times: int) -> None:
        self.pieces = iter([piece] * times)
        self.rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        self.rest = self.rest or next(self.pieces, b"")
        given, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)


@pytest.mark.parametrize(("piece", "times", "records"), [(block().encode(), 20_000, 20_000), (b"x" * 65_536, 300, 1)])
def test_memory_does_not_grow_with_the_file(piece: bytes, times: int, records: int) -> None:
    tracemalloc.start()
    try:
        assert sum(1 for _ in detail.read(io.BufferedReader(Endless(piece, times)))) == records
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def any_file() -> st.SearchStrategy[bytes]:
    """Whole blocks, pieces of them, and anything else, in any order."""
    good = st.builds(
        lambda session: block(session=session).encode(), st.text("0123456789abcdef", min_size=1, max_size=8)
    )
    cut = st.builds(lambda octets, at: octets[at:], good, st.integers(0, 300))
    noise = st.one_of(
        st.binary(max_size=200), st.sampled_from([b"\n", b"\r\n", b"\t\n", b"\x00" * 20, b"\xff\xfe", b" ="])
    )
    return st.lists(st.one_of(good, cut, noise), max_size=12).map(b"".join)


def check_nothing_is_lost(content: bytes) -> None:
    """Each line lies in a record or is empty, each record can be judged, and reading again gives the same."""
    records = read(content)
    assert records == read(content) or [r.fingerprint for r in records] == [r.fingerprint for r in read(content)]
    places = [record.place for record in records]
    assert places == sorted(set(places))
    octets = content.removeprefix(b"\xef\xbb\xbf")
    lines_with_text = [n for n, line in enumerate(octets.split(b"\n"), start=1) if line.strip()]
    assert set(places) <= set(lines_with_text)
    assert bool(places) == bool(lines_with_text)
    for record in records:
        assert "\x00" not in record.raw
        assert (record.attributes is None) == (record.fault is not None)
        if record.attributes is not None:
            assert judged(record)


def judged(record: Delivered) -> bool:
    try:
        one = accounting.read(record.attributes or {}, EVENT)
    except Unusable as fault:
        return len(fault.detail) <= 80 and "\x00" not in fault.detail
    return len(one.event_key) <= accounting.LONGEST_KEY


def examples(number: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return settings(max_examples=number, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@examples(50)
@given(any_file())
def test_any_octets_are_read_without_an_error(content: bytes) -> None:
    check_nothing_is_lost(content)


@pytest.mark.soak
@examples(3_000)
@given(any_file())
def test_many_octets_are_read_without_an_error(content: bytes) -> None:
    check_nothing_is_lost(content)


@examples(50)
@given(st.data())
def test_any_attribute_values_are_judged(data: st.DataObject) -> None:
    values = st.one_of(st.text(max_size=300), st.integers().map(str), st.sampled_from(list(accounting.KINDS)))
    attributes = data.draw(st.dictionaries(st.sampled_from(sorted(accounting.USED)), values))
    assert judged(Delivered(1, "", attributes))


@examples(50)
@given(st.lists(st.text("0123456789abcdef", min_size=1, max_size=6), min_size=1, max_size=6), st.data())
def test_a_file_cut_between_blocks_gives_the_same_records(sessions: list[str], data: st.DataObject) -> None:
    blocks = [block(session=session) for session in sessions]
    at = data.draw(st.integers(0, len(blocks)))
    whole = read("".join(blocks))
    pieces: Iterator[Delivered] = (r for part in (blocks[:at], blocks[at:]) for r in read("".join(part)))
    assert [record.attributes for record in whole] == [record.attributes for record in pieces]
