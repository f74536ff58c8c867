"""The figures of a measurement beside their targets, as a table, and their place in docs/performance.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from ligneclaire.adapters.postgres.server import CHECKOUT

FILE = CHECKOUT / "docs" / "performance.md"
BY_SLOWEST = ("fleet", "user")
START, END = "<!-- bench -->", "<!-- /bench -->"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `target` is empty where nothing was promised."""

    what: str
    measured: str
    target: str = ""
    met: bool = True


def of_usage(found: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Rating, Parquet to Parquet, of ever more records."""
    rows = []
    for one in found:
        name = f"rating {one['records']:,} records"
        ratio, gain = one["rate_cpu_s"] / one["rewrite_cpu_s"], one["obvious_cpu_s"] / one["rate_cpu_s"]
        rows += [
            Row(f"{name}: records a second of one processor", f"{one['records'] / one['rate_cpu_s']:,.0f}"),
            Row(
                f"{name}: ÷ reading and writing the same rows, by processor time",
                f"{ratio:.1f}",
                "at most 3",
                ratio <= 3,
            ),
            Row(
                f"{name}: faster than the obvious engine, by processor time",
                f"{gain:.0f} ×",
                "at least 30 ×",
                gain >= 30,
            ),
            Row(f"{name}: peak memory", f"{one['peak_mb']:.0f} MB", "at most 1,024 MB", one["peak_mb"] <= 1024),
        ]
    for few, many in pairwise(found):
        times, most = many["rate_cpu_s"] / few["rate_cpu_s"], 1.1 * many["records"] / few["records"]
        what = f"rating: {many['records']:,} records take, of {few['records']:,}"
        rows.append(Row(what, f"{times:.1f} ×", f"at most {most:.1f} ×", times <= most))
    return rows


def of_pass(found: Mapping[str, Any]) -> list[Row]:
    """A pass over fresh records, to balances and warnings that are committed."""
    name, steady = f"pass of {found['fresh']:,} fresh records", found["steady"]
    cpu = f"{steady['cpu_s']:.2f} and {steady['database_cpu_s']:.2f}"
    return [
        Row(f"{name} of {found['lines']:,} lines: seconds", f"{steady['s']:.2f}", "under 0.4", steady["s"] < 0.4),
        Row(f"{name}: seconds of processor, and of the database's", cpu),
        Row(f"{name}: seconds of the first one of a process", f"{found['first']['s']:.2f}"),
    ]


def of_replay(found: Mapping[str, Any]) -> list[Row]:
    """A company's year on many plans, against the pass that rated its records once."""
    name = f"replay: {found['lines']:,} lines, {found['months']} months, {found['plans']} plans"
    seconds, once = found["replay_s"], found["replay_cpu_s"] / found["rate_cpu_s"]
    ratings = found["records"] * found["plans"] / seconds
    return [
        Row(f"{name}, {found['records']:,} records: seconds", f"{seconds:.1f}", "under 10", seconds < 10),
        Row("replay: records rated a second, all plans together", f"{ratings:,.0f}"),
        Row("replay: ÷ the pass that rated these records once, by processor time of the program", f"{once:.1f}"),
        Row("replay: peak memory", f"{found['peak_mb']:.0f} MB"),
    ]


@dataclass(frozen=True, slots=True)
class Run:
    """A bill run that is measured: its name, and what issue 2 or issue 4 asks of it: invoices issued a second at least,
    and times the bulk load at most."""

    name: str
    issued: int
    times: int


THREE_LINES, WITH_USAGE = Run("bill run of three lines", 1000, 8), Run("bill run with usage", 3000, 6)


def of_bill_run(run: Run, found: Mapping[str, Any]) -> list[Row]:
    """The run of many accounts against the bulk load of its rows."""
    many, whole = found["documents"], found["draft_s"] + found["release_s"]
    issued, ratio = many / found["release_s"], whole / found["load_s"]
    cpu = {name: found[f"{name}_cpu_s"] + found[f"{name}_database_cpu_s"] for name in ("draft", "release", "load")}
    least, most = f"at least {run.issued:,}", f"at most {run.times}"
    rows = [
        Row(f"{run.name}: invoices", f"{many:,}"),
        Row(f"{run.name}: issued a second (release of the drafts)", f"{issued:,.0f}", least, issued >= run.issued),
        Row(f"{run.name}: drafted a second", f"{many / found['draft_s']:,.0f}"),
        Row(f"{run.name}: drafted and issued a second", f"{many / whole:,.0f}"),
        Row(f"{run.name}: draft and release ÷ bulk load of the same rows", f"{ratio:.1f}", most, ratio <= run.times),
    ]
    if found["load_database_cpu_s"]:
        each = ", ".join(f"{name} {1000 * cpu[name] / many:.2f}" for name in cpu)
        share = (cpu["draft"] + cpu["release"]) / cpu["load"]
        rows += [
            Row(f"{run.name}: milliseconds of processor an invoice, database included", each),
            Row(f"{run.name}: the same ratio by processor time", f"{share:.1f}"),
        ]
    return rows


def of_memory(small: Mapping[str, Any], large: Mapping[str, Any]) -> list[Row]:
    """Peak memory of a run and of one a tenth of its size."""
    grew = large["peak_mb"] / small["peak_mb"] >= 1.1
    return [
        Row(f"bill run: peak memory, {small['documents']:,} accounts", f"{small['peak_mb']:.0f} MB"),
        Row(
            f"bill run: peak memory, {large['documents']:,} accounts",
            f"{large['peak_mb']:.0f} MB",
            "no growth",
            not grew,
        ),
    ]


def of_pdfs(found: Mapping[str, Any]) -> list[Row]:
    """The product's documents against those of typst alone."""
    share, by_cpu = (100 * found[f"typst_{key}"] / found[f"product_{key}"] for key in ("s", "cpu_s"))
    each = 1000 / found["documents"]
    return [
        Row("PDF: milliseconds a document, from the row", f"{found['product_s'] * each:.0f}"),
        Row("PDF: milliseconds a document, typst alone", f"{found['typst_s'] * each:.0f}"),
        Row("PDF: throughput, of what typst alone does", f"{share:.0f} %", "at least 60 %", share >= 60),
        Row("PDF: the same by processor time of the program", f"{by_cpu:.0f} %"),
    ]


def of_pages(found: Mapping[str, Mapping[str, float]]) -> list[Row]:
    """Each page against the empty page of the same reader: by pages a second as issue 2 asks, and by the slowest 5 of
    100 those that issue 4 asks for."""
    rows = []
    for page, one in found.items():
        name, _, of_a_group = page.partition(":")
        empty = found[f"empty {name}" if of_a_group else page if page.startswith("empty") else "empty"]
        times = f"{one['per_s']:.0f} a second, p50 {one['p50_ms']:.0f} ms, p95 {one['p95_ms']:.0f} ms"
        if one is empty:
            rows.append(Row(f"page: {page}", times))
            continue
        slowest = name in BY_SLOWEST
        ratio = one["p95_ms"] / empty["p95_ms"] if slowest else empty["per_s"] / one["per_s"]
        how = f"{ratio:.1f} × empty{' by p95' if slowest else ''}"
        rows.append(Row(f"page: {page}", f"{how}; {times}", "at most 3 ×", ratio <= 3))
    return rows


def machine(busy: float, people: int) -> str:
    """What was measured on, without its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with {os.cpu_count()} cores, {memory:.0f} GB of memory and Python "
        f"{platform.python_version()}, {people} people at once on the pages; before it began, {busy:.1f} processes of "
        "others wanted a core."
    )


def table(rows: Iterable[Row]) -> str:
    """The rows in Markdown."""
    lines = ["| What | Measured | Target | Met |", "|---|---|---|---|"]
    for row in rows:
        met = ("yes" if row.met else "NO") if row.target else ""
        lines.append(f"| {row.what} | {row.measured} | {row.target} | {met} |")
    return "\n".join(lines)


def write(text: str, path: Path = FILE) -> None:
    """Put the text between its marks in the file, and leave the rest."""
    before, _, rest = path.read_text(encoding="utf-8").partition(START)
    after = rest.partition(END)[2]
    path.write_text(f"{before}{START}\n{text}\n{END}{after}", encoding="utf-8")
