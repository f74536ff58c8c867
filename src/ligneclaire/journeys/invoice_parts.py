"""What an invoice is made of, as a reader sees it: groups, short labels, the bar, and what differs from the offer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from ligneclaire.journeys import formats
from ligneclaire.journeys.invoice_view import Group, Line, Part, Prices, Tax, Usual
from ligneclaire.kernel import texts
from ligneclaire.kernel.money import Money, sum_money

MOST = 6
GROUPS = {
    "activation": Group.ONCE,
    "one-off": Group.ONCE,
    "pro-rata": Group.MONTH,
    "month": Group.MONTH,
    "option": Group.OPTION,
    "discount": Group.CREDIT,
    "credit": Group.CREDIT,
}


def group(code: str) -> Group:
    """Where a line belongs."""
    return GROUPS.get(code, Group.ONCE)


def label(code: str, name: str, lang: str) -> str:
    """A line's label: the product's name, and what the line does with it when that is not obvious."""
    key = f"billing.label.{code}"
    return texts.say(key, lang, {"name": name}) if texts.knows(key) else name


def share(percent: int) -> Decimal:
    """The agreed share; an account that agreed on another one since still shows a share."""
    return Decimal(percent or 100)


def bar(lines: Sequence[Line], taxes: Sequence[Tax], prices: Prices, month: date | None, lang: str) -> tuple[Part, ...]:
    """The parts that sum to the total: at most six, the smallest as the rest; VAT apart when it comes on top."""
    parts = _together([Part(_short(line, month, lang), line.amount, line.group) for line in lines], lang)
    if prices == Prices.EXCLUSIVE:
        for tax in taxes:
            said = texts.say("billing.part.vat", lang, {"rate": str(tax.rate)})
            parts += [Part(said, tax.vat, Group.VAT)] if tax.vat else []
    return tuple(parts)


def usual(lines: Sequence[Line], kinds: Sequence[str], prices: Prices, lang: str) -> Usual | None:
    """The price of a normal month of the offer, and what comes on top or off this time; None without such a month.

    `kinds` are the products' kinds, line by line. A company's normal month holds its options and equipment too.
    """
    wanted = ("offer",) if prices == Prices.INCLUSIVE else ("offer", "option", "equipment")
    normal = [line for line, kind in zip(lines, kinds, strict=True) if _is_normal(line) and kind in wanted]
    if not normal:
        return None
    others = [line for line in lines if line not in normal]
    differences = _together([Part(_differs(line, lang), line.amount, line.group) for line in others], lang)
    return Usual(sum_money((line.amount for line in normal), normal[0].amount.currency), tuple(differences))


def _is_normal(line: Line) -> bool:
    whole = line.period is not None and line.period.days >= 28
    return line.code in ("month", "option") and whole and line.amount.amount > 0


def _short(line: Line, month: date | None, lang: str) -> str:
    if line.code == "month" and month:
        return texts.say("billing.part.month", lang, {"month": formats.month(month, lang, year=False)})
    return _differs(line, lang)


def _differs(line: Line, lang: str) -> str:
    key = f"billing.part.{line.code}"
    when = formats.period(line.period, lang) if line.period and line.period.days else ""
    if not texts.knows(key) or line.code == "month":
        return line.label
    return texts.say(key, lang, {"name": line.label, "when": when, "days": line.period.days if line.period else 0})


def _together(parts: Sequence[Part], lang: str) -> list[Part]:
    """Equal labels as one; beyond six parts, the smallest become one."""
    merged: dict[tuple[str, Group], Money] = {}
    for part in parts:
        key = (part.label, part.group)
        merged[key] = merged[key] + part.amount if key in merged else part.amount
    found = [Part(said, amount, where) for (said, where), amount in merged.items() if amount]
    if len(found) <= MOST:
        return found
    largest = sorted(found, key=lambda part: abs(part.amount), reverse=True)[: MOST - 1]
    rest = sum_money((part.amount for part in found if part not in largest), found[0].amount.currency)
    kept = [part for part in found if part in largest]
    return [*kept, Part(texts.say("billing.part.rest", lang), rest, Group.REST)] if rest else kept
