"""Taking in the table `radacct` of a FreeRADIUS server, from where the last reading ended."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import Any

from ligneclaire.adapters.postgres import elsewhere
from ligneclaire.adapters.radius import radacct as adapter
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import queries
from ligneclaire.domains.usage.models import IntakeFile
from ligneclaire.domains.usage.readers.radacct import Row


def take_in(
    *, operator_id: int, url: str, at: datetime, actor: str, table: str = adapter.TABLE, whole: bool = False
) -> IntakeFile:
    """Read new rows, rows of open sessions and rows that changed since two days before the last change seen; or, when
    `whole`, all of them. Reading rows again changes nothing.

    Raises `adapters.postgres.elsewhere.NoTable`; then nothing was taken in.
    """
    name = elsewhere.name_of(url, table)
    with acting_for(operator_id):
        last = None if whole else queries.radacct_position(operator_id, name)
    after: dict[str, Any] = {} if last is None else {"after_row": last.row, "changed_since": last.changed_since}
    with closing(adapter.rows(url, table=table, **after)) as found:
        rows = (Row(*row) for row in found)
        return usage.take_in_radacct(operator_id=operator_id, name=name, rows=rows, at=at, actor=actor)
