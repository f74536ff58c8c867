"""The columns of the compiled loop: everything it reads and writes is a table of whole numbers with named columns.

Instants are microseconds since 1970, amounts millionths of a euro, NONE is "there is none". A row is passed on as it is
(`rates[n].price`), so that a step takes what it needs and little else: what it takes is what it costs to compile.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

NONE = -1
SLOTS = 32  # the days of a month have a place each, by their number since 1970
NEVER = 2**62  # an instant or a quantity that is never reached
BEFORE = -NEVER - 1  # an instant that is before all others
MOST = 2**62  # what any number of the loop stays below
Array = np.ndarray[Any, Any]
Table = Any  # an array of records


def _record(*names: str, small: Sequence[str] = (), tiny: Sequence[str] = ()) -> np.dtype[Any]:
    """Columns of 64, 32 and 8 bits."""
    kinds = (names, np.int64), (small, np.int32), (tiny, np.int8)
    return np.dtype([(name, kind) for some, kind in kinds for name in some], align=True)


def table(kind: np.dtype[Any], rows: Sequence[tuple[int, ...]]) -> Table:
    """Rows as an array of records."""
    return np.array(rows, kind).view(np.recarray)


# What the operator sells: compiled once for each tariff.
RATE = _record(
    "price", "unit", "first", "next", "fee", "minimum", "call_fee", "minute_fee", "most", "flag", "usage_type",
    "tier", "tiers", "count",
)  # fmt: skip
TIER = _record("above", "price")
DECK = _record("tree", "heads", "short", "visited", "routes", "peak", "plan")
PEAK = _record("weekdays", "from_us", "to_us", "holidays_off")

# What is in force for lines: compiled once for terms that are equal.
PROFILE = _record("segment", "segments", "counters", "cap", "caps", "block", "blocks", "count", "counts")
SEGMENT = _record("from_us", "deck", "share", "shares", "sizes", "joins", "daily", "dailies")
DAILY = _record("number", "holds", "price", "coverage")  # a day pass; the number is that among those of the line
SHARE = _record("counter", "holds", "coverage", "shared")  # the counter is one of the line's, or of the pools'
CAP = _record("limit", "tax", "coverage", "block", "blocks", "mark", "marks")
MARK = _record("threshold", "at")
BLOCK = _record("from_us", "to_us", "coverage")
GROUP = _record(  # `pool`: where its pools stand, in place of a line behind the lines of all groups
    "row", "rows", "line", "lines", "pool", "home", "country", "clock", "clocks", "holiday", "holidays", "threshold",
    "thresholds", "closed", "late_free_us", "resumed_us",
)  # fmt: skip
CLOCK = _record("from_us", "offset_us")
HEAD = _record(small=("zone", "node"))
ROUTE = _record("key", "zone")

# The running state: the gauges of a line are its counters, its caps, what it counts for tiers (as taken), and its day
# passes (for their names): each of these has SLOTS days from `day` on.
LINE = _record("id", "profile", "from_us", "to_us", "segment", "reached", "gauge", "day")
DAY = _record("day", "taken")
GAUGE = _record("taken", "used", "allowance", "shown", "epoch", "told", "due_at", "code")

# Records in their order, group by group; the other party is the text from one place to another. What the loop says.
RECORD = _record(
    "line", "start", "arrived", "quantity", "amount",
    small=("other_from", "other_to", "visited"), tiny=("service", "direction", "has_amount"),
)  # fmt: skip
OUTCOME = _record(
    "billed", "outside", "charged", "service_part", "loss",
    small=("zone", "usage_type", "plan", "parts"), tiny=("fault", "band", "flag"),
)  # fmt: skip
PART = _record("gauge", "quantity")
CROSSING = _record("line", "gauge", "epoch", "threshold", "used", "allowance", "event_us")
PARTS, CROSSINGS, OF_GROUPS = 0, 1, 2  # places in Result.filled


class Book(NamedTuple):
    """What the operator sells."""

    rates: Table
    tiers: Table  # of all rates that have some
    rate_at: Array  # deck, service, zone, band -> rate
    type_at: Array  # home country, service, zone, roaming -> usage type
    decks: Table
    peaks: Table
    heads: Table  # set of prefixes, first four digits -> zone and node
    nodes: Array  # node, digit -> node; in place ZONE_AT its zone
    urgent: Array  # country -> tree of its emergency numbers
    visited: Array  # set of countries, country -> zone
    routes: Table  # by their keys
    covers: Array  # coverage, service, zone -> a bit for each band


class Terms(NamedTuple):
    """What is in force for the groups of a call."""

    groups: Table
    profiles: Table
    segments: Table
    sizes: Array  # of each counter in each segment
    shares: Table
    caps: Table
    marks: Table
    blocks: Table
    dailies: Table
    counts: Array  # what a profile counts for tiers
    thresholds: Array
    clocks: Table
    holidays: Array


class Records(NamedTuple):
    """The records, and the text of other parties."""

    rows: Table
    text: Array


class Running(NamedTuple):
    """How far lines, counters, caps and day passes had got."""

    lines: Table
    gauges: Table
    days: Table


class Result(NamedTuple):
    """What the loop says: of each record, the parts of records inside bundles, and the warnings. `outcomes.parts`
    counts the parts up to each record; `filled` the parts and the warnings, in all and then up to each group."""

    outcomes: Table
    parts: Table
    crossings: Table
    filled: Array
