"""Files as switches write them, for the tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ligneclaire.domains.usage.tests.mobile import BRAM

# A call of Bram on 4 March 2026: it rings at 12:59:52 in Brussels and is answered at 13:00.
CALL = {
    "accountcode": f"+{BRAM}", "src": "0470654321", "dst": "022345678", "dcontext": "customers",
    "clid": '"Bram, the voice" <0470654321>', "channel": "PJSIP/bram-0000001f",
    "dstchannel": "PJSIP/carrier-00000020", "lastapp": "Dial", "lastdata": "PJSIP/022345678@carrier,60",
    "start": "2026-03-04 12:59:52", "answer": "2026-03-04 13:00:00", "end": "2026-03-04 13:01:01",
    "duration": "69", "billsec": "61", "disposition": "ANSWERED", "amaflags": "DOCUMENTATION",
    "uniqueid": "1772625592.31", "userfield": "",
}  # fmt: skip
NUMBERS = ("duration", "billsec")
NO_ANSWER = {"answer": "", "billsec": "0", "disposition": "NO ANSWER"}


def cdr(columns: int = 18, **changed: str) -> str:
    """A line as cdr_csv writes it: text in quotes that are doubled inside, numbers and absent times without any."""
    fields = {**CALL, **changed}
    return ",".join(_written(name, value) for name, value in list(fields.items())[:columns]) + "\n"


def master(folder: Path, lines: Iterable[str], name: str = "Master.csv") -> Path:
    """The file of these lines."""
    path = folder / name
    path.write_text("".join(lines))
    return path


def _written(name: str, value: str) -> str:
    if name in NUMBERS or (name in ("answer", "end") and not value):
        return value
    doubled = value.replace('"', '""')
    return f'"{doubled}"'


def row_of(table: Iterable[Mapping[str, object]], *names: str) -> list[tuple[object, ...]]:
    """Some columns of each row."""
    return [tuple(one[name] for name in names) for one in table]
