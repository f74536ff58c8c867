"""Usage as an invoice shows it: whose it is, what it cost beside what is included, and the warnings that were sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ligneclaire.kernel.money import Money


@dataclass(frozen=True, slots=True)
class UsedOn:
    """Whose usage a line bills: public id and number of the line, the month (its first day), the category."""

    line: str
    number: str
    month: date
    category: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What one kind of usage cost beside what is included, exact, with how many records (0 = not told); or what the
    employer pays of it, below zero."""

    label: str
    records: int
    amount: Money
    is_employers: bool = False


@dataclass(frozen=True, slots=True)
class Outside:
    """What one number cost beside what is included in a month, and the warnings that were sent (SPL-07, W-07)."""

    number: str
    month: date
    costs: tuple[Cost, ...]
    warnings: tuple[str, ...] = ()
