"""What an employer pays of a month so far, and what is the employee's own: by the functions of the bill run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.billing.rules.split_bill import EMPLOYEE, names_subscription, split_bill
from ligneclaire.domains.billing.rules.usage_lines import Bill, Used, UsedMonth, usage_lines
from ligneclaire.domains.billing.rules.values import DueLine
from ligneclaire.domains.contracts.models import SplitBill
from ligneclaire.domains.contracts.rules import contribution as contributions
from ligneclaire.domains.contracts.rules.contribution import FixedAmount
from ligneclaire.domains.rulebook import taxes
from ligneclaire.domains.usage.queries import wall
from ligneclaire.domains.usage.queries.own import Kind
from ligneclaire.domains.usage.queries.wall import Seen
from ligneclaire.journeys import contributions as words
from ligneclaire.kernel.money import Money, sum_money, zero


@dataclass(frozen=True, slots=True)
class Share:
    """A month with split bill. `employer` is without VAT; `left` of a contribution of one amount (None: of another
    type); `lines` are (name, amount) as a private invoice would have them today, VAT included where it is due."""

    contribution: tuple[str, ...]
    employer: Money
    left: Money | None
    limit: Money | None
    lines: tuple[tuple[str, Money], ...]
    with_subscription: bool

    @property
    def private(self) -> Money:
        """What is the employee's own so far."""
        return sum_money(amount for _name, amount in self.lines)


def share_of(
    splits: Iterable[SplitBill], seen: Seen, account: Account, kinds: Iterable[Kind], lang: str
) -> Share | None:
    """How the month is shared by now; None without a split bill. `account` pays the line. SPL-01 to SPL-03."""
    mine = (one for one in splits if one.contract.line_id == seen.line_id)
    split = next((one for one in mine if holds(one, seen.month)), None)
    if split is None:
        return None
    terms, used = contributions.read(split.contribution), charged(kinds)
    employer = split_bill(terms, [one.charge for one in used], in_cents=False).employer.rounded()
    limit = terms.amount if isinstance(terms, FixedAmount) else None
    return Share(
        contribution=words.in_words(split.contribution, lang),
        employer=employer,
        left=None if limit is None else max(zero(), limit - employer),
        limit=limit,
        lines=tuple((line.names[lang], line.amount) for line in private_lines(split, seen, account, used)),
        with_subscription=names_subscription(terms),
    )


def charged(kinds: Iterable[Kind | wall.Used]) -> tuple[Used, ...]:
    """What was charged of a month, by kind, as a split of the bill sees it."""
    some = (one for one in kinds if one.amount)
    return tuple(Used(one.category, one.usage_type, one.tax_code, one.records, one.amount) for one in some)


def private_lines(split: SplitBill, seen: Seen, account: Account, used: tuple[Used, ...]) -> tuple[DueLine, ...]:
    """The lines that the employee's next invoice would have of the month by now. `account` pays the line."""
    terms, country = contributions.read(split.contribution), account.legal_entity.country

    def rate_of(code: str, on: date) -> Decimal:
        return taxes.rate_of(code, country, on)

    month = UsedMonth(seen.line_id, seen.month, 0, account.prices, used, {}, EMPLOYEE, terms)
    return usage_lines([month], Bill(split.account.prices, rate_of))


def holds(split: SplitBill, month: date) -> bool:
    """Whether a bill is shared in the month of a day: whole months at a time."""
    first, from_on, to_on = month.replace(day=1), split.from_on, split.to_on
    return from_on is not None and from_on <= first and (to_on is None or first < to_on)
