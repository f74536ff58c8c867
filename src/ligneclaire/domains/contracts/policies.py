"""What an operator may set about contracts: the start of service, leaving early, notice, withdrawal, moving."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ligneclaire.kernel.policy import Anchor, policy


@policy("contracts.service_start", Anchor.EVENT, receipt_days="BIL-02")
@dataclass(frozen=True, slots=True)
class ServiceStart:
    """`receipt_days`: days after receipt of the equipment at which service starts at the latest."""

    receipt_days: int

    def __post_init__(self) -> None:
        if not 0 <= self.receipt_days <= 365:
            raise ValueError("receipt_days lies between 0 and 365")


@policy("contracts.early_termination", Anchor.SIGNED, full_months="CON-06", reduced_rate="CON-07")
@dataclass(frozen=True, slots=True)
class EarlyTermination:
    """What is due when a customer leaves within the commitment.

    `full_months`: months of the commitment that are due in full. `reduced_rate`: percentage of the remaining months
    after those.
    """

    full_months: int
    reduced_rate: Decimal

    def __post_init__(self) -> None:
        if not 0 <= self.full_months <= 60:
            raise ValueError("full_months lies between 0 and 60")
        if not 0 <= self.reduced_rate <= 100:
            raise ValueError("reduced_rate is a percentage, 0 to 100")


@policy("contracts.notice", Anchor.RECEIVED, notice_days_termination="L-FR-02")
@dataclass(frozen=True, slots=True)
class TerminationNotice:
    """`notice_days_termination`: days after receipt of a termination on which service ends at the latest."""

    notice_days_termination: int

    def __post_init__(self) -> None:
        if not 0 <= self.notice_days_termination <= 90:
            raise ValueError("notice_days_termination lies between 0 and 90")


@policy("contracts.withdrawal", Anchor.SIGNED, withdrawal_days="L-FR-05")
@dataclass(frozen=True, slots=True)
class Withdrawal:
    """`withdrawal_days`: days after contract or delivery within which a customer may withdraw, at least the law's."""

    withdrawal_days: int

    def __post_init__(self) -> None:
        if not 0 <= self.withdrawal_days <= 365:
            raise ValueError("withdrawal_days lies between 0 and 365")


@policy("contracts.relocation", Anchor.RECEIVED, move_preferred_days="MOV-01", move_minimum_days="MOV-01")
@dataclass(frozen=True, slots=True)
class Relocation:
    """How long ahead a move is announced.

    `move_preferred_days`: days ahead that leave time for everything. `move_minimum_days`: days ahead without which
    no date is promised.
    """

    move_preferred_days: int
    move_minimum_days: int

    def __post_init__(self) -> None:
        if not 0 <= self.move_minimum_days <= self.move_preferred_days <= 365:
            raise ValueError("move_minimum_days is at most move_preferred_days, both between 0 and 365")
