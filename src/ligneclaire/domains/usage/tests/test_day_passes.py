"""Day passes: a price once for each local day of use, which includes so much of it (RAT-05)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from ligneclaire.domains.catalogue.rules.tariff import Bundle, Rate, Tariff
from ligneclaire.domains.usage.rules import compiled, rating
from ligneclaire.domains.usage.rules.columns import RECORDS
from ligneclaire.domains.usage.rules.instants import micros
from ligneclaire.domains.usage.rules.rated import Rated
from ligneclaire.domains.usage.rules.state import State
from ligneclaire.domains.usage.rules.terms import ALWAYS, Allowance, Cap, GroupTerms, LineTerms
from ligneclaire.domains.usage.tests import histories

BRUSSELS = ZoneInfo("Europe/Brussels")
DATA = frozenset({"data"})
TARIFF = Tariff({}, {("data", zone, "any"): Rate("data", zone, "any", price=1, unit=1) for zone in ("home", "world")},
                visited={"US": "world"})  # fmt: skip
PASS = Bundle("day", DATA, frozenset({"world"}), 100, day_price=40)
PACK = Bundle("pack", DATA, frozenset({"world"}), 30, priority=9)


def terms(*bundles: Bundle, caps: tuple[Cap, ...] = ()) -> GroupTerms:
    line = LineTerms(((ALWAYS[0], TARIFF),), tuple(Allowance(one, *ALWAYS) for one in bundles), caps=caps)
    return GroupTerms(BRUSSELS, "BE", {1: line}, thresholds=(50, 100))


def month(
    records: list[tuple[str, int]], of: GroupTerms, opening: State | None = None, *, closed: bool = False
) -> Rated:
    """What both engines say of (local day and time in March 2026, octets) abroad."""
    rows = []
    for number, (when, quantity) in enumerate(records):
        start = micros(datetime.fromisoformat(f"2026-03-{when}").replace(tzinfo=BRUSSELS))
        rows.append(
            histories.data_record(start=start, arrived=start, event_key=f"k{number}", quantity=quantity, visited="US")
        )
    table = pa.Table.from_pylist(rows, RECORDS)
    found, fast = (engine.rate(table, of, opening, closed=closed) for engine in (rating, compiled))
    assert fast.table.to_pylist() == found.table.to_pylist()
    assert (fast.counters, fast.crossings) == (found.counters, found.crossings)
    assert fast.state.to_json() == found.state.to_json() == State.from_json(found.state.to_json()).to_json()
    return found


def charged(found: Rated) -> list[int]:
    amounts: list[int] = found.table["charged"].to_pylist()
    return amounts


@pytest.mark.rule("RAT-05", "RAT-06")
def test_a_day_costs_once_and_includes_so_much() -> None:
    found = month([("03T00:00", 60), ("03T12:00", 30), ("03T23:59", 25), ("04T00:00", 1)], terms(PASS))
    # 40 for the third of March, of which 100 lie inside; 15 beside it; 40 again from midnight on
    assert charged(found) == [40, 0, 15, 40]
    assert [one[0]["quantity"] for one in found.table["inside"].to_pylist()] == [60, 30, 10, 1]
    assert (found.counters, found.crossings) == ((), ())


@pytest.mark.rule("RAT-05")
def test_midnight_is_the_operators_also_when_the_clock_is_moved() -> None:
    # on 29 March the day in Brussels has 23 hours: 23:30 UTC of the 28th is 00:30 there
    found = month([("28T23:59", 1), ("29T00:30", 1), ("29T03:30", 1), ("29T23:30", 1), ("30T00:30", 1)], terms(PASS))
    assert charged(found) == [40, 40, 0, 0, 40]


@pytest.mark.rule("RAT-05")
def test_bundles_are_used_before_a_pass_is_bought() -> None:
    found = month([("03T10:00", 30), ("03T11:00", 20), ("04T10:00", 0)], terms(PASS, PACK))
    assert charged(found) == [0, 40, 0]
    assert [one.code for one in found.counters] == ["pack"]


@pytest.mark.rule("RAT-13")
def test_a_close_hands_on_the_days_that_were_bought() -> None:
    first = month([("03T10:00", 70), ("05T10:00", 1)], terms(PASS))
    late = month([("05T09:00", 10), ("03T09:00", 50), ("04T09:00", 5)], terms(PASS), first.state, closed=True)
    assert charged(late) == [0 if day == "05" else 20 if day == "03" else 40 for day in ("03", "04", "05")]


@pytest.mark.rule("RAT-16")
def test_at_a_ceiling_no_pass_is_bought() -> None:
    stop = Cap("c", "roaming-eu", 50, stops=(ALWAYS,))
    found = month([("03T10:00", 90), ("03T11:00", 30), ("03T12:00", 5), ("04T12:00", 5)], terms(PASS, caps=(stop,)))
    # the pass, then 20 beside it reach the ceiling; what lies outside after it is not charged, and no pass
    assert charged(found) == [40, 20, 0, 0]
    assert found.table["loss"].to_pylist() == [0, 0, 5, 5]


def test_passes_of_one_code_are_one_for_the_lowest_price() -> None:
    both = terms(PASS, replace(PASS, day_price=30, size=7))
    assert charged(month([("03T10:00", 107), ("03T11:00", 1)], both)) == [30, 1]


def test_a_pass_that_could_wrap_is_refused() -> None:
    with pytest.raises(compiled.TooDear, match="a day pass"):
        month([], terms(replace(PASS, day_price=10**16)))
