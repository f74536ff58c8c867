"""Part of a month: monthly price × active days ÷ real days of that calendar month (C2)."""

from __future__ import annotations

from dataclasses import dataclass

from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.money import Money, sum_money
from ligneclaire.kernel.periods import Period, days_in_month


@dataclass(frozen=True, slots=True)
class MonthPart:
    """One calendar month's part: the month, its active days, its real days, the amount in cents."""

    period: Period
    of_days: int
    amount: Money
    because: tuple[Step, ...]

    @property
    def days(self) -> int:
        """The active days; the first day with service counts, the end does not."""
        return self.period.days


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of all months of a period, and their sum."""

    months: tuple[MonthPart, ...]
    total: Money
    because: tuple[Step, ...]


def month_part(monthly_price: Money, period: Period) -> MonthPart:
    """The price of a period inside one calendar month, rounded once (C1, C2). Raises ValueError across a border."""
    if period.end > Period.month_of(period.start).end:
        raise ValueError("a part of a month ends in its month")
    of_days = days_in_month(period.start)
    amount = monthly_price.share_in_cents(period.days, of_days)
    because = step(
        "billing.step.pro-rata",
        "C2",
        amount,
        month=period.label,
        days=period.days,
        of_days=of_days,
        price=monthly_price,
        amount=amount,
    )
    return MonthPart(period, of_days, amount, (because,))


def parts(monthly_price: Money, period: Period) -> Parts:
    """A period cut at calendar months, each part a line with its own rounding (C1, C2)."""
    months = tuple(month_part(monthly_price, month) for month in period.months())
    total = sum_money((part.amount for part in months), monthly_price.currency)
    served = step("billing.step.served", "C2", period.days, first=period.start, end=period.end, days=period.days)
    summed = step("billing.step.pro-rata-total", "C1", total, months=len(months), amount=total)
    return Parts(months, total, (served, *(one for part in months for one in part.because), summed))
