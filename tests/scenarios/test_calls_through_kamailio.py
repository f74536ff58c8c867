"""Anna telephones: real calls through a real Kamailio, taken in from its log and from its table, rated and billed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from ligneclaire.adapters.postgres import roles
from ligneclaire.adapters.postgres.elsewhere import NoTable
from ligneclaire.adapters.postgres.server import OWNER_ROLE
from ligneclaire.domains.billing.models import InvoiceLine
from ligneclaire.domains.billing.tests.runs import JULY, bill, invoices
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import IntakeFile, Suspended
from ligneclaire.domains.usage.operations import rating
from ligneclaire.journeys import acc
from tests import cast
from tests.kamailio import SCHEMA, Kamailio

NUMBER, FROM = "33555667788", "0555667788"
FIXED, MOBILE, MINUTE, CALL, BUSY = "0145678901", "0612345678", "0892123456", "0899123456", "0145678900"
CALLED = datetime(2026, 6, 15, 16, tzinfo=UTC)
AT = cast.moment(date(2026, 7, 1), 6)
CLOCK = "Asia/Tokyo"  # of the server: the table has its local times, and there is no summer time in them
SIP1 = usage.Switch("kamailio", source="sip1", zone=CLOCK)


@pytest.fixture
def sip(database: None) -> Iterator[dict[str, object]]:
    """A database of its own for Kamailio, with Debian's tables and the columns of `db_extra`."""
    name = f"{os.environ['LIGNECLAIRE_DATABASE']}_sip"
    roles.copy("template0", name)
    known = {**roles.connection(OWNER_ROLE), "dbname": name}
    with psycopg.connect(**known, autocommit=True) as connection:  # type: ignore[arg-type]
        for part in ("standard", "acc"):
            connection.execute((SCHEMA / f"{part}-create.sql").read_text())
        connection.execute("ALTER TABLE acc ADD src_user varchar(64), ADD dst_user varchar(64), ADD src_ip varchar(64)")
    yield known
    roles.drop(name)


def counts(file: IntakeFile) -> tuple[int, int, int, int]:
    return file.records, file.kept, file.duplicates, file.suspended


def moved_to_june(log: str) -> tuple[str, int]:
    """The log as if the first call had been answered on 15 June 2026: the test must not depend on the day on which it
    runs. All times are moved by the same number of seconds."""
    seconds = [int(found) for found in re.findall("timestamp=([0-9]+)", log)]
    ago = min(seconds) - int(CALLED.timestamp())
    return re.sub("timestamp=([0-9]+)", lambda found: f"timestamp={int(found[1]) - ago}", log), ago


@pytest.mark.rule("RAT-01", "RAT-10", "BIL-04")
def test_calls_of_june_are_on_the_invoice_of_july(sip: dict[str, object], tmp_path: Path) -> None:
    anna = cast.anna(option_codes=("telephonie",))
    on = date(2026, 6, 12)
    lines.order_line(account=anna.account, kind="voice", identifier=NUMBER, on=on, at=cast.moment(on), actor=cast.ACTOR)
    with Kamailio(tmp_path / "sip1", database=sip, zone=CLOCK) as server:
        server.call((FROM, FIXED), (FROM, MOBILE), (FROM, MINUTE), (FROM, CALL), (FROM, BUSY))
        assert server.is_ours()
    log, ago = moved_to_june(server.log.read_text())
    ends = [found.end() for found in re.finditer("method=BYE.*\n", log)]
    parts = log[: ends[0]], log[ends[0] :]  # rotated while three of the calls last: their halves meet in suspense
    files = []
    for number, part in enumerate(parts, start=1):
        path = tmp_path / f"{number}.log"
        path.write_text(part)
        files.append(
            usage.take_in_usage_file(operator_id=anna.operator.pk, path=path, at=AT, actor=cast.ACTOR, switch=SIP1)
        )
    assert [counts(file) for file in files] == [(4, 1, 0, 3), (3, 0, 0, 3)]

    with psycopg.connect(**sip) as connection:  # type: ignore[arg-type]
        connection.execute("UPDATE acc SET time = time - make_interval(secs => %s)", [ago])
    table = {"operator_id": anna.operator.pk, "url": make_conninfo(**sip), "switch": SIP1, "at": AT, "actor": "test"}  # type: ignore[arg-type]
    assert counts(acc.take_in(**table)) == (4, 0, 4, 0)  # type: ignore[arg-type]
    with pytest.raises(NoTable, match="missed_acc"):
        acc.take_in(**table, table="missed_acc")  # type: ignore[arg-type]

    rating.rate_stale(operator_id=anna.operator.pk, at=AT, actor=cast.ACTOR)
    with anna.acting():
        assert Suspended.objects.filter(settled_at=None).count() == 0
        rated = store.rated(anna.operator.pk, anna.account.pk, date(2026, 6, 1)).to_pylist()
    # a call lasts 1.1 seconds by the clock of the telephones, by whole seconds one or two
    assert {one["quantity"] for one in rated} <= {1, 2}
    assert sorted((one["other"], one["charged"]) for one in rated) == [
        ("33145678901", 0), ("33612345678", 200_000), ("33892123456", 800_000), ("33899123456", 2_990_000),
    ]  # fmt: skip
    bill(anna.operator, JULY)
    (invoice,) = invoices(anna.operator)
    with anna.acting():
        billed = InvoiceLine.objects.filter(invoice=invoice, code="usage").order_by("position")
        # fixed: included; mobile: 0.05 + a minute at 0.15; 0892: a minute at 0.80, 0899: 2.99 the call
        assert [(row.product_code, str(row.amount)) for row in billed] == [
            ("usage-voice", "0.20"), ("usage-other", "3.79"),
        ]  # fmt: skip


@pytest.mark.rule("RAT-15")
def test_a_database_that_knows_no_encoding_is_read_row_by_row(sip: dict[str, object]) -> None:
    """SQL_ASCII takes any octets; a table without src_ip or with one, from where the last reading ended."""
    anna = cast.anna(option_codes=("telephonie",))
    name, on = f"{sip['dbname']}_ascii", date(2026, 6, 12)
    lines.order_line(account=anna.account, kind="voice", identifier=NUMBER, on=on, at=cast.moment(on), actor=cast.ACTOR)
    roles.drop(name)
    with psycopg.connect(**roles.connection(OWNER_ROLE), autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute(
            f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
        )
    ascii_ = {**sip, "dbname": name, "client_encoding": "SQL_ASCII"}
    known = {"operator_id": anna.operator.pk, "url": make_conninfo(**{**ascii_, "client_encoding": "UTF8"}), "at": AT}  # type: ignore[arg-type]
    known |= {"switch": usage.Switch("kamailio", zone="UTC"), "actor": cast.ACTOR}
    try:
        with psycopg.connect(**ascii_, autocommit=True) as connection:  # type: ignore[arg-type]
            for part in ("standard", "acc"):
                connection.execute((SCHEMA / f"{part}-create.sql").read_text())
            with pytest.raises(NoTable, match="src_user"):
                acc.take_in(**known)  # type: ignore[arg-type]
            connection.execute("ALTER TABLE acc ADD src_user varchar(64), ADD dst_user varchar(64)")
            for call, caller in (("a", f"'{FROM}'"), ("b", r"E'caf\xe9'")):
                for method, minute in (("INVITE", 0), ("BYE", 1)):
                    connection.execute(
                        "INSERT INTO acc (method, from_tag, to_tag, callid, sip_code, sip_reason, time, src_user, "
                        f"dst_user) VALUES (%s, 'f', 't', %s, '200', 'OK', '2026-06-15 16:0{minute}:00', {caller}, %s)",
                        [method, call, MOBILE],
                    )
        assert counts(acc.take_in(**known)) == (2, 1, 0, 1)  # type: ignore[arg-type]
        assert counts(acc.take_in(**known)) == (2, 0, 2, 0)  # type: ignore[arg-type]
        with anna.acting():
            assert list(Suspended.objects.values_list("place", "reason")) == [(4, "unknown-line")]
    finally:
        roles.drop(name)
