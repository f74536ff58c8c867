"""The pass over the records: group by group, line by line, one step after the other (docs/rating.md)."""

from __future__ import annotations

from ligneclaire.domains.usage.rules.compiled import days, lines, places, prices, words
from ligneclaire.domains.usage.rules.compiled.columns import (
    CROSSINGS,
    NONE,
    OF_GROUPS,
    PARTS,
    Array,
    Book,
    Records,
    Result,
    Running,
    Table,
    Terms,
)
from ligneclaire.domains.usage.rules.compiled.gauges import added
from ligneclaire.domains.usage.rules.compiled.jit import entry, step
from ligneclaire.domains.usage.rules.suspense import FUTURE_ALLOWED

FREE_RATE = 0  # the rate of what has none: it costs nothing
LARGEST_QUANTITY = 10**15
LARGEST_AMOUNT = 10**15  # millionths of a euro
FUTURE_US = FUTURE_ALLOWED.days * 86_400 * 10**6 + FUTURE_ALLOWED.seconds * 10**6


@entry
def rate_all(book: Book, terms: Terms, records: Records, running: Running, result: Result) -> None:
    """Rate all records of all groups. Raises `gauges.TooMuch`."""
    for number in range(len(terms.groups)):
        group = terms.groups[number]
        for line in range(first_of(group), group.lines):
            lines.begin(terms, group, running, result, running.lines[place_of(group, line)])
        for row in range(group.row, group.row + group.rows):
            outcome = result.outcomes[row]
            outcome.fault = rate_one(book, terms, group, records, running, result, row)
            outcome.parts = result.filled[PARTS]
        for line in range(first_of(group), group.lines):
            lines.finish(terms, group, running, result, running.lines[place_of(group, line)])
        result.filled[OF_GROUPS + number] = result.filled[CROSSINGS]


@step
def first_of(group: Table) -> int:
    """The number of the first line of a group; NONE stands for its pools."""
    return 0 if group.pool == NONE else NONE


@step
def place_of(group: Table, line: int) -> int:
    """The place of a line of a group, or of its pools."""
    return group.pool if line == NONE else group.line + line


@step
def rate_one(
    book: Book, terms: Terms, group: Table, records: Records, running: Running, result: Result, row: int
) -> int:
    """Rate one record: what it is, what is in force, its zone and rate, who pays, bundles, price. Returns the reason
    why it can't be rated, or USABLE."""
    record, outcome = records.rows[row], result.outcomes[row]
    fault = wrong(record)
    if fault:
        return fault
    place = lines.line_of(group, running.lines, record.line)
    if place == NONE:
        return words.UNKNOWN_LINE
    line = running.lines[place]
    if record.start < line.from_us:
        return words.BEFORE_THE_LINE
    lines.go_to(terms, group, running, result, line, record.start)
    deck = terms.segments[terms.profiles[line.profile].segment + line.segment].deck
    if deck == NONE:
        return words.NO_PLAN
    rate_at = priced(book, terms, group, deck, record, outcome, records.text)
    if rate_at < 0:
        return -rate_at
    rate = book.rates[rate_at]
    outcome.billed = prices.billed_quantity(record.quantity, rate)
    if outcome.billed > rate.most:
        return words.ABSURD_QUANTITY
    charge(book, terms, group, running, result, line, record, outcome, rate)
    return words.USABLE


@step
def priced(book: Book, terms: Terms, group: Table, deck_at: int, record: Table, outcome: Table, text: Array) -> int:
    """Zone, band, usage type and flag of a record; its rate, or the reason why it has none as a negative number."""
    deck = book.decks[deck_at]
    emergency = places.is_emergency(book.urgent, book.nodes, group, record, text)
    zone = places.place_of(book, group, deck, record, text, emergency)
    if zone < 0:
        return zone
    band = places.band_of(book.peaks, terms.clocks, terms.holidays, group, deck, record.start)
    rate_at = book.rate_at[deck_at, record.service, zone, band]
    outcome.zone, outcome.band, outcome.plan = zone, band, deck.plan
    abroad = 0 if places.visited_country(group, record) == words.AT_HOME else 1
    outcome.usage_type = book.type_at[group.home, record.service, zone, abroad]
    if rate_at != NONE and book.rates[rate_at].usage_type != NONE:
        outcome.usage_type = book.rates[rate_at].usage_type
    outcome.flag = book.rates[max(rate_at, FREE_RATE)].flag
    if emergency:
        outcome.flag = words.IS_EMERGENCY
    elif rate_at == NONE and record.service != words.THIRD_PARTY:
        if record.direction != words.IN:
            return -words.NO_RATE
        outcome.flag = words.IS_FREE
    return max(rate_at, FREE_RATE)


@step
def wrong(record: Table) -> int:
    """Why no record can be so, whoever's it is, or USABLE (RAT-15)."""
    if record.service == NONE:
        return words.UNKNOWN_SERVICE
    if record.direction == NONE:
        return words.UNKNOWN_DIRECTION
    if record.quantity < 0:
        return words.NEGATIVE_QUANTITY
    if record.quantity > LARGEST_QUANTITY:
        return words.ABSURD_QUANTITY
    if record.start > record.arrived + FUTURE_US:
        return words.IN_THE_FUTURE
    if record.service == words.THIRD_PARTY:
        return wrong_amount(record)
    return words.UNEXPECTED_AMOUNT if record.has_amount else words.USABLE


@step
def wrong_amount(record: Table) -> int:
    """Why a third party's amount can't be, or USABLE."""
    if not record.has_amount:
        return words.MISSING_AMOUNT
    if record.amount < 0:
        return words.NEGATIVE_AMOUNT
    return words.ABSURD_AMOUNT if record.amount > LARGEST_AMOUNT else words.USABLE


@step
def charge(
    book: Book, terms: Terms, group: Table, running: Running, result: Result, line: Table, record: Table,
    outcome: Table, rate: Table,
) -> None:  # fmt: skip
    """Take from bundles, price the rest, and decide who pays: what is flagged nobody does (RAT-16)."""
    table, outcome.outside = book.covers, outcome.billed
    if outcome.flag:
        return
    count = lines.count_of(terms, line, rate.count)
    outcome.flag = unpaid(table, terms, group, line, record, outcome.zone)
    third, cost = record.service == words.THIRD_PARTY, 0
    if outcome.billed and not outcome.flag and not third:
        outcome.outside = lines.take(table, terms, group, running, result, line, record, outcome)
        cost = days.take_days(table, terms, group, running, result, line, record, outcome)
    part = 0 if third else prices.service_part(outcome.billed, rate)
    amount = record.amount if third else part + cost + operator_part(book.tiers, running, outcome, rate, count)
    if amount and not outcome.flag:
        if lines.is_stopped(table, terms, running, line, record, outcome.zone):
            outcome.flag = words.IS_OVER_CAP
        else:
            lines.spend(table, terms, group, running, result, line, record, outcome.zone, amount)
    if outcome.flag:
        outcome.loss = amount
    else:
        outcome.charged, outcome.service_part = amount, part
        if count != NONE:
            running.gauges[count].taken = added(running.gauges[count].taken, outcome.outside)


@step
def unpaid(table: Array, terms: Terms, group: Table, line: Table, record: Table, zone: int) -> int:
    """Why the customer does not pay a record whatever it costs: its flag, or 0 (RAT-13, RAT-16)."""
    if group.closed and record.arrived >= group.late_free_us:
        return words.IS_LATE_FREE
    return words.IS_BLOCKED if lines.is_blocked(table, terms, line, record, zone) else 0


@step
def operator_part(tiers: Table, running: Running, outcome: Table, rate: Table, count: int) -> int:
    """The price of the outside part, and the fee when nothing lay inside a bundle; nothing costs nothing (RAT-04)."""
    fee = rate.fee if outcome.billed and outcome.outside == outcome.billed else 0
    counted = 0 if count == NONE else running.gauges[count].taken
    return prices.outside_price(tiers, outcome.outside, rate, counted) + fee
