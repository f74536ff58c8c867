"""What is still due for a subsidised device when a Belgian contract ends early (L-BE-02, C8)."""

from __future__ import annotations

from dataclasses import dataclass

from ligneclaire.domains.contracts.rules.early_termination import Leaving
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.money import Money, zero
from ligneclaire.kernel.policy import Law


@dataclass(frozen=True, slots=True)
class Device:
    """A device as the contract's table names it: its value at the start and the months of the table."""

    residual_start: Money
    months: int


@dataclass(frozen=True, slots=True)
class DeviceCharge:
    """What may be charged for the device."""

    amount: Money
    because: tuple[Step, ...]


def device_charge(leaving: Leaving, device: Device | None, law: Law | None) -> DeviceCharge:
    """The lower of the linear residual value, rounded down, and the subscription that remains; Belgium only.

    `law` is L-BE-02 where it holds, else None. The clock of the table starts with the commitment. The remaining
    subscription counts to the end of the fixed term, without the six months of L-BE-01.
    """
    nothing = zero(leaving.monthly_price.currency)
    if device is None:
        return DeviceCharge(nothing, ())
    start, months, month = device.residual_start, device.months, leaving.month
    if law is None:
        return DeviceCharge(
            nothing, (step("contracts.step.device-not-here", "L-BE-02", nothing, start=start, months=months),)
        )
    residual = start.share_in_cents(max(0, months - month), months, "down")
    left = leaving.monthly_price * leaving.months_left
    amount = min(residual, left)
    residual_step = step(
        "contracts.step.device-residual",
        law.id,
        residual,
        law.text,
        start=start,
        left=max(0, months - month),
        months=months,
        amount=residual,
    )
    left_step = step(
        "contracts.step.device-subscription",
        law.id,
        left,
        law.text,
        price=leaving.monthly_price,
        left=leaving.months_left,
        amount=left,
    )
    lower = step("contracts.step.device-charge", law.id, amount, law.text, amount=amount)
    return DeviceCharge(amount, (residual_step, left_step, lower))
