"""Rows of radacct become the records that they still show."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ligneclaire.domains.usage.readers import radacct
from ligneclaire.domains.usage.readers.radacct import Row
from ligneclaire.domains.usage.rules import accounting
from ligneclaire.domains.usage.rules.suspense import Reason, Unusable
from ligneclaire.domains.usage.tests.detail_files import EVENT

START = Decimal(int(EVENT.timestamp()))


def row(**changes: object) -> Row:
    values = {
        "radacctid": 7, "acctsessionid": "8f21", "username": "anna", "nasipaddress": "192.0.2.1", "started": START,
        "updated": START, "stopped": None, "acctsessiontime": 0, "acctinputoctets": 5, "acctoutputoctets": 2**33,
    }  # fmt: skip
    return Row(**{**values, **changes})  # type: ignore[arg-type]


def shown(one: Row) -> list[tuple[str, int]]:
    """(kind, instant) of each record."""
    return [
        (record.attributes["Acct-Status-Type"], int(record.attributes["Event-Timestamp"]) - int(START))
        for record in radacct.records_of(one)
        if record.attributes
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [("Start", 0)]),
        ({"updated": START + 600, "acctsessiontime": 600}, [("Start", 0), ("Interim-Update", 600)]),
        ({"updated": START + 600, "acctsessiontime": 610}, [("Start", 0), ("Interim-Update", 600)]),
        ({"stopped": START + 900, "acctsessiontime": 900}, [("Start", 0), ("Stop", 900)]),
        ({"stopped": START + 900, "updated": None, "acctsessiontime": None}, [("Start", 0), ("Stop", 900)]),
        ({"stopped": START, "acctsessiontime": 0}, [("Start", 0), ("Stop", 0)]),
        # The first record that FreeRADIUS saw was an update: acctstarttime is not the start.
        ({"acctsessiontime": 7200}, [("Interim-Update", 0)]),
        ({"updated": START + 600, "acctsessiontime": 7800}, [("Interim-Update", 600)]),
        ({"stopped": START + 900, "acctsessiontime": 8100}, [("Stop", 900)]),
        # Written at the log-in; no accounting has come.
        ({"updated": None}, []),
        ({"started": None, "stopped": START + 900}, [("Stop", 900)]),
    ],
)
def test_what_a_row_shows(changes: dict[str, object], expected: list[tuple[str, int]]) -> None:
    assert shown(row(**changes)) == expected


def test_a_row_has_the_keys_of_the_detail_file() -> None:
    start, stop = radacct.records_of(row(stopped=START + 900, acctsessiontime=900))
    keys = [accounting.read(one.attributes or {}, EVENT).event_key for one in (start, stop)]
    assert keys == [
        "start 2026-11-21T09:41:00+00:00 192.0.2.1 8f21",
        "stop 2026-11-21T09:56:00+00:00 192.0.2.1 8f21",
    ]
    assert accounting.read(stop.attributes or {}, EVENT).octets_out == 2**33


def test_names_are_read_as_freeradius_wrote_them() -> None:
    (start,) = radacct.records_of(row(username="anna=2Btest=C3=A9"))
    assert (start.attributes or {})["User-Name"] == "anna+testé"
    (broken,) = radacct.records_of(row(username="caf=E9"))
    assert broken.fault is not None
    assert broken.fault.reason is Reason.WRONG_ENCODING


def test_a_record_in_suspense_reads_the_same_again() -> None:
    (start,) = radacct.records_of(row(username="anna=00\né"))
    assert radacct.reread(7, start.raw) == start


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_any_row_is_judged(data: st.DataObject) -> None:
    instants = st.one_of(st.none(), st.decimals(allow_nan=False), st.just(Decimal("Infinity")))
    numbers = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))
    names = st.one_of(st.text(max_size=300), st.binary(max_size=50))
    one = Row(
        radacctid=data.draw(st.integers(0, 2**63 - 1)), acctsessionid=data.draw(names), username=data.draw(names),
        nasipaddress=data.draw(st.sampled_from(["192.0.2.1", "2001:db8::1", b"192.0.2.1"])),
        started=data.draw(instants), updated=data.draw(instants), stopped=data.draw(instants),
        acctsessiontime=data.draw(numbers), acctinputoctets=data.draw(numbers), acctoutputoctets=data.draw(numbers),
    )  # fmt: skip
    for record in radacct.records_of(one):
        assert "\x00" not in record.raw
        if record.attributes is not None:
            with suppress(Unusable):
                assert len(accounting.read(record.attributes, EVENT).event_key) <= accounting.LONGEST_KEY
