"""What is given back of usage that was charged without its warning (W-07): to each payer what he paid of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ligneclaire.domains.billing.rules.usage_lines import Bill, Kind, Used, UsedMonth, usage_lines
from ligneclaire.kernel.money import Money, sum_money, zero


def credits_of(month: UsedMonth, beyond: Sequence[Used], bill: Bill) -> Mapping[Kind, Money]:
    """What a payer's lines of a month are less, by category and tax code, without what lay `beyond`: negative, in
    cents; nothing where it makes no difference. What is billed is said by the same function: no more is ever given
    back."""
    whole = replace(month, billed={})
    left = replace(whole, used=tuple(_without(one, beyond) for one in month.used))
    before, after = _amounts(whole, bill), _amounts(left, bill)
    found = {kind: after.get(kind, zero()) - amount for kind, amount in before.items()}
    return {kind: amount for kind, amount in sorted(found.items()) if amount.amount < 0}


def _without(used: Used, beyond: Sequence[Used]) -> Used:
    of_kind = (one.amount for one in beyond if (one.usage_type, one.tax_code) == (used.usage_type, used.tax_code))
    return replace(used, amount=max(zero(), used.amount - sum_money(of_kind)))


def _amounts(month: UsedMonth, bill: Bill) -> dict[Kind, Money]:
    lines = usage_lines([month], bill)
    return {(line.product_code.removeprefix(f"{line.code}-"), line.tax_code): line.amount for line in lines}
