"""`ligneclaire intake`: read what the network reports, and settle what waits in suspense."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ligneclaire.interfaces.jobs.start import operator_of, refuse

if TYPE_CHECKING:
    from ligneclaire.domains.operators.models import Operator
    from ligneclaire.domains.usage.models import IntakeFile
    from ligneclaire.domains.usage.operations import Switch

SUMMARY = "read files of usage, RADIUS accounting and tables of switches, see and settle what is in suspense"
ACTOR = "command:intake"
RADACCT_URL, ACC_URL = "RADACCT_URL", "ACC_URL"
MARK = "r:"  # an id may begin with a dash, which the command line would take for an option


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`intake usage`, `acc`, `detail`, `radacct`, `show`, `retry`, `write-off` and `tidy`."""
    acts = parser.add_subparsers(dest="act", required=True)
    usage = acts.add_parser("usage", help="read files of mobile and voice usage (docs/usage-files.md)")
    usage.add_argument("paths", nargs="+", type=Path, metavar="FILE", help="*.csv or *.parquet, or a folder of them")
    usage.add_argument("--again", action="store_true", help="read also files that were read before; harmless")
    usage.add_argument("--form", default="", help="of another program: asterisk, kamailio, third-party (else ours)")
    acc = acts.add_parser("acc", help="read Kamailio's table acc, from where the last reading ended")
    _add_table(acc, ACC_URL, "acc")
    for act in (usage, acc):
        act.add_argument("--source", default="", help="the name of the switch in its records (default: the form)")
        act.add_argument("--zone", default="", help="of its clock, like UTC (default: the operator's)")
        act.add_argument(
            "--trunk", action="append", default=[], help="by which calls come in from elsewhere; repeatable"
        )
    detail = acts.add_parser("detail", help="read detail files of FreeRADIUS")
    detail.add_argument("files", nargs="+", metavar="FILE", help="in any order; - is standard input")
    radacct = acts.add_parser("radacct", help="read the table radacct, from where the last reading ended")
    _add_table(radacct, RADACCT_URL, "radacct")
    show = acts.add_parser("show", help="the latest deliveries, and what waits in suspense")
    show.add_argument("--limit", type=int, default=20, help="how many of each (20)")
    acts.add_parser("retry", help="judge again what waits for a line")
    write_off = acts.add_parser("write-off", help="ask to give up a record in suspense; another person decides")
    write_off.add_argument("record", help="its id, as `intake show` prints it")
    write_off.add_argument("--reason", required=True, help="why, in words")
    acts.add_parser("tidy", help="join small files of usage records, and delete those that are not needed any more")
    for act in (usage, acc, acts.choices["tidy"], detail, radacct, show, acts.choices["retry"], write_off):
        act.add_argument("--operator", required=True, metavar="CODE", help="whose network it is")


def _add_table(act: argparse.ArgumentParser, variable: str, table: str) -> None:
    act.add_argument("--url", help=f"postgresql://user@host/database; default: ${variable}, which hides a password")
    act.add_argument("--table", default=table, help=f"default: {table}")
    act.add_argument("--all", action="store_true", help="read the whole table again; what is known stays as it is")


def run(args: argparse.Namespace) -> int:
    """Exit status 0, or 2 with one line on standard error when a file, a table or a record can't be had."""
    operator = operator_of(args.operator)
    from ligneclaire.adapters.postgres.elsewhere import NoTable
    from ligneclaire.kernel.refusal import Refusal

    acts = {
        "usage": _usage,
        "acc": _acc,
        "tidy": _tidy,
        "detail": _detail,
        "radacct": _radacct,
        "show": _show,
        "retry": _retry,
        "write-off": _write_off,
    }
    try:
        return acts[args.act](args, operator) or 0
    except OSError as error:
        return refuse("intake", f"{error.filename}: {error.strerror}")
    except (NoTable, Refusal) as error:
        return refuse("intake", str(error))


def _usage(args: argparse.Namespace, operator: Operator) -> int:
    """Each file is a transaction: stopped anywhere, the whole files stay, and the next run goes on after them."""
    from ligneclaire.kernel.refusal import Refusal

    switch = _switch(args)
    failed = done = 0
    for path in _files(args.paths, switch):
        try:
            done += _one_file(path, operator, switch, again=args.again)
        except (Refusal, OSError) as error:
            failed = refuse("intake", str(error))
        except KeyboardInterrupt:
            print(f"\nstopped in {path}: nothing of it was taken in", file=sys.stderr)
            return 130
    print(f"{done} records read")
    return failed


def _switch(args: argparse.Namespace) -> Switch | None:
    """Which program wrote the files; None: they are of our own form."""
    from ligneclaire.domains.usage import operations as usage

    return usage.Switch(args.form, args.source, args.zone, frozenset(args.trunk)) if args.form else None


def _acc(args: argparse.Namespace, operator: Operator) -> None:
    from ligneclaire.domains.usage import operations as usage
    from ligneclaire.journeys import acc

    switch = usage.Switch("kamailio", args.source, args.zone, frozenset(args.trunk))
    url = args.url or os.environ.get(ACC_URL, "")
    file = acc.take_in(
        operator_id=operator.pk, url=url, switch=switch, table=args.table, whole=args.all, at=datetime.now(UTC),
        actor=ACTOR,
    )  # fmt: skip
    _print_counts(file)


def _files(paths: Sequence[Path], switch: Switch | None) -> Iterator[Path]:
    from ligneclaire.domains.usage import operations as usage

    endings = usage.endings(switch)
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.iterdir() if one.suffix in endings)
        else:
            yield path


def _one_file(path: Path, operator: Operator, switch: Switch | None, *, again: bool) -> int:
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.usage import operations as usage
    from ligneclaire.domains.usage import queries

    with acting_for(operator.pk):
        known = not again and queries.was_taken_in(operator.pk, usage.digest_of(path))
    if known:
        print(f"{path.name}: taken in before")
        return 0
    progress = _show_progress if sys.stderr.isatty() else None
    file = usage.take_in_usage_file(
        operator_id=operator.pk, path=path, at=datetime.now(UTC), actor=ACTOR, progress=progress, switch=switch
    )
    _print_counts(file)
    return file.records


def _show_progress(records: int) -> None:
    print(f"\r{records:>12,} records", end="\r", file=sys.stderr, flush=True)


def _tidy(args: argparse.Namespace, operator: Operator) -> None:
    from ligneclaire.domains.usage import operations as usage

    joined = usage.join_segments(operator_id=operator.pk, at=datetime.now(UTC))
    deleted = usage.delete_old_files(operator_id=operator.pk, at=datetime.now(UTC))
    print(f"{joined} files joined, {deleted} deleted")


def _detail(args: argparse.Namespace, operator: Operator) -> None:
    from ligneclaire.domains.usage import operations as usage

    for name in args.files:
        with nullcontext(sys.stdin.buffer) if name == "-" else open(name, "rb") as stream:
            file = usage.take_in_detail_file(
                operator_id=operator.pk, name=name, stream=stream, at=datetime.now(UTC), actor=ACTOR
            )
        _print_counts(file)
    _connect(operator)


def _radacct(args: argparse.Namespace, operator: Operator) -> None:
    from ligneclaire.journeys import radacct

    url = args.url or os.environ.get(RADACCT_URL, "")
    file = radacct.take_in(
        operator_id=operator.pk, url=url, table=args.table, whole=args.all, at=datetime.now(UTC), actor=ACTOR
    )
    _print_counts(file)
    _connect(operator)


def _show(args: argparse.Namespace, operator: Operator) -> None:
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.usage import queries as usage
    from ligneclaire.kernel import texts
    from ligneclaire.kernel.scope import Scope

    scope = Scope.staff(operator.pk)
    with acting_for(operator.pk):
        for one in usage.deliveries(scope, args.limit):
            print(
                f"{one.received_at:%Y-%m-%d %H:%M}  {one.name}  {one.records} records = {one.kept} kept + "
                f"{one.duplicates} duplicate + {one.suspended} suspended"
            )
        for reason, number in usage.suspense_by_reason(scope).items():
            print(f"{number:>6} in suspense: {texts.say(f'usage.reason.{reason}', 'en')}")
        for record in usage.suspense(scope, limit=args.limit):
            fault = f"{record.reason} ({record.detail})" if record.detail else record.reason
            print(f"{MARK}{record.public_id}  {record.name}:{record.place}  {fault}")


def _retry(args: argparse.Namespace, operator: Operator) -> None:
    from ligneclaire.domains.usage import operations as usage

    done = usage.retry_suspended(operator_id=operator.pk, at=datetime.now(UTC), actor=ACTOR)
    print(f"{done.kept} kept, {done.duplicates} duplicate, {done.still_suspended} still in suspense")
    _connect(operator)


def _write_off(args: argparse.Namespace, operator: Operator) -> None:
    from ligneclaire.domains.usage import operations as usage

    record, at = args.record.removeprefix(MARK), datetime.now(UTC)
    usage.ask_write_off(operator_id=operator.pk, of=record, why=args.reason, at=at, actor=ACTOR)
    print(f"{args.record} waits for a second person, who decides at the desk")


def _connect(operator: Operator) -> None:
    from ligneclaire.journeys.first_connection import record_first_connections

    connected = record_first_connections(operator_id=operator.pk, at=datetime.now(UTC), actor=ACTOR)
    if connected:
        contracts = "1 contract was" if len(connected) == 1 else f"{len(connected)} contracts were"
        print(f"{contracts} connected for the first time")


def _print_counts(file: IntakeFile) -> None:
    print(
        f"{file.name}: {file.records} records = {file.kept} kept + {file.duplicates} duplicate + "
        f"{file.suspended} suspended" + (f", and {file.passed} rows that are no usage" if file.passed else "")
    )
