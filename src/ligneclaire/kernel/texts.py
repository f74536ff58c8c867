"""Sentences of steps, labels and refusals, in the three languages, from domains/<domain>/texts/<lang>.toml.

A text is named by a dotted code; its first part is the domain. Places for values say how they are written:
`{name}`, `{amount:money}`, `{on:date}`, `{month:month}`, `{share:percent}`, `{at:time}`, `{length:duration}`,
`{on:weekday}` ("lundi 6 juillet"), `{on:day}` (the same without its name), `{on:closed(bank holiday)}` ("dimanche", or
the word in brackets when the day is no weekend), `{days:count(day|days)}` (number and noun) and
`{kind:word(billing.category)}` (a word that is itself a text).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

LANGUAGES = ("fr", "nl", "en")
LOCALES = {"fr": "fr_FR", "nl": "nl_BE", "en": "en_IE"}
DOMAINS = Path(__file__).resolve().parent.parent / "domains"
PLACE = re.compile(r"\{(\w+)(?::(\w+)(?:\(([^)]*)\))?)?\}")
MONTH_FIRST = re.compile(r"\{\w+:month\}")  # "juin 2026" begins a sentence with a capital
Value = str | int


class TextMissing(LookupError):
    """No sentence under that code in that language, or a value of it was not given."""


def say(code: str, lang: str, params: Mapping[str, Value] | None = None) -> str:
    """The sentence of a code in one language ("fr", "nl", "en"), with its values written the way people write them."""
    domain, _, rest = code.partition(".")
    try:
        sentence = texts_of(domain, lang)[rest]
    except KeyError:
        raise TextMissing(f"no text {code!r} in {lang}") from None
    said = fill(sentence, lang, params or {})
    return said[:1].upper() + said[1:] if MONTH_FIRST.match(sentence) else said


def knows(code: str) -> bool:
    """Whether there is a sentence under that code."""
    domain, _, rest = code.partition(".")
    return rest in texts_of(domain, "en")


def fill(sentence: str, lang: str, params: Mapping[str, Value]) -> str:
    """A sentence with its places filled. Raises TextMissing when a value is not given."""

    def one(found: re.Match[str]) -> str:
        name, spec, detail = found.groups()
        if name not in params:
            raise TextMissing(f"no value {name!r} for {sentence!r}")
        return write(params[name], spec, detail, lang)

    return PLACE.sub(one, sentence)


def write(value: Value, spec: str | None, detail: str | None, lang: str) -> str:
    """One value in words: `spec` is what stands after the colon in a place, `detail` what stands in its brackets."""
    if spec is None:
        return str(value)
    if spec == "count":
        return _count(int(value), detail or "|", lang)
    if spec == "word":
        return say(f"{detail}.{value}", lang)
    if spec == "closed":
        return _closed(str(value), detail or "", lang)
    return _WRITERS[spec](str(value), lang)


@cache
def texts_of(domain: str, lang: str) -> Mapping[str, str]:
    """All sentences of one domain in one language, by code without the domain. Empty when it has none."""
    path = DOMAINS / domain / "texts" / f"{lang}.toml"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return dict(_flat(tomllib.load(file), ""))


def domains_with_texts() -> tuple[str, ...]:
    """The domains that have sentences."""
    return tuple(sorted({path.parent.parent.name for path in DOMAINS.glob("*/texts/*.toml")}))


def places(sentence: str) -> frozenset[tuple[str, str]]:
    """The places of a sentence as (name, spec), the same in every language."""
    return frozenset((name, spec or "") for name, spec, _ in PLACE.findall(sentence))


def _flat(table: Mapping[str, object], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{prefix}{key}.")
        else:
            found.append((f"{prefix}{key}", str(value)))
    return found


@lru_cache(maxsize=8192)
def money(amount: str, lang: str, currency: str = "EUR") -> str:
    """ "34.90" as "34,90 €", "€ 34,90" or "€34.90"; a unit price keeps its further decimals."""
    from babel.numbers import format_currency

    decimals = max(2, len(amount.partition(".")[2]))
    pattern = {"fr": "#,##0.00 ¤", "nl": "¤ #,##0.00;¤ -#,##0.00", "en": "¤#,##0.00"}[lang]
    return format_currency(
        Decimal(amount),
        currency,
        format=pattern.replace("0.00", "0." + "0" * decimals),
        locale=LOCALES[lang],
        currency_digits=False,
    )


@lru_cache(maxsize=8192)
def day(text: str, lang: str) -> str:
    """ "2026-06-12" as "12 juin 2026", "12 juni 2026" or "12 June 2026"; the French first is "1er"."""
    from babel.dates import format_date

    value = date.fromisoformat(text)
    if lang == "fr" and value.day == 1:
        return "1er " + format_date(value, "MMMM y", locale="fr_FR")
    return format_date(value, "d MMMM y", locale=LOCALES[lang])


@lru_cache(maxsize=8192)
def short_day(text: str, lang: str) -> str:
    """ "2026-07-06" as "6 juillet", "6 juli" or "6 July"."""
    return day(text, lang).rpartition(" ")[0]


@lru_cache(maxsize=8192)
def weekday(text: str, lang: str) -> str:
    """ "2026-07-06" as "lundi 6 juillet", "maandag 6 juli" or "Monday 6 July"."""
    from babel.dates import format_date

    return f"{format_date(date.fromisoformat(text), 'EEEE', locale=LOCALES[lang])} {short_day(text, lang)}"


def _closed(text: str, holiday: str, lang: str) -> str:
    """Why banks are closed on a day: "dimanche", or the word for a holiday."""
    return weekday(text, lang).split(" ")[0] if date.fromisoformat(text).weekday() >= 5 else holiday


@lru_cache(maxsize=8192)
def month(text: str, lang: str) -> str:
    """ "2026-06" as "juin 2026", "juni 2026" or "June 2026"."""
    from babel.dates import format_date

    return format_date(date.fromisoformat(f"{text[:7]}-01"), "LLLL y", locale=LOCALES[lang])


def percent(text: str, lang: str) -> str:
    """ "21" or "5.5" as "21 %", "5,5 %" or "21%"."""
    number = text if lang == "en" else text.replace(".", ",")
    return f"{number}%" if lang == "en" else f"{number}\u00a0%"


def clock(text: str, lang: str) -> str:
    """ "08:30" as it stands, in French "8 h 30" and "9 h"; a timestamp as its day in words and its own local time."""
    if "T" not in text:
        hour, _, minute = text.partition(":")
        if lang != "fr" or not minute:
            return text
        return f"{int(hour)}\u00a0h\u00a0{minute}".removesuffix("\u00a000")
    at = datetime.fromisoformat(text)
    return f"{day(at.date().isoformat(), lang)}, {clock(at.strftime('%H:%M'), lang)}"


def duration(text: str, lang: str) -> str:
    """ "PT72H30M" as "72 h 30 min"."""
    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", text)
    if not found:
        raise ValueError(f"not a duration: {text!r}")
    parts = [f"{number}\u00a0{unit}" for number, unit in zip(found.groups(), ("h", "min", "s"), strict=True) if number]
    return " ".join(parts) or "0\u00a0h"


def _count(number: int, nouns: str, lang: str) -> str:
    one, _, many = nouns.partition("|")
    single = abs(number) < 2 if lang == "fr" else abs(number) == 1
    return f"{number}\u00a0{one if single else many}"


_WRITERS: dict[str, Callable[[str, str], str]] = {
    "money": money,
    "date": day,
    "day": short_day,
    "weekday": weekday,
    "month": month,
    "percent": percent,
    "time": clock,
    "duration": duration,
}
