"""`ligneclaire usage`: rate what networks reported, correct, erase and try it."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ligneclaire.interfaces.jobs import correcting, erasing, replaying
from ligneclaire.interfaces.jobs.start import counted, month_of, operator_of, refuse

if TYPE_CHECKING:
    from ligneclaire.domains.operators.models import Operator
    from ligneclaire.domains.usage.operations.rating import Done

SUMMARY = "rate usage: what it costs, what is left, whom to warn; try other plans on it"
ACTOR = "command:usage"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`usage rate --operator CODE [--all] [--month 2026-05]`, `usage correct` (correcting.py), `usage erase`
    (erasing.py) and `usage replay` (replaying.py)."""
    acts = parser.add_subparsers(dest="act", required=True)
    rate = acts.add_parser("rate", help="rate what is stale; Ctrl-C leaves whole groups, the next pass goes on")
    rate.add_argument("--operator", required=True, metavar="CODE", help="whose usage it is")
    rate.add_argument("--all", action="store_true", help="rate all open months anew, as after a change of the deck")
    rate.add_argument("--month", metavar="2026-05", help="with --all: of this month alone")
    correcting.add_arguments(acts.add_parser("correct", help="rate a billed month anew, after a mistake"))
    erasing.add_arguments(acts.add_parser("erase", help="erase what a line used, of billed months"))
    replaying.add_arguments(acts.add_parser("replay", help="what billed months would have cost on other plans"))


def run(args: argparse.Namespace) -> int:
    """Exit status 0; 2 with one line on standard error when it can't be done, 130 when it was broken off."""
    operator = operator_of(args.operator)
    from ligneclaire.kernel.refusal import Refusal

    try:
        return _RUNS[args.act](operator, args)
    except KeyboardInterrupt:
        print(f"broken off: {_STAYS[args.act]}", file=sys.stderr)
        return 130
    except Refusal as refused:
        return refuse("usage", str(refused))


def _rate(operator: Operator, args: argparse.Namespace) -> int:
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.usage.operations import rating

    month, at = month_of(args.month) if args.month is not None else None, datetime.now(UTC)
    if args.all:
        with acting_for(operator.pk):
            rating.mark(operator.pk, at, month)
    done = rating.rate_stale(operator_id=operator.pk, at=at, actor=ACTOR, progress=_progress)
    _print(done)
    return 0


_RUNS = {"rate": _rate, "correct": correcting.run, "erase": erasing.run, "replay": replaying.run}
_STAYS = {
    "rate": "what was rated stays, the next pass goes on",
    "correct": "what was corrected stays",
    "erase": "nothing was erased",
    "replay": "nothing was written",
}


def _progress(done: Done) -> None:
    if sys.stderr.isatty():
        print(f"\r{done.groups} groups, {done.records} records", end="", file=sys.stderr, flush=True)


def _print(done: Done) -> None:
    if sys.stderr.isatty() and done.groups:
        print(file=sys.stderr)
    print(f"{counted(done.groups, 'group')} rated: {counted(done.records, 'record')}, {done.unusable} in suspense")
