"""What each record of a group costs: the obvious engine, one record after the other (docs/rating.md).

It is the oracle of every faster one: same columns, same signature, no shared code beyond values. Amounts are exact
integers of micro-euro.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow as pa

from ligneclaire.domains.catalogue.rules.tariff import Rate, Tariff
from ligneclaire.domains.usage.rules import columns, pricing
from ligneclaire.domains.usage.rules.columns import IN, OUT, SERVICES, THIRD_PARTY, Record
from ligneclaire.domains.usage.rules.gauge import Gauge
from ligneclaire.domains.usage.rules.line import Inside, Line, Share, Shared
from ligneclaire.domains.usage.rules.rated import BLOCKED, LATE_FREE, OVER_CAP, SPEND, CounterNow, Crossing, Rated
from ligneclaire.domains.usage.rules.state import NOTHING, LineState, State
from ligneclaire.domains.usage.rules.suspense import FUTURE_ALLOWED, Reason, Unusable
from ligneclaire.domains.usage.rules.terms import OF_GROUP, GroupTerms, LineTerms
from ligneclaire.domains.usage.rules.zones import Deck, Kind

LARGEST_QUANTITY = 10**15
_FUTURE_US = int(FUTURE_ALLOWED.total_seconds() * 1_000_000)


class Charge(NamedTuple):
    """One rated record, in the order of `columns.ADDED`. Amounts in micro-euro; billed = inside + outside."""

    zone: str
    band: str
    billed: int
    inside: Inside
    outside: int
    charged: int
    service_part: int
    loss: int
    category: str
    usage_type: str
    tax_code: str
    flag: str
    plan: str


def rate(records: pa.Table, terms: GroupTerms, opening: State | None = None, *, closed: bool = False) -> Rated:
    """Rate the records of a group (columns RECORDS, any order).

    The order is (start, event key), so that the order of arrival changes nothing (RAT-12). In a `closed` month it is
    the order of arrival, from the `opening` state, and nobody is warned (RAT-13). What can't be rated is named.
    """
    ordered = columns.in_order(records, by_arrival=closed)
    group = _Group(terms, opening or State(), closed)
    kept: list[int] = []
    charges: list[Charge] = []
    unusable: list[tuple[str, Unusable]] = []
    for place, record in enumerate(columns.rows(ordered)):
        try:
            charges.append(group.charge(record))
            kept.append(place)
        except Unusable as fault:
            unusable.append((record.event_key, fault))
    usable = ordered.take(pa.array(kept, pa.int64())) if unusable else ordered
    group.finish()
    return Rated(
        columns.rated(usable, charges), group.counters(), tuple(group.crossings), group.state(), tuple(unusable)
    )


@dataclass(slots=True)
class _Group:
    """All lines of a group while it is rated."""

    terms: GroupTerms
    opening: State
    closed: bool
    crossings: list[Crossing] = field(default_factory=list)
    lines: dict[int, Line] = field(default_factory=dict)
    standing: dict[int, Line] = field(default_factory=dict)  # the lines, and what stands in place of one
    decks: dict[int, Deck] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pools, pool = self.terms.pools, None
        if pools:
            parts = tuple(part for one in pools for part in one.parts)
            pool = self.standing[OF_GROUP] = self._line(OF_GROUP, LineTerms((), parts))
        for line_id, terms in self.terms.lines.items():
            joined = tuple((one, one.takers[line_id]) for one in pools if line_id in one.takers)
            shared = Shared(pool, joined) if pool else None
            self.lines[line_id] = self.standing[line_id] = self._line(line_id, terms, shared)

    def charge(self, record: Record) -> Charge:
        """What one record costs. Raises `Unusable` with the reason (RAT-15)."""
        check(record)
        line = self.lines.get(record.line)
        if line is None:
            raise Unusable(Reason.UNKNOWN_LINE)
        segment = line.at(record.start)
        assert segment.deck is not None  # noqa: S101 - `at` raises otherwise
        kind = segment.deck.kind(record)
        billed = pricing.billed(record.quantity, kind.rate)
        if kind.rate is not None and pricing.is_absurd(billed, kind.rate):
            raise Unusable(Reason.ABSURD_NUMBER, "quantity")
        plan = segment.deck.tariff.code
        if kind.flag:
            return _charge(kind, plan, billed, (), flag=kind.flag)
        unpaid = self._unpaid(line, record, kind.zone)
        inside: Inside = ()
        outside, cost = billed, 0
        if not unpaid and record.service != THIRD_PARTY:
            inside, outside = _take(line, record, billed, segment.shares_for(record.service, kind))
            bought, cost = self._days(line, record, kind, outside)
            inside += bought
            outside -= sum(quantity for _, quantity in bought)
        amount, service = _price(line, record, kind, billed, inside)
        amount += cost
        if not unpaid and amount and line.ceilings:
            unpaid = OVER_CAP if line.stopped(record.start, record.service, kind.zone) else ""
            if not unpaid:
                line.spend(record.start, record.service, kind.zone, amount)
        if not unpaid and kind.rate is not None and kind.rate.count:
            line.counted[kind.rate.count] += outside
        return _charge(kind, plan, billed, inside, amount=amount, service=service, flag=unpaid)

    @staticmethod
    def _days(line: Line, record: Record, kind: Kind, outside: int) -> tuple[Inside, int]:
        """What lay in the passes of its day, and what was paid for them; at a ceiling that stops none is bought."""
        passes = [one for one in line.segment.passes if one.share.covers(record.service, kind)]
        if not passes or not outside or line.segment.deck is None:
            return (), 0
        may_buy = line.stopped(record.start, record.service, kind.zone) is None
        return line.take_days(line.segment.deck.day(record.start), outside, passes, may_buy=may_buy)

    def finish(self) -> None:
        """Let allowances that grow after the last record grow."""
        for line in self.standing.values():
            line.finish()

    def counters(self) -> tuple[CounterNow, ...]:
        """Where all counters and caps stand, by line and code."""
        found = []
        for line_id, line in self.standing.items():
            for one in line.counters.values():
                used, epoch = one.gauge.used, max(one.gauge.epoch, 0)
                found.append(CounterNow(line_id, one.code, one.service, one.taken, used, one.allowance, epoch))
            for ceiling in line.ceilings:
                cap, spent = ceiling.cap, ceiling.gauge.used
                found.append(CounterNow(line_id, cap.code, SPEND, spent, spent, cap.limit, 0))
        return tuple(sorted(found))

    def state(self) -> State:
        """What a closing keeps of all lines."""
        return State({
            line_id: LineState(
                taken={code: one.taken for code, one in line.counters.items()},
                used={code: one.gauge.used for code, one in line.counters.items()},
                spent={ceiling.cap.code: ceiling.gauge.used for ceiling in line.ceilings},
                counted=dict(line.counted),
                days={code: {str(day): taken for day, taken in days.values()} for code, days in line.days.items()},
            )
            for line_id, line in self.standing.items()
        })  # fmt: skip

    def _unpaid(self, line: Line, record: Record, zone: str) -> str:
        """Why the customer does not pay a record whatever it costs, or "" (RAT-13, RAT-16)."""
        if self.closed and record.arrived >= self.terms.late_free_us:
            return LATE_FREE
        ended = record.start >= line.terms.existed[1]
        return BLOCKED if ended or line.block(record.start, record.service, zone) else ""

    def _line(self, line_id: int, terms: LineTerms, shared: Shared | None = None) -> Line:
        opening = self.opening.lines.get(line_id, NOTHING)
        told = None if self.closed else self._told(line_id)
        return Line(terms, self._deck, opening, self.terms.thresholds, told=told, shared=shared)

    def _deck(self, tariff: Tariff) -> Deck:
        found = self.decks.get(id(tariff))
        if found is None:
            found = self.decks[id(tariff)] = Deck(tariff, self.terms.country, self.terms.zone, self.terms.holidays)
        return found

    def _told(self, line_id: int) -> Callable[[str, int, Gauge, int], None]:
        def told(code: str, threshold: int, gauge: Gauge, at: int) -> None:
            epoch = max(gauge.epoch, 0)
            self.crossings.append(Crossing(line_id, code, epoch, threshold, gauge.used, gauge.allowance, at))

        return told


def check(record: Record) -> None:
    """Refuse what no record can be, whoever's it is (RAT-15). Raises `Unusable`."""
    if record.service not in SERVICES:
        raise Unusable(Reason.UNKNOWN_SERVICE, record.service[:20])
    if record.direction not in (OUT, IN):
        raise Unusable(Reason.UNKNOWN_DIRECTION, record.direction[:20])
    if record.quantity < 0:
        raise Unusable(Reason.NEGATIVE_NUMBER, "quantity")
    if record.quantity > LARGEST_QUANTITY:
        raise Unusable(Reason.ABSURD_NUMBER, "quantity")
    if record.start > record.arrived + _FUTURE_US:
        raise Unusable(Reason.IN_THE_FUTURE, "start")
    if record.service == THIRD_PARTY:
        _check_amount(record.amount)
    elif record.amount is not None:
        raise Unusable(Reason.UNEXPECTED_AMOUNT)


def _check_amount(amount: int | None) -> None:
    if amount is None:
        raise Unusable(Reason.MISSING_AMOUNT)
    if amount < 0:
        raise Unusable(Reason.NEGATIVE_NUMBER, "amount")
    if amount > pricing.LARGEST:
        raise Unusable(Reason.ABSURD_NUMBER, "amount")


def _take(line: Line, record: Record, billed: int, shares: Sequence[Share]) -> tuple[Inside, int]:
    """What lay inside bundles, and the rest of the billed quantity: the increment is not applied again (RAT-06)."""
    return line.take(record.start, billed, shares) if billed else ((), billed)


def _price(line: Line, record: Record, kind: Kind, billed: int, inside: Inside) -> tuple[int, int]:
    """(all that a record costs, the service part of it). A third party's amount is its own (RAT-07, RAT-10)."""
    if record.service == THIRD_PARTY:
        return record.amount or 0, 0
    rate = kind.rate
    assert rate is not None  # noqa: S101 - a record without a rate is free, or unusable
    amount = _operator_part(rate, billed, inside, line.counted.get(rate.count, 0))
    service = pricing.service_part(billed, rate)
    return amount + service, service


def _operator_part(rate: Rate, billed: int, inside: Inside, counted: int) -> int:
    """The price of the outside part, and the fee when nothing lay inside a bundle; nothing costs nothing (RAT-04)."""
    fee = rate.fee if billed and not inside else 0
    outside = billed - sum(quantity for _, quantity in inside)
    return pricing.outside_price(outside, rate, counted) + fee


def _charge(
    kind: Kind, plan: str, billed: int, inside: Inside, *, amount: int = 0, service: int = 0, flag: str = ""
) -> Charge:
    """A flagged record is not charged; what it would have cost is the operator's loss (RAT-16)."""
    outside = billed - sum(quantity for _, quantity in inside) if inside else billed
    charged, part, loss = (0, 0, amount) if flag else (amount, service, 0)
    of_kind = (kind.category, kind.usage_type, kind.tax_code)
    return Charge(kind.zone, kind.band, billed, inside, outside, charged, part, loss, *of_kind, flag, plan)
