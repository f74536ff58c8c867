"""What a late payer may be asked for at most (L-BE-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.facts import percent_text
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.policy import Law


@dataclass(frozen=True, slots=True)
class ReminderCost:
    """The legal maxima; None where no law sets one. The first reminder is free."""

    lump_sum_max: Money | None
    reminder_fee_max: Money | None
    because: tuple[Step, ...]


def reminder_cost(debt: Money, law: Law | None, *, country: str, segment: str) -> ReminderCost:
    """The most that may be asked for a debt under a law's scale, rounded down (C8); `law` None: nothing caps it."""
    if law is None:
        code = "collections.cost.no-law"
        return ReminderCost(None, None, (step(code, "L-BE-10", "null", country=country, segment=segment, debt=debt),))
    fee = Money.of(law["reminder_fee_max"])
    free = step(
        "collections.cost.first-free", law.id, law["first_reminder_days"], law.text, days=law["first_reminder_days"]
    )
    later = step("collections.cost.fee", law.id, fee, law.text, amount=fee)
    lump, steps = _lump_sum(debt, law)
    return ReminderCost(lump, fee, (free, later, *steps))


def _lump_sum(debt: Money, law: Law) -> tuple[Money, tuple[Step, ...]]:
    small, middle = Money.of(law["small_debt"]), Money.of(law["middle_debt"])
    if debt <= small:
        lump = Money.of(law["small_lump"])
        return lump, (step("collections.cost.small", law.id, lump, law.text, debt=debt, bound=small, amount=lump),)
    over, base, rate = _slice(debt, small, middle, law)
    part = over.percent_in_cents(rate, "down")
    lump = base + part
    found = step(
        "collections.cost.slice",
        law.id,
        lump,
        law.text,
        base=base,
        rate=percent_text(rate),
        over=over,
        bound=debt - over,
        amount=lump,
    )
    most = Money.of(law["lump_max"])
    if lump <= most:
        return lump, (found,)
    return most, (found, step("collections.cost.most", law.id, most, law.text, amount=most))


def _slice(debt: Money, small: Money, middle: Money, law: Law) -> tuple[Money, Money, Decimal]:
    """The part of the debt that the percentage counts for, the base amount, the percentage."""
    if debt <= middle:
        return debt - small, Money.of(law["middle_base"]), Decimal(law["middle_rate"])
    return debt - middle, Money.of(law["large_base"]), Decimal(law["large_rate"])


def protects(law: Law | None, country: str, segment: str, on: date) -> bool:
    """Whether the scale holds: consumers in Belgium, from the day on which it holds for all contracts."""
    return (
        law is not None
        and country == "BE"
        and segment == "consumer"
        and on >= date.fromisoformat(law["all_contracts_from"])
    )
