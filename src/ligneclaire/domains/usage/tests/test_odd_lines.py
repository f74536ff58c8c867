"""Lines that were right once: each ends as a record, as a fault, or passed over, and nothing stops a reader."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from ligneclaire.domains.usage.readers import usage_csv, usage_json
from ligneclaire.domains.usage.readers.batch import Batch
from ligneclaire.domains.usage.readers.forms import FORMS
from ligneclaire.domains.usage.readers.lines import LONGEST
from ligneclaire.domains.usage.rules import rows
from ligneclaire.domains.usage.rules.rows import OwnedLine
from ligneclaire.domains.usage.rules.suspense import Reason
from ligneclaire.domains.usage.rules.switch import Origin
from ligneclaire.domains.usage.tests.mobile import BRAM
from ligneclaire.domains.usage.tests.switch_files import END, NO_ANSWER, SYSLOG, acc, cdr
from ligneclaire.domains.usage.tests.usage_files import COLUMNS, HEADING, call, row

AT = datetime(2026, 11, 1, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")
LINES = {BRAM: OwnedLine(1, 1, date(2026, 2, 10))}
OF_A_FILE = 2_000
ODD = [b"", b"\x00", b"\xff", b'"', b'""', b",", b";", b"=", b"\r", b"-1", b"9" * 40, b"2026-10-25 02:30:00", b"FAILED",
       b"BYE", "١٢".encode(), b"x" * 5_000, b"ACC: ", b"2026-03-29 02:30:00", b"1970-01-01T00:00:00Z"]  # fmt: skip
THIRD = "reference,number,at,amount,currency,tax\n"
RIGHT: dict[str, tuple[str, list[str]]] = {
    "ours": (HEADING + "\n", [row(call(1)), row(call(2, service="sms", quantity="1"))]),
    "asterisk": ("", [cdr(), cdr(16), cdr(**NO_ANSWER)]),
    "kamailio": ("", [acc(src_user=f"+{BRAM}"), acc(END), acc(END, before=SYSLOG), acc(call_id="b")]),
    "third-party": (THIRD, [f"P-1,+{BRAM},2026-03-04 19:30:00,4.99,EUR,pass-through\n"]),
}


def odd(chance: random.Random, line: bytes) -> bytes:
    """A line with something wrong in it, mostly; still one line."""
    for _ in range(chance.choice((0, 1, 1, 2))):
        at, to = sorted(chance.randrange(len(line)) for _ in range(2))
        to = min(to, at + 20)
        match chance.randrange(4):
            case 0:
                line = line[:at] + chance.choice(ODD) + line[to:]
            case 1:
                line = line[:at] + line[at:to] * 2 + line[to:]
            case 2:
                line = line[:at] + bytes([chance.randrange(256)]) + line[at + 1 :]
            case _:
                line = line[:at] + line[to:]
        line = line.replace(b"\n", b"") or b"?"
    return line


def reader(form: str) -> Callable[[io.BytesIO], Iterator[Batch]]:
    if form == "ours":
        return partial(usage_csv.read, "odd.csv")
    origin = Origin("sip1", "Europe/Brussels", "BE", frozenset({"198.51.100.1"}) if form == "asterisk" else frozenset())
    return partial(FORMS[form].read, "odd", origin=origin)


def check(form: str, number: int, seed: int) -> None:
    heading, right = RIGHT[form]
    good = [line.rstrip("\n").encode() for line in right]
    chance, read = random.Random(seed), reader(form)
    for _ in range(number // OF_A_FILE):
        lines = [odd(chance, chance.choice(good)) for _ in range(OF_A_FILE)]
        written = sum(bool(line.strip()) for line in lines)
        found = list(read(io.BytesIO(heading.encode() + b"".join(line + b"\n" for line in lines))))
        told = sum(one.rows.num_rows + len(one.faulty) + one.passed for one in found)
        # a call of Kamailio is two lines, its beginning and its end
        assert told == written if form != "kamailio" else 0 < told <= written
        for one in found:
            assert len(one.places) == one.rows.num_rows
            judged = rows.judge(one.rows, LINES, BRUSSELS, "BE", AT)
            assert len(judged.usable) + len(judged.faulty) == one.rows.num_rows
            assert judged.records.num_rows == len(judged.usable)


@pytest.mark.parametrize("form", RIGHT)
def test_whatever_a_line_holds_it_ends_somewhere(form: str) -> None:
    check(form, 2 * OF_A_FILE, seed=4)


@pytest.mark.soak
@pytest.mark.parametrize("form", RIGHT)
def test_a_million_odd_lines_end_somewhere(form: str) -> None:
    check(form, 1_000_000, seed=44)


def check_objects(number: int, seed: int) -> None:
    chance = random.Random(seed)
    values: Sequence[object] = [*(one.decode(errors="surrogateescape") for one in ODD), 61, -1, 10**30]
    for _ in range(number // OF_A_FILE):
        records: list[dict[str, object]] = [dict(call(n)) for n in range(OF_A_FILE)]
        for record in records:
            for _ in range(chance.randrange(3)):
                record[chance.choice(COLUMNS)] = chance.choice(values)
        found = usage_json.read(records)
        judged = rows.judge(found.rows, LINES, BRUSSELS, "BE", AT)
        assert len(judged.usable) + len(judged.faulty) + len(found.faulty) == OF_A_FILE


def test_whatever_an_object_holds_it_ends_somewhere() -> None:
    check_objects(2 * OF_A_FILE, seed=4)


@pytest.mark.soak
def test_a_million_odd_objects_end_somewhere() -> None:
    check_objects(1_000_000, seed=44)


def test_objects_that_are_too_long_are_told_apart_by_their_ends() -> None:
    """Two with one beginning are two, the same one again is the same; what else is wrong with it does not make it
    shorter."""
    long = "x" * LONGEST
    ends = ("1", "2", "1", "\x00", "\ud800")
    faulty = usage_json.read([{"other": long, "id": end} for end in ends]).faulty
    assert [one.fault.reason for one in faulty if one.fault] == [Reason.TOO_LONG] * 5
    known = [one.fingerprint for one in faulty]
    assert (len(set(known)), known[2]) == (4, known[0])
    assert max(len(one.raw) for one in faulty) < LONGEST + 150
