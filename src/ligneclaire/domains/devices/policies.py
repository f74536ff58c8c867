"""What an operator may set about equipment that comes back."""

from __future__ import annotations

from dataclasses import dataclass

from ligneclaire.kernel.policy import Anchor, policy


@policy(
    "devices.returns",
    Anchor.EVENT,
    return_days_termination="RET-01",
    return_days_exchange="RET-02",
    return_reference_prefix="RET-04",
)
@dataclass(frozen=True, slots=True)
class Returns:
    """How long a customer has to return equipment, and how a return reference begins.

    `return_days_termination`: days after the last day with service. `return_days_exchange`: days after the delivery of
    the new unit. `return_reference_prefix`: what every return reference begins with.
    """

    return_days_termination: int
    return_days_exchange: int
    return_reference_prefix: str

    def __post_init__(self) -> None:
        if not 1 <= self.return_days_termination <= 365 or not 1 <= self.return_days_exchange <= 365:
            raise ValueError("days to return equipment lie between 1 and 365")
        if not self.return_reference_prefix.strip():
            raise ValueError("return_reference_prefix can't be empty")
