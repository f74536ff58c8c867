"""Random months of random groups: what the engines of rating must agree on, as dense as a month never is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa

from ligneclaire.domains.catalogue.rules.tariff import Bundle, PeakTimes, Rate, Tariff
from ligneclaire.domains.usage.rules.columns import RECORDS, SERVICES
from ligneclaire.domains.usage.rules.terms import ALWAYS, Allowance, Block, Cap, GroupTerms, LineTerms, Pool

MARCH = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()) * 10**6  # the clock is moved on the 29th
HOUR, DAY, EURO = 3_600 * 10**6, 86_400 * 10**6, 10**6
PLACES = ("home", "be-fixed", "be-mobile", "fr", "eu", "eu-calls", "world", "info", "emergency", "third-party")
BANDS = ("any", "peak", "off-peak")
NUMBERS = (
    "3225550147", "32470123456", "33142030405", "3399999", "12", "1207", "112", "15", "100", "116000", "999", "", "32",
    "4", "32é47", "éééééé", "32+47", "0032", "3247",
)  # fmt: skip
QUANTITIES = (0, 1, 30, 59, 61, 95, 400, 3_601, 10**6)
PREFIXES = {"32": "be-fixed", "324": "be-mobile", "33": "fr", "3247012": "fr", "1": "world", "331420304": "eu-calls"}
SHORT = {"1207": "info", "112": "emergency", "32": "be-fixed"}
VISITED = {"FR": "eu", "US": "world", "DE": "eu"}
ROUTES = {
    ("eu", "be-fixed"): "eu-calls",
    ("US", "fr"): "world",
    ("FR", "be-mobile"): "home",
    ("eu", "emergency"): "emergency",
}
PEAK = PeakTimes(frozenset({1, 2, 3, 4, 5, 7}), time(8), time(19), holidays_off=True)
NIGHT = PeakTimes(frozenset({6, 7}), time(2, 30), time(0))


class History(NamedTuple):
    """Records of groups by account, with what is in force; `closed` are the accounts whose month is closed."""

    records: pa.Table
    terms: dict[int, GroupTerms]
    closed: frozenset[int]


def data_record(**changed: Any) -> dict[str, Any]:
    """One record of data at home, on account 7 and line 1."""
    return {
        "account": 7, "line": 1, "event_key": "k", "start": MARCH, "service": "data", "direction": "out", "other": "",
        "quantity": 1, "visited": "", "amount": None, "file": 1, "place": 1, "arrived": MARCH, **changed,
    }  # fmt: skip


def history(random: Random) -> History:
    """One to three groups that share a catalogue."""
    tariffs = [_tariff(random, number) for number in range(random.randint(1, 3))]
    bundles = [_bundle(random, number) for number in range(random.randint(0, 4))]
    accounts = random.sample(range(1, 9), random.randint(1, 3))
    terms = {account: _terms(random, tariffs, bundles) for account in accounts}
    rows = [_record(random, account, terms[account], number)
            for number in range(random.choice([0, 3, 12, 40, 40])) for account in accounts]  # fmt: skip
    random.shuffle(rows)
    closed = frozenset(account for account in accounts if random.random() < 0.4)
    return History(pa.Table.from_pylist(rows, RECORDS), terms, closed)


def _tariff(random: Random, number: int) -> Tariff:
    places = [(service, zone, band) for service in sorted(SERVICES) for zone in PLACES for band in BANDS]
    chosen = random.sample(places, random.randint(90, len(places)))
    return Tariff(
        prefixes=PREFIXES,
        rates={place: _rate(random, *place) for place in chosen},
        peak=random.choice([None, PEAK, NIGHT]),
        visited=VISITED,
        routes=random.choice([{}, ROUTES]),
        short=random.choice([{}, SHORT]),
        code=f"plan-{number}@2026-03-01",
    )


def _rate(random: Random, service: str, zone: str, band: str) -> Rate:
    first, following, unit = random.choice(
        [(1, 1, 60), (60, 1, 60), (30, 6, 60), (1, 1, 1), (1_000, 1_000, 10**6), (7, 5, 3)]
    )
    few, tiers = random.random() < 0.1, random.choice([(), (), ((1, 5), (60, 70_001)), ((500, 0),), ((3_000, 10**6),)])
    return Rate(
        service, zone, band, price=random.choice([0, 1, 333_333, 100_000, 10**9]), unit=unit, first=first,
        next=following, fee=random.choice([0, 50_000]), minimum=random.choice([0, 70_001]),
        flags=frozenset({random.choice(["free", "emergency"])}) if few else frozenset(),
        call_fee=random.choice([0, 0, 990_000]), minute_fee=random.choice([0, 0, 123_457]),
        usage_type=random.choice(["", "", "sms-parking", "premium", "voice-special"]),
        tiers=tiers, count=random.choice(["some", "more"]) if tiers else "",
    )  # fmt: skip


def _bundle(random: Random, number: int) -> Bundle:
    services = frozenset(random.sample(["voice", "sms", "data", "special", "mms"], random.randint(2, 5)))
    zones = frozenset(random.sample(PLACES, random.randint(4, 9)))
    size = random.choice([1, 50, 400, 2_000, 5_000, 10**6, 10**9])
    code, price = (
        (f"b{number % 3}", None) if random.random() < 0.7 else (f"d{number % 2}", random.choice([0, 3 * EURO]))
    )
    return Bundle(code, services, zones, size, random.choice([0, 1, 1]), random.choice(BANDS), day_price=price)


def _terms(random: Random, tariffs: Sequence[Tariff], bundles: Sequence[Bundle]) -> GroupTerms:
    lines = {
        number: _line(random, tariffs, bundles) for number in sorted(random.sample(range(1, 6), random.randint(1, 3)))
    }
    return GroupTerms(
        zone=ZoneInfo(random.choice(["Europe/Brussels", "Europe/Paris", "UTC"])),
        country=random.choice(["BE", "FR", ""]),
        lines=lines,
        holidays=frozenset(date(2026, 3, day) for day in random.sample(range(1, 32), 3)),
        thresholds=random.choice([(75, 90, 100), (), (50,), (100, 10, 100)]),
        late_free_us=random.choice([ALWAYS[1], MARCH + 50 * DAY]),
        pools=tuple(_pool(random, number, sorted(lines)) for number in range(random.choice([0, 0, 1, 2]))),
    )


def _pool(random: Random, number: int, lines: Sequence[int]) -> Pool:
    """Of one to three parts, for some of the lines, all the time or some of it."""
    parts = [replace(_bundle(random, 0), code=f"pool-{number}", day_price=None) for _ in range(random.randint(1, 3))]
    takers = random.sample([*lines, 9], random.randint(1, len(lines)))
    return Pool(
        parts=tuple(_allowance(random, part) for part in parts),
        takers={line: tuple(_between(random) for _ in range(random.choice([1, 1, 2]))) for line in takers},
    )


def _between(random: Random) -> tuple[int, int]:
    if random.random() < 0.7:
        return ALWAYS
    begins = MARCH + random.randint(0, 400) * HOUR
    return begins, begins + random.randint(1, 300) * HOUR


def _line(random: Random, tariffs: Sequence[Tariff], bundles: Sequence[Bundle]) -> LineTerms:
    changes = [ALWAYS[0]] if random.random() < 0.9 else [MARCH + 3 * DAY]
    changes += sorted(MARCH + random.randint(0, 31 * 24) * HOUR for _ in range(random.choice([0, 0, 1, 2])))
    begins = random.choice([ALWAYS[0]] * 4 + [MARCH + random.randint(0, 200) * HOUR])
    ends = random.choice([ALWAYS[1]] * 4 + [MARCH + random.randint(400, 700) * HOUR])
    return LineTerms(
        tariffs=tuple((at, random.choice(tariffs)) for at in changes),
        allowances=tuple(
            _allowance(random, random.choice(bundles)) for _ in range(random.choice([0, 1, 2, 4, 6])) if bundles
        ),
        blocked=tuple(_block(random) for _ in range(random.choice([0, 0, 0, 1]))),
        caps=tuple(_cap(random, number) for number in range(random.choice([0, 1, 2]))),
        existed=(begins, ends),
    )


def _allowance(random: Random, bundle: Bundle) -> Allowance:
    begins = random.choice([MARCH, MARCH, ALWAYS[0], MARCH + random.randint(0, 500) * HOUR])
    return Allowance(
        bundle, begins, random.choice([MARCH + 31 * DAY, ALWAYS[1], MARCH + random.randint(510, 700) * HOUR])
    )


def _some(random: Random, names: Sequence[str]) -> frozenset[str]:
    return frozenset(random.sample(names, random.choice([0, 1, 3])))


def _block(random: Random) -> Block:
    begins = MARCH + random.randint(0, 600) * HOUR
    return Block(
        begins, begins + random.randint(1, 200) * HOUR, "lost", _some(random, sorted(SERVICES)), _some(random, PLACES)
    )


def _cap(random: Random, number: int) -> Cap:
    limit = random.choice([0, EURO, 20 * EURO, 10**10])
    marks = (80, limit * 4 // 5), (100, limit), (200, 2 * limit)
    return Cap(
        f"cap-{number}", "domestic-be", limit, _some(random, sorted(SERVICES)), _some(random, PLACES),
        tax=random.choice([0, 2_100, 600]), marks=random.choice([(), marks]),
        stops=_times(random),
    )  # fmt: skip


def _times(random: Random) -> tuple[tuple[int, int], ...]:
    """When a cap stops: never, always, or as it was set, agreed above and taken back."""
    first, second, third, last = sorted(MARCH + random.randint(0, 740) * HOUR for _ in range(4))
    agreed, again = ((ALWAYS[0], first),), ((first, second), (third, last))
    return random.choice([(), (ALWAYS,), agreed, again, ((last, ALWAYS[1]),)])


def _record(random: Random, account: int, terms: GroupTerms, number: int) -> dict[str, Any]:
    service = random.choice(sorted(SERVICES)) if random.random() < 0.98 else "fax"
    third = (service == "third-party") != (random.random() < 0.02)
    start = MARCH + random.choice(
        [random.randint(-20, 31 * 24) * HOUR, random.randint(0, 40) * HOUR, random.randint(0, 31 * DAY)]
    )
    return {
        "account": account,
        "line": random.choice([*terms.lines]) if random.random() < 0.97 else 9,
        "event_key": random.choice([f"k{number:03}", f"é{number}", f"k{number // 10}-{number % 10}"]),
        "start": start,
        "service": service,
        "direction": random.choice(["out"] * 6 + ["in"] * 2) if random.random() < 0.98 else "up",
        "other": random.choice(NUMBERS if random.random() < 0.2 else NUMBERS[:3]),
        "quantity": random.choice(QUANTITIES if random.random() < 0.95 else [-1, 10**15, 10**15 + 1]),
        "visited": random.choice([""] * 12 + ["FR", "US", "BE", "DE"] * 2 + ["ZZ", "fr", "éé"]),
        "amount": random.choice([0, 1, 2_500_000, 10**7, -1, 10**16]) if third else None,
        "file": 1,
        "place": number,
        "arrived": random.choice([start, start + HOUR, MARCH + 40 * DAY, MARCH + 60 * DAY, start, start - 2 * HOUR]),
    }  # fmt: skip
