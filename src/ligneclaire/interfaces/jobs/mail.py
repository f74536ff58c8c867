"""`ligneclaire mail show|again`: what waits in the outbox of an operator, and another try for what was given up."""

from __future__ import annotations

import argparse
import getpass
from datetime import UTC, datetime

from ligneclaire.interfaces.jobs.start import operator_of

SUMMARY = "show what waits to be sent, try again what was given up"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The act and the operator."""
    parser.add_argument("act", choices=["show", "again"])
    parser.add_argument("--operator", required=True, metavar="CODE")


def run(args: argparse.Namespace) -> int:
    """Exit status 0, or 2 when there is no such operator. Ids and faults alone: no names, no addresses."""
    operator = operator_of(args.operator)
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.outbox import operations as outbox
    from ligneclaire.domains.outbox import queries
    from ligneclaire.kernel.scope import Scope

    scope = Scope.staff(operator.pk)
    with acting_for(operator.pk):
        if args.act == "again":
            many = outbox.try_again(operator_id=operator.pk, at=datetime.now(UTC), actor=f"command:{getpass.getuser()}")
            print(f"{many} are tried again")
            return 0
        found = queries.tally(scope)
        print(f"{found.waiting} wait, {found.sent} are sent, {found.given_up} were given up")
        for message in (*queries.failing(scope), *queries.given_up(scope)):
            print(f"{message.public_id}  {message.template:<18} {message.attempts:>2} attempts  {message.last_fault}")
    return 0
