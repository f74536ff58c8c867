"""Why a record costs what it costs: the steps from its quantity to its amount, for pages and decisions alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from ligneclaire.domains.catalogue.rules.tariff import EMERGENCY, FREE, Rate
from ligneclaire.domains.usage.rules import pricing
from ligneclaire.domains.usage.rules.columns import THIRD_PARTY
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.money import Money, zero

SHOWN, SHORTEST = 4, 7  # digits that stay of a hidden number; what is shorter is hidden whole
RULES = {FREE: "RAT-09", EMERGENCY: "RAT-09", "blocked": "RAT-16", "over-cap": "RAT-16", "late-free": "RAT-13"}


@dataclass(frozen=True, slots=True)
class Told:
    """A rated record, as its row says it: amounts in micro-euro."""

    name: str
    service: str
    quantity: int
    zone: str
    band: str
    billed: int
    inside: tuple[tuple[str, int], ...]
    outside: int
    charged: int
    service_part: int
    loss: int
    flag: str


def told_of(name: str, row: Mapping[str, Any]) -> Told:
    """A row of the columns RATED, under the name by which people know the record."""
    values = {one.name: row[one.name] for one in fields(Told) if one.name not in ("name", "inside")}
    return Told(name=name, inside=tuple((part["bundle"], part["quantity"]) for part in row["inside"]), **values)


def steps_of(told: Told, rate: Rate | None, *, has_peak: bool) -> tuple[Step, ...]:
    """The steps of one record; the last one's value is its amount. `rate` is that of its zone and band, or None.
    `has_peak`: whether the tariff has peak times; without them a record's band says nothing."""
    return tuple(_steps(told, rate, has_peak))


def _steps(told: Told, rate: Rate | None, has_peak: bool) -> Iterator[Step]:
    amount = money(told.charged or told.loss)
    if told.service == THIRD_PARTY:
        yield step("usage.step.third-party", "RAT-10", amount, record=told.name, amount=amount)
    else:
        band = {"band": told.band} if has_peak else {}
        code = "zone" if has_peak else "zone-alone"
        yield step(f"usage.step.{code}", "RAT-03", told.zone, record=told.name, zone=told.zone, **band)
        if rate is not None:
            yield _billed(told, rate)
        for bundle, quantity in told.inside:
            yield step("usage.step.inside", "RAT-05", quantity, record=told.name, bundle=bundle, quantity=quantity)
        if rate is not None and (bought := _bought(told, rate)):
            pass_, paid = told.inside[-1][0], money(bought)
            yield step("usage.step.day-pass", "RAT-05", paid, record=told.name, bundle=pass_, amount=paid)
        if rate is not None and told.outside and told.flag not in (FREE, EMERGENCY):
            yield from _outside(told, rate)
    if told.flag:
        rule = RULES[told.flag]
        yield step(f"usage.step.{told.flag}", rule, money(told.charged), record=told.name, amount=amount)
    else:
        yield step("usage.step.record", "RAT-14", amount, record=told.name, amount=amount)


def _billed(told: Told, rate: Rate) -> Step:
    return step(
        "usage.step.billed", "RAT-04", told.billed, record=told.name, quantity=told.quantity, billed=told.billed,
        first=rate.first, next=rate.next,
    )  # fmt: skip


def _bought(told: Told, rate: Rate) -> int:
    """What was paid for a day pass: all that the price of the rest does not say. Of what lies in tiers, which a record
    alone does not tell, it is told with them."""
    if not told.inside or (rate.tiers and told.outside):
        return 0
    return (told.charged or told.loss) - _service(told, rate) - pricing.outside_price(told.outside, rate)


def _outside(told: Told, rate: Rate) -> Iterator[Step]:
    """The outside part: price, minimum, fee and the part of the called service."""
    if rate.tiers:
        price = money((told.charged or told.loss) - _service(told, rate) - (0 if told.inside else rate.fee))
        yield step(
            "usage.step.tiers", "RAT-07", price, record=told.name, outside=told.outside, amount=price, unit=rate.unit,
            lowest=money(min(rate.prices)), highest=money(max(rate.prices)),
        )  # fmt: skip
    else:
        price = money(pricing.outside_price(told.outside, rate))
        yield step(
            "usage.step.outside", "RAT-07", price, record=told.name, outside=told.outside, price=money(rate.price),
            unit=rate.unit, amount=price,
        )  # fmt: skip
    if price.micro == rate.minimum and rate.minimum:
        yield step("usage.step.minimum", "RAT-07", price, record=told.name, amount=price)
    if rate.fee:
        fee = zero() if told.inside else money(rate.fee)
        code = "usage.step.no-fee" if told.inside else "usage.step.fee"
        yield step(code, "RAT-07", fee, record=told.name, amount=money(rate.fee))
    service = money(_service(told, rate))
    if service:
        yield step("usage.step.service", "RAT-10", service, record=told.name, amount=service)


def _service(told: Told, rate: Rate) -> int:
    return pricing.service_part(told.billed, rate)


def money(micro: int) -> Money:
    """Millionths of a euro as money."""
    return Money.from_micro(micro)


def hidden(other: str) -> str:
    """Another party's number for who may not know whom a person called: its beginning, which tells the zone."""
    if not other:
        return ""
    return f"{other[:SHOWN] if len(other) >= SHORTEST else ''}•••"
