"""What a rating comes to, whichever engine made it: the table, where counters stand, which warnings are due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from ligneclaire.domains.usage.rules.state import State
from ligneclaire.domains.usage.rules.suspense import Unusable

BLOCKED, OVER_CAP, LATE_FREE = "blocked", "over-cap", "late-free"  # flags beside free and emergency
SPEND = "spend"  # the service of a counter of money


class Crossing(NamedTuple):
    """A threshold that was reached, at the start of a record or at the growth of the allowance (C10)."""

    line: int
    counter: str
    epoch: int
    threshold: int
    used: int
    allowance: int
    event_us: int


class CounterNow(NamedTuple):
    """A counter after the last record: `taken` lay inside bundles, `used` also counts what overflowed."""

    line: int
    code: str
    service: str
    taken: int
    used: int
    allowance: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Rated:
    """A rated group. `table` has the columns RATED (revision 0); `state` is what a closing keeps."""

    table: pa.Table
    counters: tuple[CounterNow, ...]
    crossings: tuple[Crossing, ...]
    state: State
    unusable: tuple[tuple[str, Unusable], ...]
