"""What the rules of an invoice are given and what they give: frozen values, dates as half-open pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ligneclaire.kernel.because import Step
from ligneclaire.kernel.money import Money

Names = Mapping[str, str]
Key = tuple[int, int]  # (item id, discount id or 0): what coverage is counted by


@dataclass(frozen=True, slots=True)
class AgreedItem:
    """Something of a contract that costs money each month or once. Prices are per piece, as signed."""

    id: int
    kind: str
    product_code: str
    names: Names
    category: str
    tax_code: str
    quantity: int = 1
    monthly: Money | None = None
    one_off: Money | None = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class AgreedDiscount:
    """A dated discount on the contract's offer: a percentage of its price, or an amount a month (positive)."""

    id: int
    names: Names
    percent: Decimal | None = None
    monthly: Money | None = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """A contract as billing sees it. `service_because` are the steps that led to `service_from`."""

    id: int
    signed_on: date
    service_from: date | None
    last_day: date | None
    items: tuple[AgreedItem, ...]
    discounts: tuple[AgreedDiscount, ...] = ()
    service_because: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Billed:
    """A line that was invoiced for some days of an item. `amount` is what is left of it after credit notes.

    A code of "credit" takes days back from an earlier line. `start` and `end` are None for what is billed once.
    """

    code: str
    start: date | None
    end: date | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Waiting:
    """A single amount that waits for the next invoice; negative = a credit."""

    id: int
    contract_id: int | None
    product_code: str
    names: Names
    category: str
    tax_code: str
    service_on: date
    amount: Money
    because: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class DueLine:
    """One line of the invoice to come: `amount` in cents and in the price mode; the last step's value is it."""

    code: str
    product_code: str
    names: Names
    category: str
    tax_code: str
    amount: Money
    unit_price: Money
    quantity: Decimal
    start: date
    end: date
    because: tuple[Step, ...]
    contract_id: int | None = None
    item_id: int | None = None
    discount_id: int | None = None
    charge_id: int | None = None
    line_id: int | None = None
    usage_month: date | None = None
    usage_revision: int | None = None
