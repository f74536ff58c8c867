"""Passes of rating over fresh records: from what a delivery left in the store to balances and warnings that are
committed, of households and companies with months behind them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.domains.usage.rules.columns import RECORDS
from ligneclaire.interfaces.jobs import work
from ligneclaire.interfaces.jobs.bench import scratch, traffic

HOUSEHOLDS, COMPANIES, OF_COMPANY = 1_000, 10, 100  # accounts; lines of a company; a household has one
LINES = HOUSEHOLDS + COMPANIES * OF_COMPANY
FIRST = 3_000_000  # the first id of what is made here
MONTHS = (date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1))
NOW = datetime(2026, 5, 20, 6, tzinfo=UTC)  # the months end here; fresh records follow each other
PASS = timedelta(minutes=10)
PLANS = ("vlinder-1", "vlinder-5", "vlinder-10", "vlinder-25")

_MADE = (
    """INSERT INTO party (id, operator_id, public_id, number, kind, name, segment, language, vat_number,
                          registration_number, since)
       SELECT %(first)s + n, %(operator)s, 'bench-m' || n, 'M' || n, 'household', 'Klant ' || n, 'consumer', 'nl', '',
              '', date '2026-01-05' FROM generate_series(1, %(accounts)s) n""",
    """INSERT INTO account (id, operator_id, public_id, number, party_id, legal_entity_id, name, language, prices,
                            delivery, email, complementary_share, buyer_reference, opened_on)
       SELECT %(first)s + n, %(operator)s, 'bench-n' || n, 'M' || n || '-1', %(first)s + n, e.id, 'Klant ' || n, 'nl',
              'inclusive', 'email', 'm' || n || '@example.org', 0, '', date '2026-01-05'
       FROM generate_series(1, %(accounts)s) n, legal_entity e WHERE e.operator_id = %(operator)s""",
    """INSERT INTO line (id, operator_id, public_id, account_id, kind, identifier, ordered_on)
       SELECT %(first)s + n, %(operator)s, 'bench-o' || n,
              %(first)s + CASE WHEN n <= %(households)s THEN n
                               ELSE %(households)s + 1 + (n - %(households)s - 1) / %(each)s END,
              'mobile', '+3247' || (2000000 + n), date '2026-01-05' FROM generate_series(1, %(lines)s) n""",
    """INSERT INTO contract (id, operator_id, public_id, number, account_id, line_id, offer_id, signed_on,
                             commitment_months, held_days, service_from, service_because, connected_source)
       SELECT l.id, l.operator_id, 'bench-q' || l.id, 'M' || l.id, l.account_id, l.id, p.id, l.ordered_on, 0, 0,
              l.ordered_on, '[]'::jsonb, ''
       FROM line l JOIN product p ON p.operator_id = l.operator_id
            AND p.code = (%(plans)s::text[])[1 + l.id %% array_length(%(plans)s::text[], 1)]
       WHERE l.id > %(first)s AND l.operator_id = %(operator)s""",
    """INSERT INTO contract_item (operator_id, contract_id, product_id, price_version_id, quantity, monthly_price)
       SELECT c.operator_id, c.id, c.offer_id, v.id, 1, v.monthly_price
       FROM contract c JOIN price_version v ON v.product_id = c.offer_id AND v.effective_to IS NULL
       WHERE c.id > %(first)s AND c.operator_id = %(operator)s""",
)


def measure(fresh: int, rounds: int, before: int) -> dict[str, Any]:
    """`before` records of each month are rated, then `rounds` times `fresh` ones. Seconds, with processor seconds of
    this process and of the database, of the first pass and of the median of the others. Django is set up, the database
    is migrated and empty of usage."""
    from ligneclaire.domains.operators.models import Operator

    work.settle()
    operator = Operator.objects.get(code="fleet")
    with scratch.owner() as owner:
        _make(owner, operator.pk)
    random = np.random.default_rng(2026)
    for month in MONTHS:
        ends = min(NOW, datetime(month.year, month.month + 1, 1, tzinfo=UTC))
        _deliver(operator, _records(random, before, datetime(month.year, month.month, 1, 12, tzinfo=UTC), ends), ends)
    behind = _pass(operator.pk, NOW)
    passes = []
    for number in range(rounds):
        begins = NOW + number * PASS
        _deliver(operator, _records(random, fresh, begins, begins + PASS), begins + PASS)
        passes.append(_pass(operator.pk, begins + PASS))
    middle = {name: median(one[name] for one in passes[1:]) for name in ("s", "cpu_s", "database_cpu_s")}
    worst = max(one["s"] for one in passes[1:])
    return {"fresh": fresh, "lines": LINES, "months": len(MONTHS), "behind": behind, "first": passes[0],
            "steady": middle, "slowest_s": worst}  # fmt: skip


def _make(owner: psycopg.Connection[Any], operator_id: int) -> None:
    known: Mapping[str, Any] = {
        "operator": operator_id, "first": FIRST, "accounts": HOUSEHOLDS + COMPANIES, "households": HOUSEHOLDS,
        "each": OF_COMPANY, "lines": LINES, "plans": list(PLANS),
    }  # fmt: skip
    for statement in _MADE:
        owner.execute(statement, known)
    owner.execute("ANALYZE party, account, line, contract, contract_item")


def _records(random: np.random.Generator, count: int, begins: datetime, ends: datetime) -> pa.Table:
    """Records of all lines between two instants, in the order of their arrival."""
    table = traffic.piece(random, range(LINES), count)
    line = table["line"].to_numpy() + 1
    account = np.where(line <= HOUSEHOLDS, line, HOUSEHOLDS + 1 + (line - HOUSEHOLDS - 1) // OF_COMPANY)
    seconds = int((ends - begins).total_seconds())
    start = int(begins.timestamp()) + np.sort(random.integers(0, seconds, count))
    key = [f"bench/{number} {second}" for number, second in enumerate(start.tolist())]
    instant, data = RECORDS.field("start").type, pc.equal(table["service"], "data")
    changed: dict[str, Any] = {
        "visited": pc.if_else(pc.and_(data, pc.equal(table["visited"], "FR")), "FR", ""),
        "other": pc.if_else(data, "", [f"32470{number:06}" for number in random.integers(0, 10**6, count)]),
        "line": FIRST + line, "account": FIRST + account, "event_key": key,
        "start": pa.array(start * 10**6).cast(instant),
    }  # fmt: skip
    return pa.table({name: changed.get(name, table[name]) for name in RECORDS.names}).cast(RECORDS)


def _deliver(operator: Any, records: pa.Table, at: datetime) -> None:
    """As the intake keeps a delivery that it has read."""
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.usage.models import IntakeFile
    from ligneclaire.domains.usage.operations import files, keeping

    with acting_for(operator.pk):
        delivery = IntakeFile.objects.create(operator=operator, source="usage", name="bench", received_at=at)
        count = len(records)
        arrived = files.complete(records.drop_columns(["file", "place", "arrived"]), delivery.pk, np.arange(count), at)
        kept, _new = keeping.keep(operator, arrived, file_id=delivery.pk, at=at)
        keeping.mark(operator.pk, kept, at)


def _pass(operator_id: int, at: datetime) -> dict[str, float]:
    from ligneclaire.domains.usage.operations import rating

    began, ours, theirs = time.perf_counter(), time.process_time(), scratch.database_cpu()
    done = rating.rate_stale(operator_id=operator_id, at=at, actor="bench")
    return {
        "s": time.perf_counter() - began,
        "cpu_s": time.process_time() - ours,
        "database_cpu_s": scratch.database_cpu() - theirs,
        "records": done.records,
        "unusable": done.unusable,
    }
