"""Lines as the intake of files asks for them: by what the network calls them, and until when they were anybody's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.db import connection

from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage.rules import rows
from ligneclaire.domains.usage.rules.rows import OwnedLine

Seen = dict[str, OwnedLine | None]  # lines that were looked up, by name

_OWNED = """
    SELECT line.identifier, line.id, line.account_id, line.ordered_on,
           CASE WHEN bool_and(contract.last_day IS NOT NULL) THEN max(contract.last_day) END
    FROM line
    LEFT JOIN contract ON contract.operator_id = line.operator_id AND contract.line_id = line.id
    WHERE line.operator_id = %s AND line.kind IN ('mobile', 'voice') AND line.identifier = ANY(%s)
    GROUP BY line.id, line.identifier, line.account_id, line.ordered_on
"""


def owned_lines(operator_id: int, names: Iterable[str]) -> dict[str, OwnedLine]:
    """The mobile and voice lines of these names (digits without "+"). A line of which every contract has ended has a
    last day. For intake jobs: it sees the whole operator."""
    wanted = [form for name in names for form in (name, f"+{name}")]
    with connection.cursor() as cursor:
        cursor.execute(_OWNED, [operator_id, wanted])
        return {name.removeprefix("+"): OwnedLine(*line) for name, *line in cursor.fetchall()}


def judge(operator: Operator, read: pa.Table, received_at: datetime, seen: Seen) -> rows.Judged:
    """Judge a batch of a delivery (`rows.judge`). `seen`: lines that were looked up before; it grows. For intake jobs,
    and for telling beforehand what they would do."""
    names = rows.line_names(read)
    unknown = names - seen.keys()
    seen |= dict.fromkeys(unknown) | owned_lines(operator.pk, unknown)
    known = {name: line for name in names if (line := seen[name])}
    return rows.judge(read, known, ZoneInfo(operator.timezone), operator.country, received_at)
