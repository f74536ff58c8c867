"""`ligneclaire usage erase`: erase what a line used, of months that were billed, as when a person asks for it."""

from __future__ import annotations

import argparse
from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ligneclaire.interfaces.jobs.start import Wrong, counted
from ligneclaire.kernel.periods import add_months

if TYPE_CHECKING:
    from ligneclaire.domains.lines.models import Line
    from ligneclaire.domains.operators.models import Operator

ACTOR = "command:usage"


def add_arguments(erase: argparse.ArgumentParser) -> None:
    """Which line and which days; without a reason it is only counted."""
    erase.add_argument("--operator", required=True, metavar="CODE", help="whose usage it is")
    erase.add_argument(
        "--line", required=True, metavar="NUMBER", help="the line, by its number as you write it, or its public id"
    )
    erase.add_argument("--from", dest="from_on", required=True, metavar="2026-01-01", help="the first day that goes")
    erase.add_argument("--to", dest="to_on", required=True, metavar="2026-02-01", help="the first day that stays")
    erase.add_argument("--erase", metavar="REASON", help="erase it, and write down why; it never comes back")


def run(operator: Operator, args: argparse.Namespace) -> int:
    """Print how many rated records of each month go, then of how many rows of files. Exit status 0. Raises Wrong,
    Refusal: then nothing is erased."""
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.usage import operations as usage

    begins, ends, at = _day(args.from_on), _day(args.to_on), datetime.now(UTC)
    if ends <= begins:
        raise Wrong(f"{args.to_on} is not after {args.from_on}")
    with acting_for(operator.pk):
        line = _line(operator, args.line)
        usage.erasable(line, begins, ends, at)
        counts = _counts(operator, line, begins, ends)
    for month, count in counts.items():
        print(f"{month:%Y-%m}: {counted(count, 'record')}")
    if not args.erase:
        print(f"{counted(sum(counts.values()), 'record')} to erase; invoices and their sums stay")
        return 0
    gone = usage.erase_line(
        operator_id=operator.pk, line_id=line.pk, from_on=begins, to_on=ends, at=at, actor=ACTOR, why=args.erase
    )
    print(f"{counted(gone, 'row')} of files erased; invoices and their sums stay")
    return 0


def _line(operator: Operator, name: str) -> Line:
    """A line by its number, as files have it or as people write it, or by its public id. Raises Wrong."""
    from django.db.models import Q

    from ligneclaire.domains.customers import rules
    from ligneclaire.domains.lines.models import Line

    bare = {name.removeprefix("+")}
    with suppress(rules.Unreadable):
        bare.add(rules.phone(name, operator.country).removeprefix("+"))
    mine = Line.objects.filter(operator=operator)
    found = mine.filter(Q(identifier__in=[*bare, *(f"+{one}" for one in bare)]) | Q(public_id=name)).first()
    if found is None:
        raise Wrong(f"{operator.code} has no line {name!r}")
    return found


def _counts(operator: Operator, line: Line, begins: date, ends: date) -> dict[date, int]:
    """Rated records of the days, by month. Raises store.SegmentDamaged."""
    from ligneclaire.domains.usage import store
    from ligneclaire.kernel.scope import Scope

    zone, month, found = ZoneInfo(operator.timezone), begins.replace(day=1), {}
    instants = [datetime.combine(day, time(), zone).astimezone(UTC) for day in (begins, ends)]
    while month < ends:
        found[month] = store.rated_of_line(Scope.staff(operator.pk), line.pk, month, *instants).num_rows
        month = add_months(month, 1)
    return {month: count for month, count in found.items() if count}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Wrong(f"{text!r} is no day like 2026-01-01") from None
