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


def outside_price(outside: int, rate: Rate) -> int:
    """The price of what lies outside bundles: half-up to six decimals, at least the minimum charge (RAT-07)."""
    return max(divided(outside * rate.price, rate.unit), rate.minimum) if outside else 0


def service_part(quantity: int, rate: Rate) -> int:
    """What the called service itself asks, by call and by minute of the billed quantity (RAT-10)."""
    if not quantity:
        return 0
    return rate.call_fee + (divided(quantity * rate.minute_fee, MINUTE) if rate.minute_fee else 0)


def is_absurd(quantity: int, rate: Rate) -> bool:
    """Whether a quantity would cost more than any bill can say."""
    return quantity * rate.price > LARGEST * rate.unit or quantity * rate.minute_fee > LARGEST * MINUTE
