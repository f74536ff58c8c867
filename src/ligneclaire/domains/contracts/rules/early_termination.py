"""What is due when a customer leaves within the commitment (CON-06, CON-07, C7, C8, L-FR-01, L-FR-14, L-BE-01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ligneclaire.domains.contracts.policies import EarlyTermination
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.facts import percent_text
from ligneclaire.kernel.money import Money, zero
from ligneclaire.kernel.periods import whole_months_between
from ligneclaire.kernel.policy import InForce, Law

LAWS = {"FR": "L-FR-01", "BE": "L-BE-01"}  # the law on leaving early, by country


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who leaves what, and when. `last_day` is the last day with service; unknown counts are None."""

    country: str
    contract_on: date
    commitment_start_on: date
    commitment_months: int
    monthly_price: Money
    last_day: date
    segment: str
    workers: int | None = None
    numbers: int | None = None
    subsidised_device: bool = False
    listed_fee: Money | None = None

    @property
    def month(self) -> int:
        """The commitment month of the last day, from 1; it goes on counting after the term (C7)."""
        return whole_months_between(self.commitment_start_on, self.last_day) + 1

    @property
    def months_left(self) -> int:
        """Whole commitment months after the running one (C7)."""
        return max(0, self.commitment_months - self.month)


@dataclass(frozen=True, slots=True)
class LawOfContract:
    """The law of the contract's date: `exit` is L-FR-01 or L-BE-01, `small_firms` L-FR-14 or L-BE-01."""

    exit: Law | None
    small_firms: Law | None


@dataclass(frozen=True, slots=True)
class Due:
    """Months due in full, months due in part, and that part in percent."""

    in_full: int
    reduced: int
    rate: Decimal

    def amount(self, price: Money, rounding: str) -> Money:
        """The price of these months, rounded once to cents."""
        return price.share_in_cents(self.in_full + Fraction(self.reduced) * Fraction(self.rate) / 100, 1, rounding)


@dataclass(frozen=True, slots=True)
class Left:
    """The indemnity alone, the catalogue's fee that may be asked, and the law that lowered the indemnity, or None."""

    month: int
    due: Due
    amount: Money
    fee: Money | None
    capped_by: str | None
    because: tuple[Step, ...]


def leave(leaving: Leaving, terms: InForce[EarlyTermination], law: LawOfContract) -> Left:
    """The operator's terms, bounded by the law of the contract date for whom it protects.

    Protected: rounded down, as an amount under a legal maximum (C8). Not protected: the policy, half-up (C1). The law
    is named in `capped_by` only when the months or the rate that it sets make the amount strictly lower.
    """
    guard = protection(leaving, law)
    asked = _asked(leaving, terms.value)
    steps = [_month_step(leaving), guard.because, *_policy_steps(terms)]
    due, rounding, cap = asked, "half-up", None
    if guard.law is not None:
        due, rounding = _allowed(leaving, terms.value, guard.law), "down"
        steps.append(_law_step(leaving, guard.law, due))
    amount = due.amount(leaving.monthly_price, rounding)
    if guard.law is not None and amount < asked.amount(leaving.monthly_price, rounding):
        cap = guard.law.id
    fee, fee_steps = _fee(leaving, guard.law)
    steps += [_months_step(leaving, due), *fee_steps, _amount_step(leaving, due, amount, cap, rounding)]
    return Left(leaving.month, due, amount, fee, cap, tuple(steps))


@dataclass(frozen=True, slots=True)
class Protection:
    """The law on leaving early that protects this customer, or None, and why."""

    law: Law | None
    because: Step


def protection(leaving: Leaving, law: LawOfContract) -> Protection:
    """Consumers, and small firms by the test of the contract's date; what is not known does not protect."""
    on = leaving.contract_on
    if law.exit is not None and leaving.segment == "consumer":
        return Protection(law.exit, _guarded("protected-consumer", law.exit, on=on))
    small = law.small_firms
    if law.exit is None or small is None:
        rule = "L-FR-14" if leaving.country == "FR" else "L-BE-01"
        return Protection(None, step("contracts.step.protected-nobody", rule, "false", on=on))
    if "numbers_at_most" in small.values:
        what, count, most = "numbers", leaving.numbers, int(small["numbers_at_most"])
    else:
        what, count, most = "workers", leaving.workers, _most_workers(small)
    if count is None:
        return Protection(None, _guarded(f"unknown-{what}", small, "false", on=on, most=most))
    if count > most:
        return Protection(None, _guarded(f"too-many-{what}", small, "false", on=on, count=count, most=most))
    return Protection(law.exit, _guarded(f"protected-{what}", small, on=on, count=count, most=most))


def _most_workers(small: Law) -> int:
    """Belgium says "at most nine", France "below ten"."""
    return int(small["workers_at_most"] if "workers_at_most" in small.values else small["workers_below"] - 1)


def _guarded(code: str, law: Law, value: str = "true", **params: object) -> Step:
    return step(f"contracts.step.{code}", law.id, value, law.text, **params)


def _asked(leaving: Leaving, terms: EarlyTermination) -> Due:
    """What the operator asks: some months in full, a part of those after."""
    full = min(terms.full_months, leaving.commitment_months)
    reduced = leaving.commitment_months - max(leaving.month, terms.full_months)
    return Due(max(0, full - leaving.month), max(0, reduced), terms.reduced_rate)


def _allowed(leaving: Leaving, terms: EarlyTermination, law: Law) -> Due:
    """What the law leaves of it: France bounds months and rate, Belgium has nothing due after its months."""
    if "free_after_months" in law.values:
        free_after = int(law["free_after_months"])
        full = min(terms.full_months, free_after, leaving.commitment_months)
        reduced = leaving.commitment_months - max(leaving.month, free_after)
        return Due(max(0, full - leaving.month), max(0, reduced), Decimal(0))
    highest = law["reduced_rate_max_with_device" if leaving.subsidised_device else "reduced_rate_max"]
    full_months = min(terms.full_months, int(law["full_months"]))
    return _asked(leaving, EarlyTermination(full_months, min(terms.reduced_rate, Decimal(highest))))


@dataclass(frozen=True, slots=True)
class Limit:
    """What the law allows at most for a field of the policy, for whom it protects; None: the same with a device."""

    field: str
    most: int | Decimal
    with_device: Decimal | None = None


def limits(law: Law) -> tuple[Limit, ...]:
    """What a law on leaving early allows of the policy's values, as `leave` applies it."""
    if "free_after_months" in law.values:
        return Limit("full_months", int(law["free_after_months"])), Limit("reduced_rate", Decimal(0))
    most, with_device = (Decimal(law[name]) for name in ("reduced_rate_max", "reduced_rate_max_with_device"))
    rate = Limit("reduced_rate", most, with_device if with_device != most else None)
    return Limit("full_months", int(law["full_months"])), rate


def _fee(leaving: Leaving, law: Law | None) -> tuple[Money | None, list[Step]]:
    """The fee of the tariff catalogue: justified costs in France (L-FR-02), none where Belgian law protects."""
    listed = leaving.listed_fee
    if listed is None:
        return None, []
    if law is not None and "free_after_months" in law.values:
        nothing = zero(listed.currency)
        return nothing, [step("contracts.step.fee-forbidden", law.id, nothing, law.text, fee=listed)]
    rule = "L-FR-02" if leaving.country == "FR" else "CON-08"
    return listed, [step("contracts.step.fee", rule, listed, fee=listed)]


def _month_step(leaving: Leaving) -> Step:
    over = "commitment-over" if leaving.commitment_months else "no-commitment"
    code = "commitment-month" if leaving.month <= leaving.commitment_months else over
    return step(
        f"contracts.step.{code}",
        "C7",
        leaving.month,
        month=leaving.month,
        months=leaving.commitment_months,
        start=leaving.commitment_start_on,
        last_day=leaving.last_day,
    )


def _policy_steps(terms: InForce[EarlyTermination]) -> list[Step]:
    full, rate = terms.value.full_months, percent_text(terms.value.reduced_rate)
    return [
        terms.step("contracts.step.full-months", "CON-06", full, full=full),
        terms.step("contracts.step.reduced-rate", "CON-07", rate, rate=rate),
    ]


def _law_step(leaving: Leaving, law: Law, due: Due) -> Step:
    if "free_after_months" in law.values:
        return step("contracts.step.law-free", law.id, "0", law.text, months=int(law["free_after_months"]))
    highest = law["reduced_rate_max_with_device" if leaving.subsidised_device else "reduced_rate_max"]
    code = "law-rate-device" if leaving.subsidised_device else "law-rate"
    rate = percent_text(due.rate)
    return step(
        f"contracts.step.{code}", law.id, rate, law.text, most=highest, rate=rate, months=int(law["full_months"])
    )


def _months_step(leaving: Leaving, due: Due) -> Step:
    return step(
        "contracts.step.months-left",
        "C7",
        leaving.months_left,
        left=leaving.months_left,
        in_full=due.in_full,
        reduced=due.reduced,
    )


def _amount_step(leaving: Leaving, due: Due, amount: Money, cap: str | None, rounding: str) -> Step:
    code = "indemnity-capped" if cap else "indemnity-down" if rounding == "down" else "indemnity"
    in_part = due.reduced and due.rate
    if not (due.in_full and in_part):  # a part that is zero is not printed
        code += "-full" if due.in_full else "-part" if in_part else "-none"
    return step(
        f"contracts.step.{code}",
        cap or ("C8" if rounding == "down" else "CON-07"),
        amount,
        in_full=due.in_full,
        reduced=due.reduced,
        rate=percent_text(due.rate),
        price=leaving.monthly_price,
        amount=amount,
    )
