"""What a replay of usage comes to: months of lines as they were billed and under each plan that was tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ligneclaire.domains.catalogue.rules.offered import Offered
from ligneclaire.kernel.money import Money


class Cost(NamedTuple):
    """What a line cost, or would have cost, in a month, in cents: its offer, its options, its usage. `unrated` counts
    records for which a plan has no price: then it would have cost more. `exact` is the usage before it became cents, in
    millionths of a euro; None where it is not to be told."""

    monthly: int
    options: int
    usage: int
    unrated: int = 0
    exact: int | None = None

    @property
    def total(self) -> int:
        """All of it."""
        return self.monthly + self.options + self.usage


@dataclass(frozen=True, slots=True)
class LineMonth:
    """A line in a month: the codes of its own offers, what was billed, and what each plan would have cost."""

    month: date
    offers: tuple[str, ...]
    billed: Cost
    tried: tuple[Cost, ...]


class Sum(NamedTuple):
    """What several months cost, and how many records a plan has no price for."""

    cents: int
    unrated: int

    @property
    def money(self) -> Money:
        """The amount."""
        return Money.from_cents(self.cents)


@dataclass(frozen=True, slots=True)
class LineReplay:
    """A line with its months: those in which it had an offer."""

    public_id: str
    identifier: str
    account: str
    months: tuple[LineMonth, ...]

    @property
    def offers(self) -> tuple[str, ...]:
        """The codes of its own offers, in the order of time."""
        return tuple(dict.fromkeys(code for one in self.months for code in one.offers))

    @property
    def billed(self) -> Money:
        """What was billed."""
        return Money.from_cents(sum(one.billed.total for one in self.months))

    @property
    def tried(self) -> tuple[Sum, ...]:
        """What each plan would have cost."""
        return _sums([one.tried for one in self.months])

    @property
    def best(self) -> int | None:
        """The place of the plan that would have cost least and less than what was billed; None when there is none."""
        return best_of(self.tried, self.billed)

    @property
    def saving(self) -> Money:
        """What would have been saved with its best plan; nothing when its own was the best."""
        return Money.from_cents(0) if self.best is None else self.billed - self.tried[self.best].money


@dataclass(frozen=True, slots=True)
class Replay:
    """All lines. `hidden` counts the months of lines that are left out: of shared bills, for who may not see them, and
    those of which records were erased."""

    months: tuple[date, ...]
    plans: tuple[Offered, ...]
    lines: tuple[LineReplay, ...]
    hidden: int = 0

    @property
    def billed(self) -> Money:
        """What was billed of all lines."""
        return Money.from_cents(sum(one.billed.total for line in self.lines for one in line.months))

    @property
    def tried(self) -> tuple[Sum, ...]:
        """What each plan would have cost, had all lines had it."""
        return _sums([one.tried for line in self.lines for one in line.months])

    @property
    def best(self) -> int | None:
        """The place of the plan that would have cost least for all, and less than what was billed."""
        return best_of(self.tried, self.billed)

    @property
    def saving(self) -> Money:
        """What would have been saved, had each line had its own best plan."""
        return sum((line.saving for line in self.lines), Money.from_cents(0))

    @property
    def by_month(self) -> tuple[tuple[date, Money, tuple[Money, ...]], ...]:
        """For each month what was billed of all lines, and what each plan would have cost."""
        found = []
        for month in self.months:
            of_month = [one for line in self.lines for one in line.months if one.month == month]
            billed = Money.from_cents(sum(one.billed.total for one in of_month))
            tried = tuple(one.money for one in _sums([one.tried for one in of_month])) or (Money.from_cents(0),) * len(
                self.plans
            )
            found.append((month, billed, tried))
        return tuple(found)


def best_of(tried: Sequence[Sum], billed: Money) -> int | None:
    """The place of the least sum below what was billed, the first of equal ones. A plan without a price for something
    that was used is none."""
    whole = [(one.cents, place) for place, one in enumerate(tried) if not one.unrated]
    least, place = min(whole, default=(0, None))
    return place if place is not None and Money.from_cents(least) < billed else None


def _sums(costs: Sequence[Iterable[Cost]]) -> tuple[Sum, ...]:
    """Costs of many months, plan by plan."""
    return tuple(
        Sum(sum(one.total for one in some), sum(one.unrated for one in some)) for some in zip(*costs, strict=True)
    )
