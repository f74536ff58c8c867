"""Whom a line called is shown to staff for a reason alone, for some minutes; the reason and the look are written down.

Secrecy of communications: staff work with amounts, quantities and zones. A whole number of another party is shown of
one line and month, or of one record that waits, to who gave the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage.models import Disclosure, Suspended
from ligneclaire.kernel.refusal import Refusal

SHOWN = timedelta(minutes=15)  # after which the reason is asked again
SHORTEST, LONGEST = 3, 200  # characters of a reason in words


class NoGround(Refusal):
    """Whole numbers are shown for a kind of reason and 3 to 200 characters of words."""

    code = "usage.refused.no-ground"


def disclose_line(
    *, operator_id: int, line_id: int, month: date, kind: str, words: str, at: datetime, actor: str
) -> Disclosure:
    """Let somebody see whom a line called in the month of a day, until `SHOWN` later. Raises NoGround."""
    words = _ground(kind, words)
    with acting_for(operator_id):
        line, first = Line.objects.get(operator_id=operator_id, pk=line_id), month.replace(day=1)
        row = Disclosure.objects.create(
            operator_id=operator_id, line=line, month=first, kind=kind, words=words, actor=actor, at=at,
            until=at + SHOWN,
        )  # fmt: skip
        _audit(row, f"line:{line.public_id}", {"month": f"{first:%Y-%m}"})
    return row


def disclose_record(
    *, operator_id: int, public_id: str, kind: str, words: str, at: datetime, actor: str
) -> Disclosure | None:
    """Let somebody see one record that waits as it came, until `SHOWN` later; None when it does not wait any more.
    Raises NoGround."""
    words = _ground(kind, words)
    with acting_for(operator_id):
        record = Suspended.objects.filter(operator_id=operator_id, public_id=public_id, settled_at=None).first()
        if record is None:
            return None
        row = Disclosure.objects.create(
            operator_id=operator_id, suspended=record, kind=kind, words=words, actor=actor, at=at, until=at + SHOWN
        )
        _audit(row, f"suspended_record:{public_id}", {})
    return row


def _ground(kind: str, words: str) -> str:
    words = words.strip()
    if kind not in Disclosure.KINDS or not SHORTEST <= len(words) <= LONGEST:
        raise NoGround
    return words


def _audit(row: Disclosure, subject: str, detail: Mapping[str, str]) -> None:
    audit.record(
        operator_id=row.operator_id, at=row.at, actor=row.actor, act="disclose_numbers", subject=subject,
        detail={"kind": row.kind, "disclosure": row.public_id, **detail},
    )  # fmt: skip
