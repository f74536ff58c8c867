"""CSV that a spreadsheet opens as it is: semicolons, a byte order mark and the decimal sign of the language. A cell of
text that a spreadsheet would calculate begins with an apostrophe."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from ligneclaire.kernel.money import Money

_CALCULATED = ("=", "+", "-", "@", "\t", "\r")


def as_csv(heading: Sequence[str], rows: Iterable[Sequence[str | int | Money]], lang: str) -> bytes:
    """The file of these rows: texts are made safe, numbers and amounts are written so that they can be added up."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe(one) for one in heading])
    for row in rows:
        writer.writerow([_cell(one, lang) for one in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def safe(cell: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_CALCULATED) else cell


def _cell(value: str | int | Money, lang: str) -> str:
    if isinstance(value, Money):
        return str(value) if lang == "en" else str(value).replace(".", ",")
    return safe(value) if isinstance(value, str) else str(value)
