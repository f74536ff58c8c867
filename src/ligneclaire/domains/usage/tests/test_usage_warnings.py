"""C10, L-BE-07, L-EU-02: when customers are warned, and when usage stops."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps


def at(day: int) -> str:
    return f"2026-05-{day:02}T12:00:00+02:00"


def used(*quantities: int, **more: Any) -> list[dict[str, Any]]:
    return [{"at": at(day), "quantity": quantity, **more} for day, quantity in enumerate(quantities, 1)]


def warned(allowance: int, events: list[dict[str, Any]], **more: Any) -> list[tuple[str, int, str]]:
    answer = ask("usage-alerts", {"allowance": allowance, "events": events, **more}, "fleet")
    return [(one["at"], one["threshold"], one["share"]) for one in answer["alerts"]]


@pytest.mark.rule("C10", "USE-01")
@pytest.mark.parametrize(
    ("allowance", "quantities", "expected"),
    [
        (1000, (749,), []),
        (1000, (750,), [(1, 75, "75")]),
        (1000, (749, 1, 1), [(2, 75, "75")]),
        (1000, (1000,), [(1, 75, "100"), (1, 90, "100"), (1, 100, "100")]),
        (1000, (760, 140, 100), [(1, 75, "76"), (2, 90, "90"), (3, 100, "100")]),
        (1000, (800, 700, 900), [(1, 75, "80"), (2, 90, "150"), (2, 100, "150")]),
        (3, (2, 1), [(2, 75, "100"), (2, 90, "100"), (2, 100, "100")]),  # 2 of 3 are 66.67 %
        (10_000_000_001, (7_500_000_000, 1), [(2, 75, "75")]),  # 75 % are 7,500,000,000.75 octets
        (0, (5, 5), []),
    ],
)
def test_each_threshold_once_and_exactly(allowance: int, quantities: tuple[int, ...], expected: list[Any]) -> None:
    found = warned(allowance, used(*quantities))
    assert [(moment, threshold) for moment, threshold, _ in found] == [(at(day), one) for day, one, _ in expected]
    if allowance < 10**6:
        assert [share for _, _, share in found] == [share for _, _, share in expected]


@pytest.mark.rule("C10")
def test_an_allowance_that_grows_arms_again_at_the_change() -> None:
    events = [*used(95), {"at": at(2), "allowance": 120}, {"at": at(3), "quantity": 13}]
    # 95 of 100; then 95 of 120 are 79.17 %, tested at the change; then 108 of 120 are 90 %
    assert warned(100, events) == [
        (at(1), 75, "95"), (at(1), 90, "95"), (at(2), 75, "79.166667"), (at(3), 90, "90"),
    ]  # fmt: skip


@pytest.mark.rule("C10")
def test_the_change_comes_before_the_quantity_and_shrinking_arms_nothing() -> None:
    assert warned(100, [{"at": at(1), "quantity": 80, "allowance": 200}]) == []
    shrunk = [*used(80), {"at": at(2), "allowance": 80}]
    assert warned(100, shrunk) == [(at(1), 75, "80"), (at(2), 90, "100"), (at(2), 100, "100")]


@pytest.mark.rule("C10")
def test_a_new_period_starts_anew_and_a_late_record_never_warns() -> None:
    events = [
        {"at": at(1), "quantity": 80, "period": "2026-05"},
        {"at": at(2), "quantity": 76, "period": "2026-06"},
        {"at": at(3), "quantity": 90, "period": "2026-05"},
        {"at": at(4), "quantity": 14, "period": "2026-06"},
    ]
    assert warned(100, events) == [(at(1), 75, "80"), (at(2), 75, "76"), (at(4), 90, "90")]


@pytest.mark.rule("USE-01")
def test_thresholds_are_the_operators_unless_given() -> None:
    assert warned(100, used(50, 50), thresholds=[100, 50, 50]) == [(at(1), 50, "50"), (at(2), 100, "100")]
    tried = ask("usage-alerts", {"allowance": 100, "events": used(60), "policy": {"alert_thresholds": [60]}}, "fleet")
    assert [one["threshold"] for one in tried["alerts"]] == [60]
    assert tried["because"][0]["policy"] == "usage.alerts@2015-01-01+tried"
    nothing = ask("usage-alerts", {"allowance": 100, "events": []}, "fleet")
    assert (nothing["alerts"], steps(nothing)) == ([], [None])


@pytest.mark.rule("C10")
@given(st.integers(1, 10**12), st.lists(st.integers(0, 10**12), max_size=20))
def test_each_threshold_is_told_once_in_order_at_its_event(allowance: int, quantities: list[int]) -> None:
    events = [{"at": at(1 + place % 28), "quantity": quantity} for place, quantity in enumerate(quantities)]
    found = [threshold for _, threshold, _ in warned(allowance, events)]
    share = Fraction(sum(quantities), allowance) * 100
    assert found == [threshold for threshold in (75, 90, 100) if share >= threshold]


def spent(kind: str, *amounts: str, **more: Any) -> Any:
    events = [{"at": at(day), "amount": amount} for day, amount in enumerate(amounts, 1)]
    return ask("spend-alerts", {"kind": kind, "events": events, **more}, "fleet")


def levels(answer: Any) -> list[tuple[str, str]]:
    return [(one["at"], one["level"]) for one in answer["alerts"]]


@pytest.mark.rule("L-EU-02")
@pytest.mark.parametrize(
    ("amounts", "facts", "expected", "stopped"),
    [
        (("39.99",), {}, [], None),
        (("40.00",), {}, [(1, "warning-80")], None),
        (("40.00", "9.99", "0.01"), {}, [(1, "warning-80"), (3, "limit")], 3),
        (("51.00",), {}, [(1, "warning-80"), (1, "limit")], 1),
        (("51.00", "49.00"), {}, [(1, "warning-80"), (1, "limit"), (2, "reminder-100")], 1),
        (("60.00",), {"bundle": "20.00"}, [(1, "warning-80")], None),  # the bundle does not count
        (("15.00", "5.00"), {"ceiling": "20.00"}, [(2, "warning-80"), (2, "limit")], 2),
        (("110.00",), {"ceiling": "200.00"}, [(1, "reminder-100")], None),
    ],
)
def test_abroad_usage_is_warned_of_and_stopped(
    amounts: tuple[str, ...], facts: dict[str, Any], expected: list[tuple[int, str]], stopped: int | None
) -> None:
    answer = spent("roaming-eu", *amounts, **facts)
    assert levels(answer) == [(at(day), level) for day, level in expected]
    assert answer["stopped_at"] == (at(stopped) if stopped else None)
    assert answer["prices"] == "exclusive"


@pytest.mark.rule("L-EU-02")
@pytest.mark.parametrize(("accepted", "stopped"), [(1, None), (2, None), (3, at(2))])
def test_who_agreed_in_time_is_warned_and_goes_on(accepted: int, stopped: str | None) -> None:
    events = [{"at": at(day), "amount": "30.00", "accepted": day == accepted} for day in (1, 2, 3)]
    answer = ask("spend-alerts", {"kind": "roaming-eu", "events": events}, "fleet")
    assert levels(answer) == [(at(2), "warning-80"), (at(2), "limit")]
    assert answer["stopped_at"] == stopped


@pytest.mark.rule("L-BE-07", "W-22")
@pytest.mark.parametrize(
    ("amounts", "facts", "expected", "stopped"),
    [
        (("49.99",), {}, [], None),
        (("50.00", "5000.00"), {}, [(1, "ceiling")], None),  # no cut-off by default
        (("20.00", "49.99", "0.01"), {"bundle": "20.00"}, [(1, "bundle"), (3, "ceiling")], None),
        (("20.00",), {"bundle": "20.00", "ceiling": "0.00"}, [(1, "bundle"), (1, "ceiling")], None),
        (("75.00",), {"ceiling": "75.00"}, [(1, "ceiling")], None),
        (("0.00", "0.01"), {"ceiling": "0.00"}, [(2, "ceiling")], None),
        (("30.00", "30.00"), {"cap": "60.00"}, [(2, "ceiling")], 2),
        (("30.00", "30.00"), {"cap": "60.00", "bundle": "10.00"}, [(1, "bundle"), (2, "ceiling")], None),
    ],
)
def test_at_home_usage_is_warned_of_and_stops_at_the_customers_cap_alone(
    amounts: tuple[str, ...], facts: dict[str, Any], expected: list[tuple[int, str]], stopped: int | None
) -> None:
    answer = spent("domestic-be", *amounts, **facts)
    assert levels(answer) == [(at(day), level) for day, level in expected]
    assert answer["stopped_at"] == (at(stopped) if stopped else None)
    assert answer["prices"] == "inclusive"


def test_refuses_what_the_law_does_not_know() -> None:
    event = {"at": at(1), "amount": "1.00"}
    home = {"kind": "domestic-be", "events": [event]}
    abroad = {"kind": "roaming-eu", "events": [event]}
    assert faults("spend-alerts", home | {"ceiling": "60.00"}) == [("not-allowed", "ceiling")]
    assert faults("spend-alerts", abroad | {"cap": "60.00"}) == [("cap-at-home", "cap")]
    early = {"at": "2013-05-01T12:00:00+02:00", "amount": "1.00"}
    assert faults("spend-alerts", home | {"events": [early]}) == [("no-law-then", "kind")]
    assert faults("spend-alerts", abroad | {"events": [early]}) == [("no-law-then", "kind")]
    assert faults("spend-alerts", home | {"events": [event | {"amount": "-1.00"}]}) == [
        ("money-negative", "events[0].amount")
    ]
    before = event | {"at": "2026-05-01T00:00:00+02:00"}
    assert faults("spend-alerts", home | {"events": [event, event, before]}) == [("out-of-order", "events[2].at")]
    late = {"at": "2026-04-30T10:00:00+02:00", "quantity": 5, "period": "2026-04"}
    on = {"at": "2026-05-02T10:00:00+02:00", "quantity": 1, "period": "2026-05"}
    assert faults(
        "usage-alerts", {"allowance": 5, "events": [on, late, on, late | {"period": "2026-05"}]}, "fleet"
    ) == [("out-of-order", "events[3].at")]
    assert faults("usage-alerts", {"allowance": 5, "events": used(-1)}, "fleet") == [
        ("too-small", "events[0].quantity")
    ]
