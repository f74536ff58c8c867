"""The lines of the next invoice: what is due, less what was billed, per item and day.

One function serves the joiner (past days of a month, then the month in advance), the leaver who was billed in advance,
a change in the middle of a month and a run that is done again: due days that were not billed become lines, billed days
that are not due come back as credits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from ligneclaire.domains.billing.rules import pro_rata
from ligneclaire.domains.billing.rules.coverage import Held, held_days
from ligneclaire.domains.billing.rules.values import (
    Agreed,
    AgreedDiscount,
    AgreedItem,
    Billed,
    DueLine,
    Key,
    Names,
    Waiting,
)
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.facts import percent_text
from ligneclaire.kernel.money import MICRO, Money, zero
from ligneclaire.kernel.periods import Period

ORDER = ("activation", "pro-rata", "month", "option", "discount", "credit", "one-off")
ONE = Decimal(1)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """The month billed in advance, the day on the invoices, and the first day that may still be charged (W-11).

    What starts on `bill_on` or later waits for the next month's run (BIL-03). Credits know no limit.
    """

    month: Period
    bill_on: date
    charge_from: date = date.min


@dataclass(frozen=True, slots=True)
class _Term:
    """An item's monthly price, or a discount on it (negative), with the days on which it is due.

    `end` ends with the month that is billed, `until` does not: what a later run billed is not taken back.
    """

    key: Key
    contract: Agreed
    item: AgreedItem
    code: str
    names: Names
    monthly: Money
    pieces: int
    price: Money
    start: date
    end: date
    until: date
    because: tuple[Step, ...]


def due_lines(
    contracts: Iterable[Agreed], billed: Mapping[Key, Sequence[Billed]], waiting: Iterable[Waiting], asked: Asked
) -> tuple[DueLine, ...]:
    """The lines of one account's next invoice, in their order; none when nothing is due.

    `billed`: what was invoiced so far, oldest first. Amounts are in the account's price mode and rounded once per line
    (C1). BIL-03, BIL-04, C2, C7.
    """
    lines: list[DueLine] = []
    for contract in contracts:
        lines += _once(contract, billed, asked)
        for term in _terms(contract, asked):
            lines += _of_term(term, billed.get(term.key, ()), asked)
    lines += [_of_charge(charge) for charge in waiting if charge.amount]
    if len(lines) > 1:
        lines.sort(key=_place)
    return tuple(lines)


def _place(line: DueLine) -> tuple[int, int, int, date, int]:
    return (ORDER.index(line.code), line.contract_id or 0, line.item_id or 0, line.start, line.charge_id or 0)


def _terms(contract: Agreed, asked: Asked) -> Iterable[_Term]:
    """The monthly items of a contract, and its discounts on the offer, each with its due days (empty when none)."""
    for item in contract.items:
        if item.monthly is None:
            continue
        start, end, until = _due_days(contract, item, asked)
        because = _price_steps(contract.signed_on, item.monthly, item.quantity)
        code = "option" if item.kind == "option" else "month"
        monthly = item.monthly * item.quantity if item.quantity != 1 else item.monthly
        yield _Term(
            (item.id, 0),
            contract,
            item,
            code,
            item.names,
            monthly,
            item.quantity,
            item.monthly,
            start,
            end,
            until,
            because,
        )
        if item.kind == "offer":
            for discount in contract.discounts:
                yield _discounted(contract, item, discount, (start, end, until))


def _due_days(contract: Agreed, item: AgreedItem, asked: Asked) -> tuple[date, date, date]:
    """The days that an item is due by the end of the month: from the service start or its own, up to its end (C7).

    First day, first day after, and the first day after without regard to the month.
    """
    service, until = contract.service_from, date.max
    if service is None:
        return asked.month.start, asked.month.start, asked.month.start
    start = max(service, item.from_on) if item.from_on else service
    if item.to_on:
        until = item.to_on
    if contract.last_day and contract.last_day < until:
        until = contract.last_day + ONE_DAY
    end = min(asked.month.end, until)
    return (
        (start, end, max(start, until)) if start < end and start < asked.bill_on else (start, start, max(start, until))
    )


def _discounted(contract: Agreed, item: AgreedItem, discount: AgreedDiscount, days: tuple[date, date, date]) -> _Term:
    """A discount on the offer, on the days of both. An amount never takes more than the price (W-12)."""
    whole = (item.monthly or zero()) * item.quantity
    if discount.percent is not None:
        off = whole * (Fraction(discount.percent) / 100)
        reason = step(
            "billing.due.discount-percent", "W-12", off, percent=percent_text(discount.percent), price=whole, amount=off
        )
    else:
        off = min(discount.monthly or whole, whole)
        reason = step("billing.due.discount-amount", "W-12", off, amount=off)
    first = max(days[0], discount.from_on) if discount.from_on else days[0]
    end, until = (max(first, min(day, discount.to_on) if discount.to_on else day) for day in days[1:])
    key = (item.id, discount.id)
    return _Term(key, contract, item, "discount", discount.names, -off, -1, off, first, end, until, (reason,))


def _of_term(term: _Term, billed: Sequence[Billed], asked: Asked) -> Iterable[DueLine]:
    """Due days that were not billed as lines, billed days that are not due as credits."""
    if not billed:
        return _missing(term, term.start, term.end, asked)
    lines: list[DueLine] = []
    held = held_days(billed)
    for one in held:
        lines += _credits(term, one, Period(term.start, term.until))
    if term.start < term.end:
        for part in Period(term.start, term.end).subtract(period for one in held for period in one.periods):
            lines += _missing(term, part.start, part.end, asked)
    return lines


def _missing(term: _Term, start: date, end: date, asked: Asked) -> list[DueLine]:
    """Lines for days that are due and were not billed: one per calendar month (C2)."""
    start = max(start, asked.charge_from)
    if start >= end or not term.monthly:
        return []
    return [line for month in Period(start, end).months() if (line := _part(term, month, asked)) is not None]


def _part(term: _Term, period: Period, asked: Asked) -> DueLine | None:
    amount, days, of_days, steps = _month_part(term.monthly, period.start, period.end)
    if not amount:
        return None
    in_advance = days == of_days and period.start == asked.month.start
    code = term.code if in_advance or term.code != "month" else "pro-rata"
    if in_advance:
        steps = _in_advance(period.label, amount)
    because = term.because + steps
    if period.start == term.contract.service_from:
        because = term.contract.service_because + because
    return DueLine(
        code=code,
        product_code=term.item.product_code,
        names=term.names,
        category=term.item.category,
        tax_code=term.item.tax_code,
        amount=amount,
        unit_price=term.price,
        quantity=_quantity(term.pieces, days, of_days),
        start=period.start,
        end=period.end,
        because=because,
        contract_id=term.contract.id,
        item_id=term.item.id,
        discount_id=term.key[1] or None,
    )


def _credits(term: _Term, held: Held, due: Period) -> list[DueLine]:
    """Credits for billed days that are not due: what was billed less what the kept days cost (C2, C7)."""
    lines: list[DueLine] = []
    amount, days = held.amount, held.days
    for period in held.periods:
        for over in period.subtract([due]) if due.days else [period]:
            left = days - over.days
            kept = amount.share_in_cents(left, days) if left else amount - amount
            back = kept - amount
            if back:
                steps = _credit_steps(term, held, over, _Share(amount, days, kept, left))
                lines.append(_credit(term, over, back, steps))
            amount, days = kept, left
    return lines


@dataclass(frozen=True, slots=True)
class _Share:
    """What was billed for how many days, and what is kept for how many of them."""

    billed: Money
    of_days: int
    kept: Money
    days: int


def _credit_steps(term: _Term, held: Held, over: Period, share: _Share) -> tuple[Step, ...]:
    billed, kept, last_day = share.billed, share.kept, term.contract.last_day
    because = [step("billing.due.billed", "BIL-04", billed, first=held.start, last=held.end - ONE_DAY, amount=billed)]
    if last_day and over.start > last_day:
        because.append(step("billing.due.ended", "C7", last_day, on=last_day))
    else:
        because.append(step("billing.due.changed", "FMP-05", over.start, on=over.start))
    because.append(
        step("billing.due.kept", "C2", kept, days=share.days, of_days=share.of_days, billed=billed, amount=kept)
    )
    because.append(step("billing.due.credit", "C7", kept - billed, billed=billed, kept=kept, amount=billed - kept))
    return tuple(because)


def _credit(term: _Term, over: Period, back: Money, because: tuple[Step, ...]) -> DueLine:
    return DueLine(
        code="credit",
        product_code=term.item.product_code,
        names=term.names,
        category=term.item.category,
        tax_code=term.item.tax_code,
        amount=back,
        unit_price=abs(back),
        quantity=ONE if back.amount > 0 else -ONE,
        start=over.start,
        end=over.end,
        because=because,
        contract_id=term.contract.id,
        item_id=term.item.id,
        discount_id=term.key[1] or None,
    )


def _once(contract: Agreed, billed: Mapping[Key, Sequence[Billed]], asked: Asked) -> Iterable[DueLine]:
    """What is billed once, with the first invoice of the service: the activation fee, bought equipment (BIL-03)."""
    for item in contract.items:
        if not item.one_off or contract.service_from is None:
            continue
        on = max(contract.service_from, item.from_on) if item.from_on else contract.service_from
        if on >= asked.bill_on or on < asked.charge_from or (contract.last_day and on > contract.last_day):
            continue
        if any(one.start is None or one.code in ("activation", "one-off") for one in billed.get((item.id, 0), ())):
            continue
        amount = (item.one_off * item.quantity).rounded()
        if not amount:
            continue
        once = step("billing.due.once", "BIL-03", amount, on=contract.signed_on, amount=amount)
        yield DueLine(
            code="activation" if item.kind in ("offer", "fee") else "one-off",
            product_code=item.product_code,
            names=item.names,
            category=item.category,
            tax_code=item.tax_code,
            amount=amount,
            unit_price=item.one_off,
            quantity=Decimal(item.quantity),
            start=on,
            end=on + ONE_DAY,
            because=(once,),
            contract_id=contract.id,
            item_id=item.id,
        )


def _of_charge(charge: Waiting) -> DueLine:
    last = step(
        "billing.due.charge", "W-03" if charge.amount.amount < 0 else "BIL-04", charge.amount, amount=charge.amount
    )
    return DueLine(
        code="credit" if charge.amount.amount < 0 else "one-off",
        product_code=charge.product_code,
        names=charge.names,
        category=charge.category,
        tax_code=charge.tax_code,
        amount=charge.amount,
        unit_price=abs(charge.amount),
        quantity=-ONE if charge.amount.amount < 0 else ONE,
        start=charge.service_on,
        end=charge.service_on + ONE_DAY,
        because=(*charge.because, last),
        contract_id=charge.contract_id,
        charge_id=charge.id,
    )


@lru_cache(maxsize=4096)
def _month_part(monthly: Money, start: date, end: date) -> tuple[Money, int, int, tuple[Step, ...]]:
    found = pro_rata.month_part(monthly, Period(start, end))
    return found.amount, found.days, found.of_days, found.because


@lru_cache(maxsize=4096)
def _in_advance(month: str, amount: Money) -> tuple[Step, ...]:
    return (step("billing.due.month", "BIL-04", amount, month=month, amount=amount),)


@lru_cache(maxsize=4096)
def _price_steps(signed_on: date, price: Money, quantity: int) -> tuple[Step, ...]:
    agreed = step("billing.due.price", "BIL-04", price, on=signed_on, price=price)
    if quantity == 1:
        return (agreed,)
    whole = price * quantity
    return agreed, step("billing.due.quantity", "C1", whole, quantity=quantity, price=price, amount=whole)


@lru_cache(maxsize=4096)
def _quantity(pieces: int, days: int, of_days: int) -> Decimal:
    """Pieces times the part of the month, to six decimals, as an electronic invoice states it (BT-129)."""
    return (Decimal(pieces * days) / of_days).quantize(MICRO) if days != of_days else Decimal(pieces)
