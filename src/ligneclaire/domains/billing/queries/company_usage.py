"""What a company pays of its lines' usage in a month by now, by the function that bills it (SPL-08, FMP-11).

The whole of a shared line is read here to be split, and only the employer's part leaves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Sum

from ligneclaire.domains.billing.rules import tax
from ligneclaire.domains.billing.rules.split_bill import EMPLOYER
from ligneclaire.domains.billing.rules.usage_lines import Used, UsedMonth, paid_of
from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts.rules import contribution
from ligneclaire.domains.operators.among import among
from ligneclaire.domains.usage.models import Total
from ligneclaire.domains.usage.queries.wall import Seen
from ligneclaire.kernel.money import Money


class Paid(NamedTuple):
    """What the company pays of one category of a line, in cents, without VAT (the mode of its account)."""

    line_id: int
    category: str
    tax_code: str
    amount: Money


def paid_by_company(seen: Sequence[Seen]) -> Mapping[int, tuple[Paid, ...]]:
    """The company's part of lines that passed the wall, all of one month, by line, category and tax; nothing where
    nothing is due. The same amounts as the lines of its invoice (RAT-14)."""
    if not seen:
        return {}
    month = seen[0].month
    splits = contracts.split_of_lines([one.line_id for one in seen if one.is_split], month)
    found: dict[int, tuple[Paid, ...]] = defaultdict(tuple)
    for paid in _whole([one.line_id for one in seen if one.line_id not in splits], month):
        found[paid.line_id] += (paid,)
    for line_id, used in _totals(list(splits), month).items():
        terms = contribution.read(splits[line_id].contribution)
        parts = paid_of(UsedMonth(line_id, month, 0, tax.EXCLUSIVE, used, {}, EMPLOYER, terms))
        found[line_id] = tuple(Paid(line_id, *kind, amount) for kind, amount in sorted(parts.items()) if amount)
    return found


def _whole(line_ids: Sequence[int], month: date) -> Iterator[Paid]:
    """What lines cost of which one payer pays all, by line, category and tax: of such a line `paid_of` says no more
    than these sums in cents."""
    rows = Total.objects.filter(among("line_id", line_ids), group__month=month).exclude(amount=0)
    sums = rows.values_list("line_id", "category", "tax_code").annotate(Sum("amount"))
    for line_id, category, code, amount in sums.order_by("line_id", "category", "tax_code"):
        if paid := Money(amount).rounded():
            yield Paid(line_id, category, code, paid)


def _totals(line_ids: Sequence[int], month: date) -> Mapping[int, tuple[Used, ...]]:
    """What lines used by kind, as a split of the bill sees it."""
    rows = Total.objects.filter(line_id__in=line_ids, group__month=month).order_by("line_id", "usage_type", "tax_code")
    found: dict[int, list[Used]] = defaultdict(list)
    for row in rows:
        found[row.line_id].append(Used(row.category, row.usage_type, row.tax_code, row.records, Money(row.amount)))
    return {line_id: tuple(used) for line_id, used in found.items()}
