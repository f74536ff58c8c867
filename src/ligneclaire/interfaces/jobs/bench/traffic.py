"""Generated records and plans of a mobile operator: where people call, how long, and what they have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.domains.catalogue.rules.number_plans import prefixes_of
from ligneclaire.domains.catalogue.rules.tariff import ACCOUNT, Bundle, PeakTimes, Rate, Tariff
from ligneclaire.domains.usage.rules.columns import RECORDS
from ligneclaire.domains.usage.rules.terms import ALWAYS, Allowance, Cap, GroupTerms, LineTerms, Pool

LINES, PLANS, EACH = 200_000, 40, 50  # of fewer than ten million records each line has EACH
PIECE = 1_000  # lines that are made at once
FIRST, OF_COMPANY = 10, 10  # the first line (0 stands for what lines share); lines of a company
THRESHOLDS = (75, 90, 100)
MAY = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp()) * 10**6
SECOND, DAY, EURO = 10**6, 86_400 * 10**6, 10**6
HEADS = ("3247", "3248", "3249", "322", "323", "3287", "33", "336", "31", "316", "49", "491", "44", "447", "1", "34")
SHARES = (0.25, 0.2, 0.15, 0.08, 0.06, 0.04, 0.04, 0.04, 0.03, 0.03, 0.02, 0.02, 0.01, 0.01, 0.01, 0.01)
COUNTRIES = (("BE",), ("FR", "NL", "DE", "LU", "ES", "IT", "PT"), ("GB", "US", "CH", "MA", "TR"))
ZONES = ("be", "eu", "world")
BRUSSELS = ZoneInfo("Europe/Brussels")


def records(number: int) -> Iterator[pa.Table]:
    """Records of May, by account and start; a fifth of the lines are those of companies with ten."""
    random, lines = np.random.default_rng(2026), max(min(LINES, number // EACH), 1)
    for first in range(0, lines, PIECE):
        some = range(first, min(first + PIECE, lines))
        count = number * some.stop // lines - number * some.start // lines
        yield piece(random, range(some.start + FIRST, some.stop + FIRST), count)


def terms(account: int) -> GroupTerms:
    """What is in force for an account: one of the plans, with its bundles, and both ceilings of the law; what the lines
    of a company share comes before their own."""
    tariffs, allowances = _plan(account % PLANS)
    existed = (MAY - account * SECOND, ALWAYS[1])
    line = LineTerms(tariffs, allowances, caps=_caps(), existed=existed)
    if not _is_company(account):
        return GroupTerms(BRUSSELS, "BE", {account: line}, thresholds=THRESHOLDS)
    lines = range(account, account + OF_COMPANY)
    pool = Pool(_shared(), dict.fromkeys(lines, (ALWAYS,)))
    return GroupTerms(BRUSSELS, "BE", dict.fromkeys(lines, line), thresholds=THRESHOLDS, pools=(pool,))


def _is_company(line: Any) -> Any:
    """Of one line or of many."""
    return line // OF_COMPANY % 5 == 0


def piece(random: np.random.Generator, lines: range, count: int) -> pa.Table:
    """Records of some lines."""
    line = random.integers(lines.start, lines.stop, count)
    account = np.where(_is_company(line), line - line % OF_COMPANY, line)
    start = MAY + random.integers(0, 31 * DAY // SECOND, count) * SECOND
    order = np.lexsort((start, account))
    line, account, start = line[order], account[order], start[order]
    service = random.choice(3, count, p=(0.45, 0.2, 0.35))  # calls, messages, data
    quantity = np.choose(service, (random.exponential(120, count), np.ones(count), random.exponential(2e7, count)))
    heads = pa.array(HEADS).take(pa.array(random.choice(len(HEADS), count, p=SHARES)))
    other = pc.binary_join_element_wise(heads, pa.array(random.integers(10**6, 10**7, count)).cast(pa.string()), "")
    instant = RECORDS.field("start").type
    second = pa.array(start // SECOND).cast(pa.string())
    columns: dict[str, Any] = {
        "account": account,
        "line": line,
        "event_key": pc.binary_join_element_wise("msc1", pa.array(np.arange(count)).cast(pa.string()), second, "/"),
        "start": pa.array(start).cast(instant),
        "service": pa.array(("voice", "sms", "data")).take(pa.array(service)),
        "direction": pa.array(("out", "in")).take(pa.array(random.choice(2, count, p=(0.9, 0.1)))),
        "other": pc.if_else(pa.array(service == 2), "", other),
        "quantity": quantity.astype(np.int64),
        "visited": pa.array(("", "FR", "US")).take(pa.array(random.choice(3, count, p=(0.96, 0.035, 0.005)))),
        "amount": pa.nulls(count, pa.int64()),
        "file": np.full(count, lines.start),
        "place": np.arange(count),
        "arrived": pa.array(start // DAY * DAY + 2 * DAY).cast(instant),
    }
    return pa.table(columns).cast(RECORDS)


@cache
def _plan(plan: int) -> tuple[tuple[tuple[int, Tariff], ...], tuple[Allowance, ...]]:
    return ((ALWAYS[0], _tariff(plan)),), tuple(Allowance(bundle, MAY, MAY + 31 * DAY) for bundle in _bundles(plan))


@cache
def _tariff(plan: int) -> Tariff:
    """A deck with all prefixes of a dozen countries; half of the plans have peak times."""
    rates = {
        (service, zone, band): Rate(service, zone, band, price=price + 100 * plan, unit=unit, first=first, fee=fee)
        for service, price, unit, first, fee in (("voice", 100_000, 60, 60, 10_000), ("sms", 80_000, 1, 1, 0),
                                                 ("data", 2_000, 10**6, 1_000, 0))
        for zone in ("home", *ZONES, "abroad-eu", "abroad-world")
        for band in (("peak", "off-peak") if plan % 2 else ("any",))
    }  # fmt: skip
    peak = PeakTimes(frozenset({1, 2, 3, 4, 5}), time(8), time(19), holidays_off=True) if plan % 2 else None
    visited = {country: "abroad-eu" for country in COUNTRIES[1]} | {country: "abroad-world" for country in COUNTRIES[2]}
    return Tariff(_prefixes(), rates, peak, visited, code=f"plan-{plan}@2026-05-01")


@cache
def _prefixes() -> dict[str, str]:
    named = zip(COUNTRIES, ZONES, strict=True)
    return dict(prefixes_of([{"of": list(countries), "zone": zone} for countries, zone in named]))


@cache
def _bundles(plan: int) -> tuple[Bundle, ...]:
    at_home = frozenset({"home", "be", "abroad-eu"})
    return (
        Bundle("minutes", frozenset({"voice"}), at_home, 60 * (10 + 5 * plan)),
        Bundle("messages", frozenset({"sms"}), at_home, 5 + plan),
        Bundle("data", frozenset({"data"}), at_home, 10**7 * (10 + 5 * plan)),
    )


@cache
def _shared() -> tuple[Allowance, ...]:
    zones = frozenset({"home", "be", "abroad-eu"})
    return (
        Allowance(
            Bundle("shared-data", frozenset({"data"}), zones, 10**9, priority=0, shared=ACCOUNT), MAY, MAY + 31 * DAY
        ),
    )


@cache
def _caps() -> tuple[Cap, ...]:
    home = Cap("domestic-be", "domestic-be", 50 * EURO, frozenset(), frozenset({"home", "be", "eu", "world"}), 2_100,
               ((100, 50 * EURO),))  # fmt: skip
    zones = frozenset({"abroad-eu", "abroad-world"})
    marks = (80, 40 * EURO), (100, 50 * EURO), (200, 100 * EURO)
    return home, Cap("roaming-eu", "roaming-eu", 50 * EURO, frozenset({"data"}), zones, 0, marks, stops=(ALWAYS,))
