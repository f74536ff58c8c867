"""What the policies that every operator inherits say of ceilings and corrections."""

from __future__ import annotations

from datetime import date

import pytest

from ligneclaire.domains.rulebook import law, policy_tables
from ligneclaire.domains.rulebook.versions import Rulebook, Where
from ligneclaire.domains.usage.policies import Ceilings, UsageCorrection
from ligneclaire.kernel.money import Money


@pytest.fixture
def book() -> Rulebook:
    return Rulebook(policy_tables.common(), law.entries(), Where(country="BE"))


@pytest.mark.rule("W-22")
def test_outside_europe_a_line_stops_at_fifty_euros(book: Rulebook) -> None:
    assert book.in_force(Ceilings, date(2026, 11, 1)) is None
    found = book.in_force(Ceilings, date(2026, 12, 1))
    assert found is not None
    assert found.value.world_limit == Money.of("50.00")


@pytest.mark.rule("W-41")
def test_nobody_is_charged_more_for_a_mistake_that_was_not_his(book: Rulebook) -> None:
    found = book.in_force(UsageCorrection, date(2026, 5, 1))
    assert found is not None
    assert not found.value.correction_charges
