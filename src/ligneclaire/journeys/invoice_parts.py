"""What an invoice is made of, as a reader sees it: groups, short labels, the bar, and what differs from the offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    "usage": Group.OUTSIDE_BUNDLE,
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


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of a part depend on besides its line: the month billed, and whether it is the first invoice."""

    lang: str
    month: date | None = None
    first: bool = False


def bar(lines: Sequence[Line], taxes: Sequence[Tax], prices: Prices, words: Words) -> tuple[Part, ...]:
    """The parts that sum to the total: at most six, the smallest as the rest; VAT apart when it comes on top."""
    lang = words.lang
    parts = _together([Part(_short(line, words), line.amount, _shown(line)) for line in lines], lang)
    if prices == Prices.EXCLUSIVE:
        for tax in taxes:
            key = "billing.part.vat-of" if len(taxes) > 1 else "billing.part.vat"
            said = texts.say(key, lang, {"rate": str(tax.rate), "net": str(tax.net)})
            parts += [Part(said, tax.vat, Group.VAT)] if tax.vat else []
    return tuple(parts)


def usual(
    lines: Sequence[Line], kinds: Sequence[str], prices: Prices, words: Words, *, several: bool = False
) -> Usual | None:
    """The price of a normal month of the offer, and what comes on top or off this time; None without such a month.

    `kinds` are the products' kinds, line by line. A company's normal month holds its options and equipment too. The
    offer is named where its price stands alone and there are not `several` contracts.
    """
    wanted = ("offer",) if prices == Prices.INCLUSIVE else ("offer", "option", "equipment")
    normal = [line for line, kind in zip(lines, kinds, strict=True) if _is_normal(line) and kind in wanted]
    if not normal:
        return None
    others = [line for line in lines if line not in normal]
    differences = _together([Part(_differs(line, words), line.amount, _shown(line)) for line in others], words.lang)
    monthly = sum_money((line.amount for line in normal), normal[0].amount.currency)
    return Usual(monthly, tuple(differences), normal[0].label if len(normal) == 1 and not several else "")


def _shown(line: Line) -> Group:
    """The days of a month are told apart from whole months."""
    return Group.DAYS if line.code == "pro-rata" else line.group


def _is_normal(line: Line) -> bool:
    whole = line.period is not None and line.period.days >= 28
    return line.code in ("month", "option") and whole and line.amount.amount > 0


def _short(line: Line, words: Words) -> str:
    if line.code == "month" and words.month:
        month = formats.month(words.month, words.lang, year=False)
        return texts.say("billing.part.month", words.lang, {"month": month})
    return _differs(line, words)


def _differs(line: Line, words: Words) -> str:
    if line.usage:
        return f"{line.label}, {formats.month(line.usage.month, words.lang, year=False)}"
    key = f"billing.part.{line.code}"
    if not texts.knows(key) or line.code == "month":
        return line.label
    days = line.period.days if line.period else 0
    if line.code == "pro-rata" and words.first:
        key = "billing.part.first-days" if days > 1 else "billing.part.first-day"
    known = words.month.year if words.month else None
    when = formats.span(line.period, words.lang, year_known=known) if line.period and days else ""
    return texts.say(key, words.lang, {"name": line.label, "when": when, "days": days})


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
