"""`ligneclaire bench`: how fast it is, as ratios inside one run; writes docs/performance.md.

Each part runs in a process of its own, in a scratch database beside the installation's, and prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SUMMARY = "measure the bill run against a bulk load of the same rows"
SCRATCH = "ligneclaire_bench"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many accounts; one part alone."""
    parser.add_argument("--accounts", type=int, default=200_000, metavar="N")
    parser.add_argument("--part", choices=["bill-run"], help="measure this part alone, here, and print JSON")
    parser.add_argument("--no-file", action="store_true", help="print only; leave docs/performance.md as it is")


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when every target is met, else 1."""
    if args.part:
        from ligneclaire.interfaces.jobs.bench import bill_run

        print(json.dumps(bill_run.measure(args.accounts)))
        return 0
    small, large = (_part("bill-run", count) for count in (max(args.accounts // 10, 1000), args.accounts))
    table, met = _table(small, large)
    print(table)
    if not args.no_file:
        from ligneclaire.adapters.postgres.server import CHECKOUT

        _write(CHECKOUT / "docs" / "performance.md", table)
    return 0 if met else 1


def _part(name: str, accounts: int) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "ligneclaire.interfaces.jobs.main",
        "bench",
        "--part",
        name,
        "--accounts",
        str(accounts),
    ]
    done = subprocess.run(
        command, env={**os.environ, "LIGNECLAIRE_DATABASE": SCRATCH}, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _table(small: dict[str, Any], large: dict[str, Any]) -> tuple[str, bool]:
    ratio = (large["draft_s"] + large["release_s"]) / large["load_s"]
    issued = large["documents"] / large["release_s"]
    growth = large["peak_mb"] / small["peak_mb"]
    rows = [
        ("invoices of three lines", f"{large['documents']:,}", "", True),
        ("drafted, per second", f"{large['documents'] / large['draft_s']:,.0f}", "", True),
        ("issued, per second", f"{issued:,.0f}", "at least 1,000", issued >= 1000),
        (
            "drafted and issued, per second",
            f"{large['documents'] / (large['draft_s'] + large['release_s']):,.0f}",
            "",
            True,
        ),
        ("run and release ÷ bulk load of the same rows", f"{ratio:.1f}", "at most 8", ratio <= 8),
        (f"peak memory, {small['documents']:,} accounts", f"{small['peak_mb']:.0f} MB", "", True),
        (f"peak memory, {large['documents']:,} accounts", f"{large['peak_mb']:.0f} MB", "no growth", growth < 1.1),
    ]
    lines = ["| Bill run | measured | target | met |", "|---|---|---|---|"]
    lines += [
        f"| {what} | {value} | {target} | {('yes' if ok else 'NO') if target else ''} |"
        for what, value, target, ok in rows
    ]
    return "\n".join(lines), all(ok for *_rest, ok in rows)


def _write(path: Path, table: str) -> None:
    """Put the table between its marks in the file, and leave the rest."""
    start, end = "<!-- bench -->", "<!-- /bench -->"
    text = path.read_text(encoding="utf-8") if path.exists() else f"# Performance\n\n{start}\n{end}\n"
    before, _, rest = text.partition(start)
    _old, _, after = rest.partition(end)
    path.write_text(f"{before}{start}\n{table}\n{end}{after}", encoding="utf-8")
