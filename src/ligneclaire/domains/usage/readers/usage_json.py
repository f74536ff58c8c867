"""Reads usage as objects of JSON: the columns of docs/usage-files.md under their names, text or whole numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ligneclaire.domains.usage.readers import lines
from ligneclaire.domains.usage.readers.batch import Batch, unreadable
from ligneclaire.domains.usage.rules.rows import COLUMNS
from ligneclaire.domains.usage.rules.suspense import Delivered, Reason, Unusable
from ligneclaire.kernel.refusal import Refusal

MOST = 10_000  # records of a batch


class WrongBatch(Refusal):
    """A batch is no list of objects of known columns, or too long: nothing of it was taken in."""

    code = "usage.refused.wrong-batch"


def read(records: object) -> Batch:
    """The records of a batch; places are their numbers, from 1. Raises WrongBatch."""
    rows: list[lines.Row] = []
    faulty: list[Delivered] = []
    for place, fields in enumerate(_checked(records), start=1):
        octets = json.dumps(fields, ensure_ascii=False).encode(errors="surrogatepass")
        if len(octets) > lines.LONGEST:
            faulty.append(unreadable(place, lines.shortened(octets).rstrip(), Unusable(Reason.TOO_LONG)))
        elif any("\x00" in value or _is_broken(value) for value in fields.values()):
            faulty.append(unreadable(place, octets, Unusable(Reason.WRONG_ENCODING)))
        else:
            rows.append((place, fields))
    columns, places = lines.columns_of(rows, "")
    return Batch(columns, places, faulty)


def _checked(records: object) -> Sequence[Mapping[str, str]]:
    if not isinstance(records, list) or len(records) > MOST:
        raise WrongBatch(why=f"records is a list of at most {MOST}")
    return [_fields(place, record) for place, record in enumerate(records, start=1)]


def _fields(place: int, record: object) -> dict[str, str]:
    if not isinstance(record, dict):
        raise WrongBatch(why=f"record {place} is no object")
    for name, value in record.items():
        if name not in COLUMNS:
            raise WrongBatch(why=f"record {place} has a column {name[:40]!r} that is not known")
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            raise WrongBatch(why=f"{name} of record {place} is neither a text nor a whole number")
    return {name: str(value) for name, value in record.items()}


def _is_broken(text: str) -> bool:
    """Half of a surrogate pair, which JSON can write and UTF-8 can't."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
