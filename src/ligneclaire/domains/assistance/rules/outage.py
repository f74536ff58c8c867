"""What an outage earns: goodwill by the operator's policy, compensation by law (OUT-02, C8, C9, L-FR-13, L-BE-08)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from ligneclaire.domains.assistance.policies import Goodwill
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.money import Money, sum_money, zero
from ligneclaire.kernel.periods import days_in_month
from ligneclaire.kernel.policy import InForce, Law

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Outage:
    """A full outage between two instants, of a service at a monthly price; months are those of the operator's zone."""

    started_at: datetime
    restored_at: datetime
    monthly_price: Money
    consumer: bool
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.restored_at < self.started_at:
            raise ValueError("an outage ends before it starts")

    @property
    def length(self) -> timedelta:
        """The difference of the UTC instants, right across a change of the clocks (C9)."""
        return self.restored_at.astimezone(UTC) - self.started_at.astimezone(UTC)

    @property
    def full_days(self) -> int:
        """Full periods of 24 hours."""
        return self.length // DAY

    @property
    def started_days(self) -> int:
        """Periods of 24 hours that have begun."""
        return -(-self.length // DAY)

    @property
    def month_days(self) -> int:
        """The days of the month in which it began, in the operator's zone."""
        return days_in_month(self.started_at.astimezone(self.zone).date())


@dataclass(frozen=True, slots=True)
class Earned:
    """The length, whether goodwill may be asked and how much, and what the law sets; None where nothing applies."""

    duration: str
    goodwill_eligible: bool
    goodwill_amount: Money | None
    statutory_amount: Money | None
    because: tuple[Step, ...]


def earned(outage: Outage, terms: InForce[Goodwill], law: Law | None, scale: Sequence[Money] | None) -> Earned:
    """Goodwill and compensation of one outage; separate ones are never added (C9).

    `law` is L-FR-13 or L-BE-08 on the day on which it began, or None. `scale` is the amount of each started day where
    the law wants one, the last repeating; None = the operator's, else the one that the law prints.
    """
    duration = duration_text(outage.length)
    length = step(
        "assistance.outage.length",
        "C9",
        duration,
        start=outage.started_at.isoformat(),
        end=outage.restored_at.isoformat(),
        length=duration,
    )
    hours = terms.value.goodwill_after_hours
    eligible = outage.length > timedelta(hours=hours)
    code = "assistance.outage.eligible" if eligible else "assistance.outage.not-eligible"
    asked = terms.step(code, "OUT-02", "true" if eligible else "false", hours=hours, length=duration)
    goodwill = _goodwill(outage) if eligible else None
    statutory, by_law = _statutory(outage, law, scale or terms.value.outage_scale or None)
    first, last = ((), by_law) if statutory is not None else (by_law, ())
    granted = (_goodwill_step(outage, goodwill),) if goodwill is not None else ()
    return Earned(duration, eligible, goodwill, statutory, (length, *first, asked, *granted, *last))


def duration_text(length: timedelta) -> str:
    """A length in whole hours and minutes, as ISO 8601: "PT72H30M", "PT48H", "PT5M"."""
    hours, minutes = divmod(length // timedelta(minutes=1), 60)
    text = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    return "PT" + (text or "0M")


def law_scale(law: Law, days: int) -> list[Money]:
    """The scale that the Belgian law prints: 1 EUR, then the day before + 1 EUR + 0.50 EUR × (n − 1) (L-BE-08)."""
    plus, each = Money.of(law["next_day_plus"]), Money.of(law["each_day_plus"])
    amounts = [Money.of(law["first_day"])]
    while len(amounts) < days:
        amounts.append(amounts[-1] + plus + each * len(amounts))
    return amounts[:days]


def _goodwill(outage: Outage) -> Money:
    """Full days of the monthly price, half-up (C1); an agent may raise it."""
    return outage.monthly_price.share_in_cents(outage.full_days, outage.month_days)


def _goodwill_step(outage: Outage, amount: Money) -> Step:
    return step(
        "assistance.outage.goodwill",
        "OUT-02",
        amount,
        days=outage.full_days,
        price=outage.monthly_price,
        month=outage.month_days,
        amount=amount,
    )


def _statutory(outage: Outage, law: Law | None, scale: Sequence[Money] | None) -> tuple[Money | None, tuple[Step, ...]]:
    """What the law sets, with its steps; None and the reason where it sets nothing."""
    if law is None:
        return None, (step("assistance.outage.no-law", "OUT-02", "null"),)
    if not outage.consumer:
        return None, (step("assistance.outage.consumers-only", law.id, "null", law.text),)
    if "from_hours" in law.values:
        return _belgian(outage, law, scale)
    days = outage.started_days
    amount = outage.monthly_price.share_in_cents(days, outage.month_days, "up")
    params = {"days": days, "price": outage.monthly_price, "month": outage.month_days, "amount": amount}
    return amount, (step("assistance.outage.france", law.id, amount, law.text, **params),)


def _belgian(outage: Outage, law: Law, scale: Sequence[Money] | None) -> tuple[Money, tuple[Step, ...]]:
    """The scale over the started days, at least 1/30 of the monthly price for each of them, rounded up (C8)."""
    hours, days = int(law["from_hours"]), outage.started_days
    if outage.length < timedelta(hours=hours):
        nothing = zero(outage.monthly_price.currency)
        return nothing, (step("assistance.outage.too-short", law.id, nothing, law.text, hours=hours),)
    amounts = [scale[min(day, len(scale) - 1)] for day in range(days)] if scale else law_scale(law, days)
    summed = sum_money(amounts, outage.monthly_price.currency)
    divisor = int(law["fee_divisor"])
    least = outage.monthly_price.share_in_cents(Fraction(days, divisor), 1, "up")
    amount = max(summed, least)
    code = "assistance.outage.own-scale" if scale else "assistance.outage.scale"
    price = outage.monthly_price
    return amount, (
        step(code, law.id, summed, law.text, days=days, last=amounts[-1], amount=summed),
        step("assistance.outage.least", law.id, least, law.text, days=days, price=price, divisor=divisor, amount=least),
        step("assistance.outage.belgium", "C8", amount, law.text, amount=amount),
    )
