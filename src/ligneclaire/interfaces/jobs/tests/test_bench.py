"""The parts of the measurement at the smallest size: what they count is whole; how long it took is not asserted."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from django.db import connections

from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage.rules import compiled, rating
from ligneclaire.interfaces.home.tests import billed
from ligneclaire.interfaces.jobs import bench
from ligneclaire.interfaces.jobs.bench import (
    bill_run,
    documents,
    fleet,
    pages,
    passes,
    people,
    report,
    scratch,
    traffic,
    usage,
)

SECONDS = {f"{name}_{key}" for name in ("draft", "release", "load") for key in ("s", "cpu_s", "database_cpu_s")}


def rows(statement: str) -> list[tuple[object, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


@pytest.mark.usefixtures("database")
def test_no_database_but_its_own_is_dropped() -> None:
    with pytest.raises(scratch.NotScratch):
        scratch.prepare()
    assert Operator.objects.count() == 3


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("with_usage", "lines"), [(False, 60), (True, 80)])
def test_a_bill_run_is_issued_and_loaded_again_then_typeset(with_usage: bool, lines: int) -> None:
    found = bill_run.measure(20, with_usage=with_usage)
    assert set(found) == SECONDS | {"documents", "peak_mb"}
    assert found["documents"] == 20
    assert rows("SELECT count(*), count(DISTINCT number), max(sequence) FROM invoice") == [(20, 20, 20)]
    assert rows("SELECT count(*) FROM invoice_line") == [(lines,)]
    assert rows("SELECT relname FROM pg_class WHERE relname LIKE 'same%'") == []

    made = documents.measure(Operator.objects.get(code="rural").pk, 3)
    assert made["documents"] == 3
    assert made["product_bytes"] == pytest.approx(made["typst_bytes"], rel=0.05)


@pytest.mark.usefixtures("database")
def test_each_page_is_loaded_by_everybody_at_once_from_the_server_that_people_start() -> None:
    operator = billed.anna().operator
    fleets, month = Operator.objects.get(code="fleet"), date(2026, 10, 1)
    with scratch.owner() as owner:
        fleet.make(owner, fleets.pk, 10, 20, month)
    readers = [people.customers_of(operator, 3), people.staff_of(operator, 3)]
    found = pages.measure([*readers, *people.of_a_fleet(fleets, 3, 10, month)], people=3, rounds=1)
    assert set(found) == {
        "empty", "home", "offer", "invoices", "invoice", "empty desk", "desk: customer", "empty fleet", "fleet: lines",
        "fleet: cost centres", "fleet: contracts", "fleet: line", "empty user", "user: month", "user: records",
    }  # fmt: skip
    assert rows("SELECT sum(records) FROM usage_total WHERE group_id <> 5000000") == [(20,)]
    for one in found.values():
        assert one["pages"] == 3 * pages.TIMES
        assert 0 < one["p50_ms"] <= one["p95_ms"]
    ratios = {row.what: row for row in report.of_pages(found)}
    assert [what for what, row in ratios.items() if not row.target] == [
        "page: empty",
        "page: empty desk",
        "page: empty fleet",
        "page: empty user",
    ]


def test_generated_records_are_rated_alike_by_both_engines() -> None:
    tables = list(traffic.records(3_000))
    assert sum(len(table) for table in tables) == 3_000
    accounts = {account: traffic.terms(account) for table in tables for account in table["account"].to_pylist()}
    records = pa.concat_tables(tables)
    found = compiled.rate_groups(records, {account: compiled.Group(terms) for account, terms in accounts.items()})
    assert len(found.table) == 3_000  # nothing of it is unusable
    for account, terms in accounts.items():
        expected = rating.rate(records.filter(pc.equal(records["account"], account)), terms)
        assert found.of(account) == expected
    rows = report.of_usage([usage.measure(5_000), usage.measure(10_000)])
    assert [row.target for row in rows if "÷" in row.what] == ["at most 3"] * 2
    assert rows[-1].what == "rating: 10,000 records take, of 5,000"


def test_a_target_that_is_missed_is_said_and_the_words_around_the_table_stay(tmp_path: Path) -> None:
    run = {"documents": 1000, "peak_mb": 100.0, **dict.fromkeys(SECONDS, 1.0)}
    slow = {**run, "release_s": 1.25, "peak_mb": 120.0}
    of_both = [row for kind in (report.THREE_LINES, report.WITH_USAGE) for row in report.of_bill_run(kind, slow)]
    table = report.table([*of_both, *report.of_memory(run, slow)])
    issued, ratio = "issued a second (release of the drafts)", "draft and release ÷ bulk load of the same rows"
    assert f"| bill run of three lines: {issued} | 800 | at least 1,000 | NO |" in table
    assert f"| bill run with usage: {issued} | 800 | at least 3,000 | NO |" in table
    assert f"| bill run of three lines: {ratio} | 2.2 | at most 8 | yes |" in table
    assert f"| bill run with usage: {ratio} | 2.2 | at most 6 | yes |" in table
    assert "| bill run: peak memory, 1,000 accounts | 120 MB | no growth | NO |" in table
    typst = {"documents": 10, "product_s": 1.0, "product_cpu_s": 1.0, "typst_s": 0.6, "typst_cpu_s": 0.59}
    assert [row.met for row in report.of_pdfs(typst) if row.target] == [True]
    file = tmp_path / "performance.md"
    file.write_text(f"before\n{report.START}\nold\n{report.END}\nafter\n")
    report.write("new", file)
    assert file.read_text() == f"before\n{report.START}\nnew\n{report.END}\nafter\n"


@pytest.mark.usefixtures("database")
def test_fresh_records_are_rated_pass_after_pass() -> None:
    found = passes.measure(300, 3, 400)
    assert (found["first"]["records"], found["first"]["unusable"]) == (300, 0)
    assert found["behind"]["records"] == 3 * 400
    assert 0 < found["steady"]["s"] <= found["slowest_s"]
    assert rows("SELECT sum(records) FROM usage_total") == rows("SELECT sum(records) FROM usage_group")
    assert [row.target for row in report.of_pass(found)] == ["under 0.4", "", ""]


def test_a_bench_that_was_interrupted_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIGNECLAIRE_STATE", str(tmp_path))
    measured: list[str] = []

    def part(name: str, size: str, **numbers: int) -> dict[str, object]:
        measured.append(f"{name} {size} {numbers}")
        if measured == ["usage full {'records': 1}", "usage full {'records': 2}"]:
            raise KeyboardInterrupt
        return {"part": name, **numbers}

    monkeypatch.setattr(bench, "_part", part)

    def both(*, resume: bool) -> list[dict[str, object]]:
        with bench._kept(resume=resume) as kept:
            return [bench._once(kept, "usage", "full", records=number) for number in (1, 2)]

    with pytest.raises(KeyboardInterrupt):
        both(resume=False)
    assert json.loads((tmp_path / "bench.json").read_text()) == {
        "usage full 1 records": {"part": "usage", "records": 1}
    }
    assert both(resume=True) == [{"part": "usage", "records": 1}, {"part": "usage", "records": 2}]
    assert len(measured) == 3
    assert both(resume=True)[0]["records"] == 1  # all was measured before: it begins anew
    assert len(measured) == 5
