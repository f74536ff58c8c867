"""When service starts, and so the first billed day (BIL-01, BIL-02, BIL-12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.contracts.policies import ServiceStart
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.periods import add_days
from ligneclaire.kernel.policy import InForce


@dataclass(frozen=True, slots=True)
class StartFacts:
    """What is known about the start, as local dates of the operator; what has not happened is None.

    `source` names the record of the connection ("RADIUS 8f21"); `held_days` is the delay that the operator
    caused and that stops the clock of the equipment.
    """

    connected_on: date | None = None
    equipment_received_on: date | None = None
    installed_on: date | None = None
    held_days: int = 0
    source: str = ""

    def __post_init__(self) -> None:
        if self.held_days < 0:
            raise ValueError("held_days can't be negative")


@dataclass(frozen=True, slots=True)
class Start:
    """The first day with service, and the steps that led to it; the value of the last step is that day."""

    on: date
    because: tuple[Step, ...]


def service_start(facts: StartFacts, terms: InForce[ServiceStart] | None) -> Start | None:
    """The earlier of first connection and receipt of the equipment + the policy's days + held days (BIL-01, BIL-02).

    `terms` is the policy of the day of receipt; it may be absent without a receipt. None when nothing has happened
    that starts service. Raises ValueError on a receipt without terms.
    """
    steps: list[Step] = []
    candidates: list[tuple[date, str]] = []
    if facts.connected_on:
        candidates.append((facts.connected_on, "BIL-01"))
        steps.append(_connected(facts.connected_on, facts.source))
    if facts.installed_on:
        candidates.append((facts.installed_on, "BIL-01"))
        steps.append(step("contracts.start.installed", "BIL-01", facts.installed_on, on=facts.installed_on))
    if facts.equipment_received_on:
        if terms is None:
            raise ValueError("the receipt of equipment is judged by a policy")
        latest = _latest(facts.equipment_received_on, facts.held_days, terms)
        candidates.append((date.fromisoformat(latest.value), "BIL-02"))
        steps.append(latest)
    if not candidates:
        return None
    on, rule = min(candidates)
    steps.append(step("contracts.start.service", rule, on, on=on))
    return Start(on, tuple(steps))


def _connected(on: date, source: str) -> Step:
    if source:
        return step("contracts.start.connected-by", "BIL-01", on, on=on, source=source)
    return step("contracts.start.connected", "BIL-01", on, on=on)


def _latest(received: date, held_days: int, terms: InForce[ServiceStart]) -> Step:
    days = terms.value.receipt_days
    latest = add_days(received, days + held_days)
    if held_days:
        code = "contracts.start.latest-held"
        return terms.step(code, "BIL-02", latest, received=received, days=days, held=held_days, on=latest)
    return terms.step("contracts.start.latest", "BIL-02", latest, received=received, days=days, on=latest)
