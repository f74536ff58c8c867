"""The forms of other programs that the intake reads. A new one is a file of this folder and a line here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from ligneclaire.domains.usage.readers import asterisk_csv
from ligneclaire.domains.usage.readers.batch import Batch
from ligneclaire.domains.usage.readers.lines import Stream
from ligneclaire.domains.usage.rules.switch import Origin


class Reader(Protocol):
    """Reads one file, in its order. `watched`: places whose text is given as well."""

    def __call__(
        self, name: str, stream: Stream, watched: frozenset[int] = ..., piece: int = ..., *, origin: Origin
    ) -> Iterator[Batch]: ...


@dataclass(frozen=True, slots=True)
class Form:
    """A reader, and how the names of its files end where a whole folder is read."""

    read: Reader
    endings: tuple[str, ...]


FORMS: Mapping[str, Form] = {
    "asterisk": Form(asterisk_csv.read, (".csv",)),
}
