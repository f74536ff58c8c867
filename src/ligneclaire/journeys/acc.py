"""Taking in the table `acc` of a Kamailio server, from where the last reading ended."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime

from ligneclaire.adapters.kamailio import acc as adapter
from ligneclaire.adapters.postgres import elsewhere
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import queries
from ligneclaire.domains.usage.models import IntakeFile
from ligneclaire.domains.usage.readers.kamailio_acc import Row

OVERLAP = 1_000  # rows that are read again: numbers are given before their rows are committed


def take_in(
    *,
    operator_id: int,
    url: str,
    switch: usage.Switch,
    at: datetime,
    actor: str,
    table: str = adapter.TABLE,
    whole: bool = False,
) -> IntakeFile:
    """Read the rows after the last reading, and some before; or, when `whole`, all of them. Reading rows again changes
    nothing. Raises `adapters.postgres.elsewhere.NoTable` and `usage.WrongOrigin`; then nothing was taken in."""
    name = elsewhere.name_of(url, table)
    with acting_for(operator_id):
        last = 0 if whole else queries.acc_position(operator_id, name)
    with closing(adapter.rows(url, table=table, after_row=max(0, last - OVERLAP))) as found:
        rows = (Row(number, *map(_text, texts)) for number, *texts in found)
        return usage.take_in_acc(operator_id=operator_id, name=name, rows=rows, at=at, actor=actor, switch=switch)


def _text(value: str | bytes | None) -> str:
    """A database that knows no encoding gives octets."""
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else value or ""
