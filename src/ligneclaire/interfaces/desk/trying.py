"""How a trial is drawn: what comes in on which day when days move, else the largest differences."""

from __future__ import annotations

from dataclasses import dataclass

from ligneclaire.interfaces.desk.drawings import Difference, PayDay
from ligneclaire.interfaces.templatetags.ligneclaire import day, money
from ligneclaire.journeys.desk_try import Trial
from ligneclaire.kernel.money import Money

LARGEST = 8


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn: differences by account, sums by day; each may be empty."""

    differences: tuple[Difference, ...]
    days: tuple[PayDay, ...]


def plot_of(trial: Trial) -> Plot:
    """The plots of a trial."""
    largest = [one for one in trial.changed if one.difference][:LARGEST]
    bars = tuple(Difference(one.name, one.difference.amount, signed(one.difference)) for one in largest)
    moved = any(one.paid_before != one.paid_after for one in trial.tried)
    days = tuple(PayDay(day(on), b.amount, a.amount, money(b), money(a)) for on, b, a in trial.days) if moved else ()
    return Plot(bars, days)


def signed(amount: Money) -> str:
    """An amount with its sign, also when it is positive."""
    return f"+\u2060{money(amount)}" if amount.amount > 0 else money(amount)
