"""OUT-02, C9, L-FR-13, L-BE-08: what an outage earns, by goodwill and by law."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps

FRENCH = {
    "country": "FR",
    "segment": "consumer",
    "monthly_price": "34.90",
    "started_at": "2026-04-10T08:00:00+02:00",
    "restored_at": "2026-04-13T08:30:00+02:00",
}
BELGIAN = FRENCH | {"country": "BE"}


def after(hours: float, seconds: int = 0) -> dict[str, str]:
    """An outage of that length from 10 April 2026, 08:00 in Brussels and Paris."""
    end = datetime(2026, 4, 10, 6, tzinfo=UTC) + timedelta(hours=hours, seconds=seconds)
    return {"restored_at": end.isoformat()}


def figures(facts: dict[str, Any], on: str | None = None) -> tuple[Any, ...]:
    """Duration, goodwill, amount by law."""
    answer = ask("outage-credit", facts, on=on)
    assert answer["goodwill_eligible"] is (answer["goodwill_amount"] is not None)
    if answer["statutory_amount"] is not None:
        assert steps(answer)[-1] == answer["statutory_amount"]
    elif answer["goodwill_amount"] is not None:
        assert steps(answer)[-1] == answer["goodwill_amount"]
    return answer["duration"], answer["goodwill_amount"], answer["statutory_amount"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        # three full days: 34.90 × 3 ÷ 30 = 3.49; four started days: 34.90 × 4 ÷ 30 = 4.6533, up
        ({}, ("PT72H30M", "3.49", "4.66")),
        # exactly 48 hours are not more than 48; two started days: 2.3266, up
        (after(48), ("PT48H", None, "2.33")),
        # one second more is: two full days 2.3266, half-up; three started days = 3.49
        (after(48, 1), ("PT48H", "2.33", "3.49")),
        (after(0, 300), ("PT5M", None, "1.17")),
        (after(0), ("PT0M", None, "0.00")),
        # the month in which it began counts: 31 days of March, 3 × 31.00 ÷ 31
        (
            {
                "monthly_price": "31.00",
                "started_at": "2026-03-31T23:00:00+02:00",
                "restored_at": "2026-04-03T23:00:00+02:00",
            },
            ("PT72H", "3.00", "3.00"),
        ),
        # and it began in Paris: 22:30 UTC on 31 March is already April there, 3 × 31.00 ÷ 30
        (
            {
                "monthly_price": "31.00",
                "started_at": "2026-03-31T22:30:00Z",
                "restored_at": "2026-04-03T22:30:00Z",
            },
            ("PT72H", "3.10", "3.10"),
        ),
        # the clocks went forward on 29 March 2026: 09:00 to 10:00 two days later is 48 hours, not 49
        (
            {"started_at": "2026-03-28T09:00:00+01:00", "restored_at": "2026-03-30T10:00:00+02:00"},
            ("PT48H", None, "2.26"),
        ),
        # and back on 25 October: 09:00 to 09:00 is 49 hours; 34.90 × 2 ÷ 31 = 2.2516, 34.90 × 3 ÷ 31 = 3.377
        (
            {"started_at": "2026-10-24T09:00:00+02:00", "restored_at": "2026-10-26T09:00:00+01:00"},
            ("PT49H", "2.25", "3.38"),
        ),
        # firms may ask goodwill; the minimum is the consumers'
        ({"segment": "business"}, ("PT72H30M", "3.49", None)),
        # the operator's own limit
        ({"policy": {"goodwill_after_hours": 72}}, ("PT72H30M", "3.49", "4.66")),
        ({"policy": {"goodwill_after_hours": 73}}, ("PT72H30M", None, "4.66")),
    ],
)
@pytest.mark.rule("OUT-02", "C8", "C9", "L-FR-13")
def test_an_outage_in_france(changed: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert figures(FRENCH | changed) == expected


@pytest.mark.parametrize(
    ("changed", "statutory"),
    [
        # 1.00, then + 1.00 + 0.50 × (n - 1): 2.50, 4.50, 7.00; three days are 8.00, four 15.00
        (after(72), "8.00"),
        (after(72, 60), "15.00"),
        (after(48), "3.50"),
        # from eight hours on; one day is at least 34.90 ÷ 30 = 1.1633, up
        (after(8), "1.17"),
        (after(8, -1), "0.00"),
        (after(8) | {"monthly_price": "30.00"}, "1.00"),
        (after(8) | {"monthly_price": "30.01"}, "1.01"),
        # an expensive plan: 3 × 120 ÷ 30 = 12 is more than 8
        (after(72) | {"monthly_price": "120.00"}, "12.00"),
        # the operator's scale, the last amount repeating: 2 + 3 + 3
        (after(72) | {"scale": ["2.00", "3.00"]}, "8.00"),
        (after(72) | {"scale": ["2.00"]}, "6.00"),
        (after(24) | {"scale": ["2.00", "3.00"]}, "2.00"),
        (after(72) | {"scale": ["0.00"]}, "3.49"),
        (after(72) | {"policy": {"outage_scale": ["1.00", "2.00"]}}, "5.00"),
        (after(72) | {"policy": {"outage_scale": ["1.00", "2.00"]}, "scale": ["9.00"]}, "27.00"),
        (after(72) | {"segment": "business"}, None),
        # in force from 1 November 2024 in Brussels
        ({"started_at": "2024-10-31T23:59:59+01:00", "restored_at": "2024-11-03T12:00:00+01:00"}, None),
        ({"started_at": "2024-10-31T23:00:00Z", "restored_at": "2024-11-01T12:00:00Z"}, "1.17"),
    ],
)
@pytest.mark.rule("L-BE-08", "C8")
def test_compensation_in_belgium(changed: dict[str, Any], statutory: str | None) -> None:
    assert figures(BELGIAN | changed)[2] == statutory


@pytest.mark.rule("OUT-02")
def test_still_out_as_of_the_moment_of_asking() -> None:
    still = FRENCH | {"restored_at": None}
    assert figures(still, on="2026-04-12T08:00:01+02:00") == ("PT48H", "2.33", "3.49")
    assert figures(still, on="2026-04-13") == ("PT64H", "2.33", "3.49")
    assert figures(still, on="2026-04-10") == ("PT0M", None, "0.00")
    assert faults("outage-credit", still, on="2026-04-09") == [("not-started", "started_at")]


def test_refuses_what_cannot_be() -> None:
    def wrong(**changed: Any) -> list[tuple[str, str]]:
        return faults("outage-credit", FRENCH | changed)

    assert wrong(restored_at="2026-04-10T07:59:59+02:00") == [("restored-before-start", "restored_at")]
    assert wrong(restored_at="2026-04-10T08:30:00+03:00") == [("restored-before-start", "restored_at")]
    assert wrong(started_at="2026-04-10T08:00:00") == [("time-text", "started_at")]
    assert wrong(scale=[]) == [("too-few", "scale")]
    assert wrong(scale=["1.00", 2]) == [("money-type", "scale[1]")]
    assert wrong(segment="company") == [("not-allowed", "segment")]


def test_prices_are_those_of_the_customer() -> None:
    assert ask("outage-credit", FRENCH)["prices"] == "inclusive"
    assert ask("outage-credit", BELGIAN | {"segment": "business"})["prices"] == "exclusive"


@given(st.integers(0, 60 * 24 * 40), st.integers(0, 20_000), st.dates(date(2024, 11, 1), date(2040, 1, 1)))
@pytest.mark.rule("L-BE-08", "L-FR-13", "C8")
def test_longer_is_never_less_and_never_below_the_law(minutes: int, cents: int, day: date) -> None:
    started = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    def by_law(country: str, length: int) -> Fraction:
        facts = {
            "country": country,
            "segment": "consumer",
            "monthly_price": f"{cents / 100:.2f}",
            "started_at": started.isoformat(),
            "restored_at": (started + timedelta(minutes=length)).isoformat(),
        }
        return Fraction(ask("outage-credit", facts)["statutory_amount"]) * 100

    for country in ("FR", "BE"):
        assert by_law(country, minutes) <= by_law(country, minutes + 60)
    if minutes >= 480:
        assert by_law("BE", minutes) >= Fraction(cents, 30) * -(-minutes // 1440)


@pytest.mark.parametrize(
    "changed",
    [
        {"segment": "business"},
        {"monthly_price": "35.00"},
        {"country": "BE"},
        after(70),
        {"policy": {"goodwill_after_hours": 50}},
    ],
)
def test_changing_a_fact_changes_a_step(changed: dict[str, Any]) -> None:
    assert ask("outage-credit", FRENCH)["because"] != ask("outage-credit", FRENCH | changed)["because"]
