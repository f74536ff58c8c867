"""Lines as the intake of files asks for them: by what the network calls them, and until when they were anybody's."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from ligneclaire.domains.usage.rules.rows import OwnedLine

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
