"""Reads what third parties ask for (parking, tickets, premium services; docs/usage-files.md): a line a charge.

The amount is the third party's and is passed through as it is. Only charges in euros whose tax is the third party's own
(`pass-through`) can be billed; others wait in suspense.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from ligneclaire.domains.rulebook.taxes import PASS_THROUGH
from ligneclaire.domains.usage.readers import lines
from ligneclaire.domains.usage.readers.batch import Batch
from ligneclaire.domains.usage.readers.heading import MissingColumn, UnknownColumn, UnreadableFile
from ligneclaire.domains.usage.rules.columns import THIRD_PARTY
from ligneclaire.domains.usage.rules.suspense import Reason, Unusable
from ligneclaire.domains.usage.rules.switch import Half, Origin, e164

NEEDED = ("reference", "number", "at", "amount", "currency", "tax")
COLUMNS = (*NEEDED, "code")
EURO = "EUR"


def read(
    name: str,
    stream: lines.Stream,
    watched: frozenset[int] = frozenset(),
    piece: int = lines.PIECE,
    *,
    origin: Origin,
    waiting: Sequence[Half] = (),
) -> Iterator[Batch]:
    """The charges of a file, in its order; no charge comes in halves. Raises UnreadableFile, MissingColumn and
    UnknownColumn."""
    columns: tuple[str, ...] = ()
    for some in lines.pieces(stream, watched, piece):
        charges = some
        if not columns:
            columns, charges = _heading(name, some)
        yield lines.batch_of(charges, origin.zone, partial(_charge, columns=columns, origin=origin))
    if not columns:
        raise UnreadableFile(name=name, why="it is empty")


def _heading(name: str, first: lines.Piece) -> tuple[tuple[str, ...], lines.Piece]:
    """The columns in the order of the file, and the lines after the heading."""
    if not first.lines or first.lines[0][0] != 1:
        raise UnreadableFile(name=name, why="it has no heading")
    try:
        columns = _values(first.lines[0][1])
    except Unusable:
        raise UnreadableFile(name=name, why="it has no heading") from None
    for column in columns:
        if column not in COLUMNS or columns.count(column) > 1:
            raise UnknownColumn(name=name, column=repr(column[:40]))
    for column in NEEDED:
        if column not in columns:
            raise MissingColumn(name=name, column=column)
    return columns, replace(first, lines=first.lines[1:])


def _charge(text: str, columns: tuple[str, ...], origin: Origin) -> Mapping[str, str]:
    values = _values(text)
    if len(values) != len(columns):
        reason = Reason.MISSING_COLUMN if len(values) < len(columns) else Reason.EXTRA_COLUMN
        raise Unusable(reason, f"{len(values)} / {len(columns)}")
    charge = dict(zip(columns, values, strict=True))
    if charge["currency"] != EURO:
        raise Unusable(Reason.OTHER_CURRENCY, charge["currency"][:20])
    if charge["tax"] != PASS_THROUGH:
        raise Unusable(Reason.OTHER_TAX, charge["tax"][:20])
    return {
        "source": origin.source,
        "id": charge["reference"],
        "line": e164(charge["number"], origin.country),
        "service": THIRD_PARTY,
        "other": charge.get("code", ""),
        "start": charge["at"],
        "quantity": "1",
        "amount": charge["amount"],
    }


def _values(text: str) -> tuple[str, ...]:
    try:
        (values,) = csv.reader([text], strict=True)
    except (csv.Error, ValueError):
        raise Unusable(Reason.UNREADABLE_LINE) from None
    return tuple(values)
