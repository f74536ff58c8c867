"""What an operator may set about usage: when to warn, and how long a late record is billed."""

from __future__ import annotations

from dataclasses import dataclass

from ligneclaire.kernel.money import Money
from ligneclaire.kernel.policy import Anchor, policy


@policy("usage.alerts", Anchor.PERIOD_START, alert_thresholds="USE-01")
@dataclass(frozen=True, slots=True)
class UsageAlerts:
    """`alert_thresholds`: percents of an allowance at which the user is warned, ascending."""

    alert_thresholds: tuple[int, ...]

    def __post_init__(self) -> None:
        if not all(1 <= percent <= 1000 for percent in self.alert_thresholds):
            raise ValueError("alert_thresholds lie between 1 and 1000 percent")
        if list(self.alert_thresholds) != sorted(set(self.alert_thresholds)):
            raise ValueError("alert_thresholds ascend")


@policy("usage.late", Anchor.PERIOD_START, late_usage_months="RAT-13")
@dataclass(frozen=True, slots=True)
class LateUsage:
    """`late_usage_months`: for how many months after the end of its month a record of a closed month is still billed.
    A record that arrives later is kept without charge."""

    late_usage_months: int

    def __post_init__(self) -> None:
        if not 0 <= self.late_usage_months <= 24:
            raise ValueError("late_usage_months lies between 0 and 24")


@policy("usage.correction", Anchor.PERIOD_START, correction_charges="W-41")
@dataclass(frozen=True, slots=True)
class UsageCorrection:
    """`correction_charges`: whether a line that a correction of a closed month makes dearer is charged the difference.
    Else it keeps what it was charged, and only what is too much is given back."""

    correction_charges: bool


@policy("usage.ceilings", Anchor.PERIOD_START, world_limit="W-22")
@dataclass(frozen=True, slots=True)
class Ceilings:
    """`world_limit`: what a line may cost outside the European roaming area in a month before it stops there.
    It counts in the prices of the line, calls and messages as well as data, until its payer agrees to go on."""

    world_limit: Money

    def __post_init__(self) -> None:
        if self.world_limit.amount <= 0:
            raise ValueError("world_limit is more than nothing")
