"""The records that a mobile network would deliver for the demo's fleets, made column by column with a seeded generator.

The same seed, lines and days give the same records. Instants are whole seconds, quantities whole octets and seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.random import Generator
from numpy.typing import NDArray

from ligneclaire.interfaces.jobs.demo.fleet_plan import FleetLine
from ligneclaire.interfaces.jobs.demo.plan import LAST_DAY, moment

SESSIONS = 9.5  # data sessions of a line on a working day
HOURS = np.array([1, 1, 1, 1, 1, 2, 6, 18, 34, 40, 40, 38, 30, 32, 38, 38, 36, 32, 26, 20, 16, 12, 8, 3], float)
CALLED = (  # other party, weight: where a Belgian company calls
    *((f"3247{n:07d}", 9) for n in range(1_234_567, 9_999_999, 97_531)),
    *((f"322{n:07d}", 5) for n in range(2_000_011, 7_999_999, 173_219)),
    *((f"331{n:08d}", 1) for n in range(40_000_013, 89_999_999, 3_135_791)),
    *((f"3120{n:07d}", 1) for n in range(2_000_029, 8_999_999, 431_177)),
    *((f"4930{n:07d}", 1) for n in range(2_000_033, 8_999_999, 811_177)),
    ("41445550011", 2), ("442075550012", 2), ("12125550013", 1), ("212522550014", 1),
    ("3280012345", 3), ("3270123456", 2), ("3290312345", 1), ("112", 1),
)  # fmt: skip
NUMBERS = np.array([number for number, _ in CALLED])
LIKELY = np.array([weight for _, weight in CALLED], float) / sum(weight for _, weight in CALLED)
PARKING = "4411"
SOURCE = "msc-brussels"
OUTSIDE_EUROPE = ("US", "MA", "TR")


def records(seed: int, lines: Sequence[FleetLine], start: date, end: date) -> pa.Table:
    """All records of the lines from a local day to a day (half-open), in the order in which a network reports them."""
    rng = np.random.default_rng([seed, start.toordinal()])
    days = [start + timedelta(days=n) for n in range((end - start).days)]
    active = np.array(
        [[line.joined < day and (line.leaves is None or day <= line.leaves) for day in days] for line in lines], float
    )
    work = np.array([1.0 if day.weekday() < 5 else 0.45 for day in days])
    parts = [
        _data(rng, lines, days, active * work * SESSIONS),
        _traffic(rng, lines, days, active * work * np.array([[line.habit.calls * 1.6] for line in lines]), "voice"),
        _traffic(rng, lines, days, active * work * np.array([[line.habit.texts * 1.6] for line in lines]), "sms"),
        _parkings(rng, lines, days, active * work * np.array([[line.habit.parkings / 20] for line in lines])),
    ]
    made = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(made["start"] + rng.integers(0, 900, len(made["start"])), kind="stable")
    return _table(made, order, lines, start)


def _spread(
    rng: Generator, days: Sequence[date], rates: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(line, day, instant in seconds) of as many events as the rates give by chance."""
    counts = rng.poisson(rates)
    line, day = np.nonzero(counts)
    times = counts[line, day]
    line, day = np.repeat(line, times), np.repeat(day, times)
    hour = rng.choice(24, len(line), p=HOURS / HOURS.sum())
    midnights = np.array([int(moment(one, 0).timestamp()) for one in days], np.int64)
    # An hour that the clocks skip is counted from midnight, so that every instant exists.
    return line, day, midnights[day] + hour * 3600 + rng.integers(0, 3600, len(line))


def _where(lines: Sequence[FleetLine], days: Sequence[date]) -> NDArray[np.str_]:
    """The visited country of each line on each day; "" at home."""
    found = np.full((len(lines), len(days)), "", dtype="U2")
    for n, line in enumerate(lines):
        for first, last, country in line.habit.abroad:
            for k, day in enumerate(days):
                if first <= day < last:
                    found[n, k] = country
    return found


def _data(rng: Generator, lines: Sequence[FleetLine], days: Sequence[date], rates: NDArray[np.float64]) -> dict:  # type: ignore[type-arg]
    line, day, start = _spread(rng, days, rates)
    last = days[0] >= LAST_DAY.replace(day=1)
    monthly = np.array([one.habit.octets * (one.habit.lately if last else 1) for one in lines], float)
    mean = monthly / (SESSIONS * 25.5)  # 21.5 working days and 9 others in a month, by their weight
    octets = rng.lognormal(-0.5, 1.0, len(line)) * mean[line]
    visited = _where(lines, days)[line, day]
    away = visited != ""
    shocked = np.array([one.habit.shock for one in lines])[line] & away
    far = np.isin(visited, OUTSIDE_EUROPE) & ~shocked
    octets = np.where(shocked, octets * 3, np.where(far, octets / 400, np.where(away, octets / 3, octets)))
    out, nobody = np.full(len(line), "out"), np.full(len(line), "")
    return _columns("data", line, start, direction=out, other=nobody, quantity=octets, visited=visited)


def _traffic(
    rng: Generator,
    lines: Sequence[FleetLine],
    days: Sequence[date],
    rates: NDArray[np.float64],
    service: str,
) -> dict:  # type: ignore[type-arg]
    line, day, start = _spread(rng, days, rates)
    visited = _where(lines, days)[line, day]
    direction = np.where(rng.random(len(line)) < 0.38, "in", "out")
    called = rng.choice(len(NUMBERS), len(line), p=LIKELY)
    if service == "sms":  # nobody writes to a special number
        called = np.where(np.char.str_len(NUMBERS)[called] < 11, 0, called)
    seconds = np.maximum(1, rng.lognormal(4.3, 1.1, len(line))) if service == "voice" else np.ones(len(line))
    other = np.where(direction == "in", NUMBERS[called % 100], NUMBERS[called])
    return _columns(service, line, start, direction=direction, other=other, quantity=seconds, visited=visited)


def _parkings(rng: Generator, lines: Sequence[FleetLine], days: Sequence[date], rates: NDArray[np.float64]) -> dict:  # type: ignore[type-arg]
    line, _day, start = _spread(rng, days, rates)
    out, parking, home = (np.full(len(line), word) for word in ("out", PARKING, ""))
    made = _columns("third-party", line, start, direction=out, other=parking, quantity=np.ones(len(line)), visited=home)
    made["amount"] = rng.choice(np.array(["1.20", "1.65", "2.40"]), len(line))
    return made


def _columns(  # type: ignore[no-untyped-def]
    service: str, line: NDArray[np.int64], start: NDArray[np.int64], *, direction, other, quantity, visited
) -> dict:  # type: ignore[type-arg]
    return {
        "line": line, "start": start, "service": np.full(len(line), service), "direction": direction, "other": other,
        "quantity": quantity.astype(np.int64), "visited": visited, "amount": np.full(len(line), ""),
    }  # fmt: skip


def _table(made: dict, order: NDArray[np.int64], lines: Sequence[FleetLine], start: date) -> pa.Table:  # type: ignore[type-arg]
    numbers = pa.array([line.number for line in lines])
    ids = pa.array(np.arange(len(order))).cast(pa.string())
    text = ("service", "direction", "other", "quantity", "visited", "amount")
    return pa.table({
        "source": pa.repeat(SOURCE, len(order)),
        "id": pc.binary_join_element_wise(f"{start:%y%m%d}", ids, "-"),
        "line": numbers.take(pa.array(made["line"][order])),
        "start": pa.array(made["start"][order] * 1_000_000).cast(pa.timestamp("us", tz="UTC")),
        **{name: pa.array(made[name][order]) for name in text},
    })  # fmt: skip
