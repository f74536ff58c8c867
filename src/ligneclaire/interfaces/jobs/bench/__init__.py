"""`ligneclaire bench`: how fast it is, as ratios inside one run; writes docs/performance.md.

Each part runs in a process of its own, in a scratch database beside the installation's, and prints one JSON object,
which is kept until the table is written: a bench that was interrupted goes on from there.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ligneclaire.adapters.postgres import server
from ligneclaire.interfaces.jobs.bench import scratch
from ligneclaire.interfaces.jobs.start import tidy_seldom
from ligneclaire.kernel.periods import add_months

SUMMARY = "measure rating, the bill run, the PDFs and the pages, as ratios; writes docs/performance.md"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: records of usage (few to many), accounts of the bill run, PDFs of each kind, rounds over
    the pages."""

    records: tuple[int, ...]
    accounts: int
    documents: int
    rounds: int


SIZES = {
    "full": Size((1_000_000, 10_000_000, 50_000_000), 200_000, 300, 4),
    "quick": Size((200_000, 1_000_000), 10_000, 150, 2),
}
HOUSEHOLDS, COMPANIES, PEOPLE = 60, 2, 50
LINES, RECORDS = 1_000, 5_000  # of a fleet, and of one of its lines in a month
FRESH, PASSES = 10_000, 9  # records of a pass, and how often


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much; one part alone."""
    parser.add_argument("--size", choices=SIZES, default="full", help="quick: some minutes, for a first look")
    parser.add_argument("--accounts", type=int, metavar="N", help="accounts of the bill run, instead of the size's")
    parser.add_argument("--records", type=int, metavar="N", help="rate so many records as well")
    parser.add_argument(
        "--part",
        choices=["usage", "pass", "replay", "bill-run", "bill-run-with-usage", "portal"],
        help="measure this part alone, and print JSON",
    )
    parser.add_argument("--resume", action="store_true", help="keep what an interrupted bench of this size measured")
    parser.add_argument("--no-file", action="store_true", help="print only; leave docs/performance.md as it is")


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when every target is met, else 1."""
    size = SIZES[args.size]
    accounts = args.accounts or size.accounts
    if args.part:
        records = args.records or size.records[0]
        if os.environ.get("LIGNECLAIRE_DATABASE") == scratch.NAME:
            print(json.dumps(_measure(args.part, records, accounts, size)))
        else:
            print(json.dumps(_part(args.part, args.size, records=records, accounts=accounts)))
        return 0
    from ligneclaire.interfaces.jobs.bench import report

    busy = os.getloadavg()[0]
    numbers = sorted({*size.records, *([args.records] if args.records else [])})
    with _kept(resume=args.resume) as known:
        usage = [_once(known, "usage", args.size, records=number) for number in numbers]
        portal, fresh, replayed = (_once(known, name, args.size) for name in ("portal", "pass", "replay"))
        small, large = (
            _once(known, "bill-run-with-usage", args.size, accounts=count)
            for count in (max(accounts // 10, 5000), accounts)
        )
        of_three_lines = _once(known, "bill-run", args.size, accounts=accounts)
    rows = [
        *report.of_usage(usage),
        *report.of_pass(fresh),
        *report.of_replay(replayed),
        *report.of_bill_run(report.WITH_USAGE, large),
        *report.of_memory(small, large),
    ]
    rows += report.of_bill_run(report.THREE_LINES, of_three_lines)
    rows += [*report.of_pdfs(portal["pdf"]), *report.of_pages(portal["pages"])]
    text = f"{report.machine(busy, PEOPLE)}\n\n{report.table(rows)}"
    print(text)
    if not args.no_file:
        report.write(text)
    return 0 if all(row.met for row in rows) else 1


def _measure(part: str, records: int, accounts: int, size: Size) -> dict[str, Any]:
    tidy_seldom()
    if part == "usage":
        from ligneclaire.interfaces.jobs.bench import usage

        return usage.measure(records)
    scratch.prepare()
    if part == "pass":
        from ligneclaire.interfaces.jobs.bench import passes

        return passes.measure(FRESH, PASSES, size.records[0] // 5)
    if part == "replay":
        from ligneclaire.interfaces.jobs.bench import replay

        return replay.measure()
    if part.startswith("bill-run"):
        from ligneclaire.interfaces.jobs.bench import bill_run

        return bill_run.measure(accounts, with_usage=part == "bill-run-with-usage")
    from ligneclaire.domains.operators.models import Operator
    from ligneclaire.interfaces.jobs import demo
    from ligneclaire.interfaces.jobs.bench import documents, fleet, pages, people

    demo.play(2026, demo.Size(HOUSEHOLDS, COMPANIES))
    rural, other = (Operator.objects.get(code=code) for code in ("rural", "fleet"))
    month = add_months(datetime.now(UTC).date().replace(day=1), -1)
    with scratch.owner() as owner:
        fleet.make(owner, other.pk, LINES, RECORDS, month)
    readers = [people.customers_of(rural, PEOPLE), people.staff_of(rural, PEOPLE)]
    readers += people.of_a_fleet(other, PEOPLE, LINES, month)
    return {
        "pdf": documents.measure(rural.pk, size.documents),
        "pages": pages.measure(readers, PEOPLE, size.rounds),
    }


@contextmanager
def _kept(*, resume: bool) -> Iterator[Path]:
    """The file of what was measured so far, gone when all of it was."""
    path = server.make_state_folder() / "bench.json"
    if not resume:
        path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def _once(kept: Path, name: str, size: str, **numbers: int) -> dict[str, Any]:
    """A part, unless it was measured before the interruption."""
    known: dict[str, dict[str, Any]] = json.loads(kept.read_text()) if kept.exists() else {}
    key = " ".join([name, size, *(f"{number:,} {what}" for what, number in numbers.items())])
    if key not in known:
        print(f"measuring {key} …", file=sys.stderr, flush=True)
        known[key] = _part(name, size, **numbers)
        half = kept.with_suffix(".half")
        half.write_text(json.dumps(known))
        half.replace(kept)
    return known[key]


def _part(name: str, size: str, **numbers: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "ligneclaire.interfaces.jobs.main", "bench"]
    command += ["--part", name, "--size", size, *(f"--{key}={number}" for key, number in numbers.items())]
    env = {**os.environ, "LIGNECLAIRE_DATABASE": scratch.NAME}
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
