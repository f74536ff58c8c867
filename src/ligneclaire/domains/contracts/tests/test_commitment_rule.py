"""How long a customer is bound, and the days on which an item costs money: tables and properties."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.contracts.rules.commitment import commitment, ends_on, month_ends
from ligneclaire.domains.contracts.rules.item_days import active_days, active_within
from ligneclaire.domains.contracts.rules.price_now import MonthlyPrice, PriceCut, price_now
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period, add_months
from ligneclaire.kernel.policy import Law

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
LAW = Law("L-FR-01", {"max_commitment_months": 24}, date(2023, 1, 1), None, "a source", "found")


@pytest.mark.rule("CON-01", "L-FR-01", "L-EU-01")
@pytest.mark.parametrize(
    ("offered", "segment", "law", "months", "steps"),
    [(12, "consumer", LAW, 12, 1), (24, "consumer", LAW, 24, 1), (36, "consumer", LAW, 24, 2),
     (36, "business", LAW, 36, 1), (36, "consumer", None, 36, 1), (0, "consumer", LAW, 0, 1)],
)  # fmt: skip
def test_the_offers_months_for_a_consumer_within_the_law(
    offered: int, segment: str, law: Law | None, months: int, steps: int
) -> None:
    found = commitment(offered, segment, law)
    assert (found.months, len(found.because), found.because[-1].value) == (months, steps, str(months))


def test_the_cap_names_the_law() -> None:
    capped = commitment(36, "consumer", LAW).because[-1]
    assert (capped.rule, capped.policy) == ("L-FR-01", "L-FR-01@2023-01-01")


@pytest.mark.rule("C3", "C7")
def test_a_commitment_from_the_31st_ends_by_the_original_day() -> None:
    assert ends_on(date(2026, 8, 31), 6) == date(2027, 2, 27)
    assert ends_on(date(2026, 6, 12), 12) == date(2027, 6, 11)
    assert ends_on(date(2026, 6, 12), 0) is None


@given(DAYS, st.integers(1, 36), DAYS)
def test_month_ends_are_the_coming_ones_in_order_and_end_with_the_commitment(
    start: date, months: int, on: date
) -> None:
    found = month_ends(start, months, on)
    assert list(found) == sorted(set(found))
    assert all(one >= on for one in found)
    if found:
        assert found[-1] == ends_on(start, months)
    assert all(one + timedelta(days=1) == add_months(start, months - len(found) + k + 1) for k, one in enumerate(found))


@pytest.mark.rule("C7", "FMP-05")
@pytest.mark.parametrize(
    ("from_on", "to_on", "service_from", "last_day", "expected"),
    [
        (None, None, None, None, None),
        (None, None, date(2026, 6, 12), None, (date(2026, 6, 12), None)),
        (date(2026, 6, 1), None, date(2026, 6, 12), None, (date(2026, 6, 12), None)),
        (date(2026, 7, 3), date(2026, 8, 1), date(2026, 6, 12), None, (date(2026, 7, 3), date(2026, 8, 1))),
        (None, None, date(2026, 6, 12), date(2026, 6, 30), (date(2026, 6, 12), date(2026, 7, 1))),
        (None, date(2026, 6, 12), date(2026, 6, 12), None, None),
        (date(2026, 7, 3), date(2026, 7, 3), date(2026, 6, 12), None, None),
    ],
)
def test_the_days_of_an_item(
    from_on: date | None, to_on: date | None, service_from: date | None, last_day: date | None, expected: object
) -> None:
    assert active_days(from_on, to_on, service_from, last_day) == expected


@given(st.none() | DAYS, st.none() | DAYS, DAYS, st.none() | DAYS, DAYS)
def test_an_item_never_costs_before_the_service_nor_after_the_last_day(
    from_on: date | None, to_on: date | None, service_from: date, last_day: date | None, some_day: date
) -> None:
    month = Period.month_of(some_day)
    part = active_within(active_days(from_on, to_on, service_from, last_day), month)
    for day in (month.start + timedelta(days=n) for n in range(month.days)):
        due = (
            day >= service_from
            and (from_on is None or day >= from_on)
            and (to_on is None or day < to_on)
            and (last_day is None or day <= last_day)
        )
        assert (part is not None and part.contains(day)) == due


@pytest.mark.rule("W-12")
def test_a_months_price_after_discounts() -> None:
    prices = [MonthlyPrice(Money.of("29.90"), True), MonthlyPrice(Money.of("5.00"), False)]
    assert price_now(prices, []) == Money.of("34.90")
    assert price_now(prices, [PriceCut(percent=Decimal("50"))]) == Money.of("19.95")
    assert price_now(prices, [PriceCut(amount=Money.of("10.00"))]) == Money.of("24.90")
    assert price_now(prices, [PriceCut(amount=Money.of("99.00"))]) == Money.of("5.00")
