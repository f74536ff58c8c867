"""For how long a late record is still billed, as the policies that every operator inherits say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from ligneclaire.domains.rulebook import law, policy_tables
from ligneclaire.domains.rulebook.versions import Rulebook, Where
from ligneclaire.domains.usage.queries.terms import _Bounds
from ligneclaire.domains.usage.rules.plans import Month
from ligneclaire.kernel.periods import Period


@pytest.mark.rule("RAT-13", "W-44")
def test_usage_of_may_is_billed_until_the_end_of_august() -> None:
    book = Rulebook(policy_tables.common(), law.entries(), Where(country="BE"))
    may = Month(Period(date(2026, 5, 1), date(2026, 6, 1)), ZoneInfo("Europe/Brussels"))
    free = _Bounds(book, date(2026, 5, 1), 2100).late_free(may)
    assert datetime.fromtimestamp(free / 1_000_000, UTC) == datetime(2026, 8, 31, 22, tzinfo=UTC)
