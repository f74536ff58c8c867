"""A company with mobile lines, and records of them, for the tests of usage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
from tests import cast

from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.usage.rules.columns import ADDED, RATED, RECORDS

MARCH = date(2026, 3, 1)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
AT = datetime(2026, 3, 5, 6, tzinfo=UTC)
BRAM, NORA = "32470654321", "32470123456"


@dataclass(frozen=True, slots=True)
class Fleet:
    """A customer with two mobile lines since 10 February 2026."""

    customer: cast.Customer
    bram: Line
    nora: Line

    @property
    def operator_id(self) -> int:
        return self.customer.operator.pk

    @property
    def account_id(self) -> int:
        return self.customer.account.pk


def fleet() -> Fleet:
    """The lines hang on Anna's account: here it only matters that there is one."""
    anna = cast.household(signed_on=date(2026, 2, 1))
    return Fleet(anna, order(anna, BRAM), order(anna, NORA))


def order(customer: cast.Customer, number: str, on: date = date(2026, 2, 10)) -> Line:
    """One more mobile line of a customer."""
    return lines.order_line(
        account=customer.account, kind="mobile", identifier=number, on=on, at=cast.moment(on), actor=cast.ACTOR
    )


def records(line: Line, count: int, first: datetime = NOON, source: str = "msc1") -> pa.Table:
    """Calls of a minute each, one an hour."""
    made = []
    for number in range(count):
        start = first + timedelta(hours=number)
        made.append({
            "account": line.account_id, "line": line.pk, "event_key": f"{source}/{line.pk}-{number} {start}",
            "start": start, "service": "voice", "direction": "out", "other": "3222345678", "quantity": 60,
            "visited": "", "amount": None, "file": 1, "place": number + 1, "arrived": AT,
        })  # fmt: skip
    return pa.Table.from_pylist(made, RECORDS)


def rated(table: pa.Table, revision: int = 1, charged: int = 100_000) -> pa.Table:
    """Records as if they were rated, each for the same price."""
    same = {"zone": "be-fixed", "band": "any", "billed": 60, "inside": [], "outside": 60, "charged": charged,
            "category": "voice", "usage_type": "calls", "tax_code": "standard", "revision": revision}  # fmt: skip
    empty = {field.name: 0 if pa.types.is_integer(field.type) else "" for field in ADDED}
    return pa.Table.from_pylist([{**row, **empty, **same} for row in table.to_pylist()], RATED)


def keys(table: pa.Table) -> list[str]:
    return table["event_key"].to_pylist()


def concat(tables: Iterable[pa.Table]) -> pa.Table:
    return pa.concat_tables(list(tables))
