"""Money: exact decimal amounts with a currency, and every rounding of the product (docs/rounding.md).

No float enters and no bare Decimal leaves a calculation. Six decimals while rating, cents when posted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

CENT = Decimal("0.01")
MICRO = Decimal("0.000001")
LARGEST = Decimal("1000000000000")
_WRITTEN = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)

_FACTORS = (int, Decimal, Fraction)


class MoneyError(ValueError):
    """An amount that cannot be: too many decimals, not finite, too large, or two currencies in one sum."""


class TooLarge(MoneyError):
    """An amount beyond what is kept: a million million or more."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency, with at most six decimals. Equal amounts are equal whatever their zeros."""

    amount: Decimal
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"an amount is a Decimal, not {type(self.amount).__name__}: use Money.of()")
        if not self.amount.is_finite():
            raise MoneyError(f"not an amount of money: {self.amount}")
        if abs(self.amount) >= LARGEST:
            raise TooLarge(f"not an amount of money: {self.amount}")
        if self.amount != self.amount.quantize(MICRO):
            raise MoneyError(f"more than six decimals: {self.amount}")
        if len(self.currency) != 3 or not self.currency.isupper():
            raise MoneyError(f"not a currency code: {self.currency!r}")

    @classmethod
    def of(cls, value: str | int | Decimal, currency: str = "EUR") -> Money:
        """Money from "34.90", 35 or a Decimal. Raises TypeError on a float, MoneyError on anything unclear."""
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise TypeError(f"money comes from a string, an integer or a Decimal, not {type(value).__name__}")
        if isinstance(value, str) and not _WRITTEN.fullmatch(value):
            raise MoneyError(f"not an amount of money: {value!r}")
        return cls(Decimal(value), currency)

    @classmethod
    def from_cents(cls, cents: int, currency: str = "EUR") -> Money:
        """Money from a whole number of cents."""
        if isinstance(cents, bool) or not isinstance(cents, int):
            raise TypeError("cents are an integer")
        return cls(Decimal(cents).scaleb(-2), currency)

    @classmethod
    def from_micro(cls, micro: int, currency: str = "EUR") -> Money:
        """Money from a whole number of millionths, as rating counts."""
        if isinstance(micro, bool) or not isinstance(micro, int):
            raise TypeError("millionths are an integer")
        return cls(Decimal(micro).scaleb(-6), currency)

    @property
    def micro(self) -> int:
        """The amount in whole millionths: rating adds exact integers."""
        return int(self.amount.scaleb(6))

    @property
    def cents(self) -> int:
        """The amount in whole cents. Raises MoneyError when it has a fraction of a cent: round first."""
        if not self.is_whole_cents:
            raise MoneyError(f"not a whole number of cents: {self.amount}")
        return int(self.amount.scaleb(2))

    @property
    def is_whole_cents(self) -> bool:
        """Whether nothing is lost when the amount is posted."""
        return self.amount == self.amount.quantize(CENT)

    def rounded(self) -> Money:
        """To cents, half away from zero: the rounding of an invoice line (C1)."""
        return Money(self.amount.quantize(CENT, ROUND_HALF_UP), self.currency)

    def rounded_down(self) -> Money:
        """To cents, toward zero: what a customer owes under a legal maximum (C8)."""
        return Money(self.amount.quantize(CENT, ROUND_DOWN), self.currency)

    def rounded_up(self) -> Money:
        """To cents, away from zero: what is owed to a customer under a legal minimum (C8)."""
        return Money(self.amount.quantize(CENT, ROUND_UP), self.currency)

    def share(self, numerator: int, denominator: int) -> Money:
        """The exact part numerator/denominator, then half-up to six decimals. For cents use `share_in_cents`."""
        return self * Fraction(numerator, denominator)

    def share_in_cents(
        self, numerator: int | Fraction, denominator: int | Fraction, rounding: str = "half-up"
    ) -> Money:
        """The exact part numerator/denominator, rounded once to cents: "half-up", "down" or "up" (C1, C8)."""
        exact = Fraction(self.amount) * Fraction(numerator) / Fraction(denominator)
        return Money(_quantized(exact, 2, rounding), self.currency)

    def percent_in_cents(self, percent: Decimal | int, rounding: str = "half-up") -> Money:
        """That percentage of the amount, rounded once to cents."""
        return self.share_in_cents(Fraction(percent), 100, rounding)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other).amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount if self.amount else self.amount, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.amount), self.currency)

    def __mul__(self, factor: int | Decimal | Fraction) -> Money:
        if isinstance(factor, bool) or not isinstance(factor, _FACTORS):
            raise TypeError(f"money is multiplied by an integer, a Decimal or a Fraction, not {type(factor).__name__}")
        return Money(_quantized(Fraction(self.amount) * Fraction(factor), 6, "half-up"), self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other).amount

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other).amount

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other).amount

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        """ "34.90"; a unit price keeps its further decimals, without needless zeros: "0.0123"."""
        whole, _, decimals = f"{self.amount:.6f}".partition(".")
        text = f"{whole}.{decimals.rstrip('0'):0<2}"
        return text.removeprefix("-") if not self.amount else text

    def _same(self, other: Money) -> Money:
        if not isinstance(other, Money):
            raise TypeError(f"money and {type(other).__name__} do not mix")
        if other.currency != self.currency:
            raise MoneyError(f"{self.currency} and {other.currency} do not mix")
        return other

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            _from_json, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        digits = 11 if handler.mode == "validation" else 12  # a sum of facts may be longer than each
        return {"type": "string", "pattern": rf"^-?\d{{1,{digits}}}\.\d{{2}}$", "examples": ["34.90"]}


_TWO_DECIMALS = re.compile(r"-?\d{1,11}\.\d{2}", re.ASCII)


def _from_json(value: object) -> Money:
    """Money of a fact or an answer: a string with two decimals. The named error says what is wrong."""
    from pydantic_core import PydanticCustomError

    if isinstance(value, Money):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("money_type", 'money is a string with two decimals, like "34.90"')
    if not _TWO_DECIMALS.fullmatch(value):
        raise PydanticCustomError("money_text", 'not an amount with two decimals, like "34.90"')
    return Money.of(value)


@lru_cache(maxsize=16)
def zero(currency: str = "EUR") -> Money:
    """No money."""
    return Money(Decimal(0), currency)


def sum_money(amounts: Iterable[Money], currency: str = "EUR") -> Money:
    """The exact sum; zero of the currency when there is nothing to add."""
    nothing, total = zero(currency), Decimal(0)
    for amount in amounts:
        total += nothing._same(amount).amount
    return Money(total, currency)


def divided(numerator: int, denominator: int) -> int:
    """numerator ÷ denominator in whole units, half away from zero; the denominator is positive (RAT-07)."""
    if numerator < 0:
        return -divided(-numerator, denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def allocate(total: Money, weights: Sequence[int | Decimal]) -> tuple[Money, ...]:
    """Split whole cents over weights so that the parts sum exactly to the total (largest remainder, first wins ties).

    Raises MoneyError when a weight is negative, or when all weights are zero and the total is not.
    """
    if any(weight < 0 for weight in weights):
        raise MoneyError("a weight is negative")
    cents, whole = abs(total.cents), sum((Fraction(weight) for weight in weights), Fraction(0))
    if not whole:
        if cents:
            raise MoneyError("nothing to split an amount over")
        return tuple(zero(total.currency) for _ in weights)
    exact = [cents * Fraction(weight) / whole for weight in weights]
    parts = [int(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in order[: cents - sum(parts)]:
        parts[index] += 1
    sign = -1 if total.amount < 0 else 1
    return tuple(Money.from_cents(sign * part, total.currency) for part in parts)


def _quantized(exact: Fraction, decimals: int, rounding: str) -> Decimal:
    """An exact fraction as a Decimal of that many decimals, rounded once."""
    scaled = abs(exact) * 10**decimals
    if rounding == "half-up":
        units = int(scaled + Fraction(1, 2))
    elif rounding == "down":
        units = int(scaled)
    elif rounding == "up":
        units = -int(-scaled // 1)
    else:
        raise ValueError(f"unknown rounding {rounding!r}")
    return Decimal(-units if exact < 0 else units).scaleb(-decimals)
