"""Where a record belongs, when it is, and which rate it has (RAT-03, RAT-08, RAT-09)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ligneclaire.domains.catalogue.rules.tariff import LONGEST_SHORT
from ligneclaire.domains.usage.rules.compiled import words
from ligneclaire.domains.usage.rules.compiled.columns import NONE, Array, Book, Table
from ligneclaire.domains.usage.rules.compiled.digits import characters, longest_prefix, whole
from ligneclaire.domains.usage.rules.compiled.jit import step

MINUTE, DAY = 60 * 10**6, 86_400 * 10**6  # microseconds
FIRST_WEEKDAY = 3  # 1 January 1970 was a Thursday; Monday is 0 here
ROUTE_BITS = 24  # of each of the two numbers in the key of a route


@step
def place_of(book: Book, group: Table, deck: Table, record: Table, text: Array, emergency: bool) -> int:
    """The zone of a record, or the reason why it has none as a negative number."""
    if record.service == words.THIRD_PARTY:
        called = destination(book, deck, record, text)
        return called if called != NONE else words.ZONE_THIRD_PARTY
    if emergency:
        return words.ZONE_EMERGENCY
    visited = visited_country(group, record)
    if record.service == words.DATA or record.direction == words.IN:
        return words.ZONE_HOME if visited == words.AT_HOME else zone_abroad(book.visited, deck, visited)
    called = destination(book, deck, record, text)
    if visited != words.AT_HOME:
        return route(book.visited, book.routes, deck, visited, called)
    return called if called != NONE else -words.NO_ZONE_OF_NUMBER


@step
def visited_country(group: Table, record: Table) -> int:
    """The country that is visited; the operator's own is home."""
    return words.AT_HOME if record.visited == group.country else record.visited


@step
def is_emergency(urgent: Array, nodes: Array, group: Table, record: Table, text: Array) -> bool:
    """Whether a call goes to an emergency number of the country where it is made (RAT-09)."""
    if record.service in (words.DATA, words.THIRD_PARTY) or record.direction == words.IN:
        return False
    if record.other_to - record.other_from > LONGEST_SHORT:
        return False
    visited = visited_country(group, record)
    country = group.country if visited == words.AT_HOME else max(visited, words.ELSEWHERE)
    return whole(nodes, urgent[country], text, record.other_from, record.other_to) != NONE


@step
def destination(book: Book, deck: Table, record: Table, text: Array) -> int:
    """The zone of the other party: that of the longest prefix; of a code as dialled its own; or NONE."""
    begin, end = record.other_from, record.other_to
    if deck.short != NONE and characters(text, begin, end) <= LONGEST_SHORT:
        return whole(book.nodes, deck.short, text, begin, end)
    return longest_prefix(book.nodes, book.heads[deck.heads], deck.tree, text, begin, end)


@step
def zone_abroad(of_countries: Array, deck: Table, visited: int) -> int:
    """The zone of a visited country, or the reason why there is none."""
    if visited == words.NO_COUNTRY:
        return -words.UNKNOWN_COUNTRY
    zone = of_countries[deck.visited, visited]
    return zone if zone != NONE else -words.NO_ZONE_OF_COUNTRY


@step
def route(of_countries: Array, routes: Table, deck: Table, visited: int, called: int) -> int:
    """The zone of a call from abroad: by where and whereto when the deck has it, else by where."""
    here = zone_abroad(of_countries, deck, visited)
    if here < 0 or called == NONE:
        return here
    found = route_from(routes, route_key(deck.routes, 2 * visited, called))
    if found == NONE:
        found = route_from(routes, route_key(deck.routes, 2 * here + 1, called))
    return found if found != NONE else here


@step
def route_from(routes: Table, key: int) -> int:
    """The zone of a route, or NONE."""
    low, high = 0, len(routes)
    while low < high:
        middle = (low + high) // 2
        if routes[middle].key < key:
            low = middle + 1
        else:
            high = middle
    return routes[low].zone if low < len(routes) and routes[low].key == key else NONE


@step
def route_key(routes: int, origin: int, called: int) -> int:
    """A route as one number: the set of a deck, from a country (even) or a zone (odd), to a zone."""
    key: Any = (np.int64(routes) << 2 * ROUTE_BITS) + (np.int64(origin) << ROUTE_BITS) + called
    return key


@step
def band_of(peaks: Table, clocks: Table, holidays: Array, group: Table, deck: Table, start: int) -> int:
    """The time band of an instant, by the operator's clock, to the minute (RAT-08)."""
    if deck.peak == NONE:
        return words.IN_OFF_PEAK
    peak = peaks[deck.peak]
    local = local_of(clocks, group, start)
    day = local // DAY
    if not peak.weekdays >> (day + FIRST_WEEKDAY) % 7 & 1:
        return words.IN_OFF_PEAK
    if peak.holidays_off and is_holiday(holidays, group, day):
        return words.IN_OFF_PEAK
    return words.IN_PEAK if peak.from_us <= local % DAY < peak.to_us else words.IN_OFF_PEAK


@step
def local_of(clocks: Table, group: Table, start: int) -> int:
    """An instant by the operator's clock, to the minute."""
    return start // MINUTE * MINUTE + offset_at(clocks, group, start)


@step
def offset_at(clocks: Table, group: Table, start: int) -> int:
    """By how much the operator's clock is ahead of UTC."""
    place = group.clock + group.clocks - 1
    while place > group.clock and clocks[place].from_us > start:
        place -= 1
    return clocks[place].offset_us


@step
def is_holiday(holidays: Array, group: Table, day: int) -> bool:
    """Whether a local day (since 1970) is a public holiday."""
    for place in range(group.holiday, group.holiday + group.holidays):
        if holidays[place] == day:
            return True
    return False
