"""What third parties ask for: their amount, once, in euros, with their own tax."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import IntakeFile, Suspended
from ligneclaire.domains.usage.readers import heading
from ligneclaire.domains.usage.tests import mobile
from ligneclaire.domains.usage.tests.mobile import AT, BRAM, MARCH, Fleet
from ligneclaire.domains.usage.tests.switch_files import counts, row_of

pytestmark = pytest.mark.usefixtures("database")
PARKING = usage.Switch("third-party", source="parking", zone="Europe/Brussels")
HEADING = "reference,number,at,amount,currency,tax,code\n"
CHARGE = {"reference": "P-77120", "number": f"+{BRAM}", "at": "2026-03-04 19:30:00", "amount": "4.99",
          "currency": "EUR", "tax": "pass-through", "code": "4411"}  # fmt: skip


@pytest.fixture
def fleet(database: None) -> Fleet:
    return mobile.fleet()


def charge(**changed: str) -> str:
    return ",".join({**CHARGE, **changed}.values()) + "\n"


def take_in(fleet: Fleet, folder: Path, content: str | bytes, name: str = "parking.csv") -> IntakeFile:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return usage.take_in_usage_file(operator_id=fleet.operator_id, path=path, at=AT, actor=cast.ACTOR, switch=PARKING)


@pytest.mark.rule("RAT-01", "RAT-10")
def test_a_charge_is_kept_with_the_amount_of_the_third_party(fleet: Fleet, tmp_path: Path) -> None:
    content = HEADING + charge() + charge(reference='"P-77121"', at="2026-03-04T19:30:00Z", code="") + charge()
    assert counts(take_in(fleet, tmp_path, content)) == (3, 2, 1, 0, 0)
    with fleet.customer.acting():
        found = store.records(fleet.operator_id, fleet.account_id, MARCH).to_pylist()
    shown = ("event_key", "line", "start", "service", "other", "quantity", "amount", "place")
    half_past = datetime(2026, 3, 4, 18, 30, tzinfo=UTC)
    assert row_of(found, *shown) == [
        ("parking/P-77120 2026-03-04 18:30:00", fleet.bram.pk, half_past, "third-party", "4411", 1, 4_990_000, 2),
        ("parking/P-77121 2026-03-04 19:30:00", fleet.bram.pk, half_past.replace(hour=19), "third-party", "", 1,
         4_990_000, 3),
    ]  # fmt: skip


BAD = [
    (charge(currency="GBP"), "other-currency", "GBP"),
    (charge(tax="standard"), "other-tax", "standard"),
    (charge(amount="4,99"), "extra-column", "8 / 7"),
    (charge(amount="-4.99"), "negative-number", "amount"),
    (charge(amount=""), "missing-amount", "amount"),
    (charge(reference=""), "missing-attribute", "id"),
    (charge(number="0499000000"), "unknown-line", "33499000000"),
    (charge(at="2026-03-29 02:30:00"), "no-such-hour", "2026-03-29 02:30:00"),
    ("P-1\n", "missing-column", "1 / 7"),
    ('"P-1\n', "unreadable-line", ""),
]


@pytest.mark.rule("RAT-15", "W-43")
def test_what_cannot_be_billed_waits_with_its_line_and_reason(fleet: Fleet, tmp_path: Path) -> None:
    content = HEADING + "".join(line for line, _, _ in BAD)
    assert counts(take_in(fleet, tmp_path, content)) == (len(BAD), 0, 0, len(BAD), 0)
    with fleet.customer.acting():
        waiting = sorted(Suspended.objects.values_list("place", "reason", "detail"))
    assert waiting == [(place, reason, detail) for place, (_, reason, detail) in enumerate(BAD, start=2)]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("", heading.UnreadableFile),
        ("\n" + HEADING, heading.UnreadableFile),
        (HEADING.rstrip(), heading.UnreadableFile),
        (HEADING.replace("code", "kode"), heading.UnknownColumn),
        (HEADING.replace("code", "tax"), heading.UnknownColumn),
        (HEADING.replace("amount,", ""), heading.MissingColumn),
        (b"\xff\n", heading.UnreadableFile),
        ('"\n', heading.UnreadableFile),
    ],
)
def test_a_heading_that_is_none_refuses_the_file(
    fleet: Fleet, tmp_path: Path, content: str | bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal, match=r"parking\.csv"):
        take_in(fleet, tmp_path, content)
    with fleet.customer.acting():
        assert (IntakeFile.objects.count(), Suspended.objects.count()) == (0, 0)


LINES = st.lists(
    st.one_of(
        st.builds(
            lambda changed: charge(**changed).encode(),
            st.dictionaries(st.sampled_from(list(CHARGE)), st.text(max_size=6), max_size=2),
        ),
        st.binary(max_size=40),
        st.sampled_from([b"\n", b"\r\n", b'"', b"\xff", b"x" * 5000]),
    ),
    max_size=6,
)  # fmt: skip


@given(lines=LINES)
def test_any_text_ends_kept_duplicate_or_suspended(fleet: Fleet, tmp_path: Path, lines: list[bytes]) -> None:
    content = b"".join(lines)
    first, again = (take_in(fleet, tmp_path, HEADING.encode() + content) for _ in range(2))
    assert first.records == len([line for line in content.split(b"\n") if line.strip()])
    assert first.records == first.kept + first.duplicates + first.suspended
    assert (again.records, again.kept, again.suspended) == (first.records, 0, 0)
