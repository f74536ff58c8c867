"""`ligneclaire machine-key`: keys by which other programs of an operator use the API."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from ligneclaire.interfaces.jobs.start import operator_of, refuse

SUMMARY = "make or revoke the key by which another program delivers usage"
ACTOR = "command:machine-key"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`machine-key make NAME` and `revoke NAME`."""
    parser.add_argument("act", choices=["make", "revoke"])
    parser.add_argument("name", help="of the program that holds it, like billing-gateway")
    parser.add_argument("--operator", required=True, metavar="CODE")


def run(args: argparse.Namespace) -> int:
    """Exit status 0; the key alone on standard output. 2 with one line on standard error when it can't be."""
    operator = operator_of(args.operator)
    from ligneclaire.domains.access import machine_keys
    from ligneclaire.kernel.refusal import Refusal

    name, at = args.name, datetime.now(UTC)
    try:
        if args.act == "revoke":
            machine_keys.revoke_key(operator_id=operator.pk, name=name, at=at, actor=ACTOR)
            print(f"the key of {name} opens nothing any more")
        else:
            key = machine_keys.make_key(operator_id=operator.pk, name=name, right="usage", at=at, actor=ACTOR)
            print(machine_keys.text_of(key))
    except Refusal as refused:
        return refuse("machine-key", str(refused))
    return 0
