"""When the mediator may be asked, and for how long (CMP-01 to CMP-03, L-FR-09, L-BE-09, C3, C4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ligneclaire.domains.assistance.policies import Complaints
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.periods import add_days, add_months, add_years
from ligneclaire.kernel.policy import InForce, Law

OMBUDSMAN = "ombudsman"


@dataclass(frozen=True, slots=True)
class ComplaintStep:
    """One step: level 1 (customer service), 2 (consumer service) or "ombudsman"; when it was sent and answered."""

    level: int | str
    sent_on: date
    answered_on: date | None = None
    satisfied: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """From when and until when the mediator may be asked, and until when a disputed sum is not collected."""

    mediator_from: date | None
    mediator_until: date | None
    collection_suspended_until: date | None
    because: tuple[Step, ...]


def first_written(steps: Sequence[ComplaintStep]) -> date | None:
    """The day of the first complaint to the operator, at whatever level; None when there was none."""
    return min((one.sent_on for one in steps if one.level != OMBUDSMAN), default=None)


def settled(steps: Sequence[ComplaintStep]) -> Way | None:
    """Nothing is left to mediate once the customer is satisfied; None otherwise."""
    if not any(one.satisfied for one in steps):
        return None
    return Way(None, None, None, (step("assistance.complaint.satisfied", "CMP-02", "null"),))


def french_way(steps: Sequence[ComplaintStep], terms: InForce[Complaints], law: Law | None) -> Way:
    """The earliest of: level 2 sent + its delay; level 1 sent + the delay of silence, if no answer came within it.

    The right opens on the day that C3 gives; an answer after the delay counts as none. It closes a year after the
    first written complaint (L-FR-09). Without a complaint at level 1 or 2 nothing opens.
    """
    first = first_written(steps)
    explained = [*_target_steps(first, terms), *_terms_steps(terms)]
    openings: list[date] = []
    for one in steps:
        opening, because = _opening(one, terms.value)
        openings += [opening] if opening else []
        explained += [because] if because else []
    until = add_years(first, int(law["within_years"])) if first and law else None
    if first and law and until:
        explained.append(step("assistance.complaint.closes", law.id, until, law.text, first=first, on=until))
    opens = min(openings, default=None)
    explained.append(_opens_step("CMP-03", opens, until))
    return Way(opens, until, None, tuple(explained))


def belgian_way(steps: Sequence[ComplaintStep], terms: InForce[Complaints], law: Law) -> Way:
    """Open once the operator was tried, refusable a year later; the ombudsman's step suspends collection (L-BE-09)."""
    first = first_written(steps)
    explained = _target_steps(first, terms)
    until = add_years(first, int(law["within_years"])) if first else None
    if first and until:
        explained.append(step("assistance.complaint.closes", law.id, until, law.text, first=first, on=until))
    asked = min((one.sent_on for one in steps if one.level == OMBUDSMAN), default=None)
    suspended = add_months(asked, int(law["suspension_months"])) if asked else None
    if asked and suspended:
        months = int(law["suspension_months"])
        params = {"asked": asked, "months": months, "on": suspended}
        explained.append(step("assistance.complaint.suspended", law.id, suspended, law.text, **params))
    explained.append(_opens_step(law.id, first, until))
    return Way(first, until, suspended, tuple(explained))


def _opening(one: ComplaintStep, terms: Complaints) -> tuple[date | None, Step | None]:
    """The day on which one step opens the mediator, if it does, and why."""
    if one.level == OMBUDSMAN:
        return None, None
    if one.level == 2:
        opening = add_months(one.sent_on, terms.complaint_level_months)
        return opening, step("assistance.complaint.level-2", "CMP-03", opening, sent=one.sent_on, on=opening)
    opening = add_months(one.sent_on, terms.complaint_silence_months)
    if one.answered_on is None:
        return opening, step("assistance.complaint.silence", "CMP-03", opening, sent=one.sent_on, on=opening)
    params: dict[str, Any] = {"sent": one.sent_on, "answered": one.answered_on, "on": opening}
    if one.answered_on > opening:
        return opening, step("assistance.complaint.late-answer", "CMP-03", opening, **params)
    return None, step("assistance.complaint.answered", "CMP-03", one.answered_on, **params)


def _target_steps(first: date | None, terms: InForce[Complaints]) -> list[Step]:
    """The operator's own target for an answer, which opens nothing (CMP-01)."""
    if first is None:
        return []
    days = terms.value.complaint_answer_days
    target = add_days(first, days)
    return [terms.step("assistance.complaint.target", "CMP-01", target, first=first, days=days, on=target)]


def _terms_steps(terms: InForce[Complaints]) -> list[Step]:
    """The delays of the policy, and the law where it shortens them."""
    found = []
    for field, code in (("complaint_silence_months", "silence-months"), ("complaint_level_months", "level-months")):
        clip = terms.clip_of(field)
        months = int(clip.policy_value) if clip else int(getattr(terms.value, field))
        found.append(terms.step(f"assistance.complaint.{code}", "CMP-03", months, months=months))
        if clip:
            allowed = int(clip.law_value)
            found.append(step("assistance.complaint.months-law", clip.law, allowed, terms.source, months=allowed))
    return found


def _opens_step(rule: str, opens: date | None, until: date | None) -> Step:
    if opens is None:
        return step("assistance.complaint.not-open", rule, "null")
    if until is not None and opens > until:
        return step("assistance.complaint.opens-too-late", rule, opens, on=opens, until=until)
    return step("assistance.complaint.opens", rule, opens, on=opens)
