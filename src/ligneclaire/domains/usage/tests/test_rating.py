"""The engine itself: allowances that change, blocks and caps, closed months, and what must hold of any month."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.catalogue.rules.tariff import Bundle, Rate, Tariff
from ligneclaire.domains.usage.rules import rating
from ligneclaire.domains.usage.rules.columns import ADDED, RATED, RECORDS
from ligneclaire.domains.usage.rules.rated import SPEND, Crossing, Rated
from ligneclaire.domains.usage.rules.state import State
from ligneclaire.domains.usage.rules.terms import ALWAYS, Allowance, Block, Cap, GroupTerms, LineTerms

MAY = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp()) * 10**6
HOUR = 3_600 * 10**6
EURO = 10**6
TARIFF = Tariff(
    prefixes={"32": "be-fixed", "324": "be-mobile"},
    rates={
        ("voice", zone, "any"): Rate("voice", zone, "any", price=100_000, unit=60, fee=20_000, first=60, next=6)
        for zone in ("be-fixed", "be-mobile")
    }
    | {("data", "home", "any"): Rate("data", "home", "any", price=1_000_000, unit=1_000, first=10, next=10)},
    code="plan@2026-01-01",
)
DATA = Bundle("data", frozenset({"data"}), frozenset({"home"}), 1_000)


def allowance(size: int = 1_000, begins: int = 0, ends: int = 31 * 24, **changed: Any) -> Allowance:
    return Allowance(replace(DATA, size=size, **changed), MAY + begins * HOUR, MAY + ends * HOUR)


def line(*allowances: Allowance, **changed: Any) -> LineTerms:
    return LineTerms(**{"tariffs": ((ALWAYS[0], TARIFF),), "allowances": allowances} | changed)


def terms(*lines: LineTerms, **changed: Any) -> GroupTerms:
    of_lines = dict(enumerate(lines, 1))
    return GroupTerms(ZoneInfo("Europe/Brussels"), "BE", of_lines, thresholds=(75, 90, 100), **changed)


def data(hour: int, quantity: int, key: str = "", **changed: Any) -> dict[str, Any]:
    return {
        "account": 7, "line": 1, "event_key": key or f"{hour}-{quantity}", "start": MAY + hour * HOUR,
        "service": "data", "direction": "out", "other": "", "quantity": quantity, "visited": "", "amount": None,
        "file": 1, "place": 2, "arrived": MAY + 1_000 * HOUR, **changed,
    }  # fmt: skip


def call(hour: int, seconds: int, to: str = "3225550147", **changed: Any) -> dict[str, Any]:
    return data(hour, seconds, service="voice", other=to, **changed)


def rate(rows: list[dict[str, Any]], in_force: GroupTerms, *more: Any, **closed: Any) -> Rated:
    return rating.rate(pa.Table.from_pylist(rows, RECORDS), in_force, *more, **closed)


def column(rated: Rated, name: str) -> list[Any]:
    return rated.table[name].to_pylist()


def told(rated: Rated) -> list[tuple[int, int, int]]:
    return [(one.epoch, one.threshold, (one.event_us - MAY) // HOUR) for one in rated.crossings]


def test_a_month_without_records_has_its_counters() -> None:
    rated = rate([], terms(line(allowance())))
    assert rated.table.schema == RATED
    assert [(one.code, one.used, one.allowance) for one in rated.counters] == [("data", 0, 1_000)]


@pytest.mark.rule("RAT-11")
def test_a_change_of_plan_replaces_the_allowance_and_what_was_used_stays() -> None:
    in_force = terms(line(allowance(1_000, 0, 10), allowance(1_500, 10)))
    rated = rate([data(1, 900), data(11, 700)], in_force)
    assert column(rated, "outside") == [0, 100]
    # 900 of 1,000 reach 75 and 90 %; of 1,500 they are 60 %; with 700 more they pass all three
    assert told(rated) == [(0, 75, 1), (0, 90, 1), (1, 75, 11), (1, 90, 11), (1, 100, 11)]


@pytest.mark.rule("RAT-11", "C10")
def test_an_option_adds_its_size_from_its_instant() -> None:
    in_force = terms(line(allowance(), allowance(500, 10)))
    rated = rate([data(1, 1_000), data(2, 100), data(11, 500)], in_force)
    assert column(rated, "outside") == [0, 100, 0]
    # what overflowed counts as used: 1,100 of 1,500 are 73 %
    assert told(rated) == [(0, 75, 1), (0, 90, 1), (0, 100, 1), (1, 75, 11), (1, 90, 11), (1, 100, 11)]
    assert [(one.taken, one.used, one.allowance, one.epoch) for one in rated.counters] == [(1_500, 1_600, 1_500, 1)]


@pytest.mark.rule("C10")
def test_growth_after_the_last_record_is_tested_at_the_change() -> None:
    rated = rate([data(1, 950)], terms(line(allowance(), allowance(200, 10))))
    assert rated.crossings[-1] == Crossing(1, "data", 1, 75, 950, 1_200, MAY + 10 * HOUR)


@pytest.mark.rule("RAT-05")
def test_of_one_priority_the_bundle_that_ends_first_is_used_first() -> None:
    first, later = allowance(100, 0, 100, code="b"), allowance(100, 0, 200, code="a")
    rated = rate([data(1, 150)], terms(line(later, first)))
    assert column(rated, "inside") == [[{"bundle": "b", "quantity": 100}, {"bundle": "a", "quantity": 50}]]


@pytest.mark.rule("RAT-02")
def test_the_plan_is_that_of_the_start() -> None:
    other = replace(TARIFF, code="other@2026-05-01")
    in_force = terms(line(tariffs=((ALWAYS[0], TARIFF), (MAY + 5 * HOUR, other))))
    assert column(rate([data(4, 1), data(5, 1)], in_force), "plan") == ["plan@2026-01-01", "other@2026-05-01"]


@pytest.mark.rule("RAT-16")
def test_blocked_usage_is_rated_and_not_charged() -> None:
    blocked = (Block(MAY + 5 * HOUR, MAY + 9 * HOUR, "lost", frozenset({"data"})),)
    in_force = terms(line(allowance(), blocked=blocked, existed=(ALWAYS[0], MAY + 20 * HOUR)))
    rated = rate([data(4, 10), data(5, 10), call(6, 60), data(9, 10), call(20, 60)], in_force)
    assert column(rated, "flag") == ["", "blocked", "", "", "blocked"]
    assert column(rated, "charged") == [0, 0, 120_000, 0, 0]
    assert column(rated, "loss") == [0, 10_000, 0, 0, 120_000]
    assert rated.counters[0].used == 20


@pytest.mark.rule("RAT-09", "RAT-16")
def test_emergency_is_never_blocked() -> None:
    rated = rate([call(1, 60, "112")], terms(line(blocked=(Block(*ALWAYS, "lost"),))))
    assert (column(rated, "flag"), column(rated, "loss")) == (["emergency"], [0])


@pytest.mark.rule("RAT-16", "W-22", "L-EU-02")
@pytest.mark.parametrize(
    ("accepted", "flags"), [(None, ["", "", "over-cap", "over-cap"]), (3, ["", "", "over-cap", ""])]
)
def test_over_a_cap_usage_is_not_charged_until_the_customer_agrees(accepted: int | None, flags: list[str]) -> None:
    marks = ((80, 40 * EURO), (100, 50 * EURO))
    stops = (ALWAYS,) if accepted is None else ((ALWAYS[0], MAY + accepted * HOUR),)
    cap = Cap("roaming", "roaming-eu", 50 * EURO, marks=marks, stops=stops)
    rated = rate([data(hour, 30_000) for hour in range(4)], terms(line(caps=(cap,))))
    assert column(rated, "flag") == flags
    assert column(rated, "charged") == [0 if flag else 30 * EURO for flag in flags]
    assert told(rated) == [(0, 80, 1), (0, 100, 1)]


@pytest.mark.rule("L-BE-07")
def test_a_ceiling_with_tax_over_prices_without_it() -> None:
    cap = Cap("domestic", "domestic-be", 50 * EURO, tax=2_100, marks=((100, 50 * EURO),))
    # 41.32 x 1.21 = 49.9972; 41.33 x 1.21 = 50.0093
    assert told(rate([data(0, 41_320)], terms(line(caps=(cap,))))) == []
    rated = rate([data(0, 41_330), data(1, 50_000)], terms(line(caps=(cap,))))
    assert told(rated) == [(0, 100, 0)]
    assert column(rated, "flag") == ["", ""]


@pytest.mark.rule("RAT-13", "C10")
def test_a_closed_month_goes_on_from_its_state_in_order_of_arrival() -> None:
    in_force = terms(line(allowance()), late_free_us=MAY + 9_000 * HOUR)
    closed = rate([data(5, 800)], in_force).state
    late = [data(2, 150, "b", arrived=MAY + 2_001 * HOUR), data(1, 150, "a", arrived=MAY + 2_002 * HOUR),
            data(3, 50, "c", arrived=MAY + 9_000 * HOUR)]  # fmt: skip
    rated = rate(late, in_force, State.from_json(closed.to_json()), closed=True)
    assert column(rated, "event_key") == ["b", "a", "c"]
    assert column(rated, "outside") == [0, 100, 50]
    assert column(rated, "flag") == ["", "", "late-free"]
    assert rated.crossings == ()


@pytest.mark.rule("RAT-15")
def test_what_is_not_the_lines_is_named() -> None:
    in_force = terms(line(existed=(MAY, ALWAYS[1])), line(tariffs=((MAY + 9 * HOUR, TARIFF),)))
    rated = rate(
        [data(-1, 5, "old"), data(1, 5, "good"), data(1, 5, "plan", line=2), data(1, 5, "line", line=9)], in_force
    )
    assert [(key, fault.reason.value) for key, fault in rated.unusable] == [
        ("old", "before-the-line"), ("line", "unknown-line"), ("plan", "no-plan"),
    ]  # fmt: skip
    assert column(rated, "event_key") == ["good"]


RECORD = st.tuples(
    st.integers(0, 9), st.sampled_from(["voice", "data", "mobile", "112"]), st.integers(0, 700), st.integers(1, 2)
)
MONTH = st.lists(RECORD, max_size=25)
CAPS = (Cap("roaming", "roaming-eu", 2 * EURO, marks=((80, 1_600_000), (100, 2 * EURO)), stops=(ALWAYS,)),)
VOICE = Bundle("voice", frozenset({"voice"}), frozenset({"be-fixed", "be-mobile"}), 400)
MIXED = terms(
    line(allowance(900), allowance(300, 4), Allowance(VOICE, *ALWAYS), caps=CAPS),
    line(allowance(200, code="own", priority=0), allowance(900)),
)


def month_of(drawn: list[tuple[int, str, int, int]]) -> list[dict[str, Any]]:
    made = []
    for number, (hour, kind, quantity, of_line) in enumerate(drawn):
        key = f"k{number:02}"
        to = {"voice": "3225550147", "mobile": "32470123456", "112": "112"}.get(kind, "")
        row = data(hour, quantity, key, line=of_line) if kind == "data" else call(hour, quantity, to, event_key=key)
        made.append(row | {"line": of_line, "event_key": key})
    return made


@pytest.mark.rule("RAT-12")
@given(MONTH, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(drawn: list[tuple[int, str, int, int]], random: Random) -> None:
    rows = month_of(drawn)
    shuffled = rows[:]
    random.shuffle(shuffled)
    one, other = rate(rows, MIXED), rate(shuffled, MIXED)
    assert one.table.equals(other.table)
    assert (one.counters, one.crossings, one.state) == (other.counters, other.crossings, other.state)


@pytest.mark.rule("RAT-13")
@given(MONTH, st.integers(0, 25))
def test_the_state_goes_on_where_the_first_part_ended(drawn: list[tuple[int, str, int, int]], cut: int) -> None:
    """A month in two pieces, the second from the state of the first, is the month at once, record by record."""
    rows = sorted(month_of([(0, *rest) for _, *rest in drawn]), key=lambda row: row["event_key"])  # type: ignore[misc]
    whole = rate(rows, MIXED)
    first = rate(rows[:cut], MIXED)
    second = rate(rows[cut:], MIXED, first.state, closed=True)
    assert pa.concat_tables([first.table, second.table]).equals(whole.table)
    assert second.state == whole.state


@pytest.mark.rule("RAT-04", "RAT-06", "RAT-07", "RAT-14")
@given(MONTH)
def test_what_holds_of_every_record_and_of_the_sum(drawn: list[tuple[int, str, int, int]]) -> None:
    rated = rate(month_of(drawn), MIXED)
    rows = rated.table.to_pylist()
    taken: dict[tuple[int, str], int] = {}
    for row in rows:
        parts = sum(part["quantity"] for part in row["inside"])
        assert row["billed"] == parts + row["outside"] >= row["quantity"]
        assert row["charged"] == 0 or (row["flag"] == "" and row["loss"] == 0)
        assert row["quantity"] or not (row["billed"] or row["charged"])
        for part in row["inside"]:
            key = (row["line"], part["bundle"])
            taken[key] = taken.get(key, 0) + part["quantity"]
    for one in rated.counters:
        if one.service != SPEND:
            assert taken.get((one.line, one.code), 0) == one.taken <= min(one.used, one.allowance)
    spent = sum(row["charged"] for row in rows if row["line"] == 1)
    assert spent == next((one.used for one in rated.counters if one.service == SPEND), spent)
    assert [one.name for one in ADDED] == rated.table.column_names[len(RECORDS) :]


@pytest.mark.rule("C10")
@given(MONTH)
def test_each_warning_is_told_once_in_ascending_order(drawn: list[tuple[int, str, int, int]]) -> None:
    found = rate(month_of(drawn), MIXED).crossings
    keys = [(one.line, one.counter, one.epoch, one.threshold) for one in found]
    assert len(set(keys)) == len(keys)
    for counter in {(one.line, one.counter) for one in found}:
        of_counter = [(one.epoch, one.threshold) for one in found if (one.line, one.counter) == counter]
        assert of_counter == sorted(of_counter)
    assert all(one.used * 100 >= one.threshold * one.allowance for one in found)
