"""What of a line's charges in a month the employer pays, and what the employee (SPL-01 to SPL-03, SPL-10, W-54).

Nothing is kept from month to month: what the employer contributes and nobody uses lapses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import get_args

from ligneclaire.domains.contracts.rules import contribution as kinds
from ligneclaire.domains.contracts.rules.contribution import Contribution, FixedAmount, Percentage
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.facts import percent_text
from ligneclaire.kernel.money import Money, sum_money, zero

EMPLOYER, EMPLOYEE = "employer", "employee"
SUBSCRIPTION = "subscription"
USAGE_TYPES: tuple[str, ...] = get_args(kinds.UsageType)
_BEYOND, _MONTHLY, _THIRD_PARTY, _UNNAMED = "beyond", "monthly", "third-party", "unnamed"
_Cover = tuple[str, "FixedAmount | Percentage | None"]


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge of one line in one month. `third_party`: the amount of somebody else that the operator only collects."""

    category: str
    amount: Money
    usage_type: str = ""
    third_party: bool = False

    def __post_init__(self) -> None:
        if self.amount.amount < 0:
            raise ValueError("a credit follows the payer of what it credits: it can't be split")

    @property
    def kind(self) -> str:
        """The usage type; a charge of the category subscription that names none is the subscription itself."""
        return self.usage_type or (SUBSCRIPTION if self.category == SUBSCRIPTION else "")

    @property
    def is_subscription(self) -> bool:
        """Whether it is the employer's unless the contribution names it (SPL-10)."""
        return SUBSCRIPTION in (self.category, self.usage_type)


@dataclass(frozen=True, slots=True)
class Part:
    """What one payer pays of a charge. A charge of nothing has no payer."""

    charge: Charge
    payer: str | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Split:
    """The charges in their order; one that two pay is there twice, the employer's part first."""

    parts: tuple[Part, ...]
    employer: Money
    employee: Money
    because: tuple[Step, ...]

    def __post_init__(self) -> None:
        if sum_money(one.amount for one in self.parts) != self.employer + self.employee:
            raise ValueError("the parts are not the whole")


def split_bill(contribution: Contribution, charges: Sequence[Charge], *, in_cents: bool) -> Split:
    """Split the charges of one line and month. `in_cents`: a percentage is rounded half-up to cents, as a quote shows
    it; else to the six decimals of rating, and the invoice line rounds (RAT-14).

    The employer's part of what a contribution covers is laid over the charges in their order. SPL-01, SPL-02, SPL-03,
    SPL-10, W-54.
    """
    covers = [_cover(contribution, one) for one in charges]
    left: dict[str, Money] = {}
    because: list[Step] = []
    for name, simple in dict(covers).items():
        covered = sum_money(one.amount for one, cover in zip(charges, covers, strict=True) if cover[0] == name)
        left[name], steps = _employers(name, simple, covered, in_cents=in_cents)
        because += steps
    parts: list[Part] = []
    for charge, (name, _simple) in zip(charges, covers, strict=True):
        paid = min(left[name], charge.amount)
        left[name] = left[name] - paid
        parts += _parts(charge, paid)
    employer = sum_money(one.amount for one in parts if one.payer == EMPLOYER)
    employee = sum_money(one.amount for one in parts if one.payer == EMPLOYEE)
    because.append(step("billing.split.total", "SPL-01", employer, employer=employer, employee=employee))
    return Split(tuple(parts), employer, employee, tuple(because))


def names_subscription(contribution: Contribution) -> bool:
    """Whether it says anything of the subscription or of options: else both are the employer's (SPL-10)."""
    return bool({SUBSCRIPTION, "option"} & set(_named(contribution)))


def _named(contribution: Contribution) -> Mapping[str, FixedAmount | Percentage]:
    """What a contribution names, a category or a usage type, and what is paid of it."""
    if isinstance(contribution, kinds.PerCategory):
        return {str(name): simple for name, simple in contribution.categories.items()}
    if isinstance(contribution, kinds.PerUsageType):
        return {str(name): simple for name, simple in contribution.usage_types.items()}
    if isinstance(contribution, kinds.Combination):
        return {one.usage_type: one.contribution for one in contribution.exceptions}
    return {}


def _cover(contribution: Contribution, charge: Charge) -> _Cover:
    """The name of the sum to which a charge belongs, and what the employer contributes to it (None: see the name)."""
    if isinstance(contribution, kinds.Everything):
        return "all", None
    if charge.third_party:
        return _THIRD_PARTY, None
    named = _named(contribution)
    name = charge.kind
    if isinstance(contribution, kinds.PerCategory):
        name = SUBSCRIPTION if charge.is_subscription else charge.category
    if name in named:
        return name, named[name]
    if charge.is_subscription:
        return _MONTHLY, None
    rest = _rest(contribution)
    return (_UNNAMED if rest is None else _BEYOND), rest


def _rest(contribution: Contribution) -> FixedAmount | Percentage | None:
    """What the employer pays of all that is charged beyond the subscription and not named."""
    if isinstance(contribution, kinds.Combination):
        return contribution.default
    return contribution if isinstance(contribution, FixedAmount | Percentage) else None


def _employers(
    name: str, simple: FixedAmount | Percentage | None, covered: Money, *, in_cents: bool
) -> tuple[Money, list[Step]]:
    """What the employer pays of a sum, and the steps to it."""
    if simple is None:
        nothing = name in (_THIRD_PARTY, _UNNAMED)
        paid = zero() if nothing else covered
        rule = {_THIRD_PARTY: "SPL-02", "all": "SPL-01"}.get(name, "SPL-10")
        return paid, [step(f"billing.split.{name}", rule, paid, amount=covered)]
    if isinstance(simple, FixedAmount):
        paid = min(simple.amount, covered)
        steps = [
            step("billing.split.amount", "W-54", paid, what=name, limit=simple.amount, covered=covered, amount=paid)
        ]
        if lapsed := simple.amount - paid:
            steps.append(step("billing.split.lapsed", "SPL-03", zero(), amount=lapsed))
        return paid, steps
    paid, percent = _share(simple, covered, in_cents=in_cents), percent_text(simple.percent)
    known: dict[str, object] = {"what": name, "percent": percent, "covered": covered, "amount": paid}
    if simple.cap is None:
        return paid, [step("billing.split.percentage", "W-54", paid, None, **known)]
    return paid, [step("billing.split.percentage-cap", "W-54", paid, None, **known, cap=simple.cap)]


def _share(simple: Percentage, covered: Money, *, in_cents: bool) -> Money:
    share = covered.percent_in_cents(simple.percent) if in_cents else covered * (Fraction(simple.percent) / 100)
    return share if simple.cap is None else min(share, simple.cap)


def _parts(charge: Charge, paid: Money) -> list[Part]:
    rest = charge.amount - paid
    found = [Part(charge, payer, amount) for payer, amount in ((EMPLOYER, paid), (EMPLOYEE, rest)) if amount]
    return found or [Part(charge, None, charge.amount)]
