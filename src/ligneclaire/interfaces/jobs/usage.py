"""`ligneclaire usage`: rate what networks reported."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from ligneclaire.interfaces.jobs import correcting, replaying
from ligneclaire.interfaces.jobs.start import Wrong, operator_of, refuse
from ligneclaire.kernel.periods import Period

if TYPE_CHECKING:
    from ligneclaire.domains.operators.models import Operator
    from ligneclaire.domains.usage.operations.rating import Done

SUMMARY = "rate usage: what it costs, what is left, whom to warn; try other plans on it"
ACTOR = "command:usage"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`usage rate --operator CODE [--all] [--month 2026-05]`, `usage correct` (correcting.py) and `usage replay`
    (replaying.py)."""
    acts = parser.add_subparsers(dest="act", required=True)
    rate = acts.add_parser("rate", help="rate what is stale; Ctrl-C leaves whole groups, the next pass goes on")
    rate.add_argument("--operator", required=True, metavar="CODE", help="whose usage it is")
    rate.add_argument("--all", action="store_true", help="rate all open months anew, as after a change of the deck")
    rate.add_argument("--month", metavar="2026-05", help="with --all: of this month alone")
    correcting.add_arguments(acts.add_parser("correct", help="rate a billed month anew, after a mistake"))
    replaying.add_arguments(acts.add_parser("replay", help="what billed months would have cost on other plans"))


def run(args: argparse.Namespace) -> int:
    """Exit status 0; 2 with one line on standard error when it can't be done, 130 when it was broken off."""
    operator = operator_of(args.operator)
    from ligneclaire.kernel.refusal import Refusal

    if args.act == "replay":
        return _replay(operator, args)
    try:
        month = Period.month(args.month).start if args.month is not None else None
    except ValueError:
        raise Wrong(f"{args.month!r} is no month like 2026-05") from None
    try:
        if args.act == "correct" and month:
            status = correcting.run(operator, month, args)
        else:
            status = _rate(operator, everything=args.all, month=month)
    except KeyboardInterrupt:
        print("broken off: what was rated stays, the next pass goes on", file=sys.stderr)
        return 130
    except Refusal as refused:
        return refuse("usage", str(refused))
    return status


def _replay(operator: Operator, args: argparse.Namespace) -> int:
    from ligneclaire.kernel.refusal import Refusal

    try:
        return replaying.run(operator, args)
    except KeyboardInterrupt:
        print("broken off: nothing was written", file=sys.stderr)
        return 130
    except Refusal as refused:
        return refuse("usage", str(refused))


def _rate(operator: Operator, *, everything: bool, month: date | None) -> int:
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.usage.operations import rating

    at = datetime.now(UTC)
    if everything:
        with acting_for(operator.pk):
            rating.mark(operator.pk, at, month)
    done = rating.rate_stale(operator_id=operator.pk, at=at, actor=ACTOR, progress=_progress)
    _print(done)
    return 0


def _progress(done: Done) -> None:
    if sys.stderr.isatty():
        print(f"\r{done.groups} groups, {done.records} records", end="", file=sys.stderr, flush=True)


def _print(done: Done) -> None:
    if sys.stderr.isatty() and done.groups:
        print(file=sys.stderr)
    print(f"{done.groups} groups rated: {done.records} records, {done.unusable} in suspense")
