"""Usage of a line as the desk sees it: its rated records with what they cost, without whom a person called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.compute as pc

from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.operators import queries as operators
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage.models import IntakeFile
from ligneclaire.domains.usage.queries import own, wall
from ligneclaire.domains.usage.queries.wall import AsOf, Seen
from ligneclaire.domains.usage.rules import explain
from ligneclaire.journeys.desk_documents import Because
from ligneclaire.journeys.usage_record import UsedRecord, sentence, used_record
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope

PAGE = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A rated record in a list: its name in addresses, the local time, what it is, the exact amount."""

    name: str
    at: datetime
    usage_type: str
    service: str
    other: str
    billed: int
    amount: Money
    flag: str


@dataclass(frozen=True, slots=True)
class UsagePage:
    """The rated records of a line in a month, of a category or of all: a page of them, by time, and what all cost."""

    seen: Seen
    customer: tuple[str, str]
    rows: tuple[Row, ...]
    count: int
    total: Money
    as_of: AsOf
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PAGE))


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One record, its other party hidden, with its steps, its plan by name and what brought it (public id, name)."""

    record: UsedRecord
    because: tuple[Because, ...]
    amount: Money
    other: str
    plan: str
    delivery: tuple[str, str]


def opened(scope: Scope, line: str, *, for_user: bool) -> Scope:
    """What staff see on a page of a line: of a company's line what the company sees, unless the page is opened for the
    line's user (FMP-11)."""
    found = Line.objects.filter(operator_id=scope.operator_id, public_id=line, account__party__kind="company").first()
    return scope if for_user or found is None else wall.as_employer(scope, [found.account_id])


def usage_page(scope: Scope, line: str, month: date, category: str, page: int) -> UsagePage:
    """The records of a line (public id). Raises NotFound, store.SegmentDamaged."""
    seen = wall.line_in(scope, month, line)
    table = own.only(wall.records_of(scope, seen), category=category)
    page = min(max(page, 1), max(1, -(-table.num_rows // PAGE)))
    zone = operators.zone_of(scope.operator_id)
    shown = table.slice((page - 1) * PAGE, PAGE)
    rows = tuple(_row(name, row, zone) for name, row in own.rows(shown))
    total = Money.from_micro(pc.sum(table["charged"]).as_py() or 0)
    return UsagePage(seen, _customer(seen), rows, table.num_rows, total, wall.as_of([seen]), page)


def record_page(scope: Scope, line: str, month: date, name: str, language: str) -> RecordPage:
    """Why a record costs what it costs. Raises NotFound, store.SegmentDamaged."""
    operator = Operator.objects.get(pk=scope.operator_id)
    found = used_record(scope, operator, wall.line_in(scope, month, line), name, language)
    file = IntakeFile.objects.filter(operator_id=scope.operator_id, pk=found.row["file"]).first()
    plan = found.product.names if found.product else {}
    return RecordPage(
        record=found,
        because=tuple(Because(sentence(found, one, language), one.rule, "", None) for one in found.steps),
        amount=Money.from_micro(found.row["charged"]),
        other=explain.hidden(found.row["other"]),
        plan=plan.get(language) or next(iter(plan.values()), ""),
        delivery=(file.public_id, file.name) if file else ("", ""),
    )


def _customer(seen: Seen) -> tuple[str, str]:
    line = Line.objects.select_related("account__party").get(pk=seen.line_id)
    return line.account.party.public_id, line.account.party.name


def _row(name: str, row: Mapping[str, Any], zone: ZoneInfo) -> Row:
    return Row(
        name, row["start"].astimezone(zone), row["usage_type"], row["service"], explain.hidden(row["other"]),
        row["billed"], Money.from_micro(row["charged"]), row["flag"],
    )  # fmt: skip
