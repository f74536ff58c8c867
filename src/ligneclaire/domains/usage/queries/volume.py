"""What an internet line carried, by day, out of the accounting records of its sessions. For who sees the line whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.usage.queries.wall import Seen, Sight
from ligneclaire.domains.usage.rules import volume
from ligneclaire.domains.usage.rules.volume import Reading, Volume
from ligneclaire.kernel.periods import Period

INTERNET = "internet"

# The records of the month and, of each session, the one before and the one after it.
_READINGS = """
SELECT event_key, session_id, started_at, event_at, octets_out, octets_in
FROM (
    SELECT *, lag(event_at) OVER named AS before_at, lead(event_at) OVER named AS after_at
    FROM session_record
    WHERE operator_id = %(operator)s AND line_id = %(line)s AND started_at < %(end)s
    WINDOW named AS (PARTITION BY session_id, split_part(event_key, ' ', 3) ORDER BY event_at, id)
) AS known
WHERE (event_at >= %(start)s OR after_at >= %(start)s)
  AND (event_at < %(end)s OR before_at < %(end)s OR before_at IS NULL)"""
_MONTHS = """
SELECT date_trunc('month', event_at AT TIME ZONE %(zone)s)::date AS month, max(event_at)
FROM session_record WHERE operator_id = %(operator)s AND line_id = %(line)s
GROUP BY month ORDER BY month DESC"""


@dataclass(frozen=True, slots=True)
class Carried:
    """A month of an internet line. `as_of`: the last record of its sessions, whenever; `months`: those with records,
    newest first."""

    days: tuple[Volume, ...]
    as_of: datetime | None
    months: tuple[date, ...]

    @property
    def down(self) -> int:
        """Octets to the customer."""
        return sum(one.down for one in self.days)

    @property
    def up(self) -> int:
        """Octets from the customer."""
        return sum(one.up for one in self.days)


def of_line(operator_id: int, seen: Seen, zone: ZoneInfo) -> Carried:
    """What a line carried in the month in which it is seen. Raises NotFound unless it is an internet line that may be
    seen whole."""
    if seen.kind != INTERNET or seen.sight is not Sight.ALL:
        raise NotFound(seen.public_id)
    period = Period.month_of(seen.month)
    start, end = (datetime.combine(day, time(), zone) for day in (period.start, period.end))
    known: dict[str, Any] = {"operator": operator_id, "line": seen.line_id, "zone": zone.key}
    with connection.cursor() as cursor:
        cursor.execute(_READINGS, {**known, "start": start, "end": end})
        found = volume.by_day(_readings(cursor.fetchall()), zone)
        cursor.execute(_MONTHS, known)
        months = cursor.fetchall()
    return Carried(
        days=tuple(one for one in found if period.contains(one.on)),
        as_of=max((at for _, at in months), default=None),
        months=tuple(month for month, _ in months),
    )


def _readings(rows: list[tuple[Any, ...]]) -> Iterator[Reading]:
    """A session is named by its access server and its id; a key that was too long holds neither."""
    for key, session_id, *rest in rows:
        _kind, _instant, *named = key.split(" ", 3)
        yield Reading(" ".join(named) if len(named) > 1 else session_id, *rest)
