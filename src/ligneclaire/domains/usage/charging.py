"""Rating a handful of records outside any rating pass: what the decision `usage-charge` asks of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from ligneclaire.domains.catalogue.rules.tariff import Bundle, Tariff
from ligneclaire.kernel import working_days
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.decision import Plan
from ligneclaire.kernel.facts import six_decimals
from ligneclaire.kernel.money import Money

if TYPE_CHECKING:
    from ligneclaire.domains.usage.rules.terms import GroupTerms

Priced = tuple[Tariff, tuple[Bundle, ...]]
LINE = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DUPLICATE = "duplicate"


class Asked(NamedTuple):
    """One record of the facts; an amount in micro-euro."""

    name: str
    at: datetime
    service: str
    direction: str
    other: str
    quantity: int
    visited: str
    amount: int | None


class Place(NamedTuple):
    """Where and when it is asked: the operator's zone and country ("" unknown), the moment of asking."""

    zone: ZoneInfo
    country: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Charged:
    """The parts of the answer."""

    records: tuple[Mapping[str, Any], ...]
    used: Mapping[str, int]
    total: str
    suspense: tuple[tuple[str, str], ...]
    because: tuple[Step, ...]


def of_plan(plan: Plan) -> Priced:
    """The tariff and the bundles of a plan of the catalogue."""
    from ligneclaire.domains.catalogue.rules import contents

    deck = plan.deck if "prefixes" in plan.deck else contents.expanded(plan.deck)
    terms = contents.terms_of(plan.terms, contents.deck_of(deck), plan.code)
    assert terms.tariff is not None  # noqa: S101 - a plan has a deck
    return terms.tariff, terms.bundles + terms.shared


def charge(
    asked: Sequence[Asked], tariff: Tariff, bundles: Iterable[Bundle], used: Mapping[str, int], place: Place
) -> Charged:
    """Rate records of one line in one month by the engine of the rating pass."""
    from ligneclaire.domains.usage.rules import rating
    from ligneclaire.domains.usage.rules.state import LineState, State

    once, twice = _once(asked)
    terms = _terms(tariff, bundles, place, asked)
    opening = State({LINE: LineState(taken=used, used=used)})
    rated = rating.rate(_table(once, _latest(place)), terms, opening)
    rows = rated.table.to_pylist()
    total = sum(row["charged"] for row in rows)
    suspense = [(name, fault.reason.value) for name, fault in rated.unusable] + [(name, DUPLICATE) for name in twice]
    steps = [found for row in rows for found in _because(row, tariff)]
    in_all = Money.from_micro(total)
    steps.append(step("usage.step.total", "RAT-14", six_decimals(in_all), total=in_all))
    return Charged(
        records=tuple(_record(row) for row in rows),
        used={one.code: one.taken for one in rated.counters},
        total=six_decimals(in_all),
        suspense=tuple(suspense),
        because=tuple(steps),
    )


def _once(asked: Sequence[Asked]) -> tuple[list[Asked], list[str]]:
    """(each record once, the names of those that come again: same id and start) (RAT-01)."""
    seen: set[tuple[str, datetime]] = set()
    once, twice = [], []
    for one in asked:
        if (one.name, one.at) in seen:
            twice.append(one.name)
        else:
            seen.add((one.name, one.at))
            once.append(one)
    return once, twice


def _terms(tariff: Tariff, bundles: Iterable[Bundle], place: Place, asked: Iterable[Asked]) -> GroupTerms:
    from ligneclaire.domains.usage.rules.terms import ALWAYS, Allowance, GroupTerms, LineTerms

    days = {one.at.astimezone(place.zone).date() for one in asked} if place.country else set()
    line = LineTerms(tariffs=((ALWAYS[0], tariff),), allowances=tuple(Allowance(bundle, *ALWAYS) for bundle in bundles))
    return GroupTerms(
        zone=place.zone,
        country=place.country,
        lines={LINE: line},
        holidays=frozenset(day for day in days if working_days.is_public_holiday(day, place.country)),
    )


def _latest(place: Place) -> datetime:
    """When the records are taken to have arrived: on asking. Asked of a day, the whole day is meant."""
    local = place.at.astimezone(place.zone)
    if local.hour or local.minute or local.second or local.microsecond:
        return place.at
    return place.at + timedelta(days=1)


def _table(asked: Sequence[Asked], arrived: datetime) -> Any:
    import pyarrow as pa

    from ligneclaire.domains.usage.rules.columns import RECORDS

    rows = [
        {
            "account": 0, "line": LINE, "event_key": one.name, "start": one.at, "service": one.service,
            "direction": one.direction, "other": one.other.removeprefix("+"), "quantity": one.quantity,
            "visited": one.visited, "amount": one.amount, "file": 0, "place": place, "arrived": arrived,
        }
        for place, one in enumerate(asked)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=RECORDS)


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["event_key"],
        "zone": row["zone"] or None,
        "band": row["band"],
        "billed": row["billed"],
        "inside": row["inside"],
        "outside": row["outside"],
        "amount": six_decimals(Money.from_micro(row["charged"])),
        "reason": row["flag"] or None,
    }


def _because(row: Mapping[str, Any], tariff: Tariff) -> tuple[Step, ...]:
    from ligneclaire.domains.usage.rules import explain, zones

    rate = zones.rate_of(tariff, row["service"], row["zone"], row["band"])
    return explain.steps_of(explain.told_of(row["event_key"], row), rate, has_peak=tariff.peak is not None)
