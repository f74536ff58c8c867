"""By when a request for access is answered, and by whom (L-EU-05, PRV-21, C3, C4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.privacy.policies import AccessRequests
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.periods import add_months
from ligneclaire.kernel.policy import Clip, InForce

OPERATOR, EMPLOYER = "operator", "employer"


@dataclass(frozen=True, slots=True)
class Answered:
    """The last day to answer, the last day to announce an extension, and who answers."""

    answer_by: date
    extension_notice_by: date
    answered_by: str
    because: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A request: when it came, whether it was extended, and whose data it is about."""

    received_on: date
    extended: bool
    has_own_invoice: bool
    end_user_of_business: bool


def answered(request: Request, terms: InForce[AccessRequests]) -> Answered:
    """Months after receipt, clamped to the month's end and never moved to a working day: the earlier day binds (C4).

    Both delays are anchored on the receipt (C3). An end user of a business customer without an invoice of their own is
    answered by the employer, to whom the operator forwards the request (PRV-21).
    """
    months, more = terms.value.access_months, terms.value.access_extension_months
    received = request.received_on
    notice_by = add_months(received, months)
    answer_by = add_months(received, months + more) if request.extended else notice_by
    employer = request.end_user_of_business and not request.has_own_invoice
    by = EMPLOYER if employer else OPERATOR
    code = "by-employer" if employer else "by-operator-own-invoice" if request.has_own_invoice else "by-operator"
    steps = [
        step(f"privacy.step.{code}", "PRV-21", by),
        step("privacy.step.received", "C4", received, on=received),
        *(_clip_step(clip) for clip in terms.clips),
        terms.step("privacy.step.access-months", "L-EU-05", notice_by, months=months, on=notice_by),
    ]
    if request.extended:
        steps.append(terms.step("privacy.step.access-extended", "L-EU-05", answer_by, months=more, on=answer_by))
    steps.append(step("privacy.step.answer-by", "C4", answer_by, on=answer_by))
    return Answered(answer_by, notice_by, by, tuple(steps))


def _clip_step(clip: Clip) -> Step:
    asked, allowed = int(clip.policy_value), int(clip.law_value)
    return step("privacy.step.access-law", clip.law, allowed, asked=asked, allowed=allowed)
