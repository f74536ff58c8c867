"""What an operator may set about help: opening hours, goodwill after an outage, the levels of a complaint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from ligneclaire.kernel.money import Money
from ligneclaire.kernel.policy import Anchor, policy


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of some weekdays (1 = Monday): the opening moment counts, the closing moment does not."""

    days: tuple[int, ...]
    opens: time
    closes: time

    def __post_init__(self) -> None:
        if not self.days or not all(1 <= day <= 7 for day in self.days):
            raise ValueError("days are weekdays, 1 (Monday) to 7")
        if self.opens >= self.closes:
            raise ValueError("a desk opens before it closes")


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk that answers: "billing", "helpdesk", "sales". Closed on public holidays."""

    name: str
    hours: tuple[Hours, ...]

    def __post_init__(self) -> None:
        if not self.hours:
            raise ValueError("a desk has hours")


@policy("assistance.opening_hours", Anchor.EVENT, desks="BIL-08")
@dataclass(frozen=True, slots=True)
class OpeningHours:
    """`desks`: who answers when, in the operator's zone; nobody on public holidays of its country."""

    desks: tuple[Desk, ...]

    def __post_init__(self) -> None:
        names = [desk.name for desk in self.desks]
        if not names or len(names) != len(set(names)):
            raise ValueError("desks have names of their own, and there is at least one")


@policy("assistance.goodwill", Anchor.EVENT, goodwill_after_hours="OUT-02", outage_scale="L-BE-08")
@dataclass(frozen=True, slots=True)
class Goodwill:
    """What an outage earns.

    `goodwill_after_hours`: an outage longer than this many hours may be asked a goodwill for. `outage_scale`: amount
    for each started day where the law wants a scale, the last one repeating; empty = the scale that the law prints.
    """

    goodwill_after_hours: int
    outage_scale: tuple[Money, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.goodwill_after_hours <= 24 * 31:
            raise ValueError("goodwill_after_hours lies between 0 and 744")
        if any(amount.amount < 0 for amount in self.outage_scale):
            raise ValueError("outage_scale has no negative amounts")


@policy(
    "assistance.complaints",
    Anchor.EVENT,
    complaint_silence_months="CMP-03",
    complaint_level_months="CMP-03",
    complaint_answer_days="CMP-01",
)
@dataclass(frozen=True, slots=True)
class Complaints:
    """The delays of a complaint.

    `complaint_silence_months`: months without an answer at level 1 after which the mediator may be asked.
    `complaint_level_months`: months after the step of level 2. `complaint_answer_days`: the operator's own target.
    """

    complaint_silence_months: int
    complaint_level_months: int
    complaint_answer_days: int

    def __post_init__(self) -> None:
        if not 1 <= self.complaint_silence_months <= 12 or not 1 <= self.complaint_level_months <= 12:
            raise ValueError("complaint delays lie between 1 and 12 months")
        if not 1 <= self.complaint_answer_days <= 90:
            raise ValueError("complaint_answer_days lies between 1 and 90")
