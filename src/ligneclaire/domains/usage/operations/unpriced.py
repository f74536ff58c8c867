"""Records that rating can't price wait in suspense, and are judged anew by each later rating of their group.

Such a record stays in its segment of records; its row in suspense is found by the file and place that it came from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.usage import writing
from ligneclaire.domains.usage.models import Suspended
from ligneclaire.domains.usage.operations.settling import now_wait_for, settle_all, unsettle
from ligneclaire.domains.usage.readers.batch import raw_of
from ligneclaire.domains.usage.rules.suspense import UNPRICED, Delivered, Reason, Unusable
from ligneclaire.kernel.money import Money

Place = tuple[int, int]  # file, place in it
Known = Mapping[Place, Suspended]
WRITTEN_OFF = "written-off"
FEW = 1_000  # places that a query names one by one
_REASONS = [reason.value for reason in UNPRICED]
_NO_LINE = {Reason.UNKNOWN_LINE, Reason.BEFORE_THE_LINE}


def of_records(operator_id: int, records: pa.Table) -> Known:
    """Those that rating could not price before, by their place; maybe others of their files as well."""
    files, places = (pc.unique(records[name]) for name in ("file", "place"))
    found = Suspended.objects.filter(operator_id=operator_id, file_id__in=files.to_pylist(), reason__in=_REASONS)
    if len(places) <= FEW:
        found = found.filter(place__in=places.to_pylist())
    return {(one.file_id, one.place): one for one in found.defer("original", "fingerprint")}


def without_given_up(records: pa.Table, known: Known) -> pa.Table:
    """The records but for those that staff wrote off."""
    given_up = {place for place, one in known.items() if one.settled_as == WRITTEN_OFF}
    if not given_up:
        return records
    places = zip(records["file"].to_pylist(), records["place"].to_pylist(), strict=True)
    return records.filter(pa.array([place not in given_up for place in places], pa.bool_()))


def within(known: Known, records: pa.Table) -> Known:
    """Those that came from the places of some records."""
    places = zip(records["file"].to_pylist(), records["place"].to_pylist(), strict=True)
    return {place: known[place] for place in places if place in known}


def settle_unpriced(
    *,
    operator_id: int,
    known: Known,
    records: pa.Table,
    unusable: Sequence[tuple[str, Unusable]],
    at: datetime,
    actor: str,
) -> None:
    """Open a row for each record that can't be rated, and settle those that now can."""
    bad = dict(unusable)
    rows = records.filter(pc.is_in(records["event_key"], value_set=pa.array(list(bad), pa.string()))).to_pylist()
    waiting = {(row["file"], row["place"]): _fault(bad[row["event_key"]]) for row in rows}
    own = set(zip(records["file"].to_pylist(), records["place"].to_pylist(), strict=True)) if known else set()
    met = own & known.keys()
    _wait([(known[place], waiting[place]) for place in sorted(met & waiting.keys())])
    priced = [known[place] for place in met - waiting.keys() if known[place].settled_at is None]
    settle_all(priced, "kept", at, actor, "rated")
    names = dict(Line.objects.filter(pk__in={row["line"] for row in rows}).values_list("pk", "identifier"))
    for file_id in sorted({row["file"] for row in rows}):
        new = [row for row in rows if row["file"] == file_id and (file_id, row["place"]) not in known]
        faults = [(_delivered(row, names), waiting[file_id, row["place"]]) for row in new]
        writing.write_suspended(operator_id, file_id, faults)


def _wait(faulty: Sequence[tuple[Suspended, Unusable]]) -> None:
    """They wait again, also those that were rated in between."""
    unsettle([one for one, _ in faulty if one.settled_at is not None])
    now_wait_for(faulty)


def _fault(fault: Unusable) -> Unusable:
    """The reason as suspense tells it: intake has let the record pass, so what is missing is a plan or a price."""
    if fault.reason in UNPRICED:
        return fault
    reason = Reason.NO_PLAN if fault.reason in _NO_LINE else Reason.NO_RATE
    return Unusable(reason, f"{fault.reason.value} {fault.detail}".strip())


def _delivered(row: Mapping[str, Any], names: Mapping[int, str]) -> Delivered:
    fields = {name: str(row[name]) for name in ("service", "direction", "other", "quantity", "visited")}
    fields |= {"id": row["event_key"], "line": names[row["line"]].removeprefix("+"), "start": row["start"].isoformat()}
    if row["amount"] is not None:
        fields["amount"] = str(Money.from_micro(row["amount"]))
    return Delivered(row["place"], raw_of(fields), None)
