"""Ceilings of spending: at what to warn, and when to stop (L-BE-07, L-EU-02, W-22). Amounts in micro-euro."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ligneclaire.domains.usage.rules.gauge import Gauge, Marks
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.policy import Law

DOMESTIC, ROAMING, WORLD, OWN = "domestic-be", "roaming-eu", "roaming-world", "own"
LAWS = {DOMESTIC: "L-BE-07", ROAMING: "L-EU-02"}


@dataclass(frozen=True, slots=True)
class Level:
    """One warning: its name, and the amount from which it is due."""

    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What is watched: the levels, ascending; `included` does not count; at `stop_at` usage stops (None: never)."""

    levels: tuple[Level, ...]
    included: int = 0
    stop_at: int | None = None

    @property
    def marks(self) -> Marks:
        """For a gauge: the place of each level, and its amount."""
        return tuple((place, level.amount) for place, level in enumerate(self.levels))


@dataclass(frozen=True, slots=True)
class Spent:
    """What an event adds, and whether the customer agreed to go on with it or before."""

    amount: int
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Watched:
    """The levels reached as (place of the event, level), in the order of sending; what counted as spent after each
    event; the event that stopped usage."""

    alerts: tuple[tuple[int, Level], ...]
    spent: tuple[int, ...]
    stopped_at: int | None


def ceiling_of(counter: str) -> str:
    """Which ceiling a counter of money belongs to, "" of another counter: each own cap has a counter of its own."""
    name = OWN if counter.startswith(f"{OWN}-") else counter
    return name if name in (DOMESTIC, ROAMING, WORLD, OWN) else ""


def includes_tax(ceiling: str, prices: str) -> bool:
    """Whether what counts under a ceiling has tax in it, by the price mode of the account: the limit of the law at
    home, and one of a line's own, have it always."""
    return ceiling in (DOMESTIC, OWN) or prices == "inclusive"


def number_of(counter: str) -> str:
    """Which own cap a counter belongs to, "" of another counter."""
    return counter.removeprefix(f"{OWN}-") if counter.startswith(f"{OWN}-") else ""


def domestic(bundle: int, ceiling: int, cap: int | None) -> Ceiling:
    """At home in Belgium: warned when the bundle is reached and at the ceiling on top of it. Nothing stops unless the
    customer chose a cap, which lies on top of the bundle too (L-BE-07, W-22)."""
    of_bundle = (Level("bundle", bundle),) if bundle else ()
    stop_at = None if cap is None else bundle + cap
    return Ceiling((*of_bundle, Level("ceiling", bundle + ceiling)), stop_at=stop_at)


def roaming(law: Law, bundle: int, limit: int) -> Ceiling:
    """Abroad: warned before the limit, stopped at it, and reminded further on, without what the bundle holds."""
    percent, reminder = int(law["warning_percent"]), Money.of(law["reminder"])
    levels = (
        Level(f"warning-{percent}", -(-limit * percent // 100)),
        Level("limit", limit),
        Level(f"reminder-{reminder.rounded().cents // 100}", reminder.micro),
    )
    return Ceiling(tuple(sorted(levels, key=lambda level: level.amount)), included=bundle, stop_at=limit)


def watch(ceiling: Ceiling, events: Iterable[Spent]) -> Watched:
    """Go through what is spent, in order. The stop is decided once, by the event that reaches it: it lasts, unless the
    customer had agreed to go on."""
    gauge = Gauge(1, ceiling.marks)
    spent, accepted, decided = 0, False, False
    stopped_at: int | None = None
    alerts: list[tuple[int, Level]] = []
    counted: list[int] = []
    for place, event in enumerate(events):
        spent, accepted = spent + event.amount, accepted or event.accepted
        gauge.used = max(0, spent - ceiling.included)
        counted.append(gauge.used)
        alerts += [(place, ceiling.levels[reached]) for reached in gauge.reached()]
        if ceiling.stop_at is not None and not decided and gauge.used >= max(ceiling.stop_at, 1):
            decided, stopped_at = True, None if accepted else place
    return Watched(tuple(alerts), tuple(counted), stopped_at)
