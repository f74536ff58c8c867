"""Erasing the records of a line: what a person did on it, out of files and suspense. Totals stay, invoices stay.

Each erasure is written into a journal outside of database and backups, and replayed when an older backup is restored.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage import store, writing
from ligneclaire.domains.usage.models import Group, Suspended
from ligneclaire.domains.usage.operations.settling import settle
from ligneclaire.domains.usage.queries import terms
from ligneclaire.domains.usage.readers import batch as batches
from ligneclaire.domains.usage.rules import instants, totals
from ligneclaire.domains.usage.rules.rows import USAGE, ZONE
from ligneclaire.kernel.refusal import Refusal

JOURNAL = "erasures.jsonl"


class StillNeeded(Refusal):
    """A month is open: its usage is rated and billed first."""

    code = "usage.refused.still-needed"


class StillDelivered(Refusal):
    """What is delivered of a month is still billed (LateUsage): a record that was erased would count again."""

    code = "usage.refused.still-delivered"


def erase_line(
    *, operator_id: int, line_id: int, from_on: date, to_on: date, at: datetime, actor: str, why: str = ""
) -> int:
    """Erase the usage records of a line from a local day to a day (half-open): only its partition is rewritten.

    Totals keep what was erased, so that a later record makes no credit. Returns how many rows of files went, records
    and rated ones. Raises StillNeeded for a month that is not closed, StillDelivered for one of which late records are
    still billed, store.NoSpace, store.SegmentDamaged: then nothing is erased.
    """
    with acting_for(operator_id):
        writing.lock_intake(operator_id)
        line = Line.objects.select_related("operator").get(operator_id=operator_id, pk=line_id)
        months = erasable(line, from_on, to_on, at)
        zone = ZoneInfo(line.operator.timezone)
        begins, ends = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (from_on, to_on))
        use = store.LineUse(line.account_id, line.pk, begins, ends)
        for group in months:
            _keep_sums(group, use)
        gone = sum(store.without_line(operator_id, use, group.month, at) for group in months)
        _erase_suspended(line, use, at, actor)
        audit.record(
            operator_id=operator_id, at=at, actor=actor, act="erase_line", subject=f"line:{line.public_id}",
            detail={"from": from_on.isoformat(), "to": to_on.isoformat(), "rows": gone} | ({"why": why} if why else {}),
        )  # fmt: skip
        note = {"operator": line.operator.code, "line": line.public_id, "from": str(from_on), "to": str(to_on)}
        _add_to_journal(json.dumps(note, sort_keys=True))
    return gone


def erasable(line: Line, from_on: date, to_on: date, at: datetime) -> list[Group]:
    """The months of a line's account from a local day to a day, locked, if all of them may lose records. Call it inside
    `acting_for`. Raises StillNeeded, StillDelivered."""
    found = Group.objects.filter(operator_id=line.operator_id, account_id=line.account_id)
    found = found.filter(month__gte=from_on.replace(day=1), month__lt=to_on)
    months = list(found.select_for_update().order_by("month"))
    for group in months:
        if group.closed_at is None:
            raise StillNeeded(month=f"{group.month:%Y-%m}")
        if instants.micros(at) < terms.late_free(line.operator, group.month):
            raise StillDelivered(month=f"{group.month:%Y-%m}")
    return months


def replay(journal: Iterable[str], *, at: datetime, actor: str) -> int:
    """Erase again what the lines of a journal name, in a database that was restored; those that are done already find
    nothing. Returns how many rows of files went.

    What can't be erased yet stays in the journal and stops no other: the first refusal of `erase_line` is raised at the
    end.
    """
    gone, refused = 0, None
    for text in dict.fromkeys(line.strip() for line in journal if line.strip()):
        note = json.loads(text)
        line = _line_of(note)
        if line is None:  # newer than the backup: there is nothing to erase
            continue
        from_on, to_on = (date.fromisoformat(note[name]) for name in ("from", "to"))
        try:
            gone += erase_line(
                operator_id=line.operator_id, line_id=line.pk, from_on=from_on, to_on=to_on, at=at, actor=actor
            )
        except Refusal as fault:
            _add_to_journal(text)
            refused = refused or fault
    if refused:
        raise refused
    return gone


def _line_of(note: Mapping[str, str]) -> Line | None:
    operator = Operator.objects.filter(code=note["operator"]).first()
    if operator is None:
        return None
    with acting_for(operator.pk):
        return Line.objects.filter(operator_id=operator.pk, public_id=note["line"]).first()


def _keep_sums(group: Group, use: store.LineUse) -> None:
    """What the records to erase add up to was billed, and stays in the totals of each later revision."""
    gone = store.rated(group.operator_id, group.account_id, group.month).filter(use.rows)
    if gone.num_rows:
        erased = totals.added(totals.of_records(gone), group.closing_state.get("erased", ()))
        group.closing_state["erased"] = [list(one) for one in erased]
        group.save(update_fields=["closing_state"])


def _add_to_journal(note: str) -> None:
    path = Path(settings.STATE) / JOURNAL
    if path.exists() and note in path.read_text().splitlines():
        return
    with path.open("a") as file:
        file.write(f"{note}\n")
        file.flush()
        os.fsync(file.fileno())


def _erase_suspended(line: Line, use: store.LineUse, at: datetime, actor: str) -> None:
    """What waits or waited of the line in that time; without a readable time, all of it."""
    number = line.identifier.removeprefix("+")
    found = Suspended.objects.filter(operator_id=line.operator_id, file__source=USAGE, raw__contains=number)
    for record in found.select_for_update(of=("self",)):
        fields = batches.fields_of(record.raw)
        if fields.get("line", "").removeprefix("+") != number:
            continue
        rows = batches.reread([record.raw])
        read = instants.read(rows["start"].combine_chunks(), rows[ZONE].combine_chunks())
        is_inside = instants.micros(use.begins) <= read.at[0] < instants.micros(use.ends)
        if is_inside or np.any([read.absent, read.unreadable, read.zoneless]):
            record.raw, record.original, record.detail, record.same = "{}", None, "", ""
            record.save(update_fields=["raw", "original", "detail", "same"])
            if record.settled_at is None:
                settle(record, "written-off", at, actor, "erased")
