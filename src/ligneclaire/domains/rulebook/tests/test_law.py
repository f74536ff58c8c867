"""The law as data: whole, dated, sourced; tax rates by date."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from ligneclaire.domains.rulebook import law, taxes
from ligneclaire.kernel.policy import declaration_of_field

IDS = (
    {f"L-FR-{n:02d}" for n in range(1, 19)}
    | {f"L-BE-{n:02d}" for n in range(1, 15)}
    | {f"L-EU-{n:02d}" for n in range(1, 7)}
)


def test_every_entry_is_there_with_dates_and_source() -> None:
    entries = law.entries()
    assert {entry.id for entry in entries} == IDS
    for entry in entries:
        assert entry.country == entry.id[2:4]
        assert entry.source
        assert entry.title
        assert entry.confidence in ("found", "background")
    for before, after in pairwise(entries):
        if before.id == after.id:
            assert before.effective_until is not None
            assert before.effective_until <= after.effective_from


def test_every_bound_names_a_policy_field() -> None:
    for entry in law.entries():
        for bound in entry.bounds:
            assert declaration_of_field(bound.field) is not None


@pytest.mark.rule("L-FR-01", "L-BE-01")
def test_an_entry_is_judged_by_its_day() -> None:
    def of(law_id: str, day: date) -> object:
        found = next(entry for entry in law.entries() if entry.id == law_id and entry.covers(day))
        return found.as_law().values

    assert of("L-FR-01", date(2022, 12, 31)) != of("L-FR-01", date(2023, 1, 1))
    assert "numbers_at_most" in of("L-BE-01", date(2022, 1, 8))  # type: ignore[operator]
    assert "workers_at_most" in of("L-BE-01", date(2022, 1, 9))  # type: ignore[operator]


@pytest.mark.rule("L-FR-15", "L-BE-11")
def test_tax_rates_by_date() -> None:
    assert taxes.rate_of("standard", "FR", date(2013, 12, 31)) == Decimal("19.6")
    assert taxes.rate_of("standard", "FR", date(2014, 1, 1)) == Decimal(20)
    assert taxes.rate_of("standard", "BE", date(2026, 1, 1)) == Decimal(21)
    assert taxes.rate_of("5.5", "FR", date(2026, 1, 1)) == Decimal("5.5")
    assert taxes.code_of(Decimal("21.0"), "BE", date(2026, 1, 1)) == "standard"
    assert taxes.code_of(Decimal(6), "BE", date(2026, 1, 1)) == "6"
    for rate, country, day in ((Decimal("19.6"), "FR", date(2026, 1, 1)), (Decimal(20), "FR", date(2013, 1, 1))):
        with pytest.raises(taxes.NoSuchRate):
            taxes.code_of(rate, country, day)
    with pytest.raises(taxes.NoSuchRate):
        taxes.rate_of("20", "BE", date(2026, 1, 1))
