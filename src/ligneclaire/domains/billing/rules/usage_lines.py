"""The lines that bill usage, in arrears: what is due of a month by now, less what was billed (BIL-04, RAT-14).

A month that is rated again, or a record that comes late, is a difference: a line of its own, or a credit. Amounts are
exact to six decimals up to the line, where cents appear once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ligneclaire.domains.billing.rules import tax
from ligneclaire.domains.billing.rules.split_bill import EMPLOYEE, EMPLOYER, USAGE_TYPES, Charge, split_bill
from ligneclaire.domains.billing.rules.values import DueLine
from ligneclaire.domains.contracts.rules.contribution import Contribution
from ligneclaire.domains.rulebook import taxes
from ligneclaire.kernel import texts
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.facts import percent_text
from ligneclaire.kernel.money import Money, sum_money, zero
from ligneclaire.kernel.periods import Period

CATEGORIES = ("subscription", "voice", "data", "messages", "other", "third-party")
SUBSCRIPTION, THIRD_PARTY = CATEGORIES[0], CATEGORIES[-1]
USAGE, STATEMENT = "usage", "usage-statement"
# Steps that an invoice reads again for its last part (SPL-07): a kind of usage, all that was used, the employer's part.
KIND, WHOLE, EMPLOYERS = "billing.usage.kind", "billing.usage.used", "billing.usage.employee"
ONE = Decimal(1)
Kind = tuple[str, str]  # category and tax code
Part = tuple[Money, tuple[Step, ...]]
RateOf = Callable[[str, date], Decimal]  # tax code and day -> percent


@dataclass(frozen=True, slots=True)
class Used:
    """What a line used of one kind in a month, rated: exact, in the price mode of the line's account."""

    category: str
    usage_type: str
    tax_code: str
    records: int
    amount: Money

    @property
    def charge(self) -> Charge:
        """As a split of the bill sees it."""
        third = self.category == THIRD_PARTY
        return Charge("other" if third else self.category, self.amount, self.usage_type, third)


@dataclass(frozen=True, slots=True)
class UsedMonth:
    """What a line used in a month, as its rating group says by now, for one payer; or what its subscription cost.

    `prices` is the mode of the amounts, `billed` what runs have billed of it so far, in the payer's mode.
    `contribution` is what the employer pays where split bill holds.

    A subscription (with its options) is such a month of its own, when the contribution names it: the company was billed
    for it in advance, so the employee's part of it moves from the company's bill to the employee's.
    """

    line_id: int
    month: date
    revision: int
    prices: str
    used: tuple[Used, ...]
    billed: Mapping[Kind, Money]
    payer: str = EMPLOYER
    contribution: Contribution | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """For whom lines are made: the price mode of the account, the first day that may still be charged (W-11), and the
    tax rates."""

    prices: str
    rate_of: RateOf
    charge_from: date = date.min


def usage_lines(months: Iterable[UsedMonth], bill: Bill) -> tuple[DueLine, ...]:
    """The lines of one account, by line, month, category and tax; none where nothing changed.

    BIL-04, RAT-13, RAT-14, SPL-01, SPL-02.
    """
    found: list[DueLine] = []
    for one in months:
        parts = _parts(one)
        for kind in set(one.billed) | set(parts):
            line = _line(one, kind, parts.get(kind, (zero(), ())), bill)
            if line is not None:
                found.append(line)
    return tuple(sorted(found, key=_order))


def paid_of(one: UsedMonth) -> Mapping[Kind, Money]:
    """What the payer pays of a month by now, by category and tax code, in cents, in the price mode of the amounts: what
    its lines will say, less what was billed of it (RAT-14, SPL-01)."""
    return {kind: amount.rounded() for kind, amount in _amounts(one, _by_kind(one.used)).items()}


def _order(line: DueLine) -> tuple[bool, int, date, int, str]:
    """By number, month and category; what third parties ask stands apart, at the end (SPL-02)."""
    category = line.product_code.removeprefix(f"{USAGE}-")
    return category == THIRD_PARTY, line.line_id or 0, line.start, CATEGORIES.index(category), line.tax_code


def statement_line(month: date, because: tuple[Step, ...]) -> DueLine:
    """The one line of a statement that nothing is due (SPL-05)."""
    period = Period.month_of(month)
    names = {lang: texts.say("billing.private.statement", lang) for lang in texts.LANGUAGES}
    return DueLine(
        code=USAGE, product_code=STATEMENT, names=names, category="telephony", tax_code=taxes.STANDARD, amount=zero(),
        unit_price=zero(), quantity=ONE, start=period.start, end=period.end, because=because,
    )  # fmt: skip


def _parts(one: UsedMonth) -> dict[Kind, Part]:
    """What the payer pays of the month, by category and tax code, exact, with the steps to it."""
    whole = _by_kind(one.used)
    amounts = _amounts(one, whole)
    if one.contribution is None:
        return {kind: (amount, _used_steps(one, whole[kind])) for kind, amount in amounts.items()}
    return {kind: (amount, _split_steps(one, whole[kind], amount)) for kind, amount in amounts.items()}


def _amounts(one: UsedMonth, whole: Mapping[Kind, Sequence[Used]]) -> dict[Kind, Money]:
    """What the payer pays of the month, by category and tax code, exact; `whole` is what was used, by the same."""
    if one.contribution is None:
        return {kind: sum_money(used.amount for used in some) for kind, some in whole.items()}
    ordered = sorted(one.used, key=_place)
    charges = [used.charge for used in ordered]
    of_charge = {id(charge): used for charge, used in zip(charges, ordered, strict=True)}
    paid: dict[Kind, Money] = {}
    for part in split_bill(one.contribution, charges, in_cents=False).parts:
        used = of_charge[id(part.charge)]
        kind = used.category, used.tax_code
        paid[kind] = paid.get(kind, zero()) + _share(one.payer, used, part.payer, part.amount)
    return paid


def _share(payer: str, used: Used, part_of: str | None, amount: Money) -> Money:
    """What comes on a payer's bill of a part. The company was billed for the whole subscription in advance: the
    employee's part of it is taken off its bill."""
    if used.category != SUBSCRIPTION:
        return amount if part_of == payer else zero()
    moved = amount if part_of == EMPLOYEE else zero()
    return moved if payer == EMPLOYEE else -moved


def _by_kind(used: Sequence[Used]) -> dict[Kind, list[Used]]:
    found: dict[Kind, list[Used]] = {}
    for one in used:
        found.setdefault((one.category, one.tax_code), []).append(one)
    return found


def _place(used: Used) -> tuple[int, str, str]:
    """The fixed order in which an employer's contribution is laid over usage."""
    kind = used.usage_type
    return (USAGE_TYPES.index(kind) if kind in USAGE_TYPES else len(USAGE_TYPES), kind, used.tax_code)


def _used_steps(one: UsedMonth, some: Sequence[Used]) -> tuple[Step, ...]:
    """What each kind cost beside what is included (USE-05), and all of it."""
    kinds = [
        step(KIND, "USE-05", used.amount, kind=used.usage_type, records=used.records, amount=used.amount)
        for used in sorted(some, key=_place)
        if used.amount
    ]
    records, amount = sum(used.records for used in some), sum_money(used.amount for used in some)
    return *kinds, step(WHOLE, "RAT-14", amount, month=_label(one), records=records, amount=amount)


def _split_steps(one: UsedMonth, some: Sequence[Used], amount: Money) -> tuple[Step, ...]:
    """The employee sees the whole and the employer's part of it; the employer sees its part alone (FMP-11)."""
    if one.payer == EMPLOYER and some[0].category == SUBSCRIPTION:
        return (step("billing.usage.moved", "SPL-10", amount, month=_label(one), amount=-amount),)
    if one.payer == EMPLOYER:
        return (step("billing.usage.employer", "SPL-01", amount, month=_label(one), amount=amount),)
    whole = sum_money(used.amount for used in some)
    if some[0].category == THIRD_PARTY:
        last = step("billing.usage.third-party-employee", "SPL-02", amount, month=_label(one), amount=amount)
        return *_used_steps(one, some), last
    first: tuple[Step, ...] = (step("billing.usage.monthly", "SPL-10", whole, month=_label(one), amount=whole),)
    if some[0].category != SUBSCRIPTION:
        first = _used_steps(one, some)
    return *first, step(EMPLOYERS, "SPL-01", amount, employer=whole - amount, amount=amount)


def _line(one: UsedMonth, kind: Kind, part: Part, bill: Bill) -> DueLine | None:
    """The line for one category and tax code; None when nothing is to be billed or given back."""
    category, code = kind
    period, before = Period.month_of(one.month), one.billed.get(kind, zero())
    due, steps = _in_cents(part, one.prices, bill.prices, bill.rate_of(code, period.end))
    amount = due - before
    if not amount or (amount.amount > 0 and period.end <= bill.charge_from):
        return None
    because = (
        (*steps, step("billing.usage.billed", "RAT-13", amount, billed=before, amount=amount)) if before else steps
    )
    negative = amount.amount < 0
    return DueLine(
        code=USAGE,
        product_code=f"{USAGE}-{category}",
        names={lang: texts.say(f"billing.usage.{category}", lang) for lang in texts.LANGUAGES},
        category="service" if category == THIRD_PARTY else "telephony",
        tax_code=code,
        amount=amount,
        unit_price=abs(amount),
        quantity=-ONE if negative else ONE,
        start=period.start,
        end=period.end,
        because=because,
        line_id=one.line_id,
        usage_month=one.month,
        usage_revision=one.revision,
    )


def _in_cents(part: Part, rated: str, prices: str, rate: Decimal) -> Part:
    """The exact amount in the payer's price mode, rounded once to cents (C1, RAT-14)."""
    exact, steps = part
    if rated != prices and rate:
        whole, code = Fraction(100 + rate), "with-vat" if prices == tax.INCLUSIVE else "without-vat"
        found = exact.share_in_cents(whole, 100) if prices == tax.INCLUSIVE else exact.share_in_cents(100, whole)
        return found, (*steps, step(f"billing.usage.{code}", "C1", found, rate=percent_text(rate), amount=found))
    found = exact.rounded()
    if found == exact and steps:
        return found, steps
    return found, (*steps, step("billing.usage.cents", "RAT-14", found, amount=found))


def _label(one: UsedMonth) -> str:
    return f"{one.month:%Y-%m}"
