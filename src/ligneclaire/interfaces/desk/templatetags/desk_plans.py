"""Template words of the page that tries other plans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from django import template
from django.utils.translation import gettext as _

from ligneclaire.domains.billing.rules.replayed import LineReplay, Replay
from ligneclaire.domains.catalogue.rules.offered import Offered
from ligneclaire.interfaces import charts
from ligneclaire.interfaces.desk import plan_drawing
from ligneclaire.interfaces.desk.plan_drawing import Series
from ligneclaire.interfaces.templatetags.ligneclaire import in_words, language, money
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.texts import LOCALES

register = template.Library()


@register.filter
def plan_rows(found: Replay) -> list[dict[str, Any]]:
    """`{% for row in found|plan_rows %}`: each plan with its sum, the difference and for how many lines it is best; the
    cheapest first."""
    rows = []
    for place, (plan, one) in enumerate(zip(found.plans, found.tried, strict=True)):
        rows.append({
            "plan": plan, "sum": one.money, "unrated": one.unrated, "difference": one.money - found.billed,
            "best_for": sum(line.best == place for line in found.lines), "is_best": found.best == place,
        })  # fmt: skip
    return sorted(rows, key=lambda row: row["sum"].amount)


@register.filter
def best_plan(line: LineReplay, found: Replay) -> Any:
    """`{% with best=line|best_plan:found %}`: the plan and its sum that would have been best, or nothing."""
    if line.best is None:
        return None
    return {"plan": found.plans[line.best], "sum": line.tried[line.best].money}


@register.filter
def own_plans(line: LineReplay, plans: Sequence[Offered]) -> str:
    """`{{ line|own_plans:known.plans }}`: the names of the plans that a line had."""
    names = {one.code: in_words(dict(one.names)) for one in plans}
    return ", ".join(names.get(code, code) for code in line.offers)


@register.filter
def less(found: Replay) -> Money:
    """`{{ found|less }}`: how much less the best plan for all would have cost."""
    return Money.from_cents(0) if found.best is None else found.billed - found.tried[found.best].money


@register.filter
def best_of_all(found: Replay) -> str:
    """`{{ found|best_of_all }}`: the name of the plan that would have been best for all lines."""
    return "" if found.best is None else in_words(dict(found.plans[found.best].names))


@register.inclusion_tag("parts/chart.html")
def plans_by_month(found: Replay, label: str) -> dict[str, Any]:
    """`{% plans_by_month found label %}`: what was billed, and what the cheapest plans would have cost."""
    amounts = list(zip(*((billed, *tried) for _month, billed, tried in found.by_month), strict=True))
    rows = [Series(_("as billed"), money(found.billed), "rest", _of(amounts[0]))]
    order = sorted(range(len(found.plans)), key=lambda place: found.tried[place].cents)
    for place in order:
        tone = "credit" if place == found.best else "month"
        name, written = in_words(dict(found.plans[place].names)), money(found.tried[place].money)
        rows.append(Series(name, written, tone, _of(amounts[place + 1])))
    months = [_short(month) for month in found.months]
    wide, narrow = (plan_drawing.by_month(rows, months, width) for width in (charts.WIDE, charts.NARROW))
    return {"wide": wide, "narrow": narrow, "label": label}


def _of(amounts: Any) -> tuple[Any, ...]:
    return tuple(one.amount for one in amounts)


def _short(month: date) -> str:
    return str(format_date(month, "LLL", locale=LOCALES[language()]))
