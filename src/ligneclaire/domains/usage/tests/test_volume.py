"""What sessions carried by local day: sums agree, order and repeats change nothing, midnights and months divide."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.usage.rules.volume import Reading, by_day

PARIS = ZoneInfo("Europe/Paris")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=PARIS)


def reading(at: datetime, down: int, up: int = 0, *, started: datetime, session: str = "nas 1") -> Reading:
    return Reading(session, started, at, down, up)


@st.composite
def sessions(draw: st.DrawFn) -> list[list[Reading]]:
    """Up to four sessions under two names, one after the other, each with counters that grow."""
    found: list[list[Reading]] = []
    begun = datetime(2026, 3, 27, tzinfo=UTC)
    for _ in range(draw(st.integers(1, 4))):
        begun += timedelta(seconds=draw(st.integers(400, 200_000)))
        session, at, down, up, some = draw(st.sampled_from(["nas 1", "nas 2"])), begun, 0, 0, []
        for _ in range(draw(st.integers(1, 5))):
            at += timedelta(seconds=draw(st.integers(0, 300_000)))
            down, up = down + draw(st.integers(0, 2**40)), up + draw(st.integers(0, 2**33))
            some.append(reading(at, down, up, started=begun, session=session))
        begun = at
        found.append(some)
    return found


@pytest.mark.rule("RAT-02")
@given(sessions(), st.integers(0, 1000))
def test_days_add_up_to_what_the_sessions_counted(made: list[list[Reading]], seed: int) -> None:
    readings = [one for some in made for one in some]
    found = by_day(readings, PARIS)
    assert sum(one.down for one in found) == sum(some[-1].down for some in made)
    assert sum(one.up for one in found) == sum(some[-1].up for some in made)
    assert all(one.down >= 0 and one.up >= 0 for one in found)
    assert [one.on for one in found] == sorted({one.on for one in found})
    again = readings * 2
    Random(seed).shuffle(again)
    assert by_day(again, PARIS) == found


@given(sessions())
def test_a_reading_more_moves_octets_between_days_and_adds_none(made: list[list[Reading]]) -> None:
    whole, few = by_day([one for some in made for one in some], PARIS), by_day([some[-1] for some in made], PARIS)
    assert sum(one.octets for one in whole) == sum(one.octets for one in few)


@pytest.mark.rule("RAT-02")
def test_a_session_over_the_end_of_a_year_has_its_part_on_both_sides() -> None:
    begun = NEW_YEAR - timedelta(hours=1)
    found = by_day([reading(begun + timedelta(hours=4), 4_000, 400, started=begun)], PARIS)
    assert [(one.on, one.down, one.up) for one in found] == [
        (date(2025, 12, 31), 1_000, 100), (date(2026, 1, 1), 3_000, 300),
    ]  # fmt: skip


def test_an_update_at_midnight_divides_exactly() -> None:
    begun = NEW_YEAR - timedelta(hours=1)
    rows = [reading(NEW_YEAR, 9_000, started=begun), reading(NEW_YEAR + timedelta(hours=3), 9_001, started=begun)]
    assert [(one.on.day, one.down) for one in by_day(rows, PARIS)] == [(31, 9_000), (1, 1)]


def test_the_night_in_which_clocks_go_forward_has_an_hour_less() -> None:
    begun = datetime(2026, 3, 28, tzinfo=PARIS)
    ends = datetime(2026, 3, 30, tzinfo=PARIS)
    found = by_day([reading(ends, 47_000, started=begun)], PARIS)
    assert [(one.on.day, one.down) for one in found] == [(28, 24_000), (29, 23_000)]


def test_a_counter_that_falls_says_nothing_and_a_name_given_again_is_a_new_session() -> None:
    begun, later = NEW_YEAR, NEW_YEAR + timedelta(hours=6)
    rows = [
        reading(begun + timedelta(hours=1), 500, started=begun),
        reading(begun + timedelta(hours=2), 400, started=begun),
        reading(begun + timedelta(hours=3), 700, started=begun),
        reading(later + timedelta(hours=1), 60, started=later),
    ]
    assert [one.down for one in by_day(rows, PARIS)] == [760]
