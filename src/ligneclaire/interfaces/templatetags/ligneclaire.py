"""Template words: money, dates and because-captions, in the reader's language. Built in: no `{% load %}` needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from django import template
from django.utils import timezone, translation

from ligneclaire.interfaces import charts, day_plot
from ligneclaire.journeys import formats, payment_qr, reasons, usage_words
from ligneclaire.journeys.invoice_view import Part
from ligneclaire.kernel import texts
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.texts import LOCALES, say

register = template.Library()


def language() -> str:
    """The language of this page: "fr", "nl" or "en"."""
    active = (translation.get_language() or "en")[:2]
    return active if active in LOCALES else "en"


@register.simple_tag(name="money")
def money_tag(value: Money | Decimal | str, currency: str = "EUR") -> str:
    """`{% money total %}`: Money, or a decimal amount of the currency."""
    return money(value, currency)


@register.filter
def money(value: Money | Decimal | str | None, currency: str = "EUR") -> str:
    """`{{ total|money }}`: 87,84 €. Empty for None."""
    if value is None:
        return ""
    return formats.money(value if isinstance(value, Money) else Money.of(value, currency), language())


@register.filter
def minus(value: Money, part: Money) -> Money:
    """`{{ bill.to_pay|minus:bill.to_pay_in_unit|money }}`: what is left of a sum."""
    return value - part


@register.filter
def in_unit(value: Money) -> str:
    """`{{ bill.to_pay_in_unit|in_unit }}`: 18,25 RES, an amount in the complementary currency."""
    return f"{formats.number_of(value, language())}\u00a0RES"


@register.filter
def times(value: Money | None, quantity: int) -> Money | None:
    """`{{ item.monthly_price|times:item.quantity }}`: Money, in cents."""
    return None if value is None else (value * quantity).rounded()


@register.filter
def colon(label: str) -> str:
    """`{{ name|colon }}`: a label with the colon after it, in French with the space that cannot break before it."""
    return f"{label}\u00a0:" if language() == "fr" else f"{label}:"


@register.filter
def number(value: Decimal | int | None) -> str:
    """`{{ quantity|number }}`: 1 250,5."""
    return "" if value is None else formats.number(Decimal(value), language())


@register.filter
def about(value: int, service: str) -> str:
    """`{{ gauge.left|about:gauge.service }}`: 7,9 Go, 214 min, 61 SMS; rounded down."""
    return usage_words.about(value, service, language())


@register.filter
def exact(value: Money | None) -> str:
    """`{{ record.amount|exact }}`: 0,123456 €, with all its decimals."""
    return "" if value is None else formats.money(value, language())


@register.filter
def cents(value: Money | None) -> str:
    """`{{ record.amount|cents }}`: 0,12 €, rounded for display."""
    return "" if value is None else formats.money(value.rounded(), language())


@register.filter
def usage_kind(name: str) -> str:
    """`{{ "data-roaming"|usage_kind }}`: internet mobile à l'étranger."""
    return usage_words.kind(name, language())


@register.filter
def bundle(code: str) -> str:
    """`{{ gauge.code|bundle }}`: the name of a bundle."""
    return usage_words.bundle(code, language())


@register.filter
def percent(value: Decimal | int | None) -> str:
    """`{{ rate|percent }}`: 5,5 %."""
    return "" if value is None else formats.percent(Decimal(value), language())


@register.filter
def day(value: date | None) -> str:
    """`{{ issued_on|day }}`: 6 juillet 2026."""
    return formats.day(value, language()) if value else ""


@register.filter
def weekday(value: date | None) -> str:
    """`{{ debit_on|weekday }}`: lundi 6 juillet 2026."""
    return formats.day(value, language(), weekday=True) if value else ""


@register.filter
def month(value: date | None) -> str:
    """`{{ month|month }}`: juillet 2026."""
    return formats.month(value, language()) if value else ""


@register.filter
def bare_month(value: date | None) -> str:
    """`{{ month|bare_month }}`: juillet, without its year."""
    return formats.month(value, language(), year=False) if value else ""


@register.filter
def period(value: Period | None) -> str:
    """`{{ line.period|period }}`: 12–30 juin 2026."""
    return formats.period(value, language()) if value else ""


@register.filter
def day_before(value: date | None) -> date | None:
    """The last day of a half-open period's end."""
    return value - timedelta(days=1) if value else None


@register.filter
def moment(value: datetime | None) -> str:
    """`{{ asked_at|moment }}`: lundi 6 juillet 2026 à 10 h 41, in the operator's time."""
    if value is None:
        return ""
    local, lang = timezone.localtime(value), language()
    between = {"fr": " à ", "nl": " om ", "en": " at "}[lang]
    return f"{formats.day(local.date(), lang, weekday=True)}{between}{clock(value)}"


@register.filter
def is_today(value: datetime | None) -> bool:
    """`{% if as_of.rated_at|is_today %}`: whether a moment lies on the operator's day."""
    return value is not None and timezone.localtime(value).date() == timezone.localdate()


@register.filter
def clock(value: datetime | None) -> str:
    """`{{ as_of.rated_at|clock }}`: 14 h 32 or 9 h, in English and Dutch 14:32, in the operator's time."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return texts.clock(f"{local:%H:%M}", language())


@register.filter
def capital(value: str) -> str:
    """The first letter large: a sentence starts with it."""
    return value[:1].upper() + value[1:]


@register.filter
def initials(name: object) -> str:
    """`{{ reader|initials }}`: AR."""
    words = str(name).split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def in_words(names: dict[str, str] | None) -> str:
    """A name that a row keeps in several languages, in the reader's; else in the first there is."""
    if not names:
        return ""
    return names.get(language()) or next(iter(names.values()))


@register.simple_tag(name="say")
def say_tag(code: str, **params: str | int) -> str:
    """`{% say "promises.kind.dispute" %}`: a sentence of a domain's texts."""
    return say(code, language(), params)


@register.inclusion_tag("parts/because.html")
def because(steps: Iterable[Any]) -> dict[str, Any]:
    """A caption with the steps: of `reasons.Reason`, of kernel `Step`, or as stored in a `because` column."""
    return {"reasons": reasons.of(steps, language())}


@register.inclusion_tag("parts/chart.html")
def bar(parts: Sequence[Part], label: str) -> dict[str, Any]:
    """`{% bar view.bar label %}`: what an amount is made of, to scale, in two sizes. `label` says it in words."""
    lang = language()
    pieces = [charts.Piece(p.amount.amount, formats.money(p.amount, lang), p.label, str(p.group)) for p in parts]
    pieces = [piece for piece in pieces if piece.amount]
    return {"wide": charts.bar_wide(pieces), "narrow": charts.bar_narrow(pieces), "label": label}


@register.inclusion_tag("parts/chart.html")
def exit_plot(costs: Sequence[Any], label: str) -> dict[str, Any]:
    """`{% exit_plot costs label %}`: what leaving costs, month by month; each has `last_day` and `amount` (Money)."""
    lang = language()
    months = [
        charts.Month(
            cost.last_day,
            str(format_date(cost.last_day, "LLL", locale=LOCALES[lang])),
            cost.amount.amount,
            formats.money(cost.amount, lang),
        )
        for cost in costs
    ]
    wide, narrow = charts.stairs(months, charts.WIDE), charts.stairs(months, charts.NARROW)
    return {"wide": wide, "narrow": narrow, "label": label}


@register.inclusion_tag("parts/chart.html")
def day_bars(days: Sequence[Any], service: str, of_days: int, label: str) -> dict[str, Any]:
    """`{% day_bars month.days "data" 30 label %}`: what was used each day; each has `on`, `inside` and `outside`."""
    lang = language()
    bars = [
        day_plot.DayBar(
            one.on.day,
            one.inside,
            one.outside,
            f"{formats.day(one.on, lang, year=False)}, {usage_words.about(one.inside + one.outside, service, lang)}",
        )
        for one in days
    ]
    wide, narrow = (day_plot.days(bars, of_days, width) for width in (charts.WIDE, charts.NARROW))
    return {"wide": wide, "narrow": narrow, "label": label}


@register.inclusion_tag("parts/chart.html")
def explored_days(found: Any, label: str) -> dict[str, Any]:
    """`{% explored_days found label %}`: the days of an explored month (`journeys.usage_explorer`)."""
    bars = [day_plot.DayBar(one.on.day, one.inside, one.outside, one.written) for one in found.bars]
    wide, narrow = (day_plot.days(bars, found.last_day, width) for width in (charts.WIDE, charts.NARROW))
    return {"wide": wide, "narrow": narrow, "label": label}


@register.inclusion_tag("parts/payment_code.html")
def payment_code(payload: str, words: str) -> dict[str, Any]:
    """`{% payment_code view.payment.qr words %}`: the QR code that a bank's application reads; `words` say it."""
    width, path = payment_qr.svg_path(payload)
    return {"from": -4, "width": width + 8, "path": path, "words": words}


@dataclass(frozen=True, slots=True)
class Station:
    """One station of a tracker. `state` is "done", "now", "late" or "ahead"; `at` is a moment, a date or None."""

    name: str
    state: str
    at: datetime | date | None = None
    words: str = ""

    @property
    def when(self) -> str:
        """Its moment or its day, in words."""
        return moment(self.at) if isinstance(self.at, datetime) else weekday(self.at)


@register.inclusion_tag("parts/tracker.html")
def tracker(stations: Sequence[Station]) -> dict[str, Any]:
    """`{% tracker stations %}`: a wire with stations, across on a desk, down on a telephone."""
    return {"stations": stations}
