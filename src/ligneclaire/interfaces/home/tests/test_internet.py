"""The page of one's own internet line: what its sessions carried, and to nobody else."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from tests import cast

from ligneclaire.domains.lines import queries as lines
from ligneclaire.domains.usage.operations import take_in_detail_file
from ligneclaire.domains.usage.queries import volume, wall
from ligneclaire.domains.usage.tests.detail_files import block
from ligneclaire.interfaces.home.tests.test_many_contracts import signed_in, text

pytestmark = pytest.mark.usefixtures("database")
GB = 10**9


def session(begun: datetime, updates: list[tuple[timedelta, int]], name: str = "8f21") -> str:
    """A Start, then updates after some time with the octets received so far; a tenth of it was sent."""
    text = block(cast.ANNA_LINE, name, at=begun)
    for after, octets in updates:
        counted = {"Acct-Session-Time": str(int(after.total_seconds()))}
        for way, much in (("Output", octets), ("Input", octets // 10)):
            counted |= {f"Acct-{way}-Octets": str(much % 2**32), f"Acct-{way}-Gigawords": str(much >> 32)}
        text += block(cast.ANNA_LINE, name, "Interim-Update", at=begun + after, more=counted)
    return text


def take_in(customer: cast.Customer, text: str, at: datetime = datetime(2026, 10, 2, 9, tzinfo=UTC)) -> None:
    file = take_in_detail_file(
        operator_id=customer.operator.pk, name="nas1", stream=io.BytesIO(text.encode()), at=at, actor="test"
    )
    assert file.suspended == 0


def this_month(customer: cast.Customer) -> None:
    """A session of the last hours."""
    now = datetime.now(UTC)
    take_in(customer, session(now - timedelta(hours=3), [(timedelta(hours=2), 5 * GB)]), now)


def in_july(customer: cast.Customer) -> None:
    """A session from the evening of 31 July, local time, to two in the night, of which a gigabyte an hour came in."""
    take_in(customer, session(datetime(2026, 7, 31, 18, tzinfo=UTC), [(timedelta(hours=6), 6 * GB)]))


def line_of(customer: cast.Customer) -> str:
    with customer.acting():
        return str(customer.contract.line.public_id)


@pytest.fixture
def anna() -> cast.Customer:
    found = cast.anna()
    cast.login_of(found.person)
    in_july(found)
    return found


def test_a_session_over_the_end_of_a_month_is_told_in_both(anna: cast.Customer) -> None:
    client, line = signed_in(anna), line_of(anna)
    for language, july, august in (
        ("en", "July: 4.4 GB over your connection", "August: 2.2 GB over your connection"),
        ("fr", "Juillet : 4,4 Go par votre connexion", "Août : 2,2 Go par votre connexion"),
        ("nl", "Juli: 4,4 GB over uw verbinding", "Augustus: 2,2 GB over uw verbinding"),
    ):
        client.cookies["language"] = language
        assert july in text(client, f"/internet/{line}/2026-07/")
        assert august in text(client, f"/internet/{line}/2026-08/")


def test_an_update_between_two_others_divides_better_and_adds_nothing(anna: cast.Customer) -> None:
    begun = datetime(2026, 7, 31, 18, tzinfo=UTC)
    take_in(anna, session(begun, [(timedelta(hours=4), GB)]))
    july, august = _carried(anna, date(2026, 7, 1)), _carried(anna, date(2026, 8, 1))
    assert (july.down, august.down) == (GB, 5 * GB)
    assert (july.up, august.up) == (GB // 10, GB // 2)
    assert july.as_of == august.as_of == begun + timedelta(hours=6)
    assert july.months == (date(2026, 8, 1), date(2026, 7, 1))


def test_a_month_without_a_record_has_its_part_of_a_long_session(anna: cast.Customer) -> None:
    before = _carried(anna, date(2026, 8, 1)).down
    begun = datetime(2026, 8, 1, 22, tzinfo=UTC)
    take_in(anna, session(begun, [(timedelta(hours=1), 0), (timedelta(days=60, hours=1), 60 * GB)], "long"))
    august, september, october = (_carried(anna, date(2026, month, 1)).down for month in (8, 9, 10))
    assert september == 30 * GB
    assert (august - before, october) == (60 * GB * 719 // 1440, 60 * GB - 60 * GB * 1439 // 1440)


def test_nobody_else_finds_it(anna: cast.Customer) -> None:
    bea, line = cast.household("H2", "Bea", "Morel"), line_of(anna)
    client = signed_in(bea)
    for path in (f"/internet/{line}/2026-07/", "/internet/nothing/2026-07/", f"/internet/{line_of(bea)}/2026-13/"):
        assert client.get(path).status_code == 404
    assert "nothing over your connection yet" in text(client, "/internet/")
    assert f'href="/internet/{line_of(bea)}' not in client.get("/internet/").content.decode()


def _carried(customer: cast.Customer, month: date) -> volume.Carried:
    with customer.acting():
        scope = lines.scope_of(customer.person.login)
        seen = wall.line_in(scope, month, customer.contract.line.public_id)
        return volume.of_line(customer.operator.pk, seen, cast.ZONE)


def test_a_month_without_figures_does_not_say_that_nothing_is_connected(anna: cast.Customer) -> None:
    said = text(signed_in(anna), f"/internet/{line_of(anna)}/2026-06/")
    assert "June: no figures of your connection" in said
    assert "has told us nothing of your connection in June 2026" in said
    assert "once your box" not in said
    assert "July 2026" in said
