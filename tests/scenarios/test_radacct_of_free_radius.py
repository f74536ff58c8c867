"""FreeRADIUS fills its table radacct; it is read from where the last reading ended, and counts each session once."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from ligneclaire.adapters.postgres import roles
from ligneclaire.adapters.postgres.elsewhere import NoTable
from ligneclaire.adapters.postgres.server import OWNER_ROLE
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.models import IntakeFile, Session
from ligneclaire.journeys import radacct
from ligneclaire.journeys.first_connection import record_first_connections
from tests import cast
from tests.free_radius import FreeRadius

CONNECTED = datetime(2026, 6, 12, 8, 41, tzinfo=UTC)
AT = CONNECTED + timedelta(days=1)
TABLE = """
    CREATE TABLE radacct (
        radacctid bigserial PRIMARY KEY,
        acctsessionid text NOT NULL,
        acctuniqueid text NOT NULL UNIQUE,
        username text,
        nasipaddress inet NOT NULL,
        acctstarttime timestamptz,
        acctupdatetime timestamptz,
        acctstoptime timestamptz,
        acctsessiontime bigint,
        acctinputoctets bigint,
        acctoutputoctets bigint
    )
"""


@pytest.fixture
def radius(database: None) -> Iterator[dict[str, object]]:
    """A database of its own for FreeRADIUS, with the columns of its schema that are read."""
    name = f"{os.environ['LIGNECLAIRE_DATABASE']}_radius"
    roles.copy("template0", name)
    known = {**roles.connection(OWNER_ROLE), "dbname": name}
    with psycopg.connect(**known, autocommit=True) as connection:
        connection.execute(TABLE)
    yield known
    roles.drop(name)


def take_in(anna: cast.Customer, radius: dict[str, object], **more: object) -> tuple[int, int, int, int]:
    file = radacct.take_in(operator_id=anna.operator.pk, url=make_conninfo(**radius), at=AT, actor=cast.ACTOR, **more)  # type: ignore[arg-type]
    return file.records, file.kept, file.duplicates, file.suspended


def record(line: str, session: str, kind: str, seconds: int, **more: object) -> dict[str, object]:
    return {
        "User-Name": line,
        "Acct-Status-Type": kind,
        "Acct-Session-Id": session,
        "NAS-IP-Address": "192.0.2.1",
        "Event-Timestamp": int(CONNECTED.timestamp()) + seconds,
        "Acct-Session-Time": seconds,
        **more,
    }


@pytest.mark.rule("BIL-01")
def test_the_table_and_the_detail_file_tell_the_same(radius: dict[str, object], tmp_path: Path) -> None:
    nonce = secrets.token_hex(8)
    line = f"anna+{nonce}@hauteligne.example"  # FreeRADIUS writes the plus as =2B
    anna = cast.household(line=line)
    with FreeRadius(tmp_path / "radius", database=radius) as server:
        server.send(record(line, nonce, "Start", 0), record("nobody", f"{nonce}-2", "Start", 60))
        assert take_in(anna, radius) == (2, 1, 0, 1)
        assert take_in(anna, radius) == (2, 0, 2, 0)  # both sessions are open, so their rows are read again
        octets = {"Acct-Input-Octets": 5, "Acct-Output-Octets": 7, "Acct-Output-Gigawords": 1}
        server.send(record(line, nonce, "Interim-Update", 3600, **octets))
        assert take_in(anna, radius) == (3, 1, 2, 0)
        server.send(record(line, nonce, "Stop", 7200, **octets))
        assert take_in(anna, radius, whole=True) == (3, 1, 2, 0)
        assert server.is_ours()
        assert nonce in server.detail.read_text()
        with server.detail.open("rb") as stream:
            file = usage.take_in_detail_file(
                operator_id=anna.operator.pk, name="detail", stream=stream, at=AT, actor=cast.ACTOR
            )
    assert (file.records, file.kept, file.duplicates, file.suspended) == (4, 0, 3, 1)
    assert record_first_connections(operator_id=anna.operator.pk, at=AT, actor=cast.ACTOR) == [anna.contract.public_id]
    with anna.acting():
        assert Contract.objects.get(pk=anna.contract.pk).service_from == date(2026, 6, 12)
        kept = Session.objects.order_by("event_at").values_list("kind", "seconds", "octets_in", "octets_out")
        assert list(kept) == [("start", 0, 0, 0), ("interim", 3600, 5, 2**32 + 7), ("stop", 7200, 5, 2**32 + 7)]


INSERT = """
    INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctupdatetime,
                         acctstoptime, acctsessiontime, acctinputoctets, acctoutputoctets)
    VALUES (%(session)s, %(session)s, %(user)s, '192.0.2.1', %(start)s, %(update)s,
            %(stop)s, %(seconds)s, 0, %(octets)s)
"""


def insert(radius: dict[str, object], session: str, **values: object) -> None:
    row = {"user": cast.ANNA_LINE, "start": CONNECTED, "update": CONNECTED, "stop": None, "seconds": 0, "octets": 0}
    with psycopg.connect(**radius) as connection:  # type: ignore[arg-type]
        connection.execute(INSERT, {**row, **values, "session": session})


@pytest.mark.rule("BIL-01")
def test_a_session_seen_only_in_its_middle_began_earlier(radius: dict[str, object]) -> None:
    """FreeRADIUS puts the instant of the first record it sees into acctstarttime, also when that is an update."""
    anna = cast.household()
    insert(radius, "8f21", seconds=7200)
    assert take_in(anna, radius) == (1, 1, 0, 0)
    record_first_connections(operator_id=anna.operator.pk, at=AT, actor=cast.ACTOR)
    with anna.acting():
        assert Session.objects.get().kind == "interim"
        assert Contract.objects.get(pk=anna.contract.pk).connected_at == CONNECTED - timedelta(hours=2)


def test_rows_that_cannot_be_used_wait_with_their_number(radius: dict[str, object]) -> None:
    anna = cast.household()
    insert(radius, "1", user=None)
    insert(radius, "2", start="infinity", update=None, stop="infinity")
    insert(radius, "3", stop=CONNECTED + timedelta(hours=1), seconds=3600, octets=-1)
    insert(radius, "4", start="1970-01-01", update="1970-01-01")
    insert(radius, "5", start="2027-06-12", update="2027-06-12")
    insert(radius, "6", update=None, start=CONNECTED)  # written at the log-in: no accounting yet
    insert(radius, "7", user="caf=E9")
    insert(radius, "8", start=None, update=CONNECTED, stop=CONNECTED, seconds=60)
    assert take_in(anna, radius) == (9, 2, 0, 7)
    with anna.acting():
        from ligneclaire.domains.usage import queries

        waiting = queries.suspense(anna.scope.staff(anna.operator.pk))
        assert sorted((one.place, one.reason) for one in waiting) == [
            (1, "missing-attribute"),
            (2, "unreadable-time"),
            (2, "unreadable-time"),
            (3, "negative-number"),
            (4, "dated-1970"),
            (5, "in-the-future"),
            (7, "wrong-encoding"),
        ]
        assert sorted(Session.objects.values_list("session_id", "kind")) == [("3", "start"), ("8", "stop")]


def test_a_reading_goes_on_where_the_last_one_ended(radius: dict[str, object]) -> None:
    anna = cast.household()
    for number in range(5):
        began = CONNECTED - timedelta(days=8 - number)
        insert(
            radius,
            f"{number}",
            start=began,
            update=began + timedelta(hours=1),
            stop=began + timedelta(hours=1),
            seconds=3600,
        )
    assert take_in(anna, radius) == (10, 10, 0, 0)
    insert(radius, "5", stop=CONNECTED, seconds=0)
    assert take_in(anna, radius) == (8, 2, 6, 0)  # the new row, and what changed in the two days before the last change
    assert take_in(anna, radius, whole=True) == (12, 0, 12, 0)


def test_a_table_that_cannot_be_read_is_told_without_the_password(radius: dict[str, object]) -> None:
    anna = cast.household()
    with pytest.raises(NoTable, match="does not exist"):
        take_in(anna, radius, table="public.accounting")
    secret = {**radius, "password": "hidden", "dbname": "nowhere"}
    with pytest.raises(NoTable, match="nowhere") as refused:
        take_in(anna, secret)
    assert "hidden" not in str(refused.value)
    with pytest.raises(NoTable, match="postgresql://"):
        radacct.take_in(operator_id=anna.operator.pk, url="my database", at=AT, actor=cast.ACTOR)
    with anna.acting():
        assert IntakeFile.objects.count() == 0


def test_a_database_that_knows_no_encoding_is_read_row_by_row(radius: dict[str, object]) -> None:
    """SQL_ASCII takes any octets: those that are not UTF-8 cost their row alone."""
    anna = cast.household()
    name = f"{radius['dbname']}_ascii"
    with psycopg.connect(**{**roles.connection(OWNER_ROLE)}, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(
            f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
        )
    ascii_ = {**radius, "dbname": name, "client_encoding": "SQL_ASCII"}
    try:
        with psycopg.connect(**ascii_) as connection:
            connection.execute(TABLE)
        insert(ascii_, "8f21")
        insert(ascii_, "8f22")
        with psycopg.connect(**ascii_) as connection:
            connection.execute(r"UPDATE radacct SET username = E'caf\xe9' WHERE acctsessionid = '8f22'")
        assert take_in(anna, {**ascii_, "client_encoding": "UTF8"}) == (2, 1, 0, 1)
    finally:
        roles.drop(name)
