"""How long a link lives that lets somebody in."""

from __future__ import annotations

from dataclasses import dataclass

from ligneclaire.kernel.policy import Anchor, policy


@policy("access.invitations", Anchor.NOW, invitation_days="FMP-13")
@dataclass(frozen=True, slots=True)
class Invitations:
    """How long the link of an invitation can be used.

    `invitation_days`: days of 24 hours after the invitation.
    """

    invitation_days: int

    def __post_init__(self) -> None:
        if not 1 <= self.invitation_days <= 60:
            raise ValueError("invitation_days lies between 1 and 60")
