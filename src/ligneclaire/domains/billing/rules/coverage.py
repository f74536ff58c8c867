"""Which days of an item are paid for by which earlier line, after the credits of later invoices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.billing.rules.values import Billed
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period


@dataclass(frozen=True, slots=True)
class Held:
    """A billed line with the days and the amount that are left of it. `start` and `end` are the line's own."""

    start: date
    end: date
    periods: tuple[Period, ...]
    amount: Money

    @property
    def days(self) -> int:
        """The days that are left."""
        return sum(period.days for period in self.periods)


def held_days(billed: Sequence[Billed]) -> list[Held]:
    """What is left of each billed line, oldest first. A credit takes its days from the newest line that has them."""
    held: list[Held] = []
    for line in billed:
        if line.start is None or line.end is None or line.code in ("activation", "one-off"):
            continue
        period = Period(line.start, line.end)
        if line.code == "credit":
            _take_back(held, period, line.amount)
        else:
            held.append(Held(line.start, line.end, (period,), line.amount))
    return [one for one in held if one.periods]


def _take_back(held: list[Held], period: Period, amount: Money) -> None:
    for index in range(len(held) - 1, -1, -1):
        one = held[index]
        if any(mine.start <= period.start and period.end <= mine.end for mine in one.periods):
            left = tuple(_without(one.periods, period))
            held[index] = Held(one.start, one.end, left, one.amount + amount)
            return


def _without(periods: Iterable[Period], taken: Period) -> Iterable[Period]:
    for period in periods:
        yield from period.subtract([taken])
