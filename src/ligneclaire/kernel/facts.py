"""The types of facts and answers: what JSON may say, strictly. Floats never, dates as ISO, money as strings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period

FIRST_YEAR, LAST_YEAR = 1900, 2199
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_PERCENT = re.compile(r"\d{1,3}(\.\d{1,6})?", re.ASCII)
_UNIT_PRICE = re.compile(r"-?\d{1,11}(\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stamp:
    """An instant as it was written, so that an answer can repeat it, and as an aware datetime."""

    text: str
    at: datetime

    def __str__(self) -> str:
        return self.text


def parse_day(value: object) -> date:
    """A date from "2026-04-30". Raises the named error of facts."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("date_type", 'a date is a string, like "2026-04-30"')
    if not _DAY.fullmatch(value):
        raise PydanticCustomError("date_text", 'not a date, like "2026-04-30"')
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("date_impossible", "there is no such day") from None
    return _in_years(day)


def parse_stamp(value: object) -> Stamp:
    """An instant from "2026-04-30T12:00:00+02:00". Raises the named error of facts."""
    if isinstance(value, Stamp):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("time_type", 'a string with an offset, like "2026-04-30T12:00:00+02:00"')
    if not _STAMP.fullmatch(value):
        raise PydanticCustomError("time_text", 'not a timestamp with an offset, like "2026-04-30T12:00:00+02:00"')
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("time_impossible", "there is no such moment") from None
    _in_years(at.date())
    return Stamp(value, at)


def parse_month(value: object) -> Period:
    """A calendar month from "2026-04". Raises the named error of facts."""
    if isinstance(value, Period):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("month_type", 'a month is a string, like "2026-04"')
    try:
        month = Period.month(value)
    except ValueError:
        raise PydanticCustomError("month_text", 'not a month, like "2026-04"') from None
    _in_years(month.start)
    return month


def parse_percent(value: object) -> Decimal:
    """A percentage from 50 or "5.5", from 0 to 100. Raises the named error of facts."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise PydanticCustomError("percent_type", 'a percentage is an integer or a string, like 50 or "5.5"')
    if isinstance(value, str) and not _PERCENT.fullmatch(value):
        raise PydanticCustomError("percent_text", 'not a percentage, like 50 or "5.5"')
    percent = Decimal(value)
    if not 0 <= percent <= 100:
        raise PydanticCustomError("percent_range", "a percentage lies between 0 and 100")
    return percent


def parse_unit_price(value: object) -> Money:
    """A unit price or a rated amount: a string with up to six decimals. Raises the named error of facts."""
    if isinstance(value, Money):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("price_type", 'a unit price is a string with up to six decimals, like "0.0123"')
    if not _UNIT_PRICE.fullmatch(value):
        raise PydanticCustomError("price_text", 'not a price with up to six decimals, like "0.0123"')
    return Money.of(value)


def percent_text(percent: Decimal | int) -> str:
    """A percentage without needless zeros: "21", "5.5"."""
    text = f"{Decimal(percent):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def six_decimals(amount: Money) -> str:
    """An amount with all its six decimals: "0.012300"."""
    return f"{amount.amount:.6f}"


def _in_years(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PydanticCustomError("date_range", "a date lies between the years 1900 and 2199")
    return day


def _not_negative(amount: Money) -> Money:
    if amount.amount < 0:
        raise PydanticCustomError("money_negative", "this amount can't be negative")
    return amount


def _schema(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **schema})


Day = Annotated[date, BeforeValidator(parse_day), _schema(format="date", examples=["2026-04-30"])]
At = Annotated[
    Stamp,
    BeforeValidator(parse_stamp),
    PlainSerializer(str),
    _schema(format="date-time", examples=["2026-04-30T12:00:00+02:00"]),
]
Month = Annotated[
    Period,
    BeforeValidator(parse_month),
    PlainSerializer(lambda month: month.label),
    _schema(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-04"]),
]
Percent = Annotated[
    Decimal,
    BeforeValidator(parse_percent),
    PlainSerializer(percent_text),
    WithJsonSchema(
        {
            "type": ["integer", "string"],
            "minimum": 0,
            "maximum": 100,
            "pattern": r"^(\d{1,2}|0\d{2}|100)(\.\d{1,6})?$",
            "examples": [50, "5.5"],
        }
    ),
]
Amount = Money
Price = Annotated[Money, AfterValidator(_not_negative), _schema(pattern=r"^\d{1,11}\.\d{2}$", examples=["34.90"])]
UnitPrice = Annotated[
    Money, BeforeValidator(parse_unit_price), _schema(pattern=r"^-?\d{1,11}(\.\d{1,6})?$", examples=["0.0123"])
]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
Positive = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
Flag = Annotated[bool, Field(strict=True)]
Text = Annotated[str, Field(strict=True, min_length=1, max_length=200)]
