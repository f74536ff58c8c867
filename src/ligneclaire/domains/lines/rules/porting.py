"""What a customer is owed when a number moves late or is lost (L-FR-08, L-BE-05, C8)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.money import Money, zero
from ligneclaire.kernel.policy import Law


@dataclass(frozen=True, slots=True)
class Porting:
    """A move of `numbers` numbers that was `days_late` late, or lost them; `monthly_price` per number, tax included."""

    days_late: int
    numbers: int
    lost: bool
    complex: bool


@dataclass(frozen=True, slots=True)
class Compensation:
    """The least that the law grants."""

    minimum: Money
    because: tuple[Step, ...]


def french_compensation(porting: Porting, monthly_price: Money, law: Law) -> Compensation:
    """At least a fifth of the monthly price per day late, at least 24 months for a lost number: the larger of the two.

    Times the numbers, rounded up once, since it is owed to the customer (C8).
    """
    divisor, months = int(law["late_divisor"]), int(law["lost_months"])
    days, numbers = porting.days_late, porting.numbers
    late = monthly_price.share_in_cents(Fraction(days * numbers, divisor), 1, "up")
    steps = [
        step(
            "lines.step.late-france",
            law.id,
            late,
            law.text,
            price=monthly_price,
            divisor=divisor,
            days=days,
            numbers=numbers,
            amount=late,
        )
    ]
    minimum = late
    if porting.lost:
        lost = monthly_price.share_in_cents(months * numbers, 1, "up")
        steps.append(
            step(
                "lines.step.lost-france",
                law.id,
                lost,
                law.text,
                price=monthly_price,
                months=months,
                numbers=numbers,
                amount=lost,
            )
        )
        minimum = max(late, lost)
    steps.append(step("lines.step.minimum", "C8", minimum, law.text, amount=minimum))
    return Compensation(minimum, tuple(steps))


def belgian_compensation(porting: Porting, law: Law) -> Compensation:
    """An amount per day and number: one for a simple number, a higher one for a complex transfer."""
    per_day = Money.of(law["per_day_complex" if porting.complex else "per_day_simple"])
    minimum = per_day * (porting.days_late * porting.numbers)
    code = "lines.step.late-belgium-complex" if porting.complex else "lines.step.late-belgium"
    per_day_step = step(code, law.id, per_day, law.text, per_day=per_day)
    late = step(
        "lines.step.late-belgium-sum",
        law.id,
        minimum,
        law.text,
        per_day=per_day,
        days=porting.days_late,
        numbers=porting.numbers,
        amount=minimum,
    )
    return Compensation(minimum, (per_day_step, late))


def no_compensation(rule: str) -> Compensation:
    """Before the law granted anything."""
    nothing = zero()
    return Compensation(nothing, (step("lines.step.no-law", rule, nothing),))
