"""What is in force for a rating group: the tariffs, allowances, blocks and caps of its lines. Built by
`queries/terms.py` from contracts and catalogue; instants are microseconds since 1970, periods half-open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from ligneclaire.domains.catalogue.rules.tariff import Bundle, Tariff
from ligneclaire.domains.usage.rules.columns import THIRD_PARTY
from ligneclaire.domains.usage.rules.same_terms import named

ALWAYS = (-(2**62), 2**62)
WHOLE = 10_000  # basis points
OF_GROUP = 0  # in place of a line: what its lines share


@dataclass(frozen=True, slots=True)
class Allowance:
    """A bundle that a line has from one instant to another (RAT-05, RAT-11). Bundles of one code add up in one counter:
    a plan that replaces another, or an option that adds to it, brings the same code. `age`: it was left over so many
    months ago (rules/rollover.py)."""

    bundle: Bundle
    from_us: int
    to_us: int
    age: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """A time in which the line was suspended or a service blocked (RAT-16). No services or zones = all of them."""

    from_us: int
    to_us: int
    reason: str
    services: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cap:
    """A ceiling of what usage may cost in the month, in millionths of a euro. No services or zones = all of them.

    `tax`: basis points that are added to what it counts, for a ceiling that includes tax over prices that do not.
    `marks`: (threshold in percent, amount) that warn, ascending. `stops`: the times, half-open, in which usage is not
    charged from the record after the one that reaches the limit on (RAT-16): those of the cap, without those for which
    the customer agreed to go on.
    """

    code: str
    kind: str
    limit: int
    services: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    tax: int = 0
    marks: tuple[tuple[int, int], ...] = ()
    stops: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if self.limit < 0 or self.tax < 0:
            raise ValueError(f"cap {self.code}: a limit and a tax are not negative")
        if sorted(amount for _, amount in self.marks) != [amount for _, amount in self.marks]:
            raise ValueError(f"cap {self.code}: its marks ascend")

    def counts(self, amount: int, service: str) -> int:
        """What a record that costs so much adds: with tax, where the ceiling includes it, rounded down. What a third
        party asks carries no tax of ours."""
        return amount if service == THIRD_PARTY else amount + amount * self.tax // WHOLE


@dataclass(frozen=True, slots=True)
class LineTerms:
    """One line: (instant, tariff) ascending, what it may use, and when it existed."""

    tariffs: tuple[tuple[int, Tariff], ...]
    allowances: tuple[Allowance, ...] = ()
    blocked: tuple[Block, ...] = ()
    caps: tuple[Cap, ...] = ()
    existed: tuple[int, int] = ALWAYS


@dataclass(frozen=True, slots=True)
class Pool:
    """A bundle that lines of the group share, in the order of their records. `parts` of one code make up its size; all
    that they cover is covered from the first to the last of them. `takers`: when each line may take from it."""

    parts: tuple[Allowance, ...]
    takers: Mapping[int, tuple[tuple[int, int], ...]]

    def __post_init__(self) -> None:
        if len({part.bundle.code for part in self.parts}) != 1:
            raise ValueError("a pool has parts, of one code")

    @property
    def code(self) -> str:
        """The name of its counter."""
        return self.parts[0].bundle.code


@dataclass(frozen=True)
class GroupTerms:
    """One account in one month. `thresholds` warn of a counter, in percent, ascending (C10). A record that arrived at
    or after `late_free_us` is recorded without charge (RAT-13)."""

    zone: ZoneInfo
    country: str
    lines: Mapping[int, LineTerms]
    holidays: frozenset[date] = frozenset()
    thresholds: tuple[int, ...] = ()
    late_free_us: int = field(default=ALWAYS[1])
    pools: tuple[Pool, ...] = ()

    def __post_init__(self) -> None:
        if self.pools and len({pool.code for pool in self.pools}) != len(self.pools):
            raise ValueError("each pool has a code of its own")

    @cached_property
    def name(self) -> str:
        """Equal names, equal terms (rules/same_terms.py)."""
        return named(self)

    @cached_property
    def rolls(self) -> bool:
        """Whether a line has a bundle of which something may be left to the next month."""
        return any(one.bundle.rollover for line in self.lines.values() for one in line.allowances)
