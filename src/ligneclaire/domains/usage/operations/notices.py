"""Keep what was done to tell people of an alert: once for each alert, person and way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ligneclaire.domains.operators import bulk

QUEUED, SWITCHED_OFF, NOBODY = "queued", "switched-off", "nobody"
_COLUMNS = ("operator_id", "alert_id", "person_id", "channel", "outcome", "message_key", "decided_at")


@dataclass(frozen=True, slots=True)
class Told:
    """One decision: `message_key` is the dedupe_key of the message that was queued with it."""

    alert_id: int
    person_id: int | None
    channel: str
    outcome: str
    message_key: str = ""


def note_notices(*, operator_id: int, told: Iterable[Told], at: datetime) -> None:
    """Keep these decisions, in the transaction that queues the messages. What is known stays as it is."""
    rows = [(operator_id, one.alert_id, one.person_id, one.channel, one.outcome, one.message_key, at) for one in told]
    bulk.insert("usage_notice", _COLUMNS, rows, known_stay=True)
