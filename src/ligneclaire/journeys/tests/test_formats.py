"""Amounts, dates and periods as their readers write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ligneclaire.journeys import formats
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("amount", "fr", "nl", "en"),
    [
        ("87.84", "87,84 €", "€ 87,84", "€87.84"),
        ("1234567.5", "1 234 567,50 €", "€ 1.234.567,50", "€1,234,567.50"),
        ("-12.00", "-12,00 €", "€ -12,00", "-€12.00"),
        ("0.0123", "0,0123 €", "€ 0,0123", "€0.0123"),
    ],
)
def test_money_never_breaks_and_keeps_its_decimals(amount: str, fr: str, nl: str, en: str) -> None:
    for lang, expected in (("fr", fr), ("nl", nl), ("en", en)):
        assert formats.money(Money.of(amount), lang) == expected.replace(" ", NBSP)


def test_a_day_in_full_words() -> None:
    day = date(2026, 7, 6)
    assert formats.day(day, "fr", weekday=True) == f"lundi 6{NBSP}juillet 2026"
    assert formats.day(day, "nl", weekday=True) == f"maandag 6{NBSP}juli 2026"
    assert formats.day(day, "en", weekday=True) == f"Monday 6{NBSP}July 2026"
    assert formats.day(date(2026, 7, 1), "fr", year=False) == f"1er{NBSP}juillet"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-06-12", "2026-07-01", "12–30 juin 2026"),
        ("2026-07-01", "2026-08-01", "juillet 2026"),
        ("2026-07-01", "2026-07-16", "1er–15 juillet 2026"),
        ("2026-06-12", "2026-06-13", "12 juin 2026"),
        ("2026-06-12", "2026-08-01", "12 juin – 31 juillet 2026"),
        ("2025-12-12", "2026-01-12", "12 décembre 2025 – 11 janvier 2026"),
    ],
)
def test_a_period_by_its_first_and_last_day(start: str, end: str, expected: str) -> None:
    period = Period(date.fromisoformat(start), date.fromisoformat(end))
    assert formats.period(period, "fr").replace(NBSP, " ") == expected


def test_an_empty_period_cannot_be_written() -> None:
    for write in (formats.period, formats.span):
        with pytest.raises(ValueError, match="empty"):
            write(Period(date(2026, 6, 12), date(2026, 6, 12)), "fr")


@pytest.mark.parametrize(
    ("start", "end", "lang", "expected"),
    [
        ("2026-06-12", "2026-07-01", "fr", "du 12 au 30 juin"),
        ("2026-06-01", "2026-06-16", "fr", "du 1er au 15 juin"),
        ("2026-06-12", "2026-06-13", "fr", "le 12 juin"),
        ("2026-06-12", "2026-07-01", "nl", "van 12 tot en met 30 juni"),
        ("2026-05-12", "2026-07-01", "en", "12 May to 30 June"),
        ("2025-12-27", "2026-01-01", "en", "27 to 31 December 2025"),
        ("2025-12-27", "2026-01-03", "fr", "du 27 décembre 2025 au 2 janvier"),
    ],
)
def test_a_period_inside_a_sentence(start: str, end: str, lang: str, expected: str) -> None:
    period = Period(date.fromisoformat(start), date.fromisoformat(end))
    assert formats.span(period, lang, year_known=2026).replace(NBSP, " ") == expected


def test_rates_and_quantities_without_needless_zeros() -> None:
    assert [formats.percent(Decimal("5.50"), lang) for lang in ("fr", "nl", "en")] == [
        "5,5\u00a0%",
        "5,5\u00a0%",
        "5.5%",
    ]
    assert formats.number(Decimal("1250.500"), "nl") == "1.250,5"
    assert formats.number_of(Money.of("1234.5"), "fr") == f"1{NBSP}234,50"
    assert formats.iban("BE68539007547034") == NBSP.join(["BE68", "5390", "0754", "7034"])
