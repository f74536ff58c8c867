"""A third opinion on what a month of the fleet operator costs: third_opinion.sql in DuckDB, beside the two engines.

It starts from what was published (rate decks and usage terms, as PostgreSQL has them), what was signed (contracts and
their items) and the records as they were kept. It shares no code with rating, nor with what makes tariffs and terms.

It has no opinion on warnings and counters; on late records of closed months; on a customer's own ceilings, agreements
and blocks; on accounts with bundles that lines share or that roll over, with tiers or day passes; on fixed lines; on
what can't be rated (but which records these are must be said alike). The domestic ceiling stops nothing, so it needs
none on that.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import holidays
import pyarrow as pa
from django.db import connection

from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Group, Total

CLOCK, COUNTRY, URGENT, ROAMING_LIMIT = "Europe/Brussels", "BE", ["100", "101", "110", "116000"], 50_000_000
_ITEMS = """
    SELECT item.id, contract.account_id AS account, contract.line_id AS line, item.product_id AS product,
           item.from_at, item.to_at, item.from_on, item.to_on, contract.signed_on,
           contract.service_from, contract.last_day, item.monthly_price IS NULL AS once
    FROM contract_item AS item JOIN contract ON contract.id = item.contract_id JOIN product ON product.id = product_id
    JOIN price_version AS price ON price.id = item.price_version_id
    WHERE product.kind IN ('offer', 'option') AND contract.line_id IS NOT NULL
    AND (item.monthly_price IS NOT NULL OR price.monthly_price IS NULL)  -- not the fee of something by the month
"""
_TERMS = "SELECT id, product_id AS product, deck, effective_from, effective_to, content::text FROM usage_terms"
_DECKS = "SELECT id, code, effective_from, effective_to, content::text FROM rate_deck"
_COMPARED = "account, line, event_key, zone, band, billed, outside, charged, service_part, loss, flag, usage_type"


def check_month(operator_id: int, month: date) -> int:
    """Compare record by record, and by line and usage type, what rating made of a month; how many records were
    compared. Raises AssertionError with the first that differ."""
    database = duckdb.connect(config={"threads": 1})
    with acting_for(operator_id):
        groups = list(Group.objects.filter(month=month))
        records = [store.records(operator_id, group.account_id, month) for group in groups]
        rated = [store.rated(operator_id, group.account_id, month) for group in groups]
        database.register("record", pa.concat_tables(records))
        database.register("rated", pa.concat_tables(rated))
        database.register("item", _read(_ITEMS))
        for name, query in (("terms", _TERMS), ("deck", _DECKS)):
            database.register("read", _read(query))
            database.execute(f"CREATE TABLE {name} AS SELECT * REPLACE (content::JSON AS content) FROM read")
        totals = Total.objects.filter(group__in=groups).values_list(
            "group__account_id", "line_id", "usage_type", "records", "amount"
        )
        billed = {(*whose, count, int(amount.scaleb(6))) for *whose, count, amount in totals}
    _say(database, month)
    assert database.sql("FROM unclear").fetchall() == [], "bundles change their turn within the month"
    database.execute("CREATE TABLE made AS FROM rated WHERE account NOT IN (FROM beyond)")
    for one, other in (("said", "made"), ("made", "said")):
        both = f"SELECT {_COMPARED} FROM {one} EXCEPT SELECT {_COMPARED} FROM {other}"
        alone = database.sql(f"{both} ORDER BY ALL LIMIT 9").fetchall()
        assert alone == [], f"{month}: {one} and not {other}"
    sums = "SELECT account, line, usage_type, count(*), sum(charged)::BIGINT FROM said GROUP BY ALL"
    beyond = {account for (account,) in database.sql("FROM beyond").fetchall()}
    assert set(database.sql(sums).fetchall()) == {one for one in billed if one[0] not in beyond}
    return len(database.sql("FROM said"))


def _say(database: duckdb.DuckDBPyConnection, month: date) -> None:
    """Run the program for a month: its part of bundles once for each turn."""
    end = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    begins, ends = (datetime(day.year, day.month, 1, tzinfo=ZoneInfo(CLOCK)) for day in (month, end))
    names = "clock, home_country, urgent, roaming_limit, month_first, month_end, month_from, month_to"
    database.execute(
        f"CREATE TABLE setting AS FROM (VALUES (?, ?, ?, ?::BIGINT, ?::DATE, ?::DATE, ?::TIMESTAMPTZ, ?::TIMESTAMPTZ))"
        f" AS given({names})",
        [CLOCK, COUNTRY, URGENT, ROAMING_LIMIT, month, end, begins, ends],
    )
    days = sorted(holidays.country_holidays(COUNTRY, years=month.year))
    database.execute("CREATE TABLE holiday AS SELECT unnest(?::DATE[]) AS day", [days])
    tables, bundles, costs = (Path(__file__).with_suffix(".sql").read_text()).split("-- %%")
    database.execute(tables)
    for (turn,) in database.sql("SELECT DISTINCT turn FROM covered ORDER BY turn").fetchall():
        database.execute(f"-- {bundles}", {"turn": turn})
    database.execute(f"-- {costs}")


def _read(query: str) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        names = [column.name for column in cursor.description or ()]
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], _schema(names))


def _schema(names: list[str]) -> pa.Schema:
    kinds: dict[str, Any] = {"once": pa.bool_(), "deck": pa.string(), "code": pa.string(), "content": pa.string()}
    dates = {"from_on", "to_on", "signed_on", "service_from", "last_day", "effective_from", "effective_to"}
    kinds |= dict.fromkeys(dates, pa.date32()) | dict.fromkeys(("from_at", "to_at"), pa.timestamp("us", tz="UTC"))
    return pa.schema([(name, kinds.get(name, pa.int64())) for name in names])
