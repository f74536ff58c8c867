"""`ligneclaire usage replay`: what months of real usage would have cost on other plans."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ligneclaire.interfaces.jobs.start import Wrong, counted
from ligneclaire.kernel.periods import Period, add_months, month_label

if TYPE_CHECKING:
    from ligneclaire.domains.billing.queries.replay import Wanted
    from ligneclaire.domains.billing.rules.replayed import LineReplay, Replay
    from ligneclaire.domains.operators.models import Operator

MOST_MONTHS = 36
FORMATS = ("table", "csv", "json")


def add_arguments(replay: argparse.ArgumentParser) -> None:
    """Who, when, which plans, and how it is told."""
    replay.add_argument("--operator", required=True, metavar="CODE", help="whose usage it is")
    replay.add_argument(
        "--plans", required=True, metavar="A,B", help='offers of the catalogue, or "all" that there were'
    )
    replay.add_argument("--months", required=True, metavar="2026-01..2026-06", help="a month, or from one to another")
    replay.add_argument("--account", metavar="N,N", help="these accounts alone, by their numbers")
    replay.add_argument("--customer", metavar="N", help="the accounts of this customer alone, by his number")
    replay.add_argument("--lines", metavar="N,N", help="these lines alone, like +32470654321")
    replay.add_argument(
        "--catalogue", type=Path, metavar="FOLDER", help="plans of an operator's folder, not loaded yet"
    )
    replay.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="prices as on that day, for all months")
    replay.add_argument("--without-options", action="store_true", help="as if the lines had had no options")
    replay.add_argument("--format", choices=FORMATS, default="table")


def run(operator: Operator, args: argparse.Namespace) -> int:
    """Exit status 0. Raises Wrong, Refusal, KeyboardInterrupt."""
    from ligneclaire.domains.billing.queries.replay import replay
    from ligneclaire.journeys import replays
    from ligneclaire.kernel.scope import Scope

    found = replay(Scope.staff(operator.pk), _wanted(operator, args), _progress)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if args.format == "csv":
        sys.stdout.write(replays.as_csv(found, "en").decode("utf-8-sig").replace("\r\n", "\n"))
    elif args.format == "json":
        print(json.dumps(replays.as_json(found), ensure_ascii=False, indent=1))
    else:
        _table(found)
    return 0


def months_of(text: str) -> tuple[date, ...]:
    """The first days of "2026-01..2026-06", or of one month. Raises Wrong."""
    first, _, last = text.partition("..")
    try:
        begins, ends = (Period.month(one).start for one in (first, last or first))
    except ValueError:
        raise Wrong(f"{text!r} are no months like 2026-01..2026-06") from None
    if ends < begins:
        raise Wrong(f"{text!r} ends before it begins")
    months = [begins]
    while months[-1] < ends:
        months.append(add_months(begins, len(months)))
        if len(months) > MOST_MONTHS:
            raise Wrong(f"{text!r} are more than {MOST_MONTHS} months")
    return tuple(months)


def _wanted(operator: Operator, args: argparse.Namespace) -> Wanted:
    from ligneclaire.domains.accounts.models import Account
    from ligneclaire.domains.billing.queries.replay import Wanted
    from ligneclaire.domains.lines.models import Line
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.rulebook import folders
    from ligneclaire.journeys import replays

    months = months_of(args.months)
    with acting_for(operator.pk):
        accounts, line_ids = Account.objects.filter(operator=operator), None
        if args.customer:
            accounts = accounts.filter(party__number=args.customer)
            _all_of([args.customer] if accounts else [], [args.customer], "customer")
        if args.account:
            accounts = accounts.filter(number__in=_named(args.account))
            _all_of([one.number for one in accounts], _named(args.account), "account")
        if args.lines:
            lines = Line.objects.filter(identifier__in=_named(args.lines), account__in=accounts)
            _all_of([one.identifier for one in lines], _named(args.lines), "line")
            line_ids = frozenset(one.pk for one in lines)
            accounts = accounts.filter(pk__in=[one.account_id for one in lines])
        codes = None if args.plans == "all" else _named(args.plans)
        try:
            plans = replays.plans_of(operator.pk, codes, folder=args.catalogue, on=args.on)
        except folders.FolderRefused as refused:
            raise Wrong("; ".join(map(str, refused.faults))) from None
        ids = frozenset(accounts.values_list("pk", flat=True))
    if codes is None:
        plans = replays.without_rollover(replays.in_force(plans, months))
    return Wanted(ids, months, plans, line_ids, with_options=not args.without_options)


def _named(text: str) -> list[str]:
    """Names between commas, each once."""
    found = list(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
    if not found:
        raise Wrong(f"{text!r} names nothing")
    return found


def _all_of(found: Sequence[str], wanted: Sequence[str], what: str) -> None:
    missing = sorted(set(wanted) - set(found))
    if missing:
        raise Wrong(f"there is no {what} {missing[0]!r}")


def _progress(done: int, pieces: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {pieces} pieces", end="", file=sys.stderr, flush=True)


def _table(found: Replay) -> None:
    """The sums of all lines by plan, then each line with its best plan."""
    months = dict.fromkeys((month_label(found.months[0]), month_label(found.months[-1])))
    print(f"{counted(len(found.lines), 'line')}, {' to '.join(months)}, as billed: {found.billed}")
    if found.hidden:
        print(f"left out: {counted(found.hidden, 'month')} of lines whose records were erased")
    rows = [("plan", "would have cost", "difference", "best for", "unpriced records")]
    for number, (plan, one) in enumerate(zip(found.plans, found.tried, strict=True)):
        best = sum(line.best == number for line in found.lines)
        rows.append((plan.code, str(one.money), str(one.money - found.billed), str(best), str(one.unrated or "")))
    _print(rows)
    print(f"each line on its best plan: {found.saving} less\n")
    _print([("line", "own plan", "billed", "best plan", "would have cost"), *(_row(found, one) for one in found.lines)])


def _row(found: Replay, line: LineReplay) -> tuple[str, ...]:
    best = line.best
    other = ("(its own)", "") if best is None else (found.plans[best].code, str(line.tried[best].money))
    return line.identifier, " + ".join(line.offers), str(line.billed), *other


def _print(rows: Sequence[Sequence[str]]) -> None:
    """Columns; those of amounts and numbers at the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = [_cell(one, width) for one, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())


def _cell(text: str, width: int) -> str:
    number = text.replace("-", "").replace(".", "").isdigit()
    return text.rjust(width) if number else text.ljust(width)
