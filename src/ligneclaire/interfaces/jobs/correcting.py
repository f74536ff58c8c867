"""`ligneclaire usage correct`: rate a billed month anew after a mistake in a tariff or a contract."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ligneclaire.interfaces.jobs.start import Wrong, counted, month_of

if TYPE_CHECKING:
    from ligneclaire.domains.operators.models import Operator
    from ligneclaire.domains.usage.operations.correcting import Correction

ACTOR = "command:usage"


def add_arguments(correct: argparse.ArgumentParser) -> None:
    """Which month, of whom; without a reason it is only shown."""
    correct.add_argument("--operator", required=True, metavar="CODE", help="whose usage it is")
    correct.add_argument("--month", required=True, metavar="2026-05", help="the billed month")
    correct.add_argument("--account", metavar="N,N", help="these accounts alone, by their numbers")
    correct.add_argument(
        "--keep", metavar="REASON", help="keep it, and write down why; the next bill run does the rest"
    )


def run(operator: Operator, args: argparse.Namespace) -> int:
    """Print what each line was charged and is charged now. Exit status 0. Raises Wrong, Refusal, KeyboardInterrupt
    (groups that are done stay done)."""
    from ligneclaire.domains.accounts.models import Account
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.usage.operations import correcting

    month = month_of(args.month)
    wanted = set(args.account.split(",")) if args.account else set()
    with acting_for(operator.pk):
        some = Account.objects.filter(operator=operator)
        known = dict((some.filter(number__in=wanted) if wanted else some).values_list("number", "pk"))
    if unknown := sorted(wanted - known.keys()):
        raise Wrong(f"{operator.code} has no account {', '.join(unknown)}")
    with acting_for(operator.pk):
        if not correcting.is_billed(known.values(), month):
            raise Wrong(f"nothing of {args.month} is billed: there is nothing to correct")
    found = correcting.correct(
        operator_id=operator.pk, account_ids=known.values(), month=month, at=datetime.now(UTC), actor=ACTOR,
        why=args.keep or "", keep=bool(args.keep),
    )  # fmt: skip
    _print(operator, found, kept=bool(args.keep))
    return 0


def _print(operator: Operator, found: Correction, *, kept: bool) -> None:
    """The lines by their public ids, the largest credit first."""
    from ligneclaire.domains.lines.models import Line
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.kernel.money import Money

    with acting_for(operator.pk):
        names = Line.objects.in_bulk([one.line for one in found.lines])
    for one in sorted(found.lines, key=lambda one: one.after - one.before):
        print(f"{names[one.line].public_id}: {Money.from_micro(one.before)} -> {Money.from_micro(one.after)}")
    whole = Money.from_micro(sum(one.after - one.before for one in found.lines))
    print(f"{counted(len(found.lines), 'line')} {'corrected' if kept else 'to correct'}: {whole} in all")
    if found.spared:
        print(f"{counted(len(found.spared), 'line')} would cost more, so what was charged stays (usage.correction)")
    if found.erased:
        print(f"left alone: {counted(len(found.erased), 'account')} of which records of that month were erased")
