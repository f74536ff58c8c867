"""The forms of other programs that the intake reads. A new one is a file of this folder and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ligneclaire.domains.usage.readers import asterisk_csv, kamailio_acc, third_party_csv
from ligneclaire.domains.usage.readers.batch import Batch
from ligneclaire.domains.usage.readers.lines import Stream
from ligneclaire.domains.usage.rules.switch import Half, Origin


class Reader(Protocol):
    """Reads one file, in its order. `watched`: places whose text is given as well; `waiting`: the halves of calls
    that are in suspense."""

    def __call__(
        self,
        name: str,
        stream: Stream,
        watched: frozenset[int] = ...,
        piece: int = ...,
        *,
        origin: Origin,
        waiting: Sequence[Half] = ...,
    ) -> Iterator[Batch]: ...


@dataclass(frozen=True, slots=True)
class Form:
    """A reader, and how the names of its files end where a whole folder is read. `joins`: the half of
    a call that a text of suspense is, if it is one of the source; absent where calls do not come in halves."""

    read: Reader
    endings: tuple[str, ...]
    joins: Callable[[str, str], Half | None] | None = None


FORMS: Mapping[str, Form] = {
    "asterisk": Form(asterisk_csv.read, (".csv",)),
    "kamailio": Form(kamailio_acc.read, (".log",), kamailio_acc.half_of),
    "third-party": Form(third_party_csv.read, (".csv",)),
}
