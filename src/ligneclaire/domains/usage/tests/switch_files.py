"""Files as switches write them, for the tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import IntakeFile, Suspended
from ligneclaire.domains.usage.tests.mobile import BRAM, MARCH, Fleet

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


def counts(file: IntakeFile) -> tuple[int, int, int, int, int]:
    """Records = kept + duplicates + suspended, and what was passed over."""
    return file.records, file.kept, file.duplicates, file.suspended, file.passed


def kept(fleet: Fleet, month: date = MARCH) -> list[dict[str, object]]:
    """The records of a month."""
    with fleet.customer.acting():
        return store.records(fleet.operator_id, fleet.account_id, month).to_pylist()  # type: ignore[no-any-return]


def reasons(fleet: Fleet) -> list[tuple[int, str, str]]:
    """What waits: place, reason and detail."""
    with fleet.customer.acting():
        return sorted(Suspended.objects.filter(settled_at=None).values_list("place", "reason", "detail"))


def row_of(table: Iterable[Mapping[str, object]], *names: str) -> list[tuple[object, ...]]:
    """Some columns of each row."""
    return [tuple(one[name] for name in names) for one in table]


# The answer of an INVITE as Kamailio's acc logs it, with log_extra "src_user=$fU;dst_user=$rU;src_ip=$si".
ANSWER = {"timestamp": "1772625600", "method": "INVITE", "from_tag": "a73kszlfl", "to_tag": "9fxced76sl",
          "call_id": "3848276298220188511@atlanta.example", "code": "200", "reason": "OK", "src_user": "0470654321",
          "dst_user": "+33145678901", "src_ip": "192.0.2.7"}  # fmt: skip
END = {"timestamp": "1772625661", "method": "BYE", "dst_user": ""}
STDERR = " 1(28862) NOTICE: acc [acc.c:287]: acc_log_request(): ACC: transaction answered: "
SYSLOG = "Mar  4 13:00:00 sip1 /usr/sbin/kamailio[28862]: NOTICE: acc [acc.c:287]: acc_log_request(): ACC: " \
    "transaction answered: "  # fmt: skip


def acc(*changes: Mapping[str, str], before: str = STDERR, **changed: str) -> str:
    """A line of the log."""
    fields = dict(ANSWER)
    for change in (*changes, changed):
        fields |= change
    return before + ";".join(f"{name}={value}" for name, value in fields.items()) + "\n"
