"""What a quantity costs under a rate: increments, price, minimum, fee, service part (RAT-04, RAT-07, RAT-10)."""

from __future__ import annotations

from ligneclaire.domains.catalogue.rules.tariff import Rate
from ligneclaire.kernel.money import divided

MINUTE = 60  # seconds
LARGEST = 10**15  # micro-euro: far above any bill; thousands of such amounts fit into 64 bits


def billed(quantity: int, rate: Rate | None) -> int:
    """The billed quantity: zero stays zero, else the first increment, then whole next ones (RAT-04)."""
    if not quantity or rate is None:
        return quantity
    if quantity <= rate.first:
        return rate.first
    return rate.first - (rate.first - quantity) // rate.next * rate.next


def outside_price(outside: int, rate: Rate, counted: int = 0) -> int:
    """The price of what lies outside bundles: half-up to six decimals, at least the minimum charge (RAT-07). `counted`:
    the month's quantity before it, by which its tiers are known; each part is rounded by itself."""
    if not outside:
        return 0
    begins = [0, *(above for above, _ in rate.tiers)]
    ends = [*begins[1:], counted + outside]
    parts = [max(0, min(end, counted + outside) - max(begin, counted)) for begin, end in zip(begins, ends, strict=True)]
    amount = sum(divided(part * price, rate.unit) for part, price in zip(parts, rate.prices, strict=True))
    return max(amount, rate.minimum)


def service_part(quantity: int, rate: Rate) -> int:
    """What the called service itself asks, by call and by minute of the billed quantity (RAT-10)."""
    if not quantity:
        return 0
    return rate.call_fee + (divided(quantity * rate.minute_fee, MINUTE) if rate.minute_fee else 0)


def is_absurd(quantity: int, rate: Rate) -> bool:
    """Whether a quantity would cost more than any bill can say."""
    return quantity * max(rate.prices) > LARGEST * rate.unit or quantity * rate.minute_fee > LARGEST * MINUTE
