"""The replay of the bench at the smallest size: every line and month is tried; how long it took is not asserted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ligneclaire.interfaces.jobs.bench import replay, report, traffic


@pytest.mark.usefixtures("database")
def test_a_company_s_months_are_rated_billed_and_tried() -> None:
    found = replay.measure(lines=6, months=2, plans=3)
    assert (found["lines"], found["months"], found["plans"]) == (6, 2, 3)
    assert found["records"] == 6 * 2 * traffic.EACH * replay.TIMES
    assert Decimal(found["billed"]) > 6 * 2 * 2  # the cheapest of the plans costs 2 euros a month
    rows = report.of_replay(found)
    assert rows[0].what == f"replay: 6 lines, 2 months, 3 plans, {found['records']:,} records: seconds"
    assert rows[0].target == "under 10"
