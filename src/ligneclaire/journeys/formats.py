"""How values are written for a reader of page, PDF and mail, on top of the sentences of `kernel.texts`.

Every function takes the reader's language ("fr", "nl", "en"). Pure: no clock, no active language.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

import phonenumbers
from babel.dates import format_date
from babel.numbers import format_decimal

from ligneclaire.kernel import texts
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period


@lru_cache(maxsize=4096)
def money(value: Money, lang: str) -> str:
    """Write an amount with its currency: `87,84 €`, `€ 87,84`, `€87.84`. A unit price keeps its further decimals."""
    return no_narrow_space(texts.money(str(value), lang, value.currency)).replace(" ", "\u00a0")


@lru_cache(maxsize=4096)
def number_of(value: Money, lang: str) -> str:
    """Write an amount without its currency, with two decimals: `87,84`."""
    return no_narrow_space(format_decimal(value.amount, format="#,##0.00", locale=texts.LOCALES[lang]))


@lru_cache(maxsize=4096)
def number(value: Decimal, lang: str) -> str:
    """Write a quantity without needless zeros: `2`, `1 250,5`."""
    return no_narrow_space(format_decimal(value, format="#,##0.######", locale=texts.LOCALES[lang]))


@lru_cache(maxsize=4096)
def percent(value: Decimal, lang: str) -> str:
    """Write a rate that is given in percent: `5,5 %`, in English `5.5%`."""
    return number(value, lang) + ("%" if lang == "en" else "\u00a0%")


@lru_cache(maxsize=4096)
def day(value: date, lang: str, *, weekday: bool = False, year: bool = True) -> str:
    """Write a date in full words: `lundi 6 juillet 2026`, `1er juillet`, `maandag 6 juli 2026`."""
    rest = format_date(value, "MMMM y" if year else "MMMM", locale=texts.LOCALES[lang])
    number = "1er" if lang == "fr" and value.day == 1 else str(value.day)
    name = format_date(value, "EEEE", locale=texts.LOCALES[lang]) + " " if weekday else ""
    return f"{name}{number}\u00a0{rest}"


@lru_cache(maxsize=4096)
def month(value: date, lang: str, *, year: bool = True) -> str:
    """Write the month of a date: `juillet 2026`."""
    return str(format_date(value, "LLLL y" if year else "LLLL", locale=texts.LOCALES[lang]))


def period(value: Period, lang: str) -> str:
    """Write a half-open period by its first and last day: `12–30 juin 2026`, `juillet 2026`, `12 juin 2026`.

    Raises ValueError for an empty period.
    """
    first, last = value.start, value.end - timedelta(days=1)
    if last < first:
        raise ValueError("an empty period has no days to write")
    if last == first:
        return day(first, lang)
    if value == Period.month_of(first):
        return month(first, lang)
    if (last.year, last.month) == (first.year, first.month):
        start = "1er" if lang == "fr" and first.day == 1 else str(first.day)
        return f"{start}–{day(last, lang)}"
    return f"{day(first, lang, year=first.year != last.year)} – {day(last, lang)}"


def span(value: Period, lang: str, *, year_known: int | None = None) -> str:
    """Write a half-open period as part of a sentence: `du 12 au 30 juin`, `van 12 tot en met 30 juni`, `12 to 30 June`.

    The year is left out when it is `year_known`. Raises ValueError for an empty period.
    """
    first, last = value.start, value.end - timedelta(days=1)
    if last < first:
        raise ValueError("an empty period has no days to write")
    if last == first:
        said = day(last, lang, year=last.year != year_known)
        return f"le {said}" if lang == "fr" else said
    start = day(first, lang, year=first.year != last.year)
    if (last.year, last.month) == (first.year, first.month):
        start = start.split("\u00a0")[0]
    end = day(last, lang, year=last.year != year_known)
    return {"fr": f"du {start} au {end}", "nl": f"van {start} tot en met {end}", "en": f"{start} to {end}"}[lang]


def iban(value: str) -> str:
    """Write an IBAN in groups of four."""
    bare = value.replace(" ", "")
    return "\u00a0".join(bare[index : index + 4] for index in range(0, len(bare), 4))


def no_narrow_space(text: str) -> str:
    """The narrow no-break space is missing from our font: the ordinary no-break space stands for it."""
    return text.replace("\u202f", "\u00a0")


def phone(value: str, country: str) -> str:
    """Write a telephone number as people of the country write it; "" stays "", an unreadable one stays as it is."""
    try:
        number = phonenumbers.parse(value, country)
    except phonenumbers.NumberParseException:
        return value
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))


def phone_on_page(value: str, country: str) -> str:
    """The same in one piece: a page does not break it."""
    return phone(value, country).replace(" ", "\u00a0")


def quantity(value: int, service: str, lang: str) -> str:
    """Write a quantity of usage: octets as `18,7 GB` (French `18,7 Go`) or MB, seconds as whole minutes, pieces as they
    are; rounded down, so that it never says more than was used."""
    if service == "voice":
        return f"{number(Decimal(value // 60), lang)}\u00a0min"
    if service != "data":
        return number(Decimal(value), lang)
    unit, size = ("G", 10**9) if value >= 10**9 else ("M", 10**6)
    tenths = Decimal(value * 10 // size) / 10
    return f"{number(tenths, lang)}\u00a0{unit}{'o' if lang == 'fr' else 'B'}"


def day_before(value: date) -> date:
    """The last day of a half-open period that ends with `value`."""
    return value - timedelta(days=1)


def day_after(value: date) -> date:
    """The half-open end of a period whose last day is `value`."""
    return value + timedelta(days=1)
