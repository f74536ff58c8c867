"""What a quantity costs under a rate, in whole millionths of a euro (RAT-04, RAT-07, RAT-10).

No product is ever larger than a price times its unit, which was bounded when the rate was compiled: whole units are
counted first, and the rest of one unit is rounded, half away from zero.
"""

from __future__ import annotations

from ligneclaire.domains.usage.rules.compiled.columns import Table
from ligneclaire.domains.usage.rules.compiled.jit import step

MINUTE = 60  # seconds


@step
def billed_quantity(quantity: int, rate: Table) -> int:
    """Zero stays zero, else the first increment, then whole next ones (RAT-04)."""
    if quantity == 0:
        return quantity
    if quantity <= rate.first:
        return rate.first
    return rate.first + (quantity - rate.first + rate.next - 1) // rate.next * rate.next


@step
def price_of(quantity: int, price: int, unit: int) -> int:
    """quantity x price / unit, half away from zero like `kernel.money.divided`; quantity and price are not negative."""
    whole = quantity // unit
    rest = quantity - whole * unit
    return whole * price + (2 * rest * price + unit) // (2 * unit)


@step
def outside_price(tiers: Table, outside: int, rate: Table, counted: int) -> int:
    """What lies outside bundles, after so much of the month: at least the minimum charge (RAT-07)."""
    if not outside:
        return outside
    if not rate.tiers:
        return max(price_of(outside, rate.price, rate.unit), rate.minimum)
    amount, price, place, end = 0, rate.price, counted, counted + outside
    for number in range(rate.tier, rate.tier + rate.tiers):
        tier = tiers[number]
        if place < tier.above:
            part = min(end, tier.above) - place
            amount += price_of(part, price, rate.unit)
            place += part
        price = tier.price
    return max(amount + price_of(end - place, price, rate.unit), rate.minimum)


@step
def service_part(billed: int, rate: Table) -> int:
    """What the called service itself asks, by call and by minute of the billed quantity (RAT-10)."""
    return rate.call_fee + price_of(billed, rate.minute_fee, MINUTE) if billed else 0
