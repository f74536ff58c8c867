"""An amount down to its records: the list of a month of one's own line, and why one record costs what it costs (W-24).

The steps are those of the rating engine (`usage.rules.explain`), said in words for the user of the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from ligneclaire.domains.catalogue import queries as catalogue
from ligneclaire.domains.catalogue.models import Product
from ligneclaire.domains.usage.queries import own, wall
from ligneclaire.domains.usage.queries.wall import Seen
from ligneclaire.journeys import own_line, usage_record, usage_words
from ligneclaire.journeys.invoice_view import Reason
from ligneclaire.journeys.own_line import Reading
from ligneclaire.kernel import texts
from ligneclaire.kernel.money import Money, sum_money
from ligneclaire.kernel.periods import Period

PAGE = 100
PRICED = frozenset({"RAT-04", "RAT-05", "RAT-07", "RAT-10"})  # rules whose figures stand in the price list of a plan


@dataclass(frozen=True, slots=True)
class Row:
    """A record: the local moment, who, where, how much, what of it lay in which bundle, what it cost exactly."""

    name: str
    at: datetime
    kind: str
    direction: str
    other: str
    zone: str
    quantity: str
    inside: tuple[tuple[str, str], ...]
    outside: str
    amount: Money
    flag: str

    @property
    def on(self) -> date:
        """The local day."""
        return self.at.date()

    @property
    def is_exact(self) -> bool:
        """Whether cents say it all."""
        return self.amount.is_whole_cents


@dataclass(frozen=True, slots=True)
class Day:
    """A day with records, and the page on which it begins."""

    on: date
    records: int
    page: int


@dataclass(frozen=True, slots=True)
class Records:
    """A page of the records of a month, of one kind or of all; `amount` is that of all of them, exact."""

    line: Seen
    number: str
    category: str
    usage_type: str
    label: str
    prices: str
    rows: tuple[Row, ...]
    count: int
    amount: Money
    page: int
    pages: int
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """One record, explained step by step; `plan` is the price list, in force `plan_from`."""

    line: Seen
    number: str
    row: Row
    category: str
    usage_type: str
    plan: Mapping[str, str]
    plan_from: date | None
    arrived_at: datetime
    steps: tuple[Reason, ...]


def records_of(reader: Reading, month: date, public_id: str, wanted: Mapping[str, str]) -> Records:
    """The records of a line in a month: `wanted` may name a category, a usage type, a page. Raises NotFound."""
    seen = own_line.seen_in(reader, month, public_id)
    category, usage_type = wanted.get("category", ""), wanted.get("kind", "")
    table = own.only(wall.records_of(reader.scope, seen), category=category, usage_type=usage_type)
    pages = max(1, -(-len(table) // PAGE))
    asked = wanted.get("page", "1")
    page = min(max(int(asked) if asked.isdecimal() and len(asked) < 6 else 1, 1), pages)
    names = catalogue.zone_names(reader.operator.pk, reader.lang, reader.on)
    name = usage_type or category
    return Records(
        line=seen,
        number=own_line.number_of(reader, seen),
        category=category,
        usage_type=usage_type,
        label=usage_words.kind(name, reader.lang) if name else "",
        prices=own_line.prices_of(seen),
        rows=tuple(
            _row(reader, key, row, names) for key, row in own.rows(table.slice((page - 1) * PAGE, PAGE))
        ),
        count=len(table),
        amount=sum_money(one.amount for one in own.kinds(table)),
        page=page,
        pages=pages,
        days=_days(table, seen, reader),
    )  # fmt: skip


def why(reader: Reading, month: date, public_id: str, name: str) -> Why:
    """Why a record costs what it costs. Raises NotFound."""
    seen = own_line.seen_in(reader, month, public_id)
    found = usage_record.used_record(reader.scope, reader.operator, seen, name, reader.lang)
    source = _source(found.product, found.plan_from, reader.lang)
    return Why(
        line=seen,
        number=own_line.number_of(reader, seen),
        row=_row(reader, name, found.row, found.names),
        category=found.row["category"],
        usage_type=found.row["usage_type"],
        plan=found.product.names if found.product else {},
        plan_from=found.plan_from,
        arrived_at=found.row["arrived"],
        steps=tuple(
            Reason(usage_record.sentence(found, one, reader.lang), one.rule, source if one.rule in PRICED else "")
            for one in found.steps
        ),
    )


def _row(reader: Reading, name: str, row: Mapping[str, Any], names: Mapping[str, str]) -> Row:
    lang, service = reader.lang, row["service"]
    outside = row["outside"] and not row["flag"] and service != "third-party"
    return Row(
        name=name,
        at=row["start"].astimezone(reader.zone),
        kind=usage_words.kind(row["usage_type"], lang),
        direction=row["direction"],
        other=usage_words.party(row["other"], reader.operator.country),
        zone=names.get(row["zone"], row["zone"]),
        quantity=usage_words.quantity(row["quantity"], service, lang),
        inside=tuple(
            (usage_words.bundle(part["bundle"], lang), usage_words.quantity(part["quantity"], service, lang))
            for part in row["inside"]
        ),
        outside=usage_words.quantity(row["outside"], service, lang) if outside else "",
        amount=Money.from_micro(row["charged"]),
        flag=row["flag"],
    )


def _days(table: pa.Table, seen: Seen, reader: Reading) -> tuple[Day, ...]:
    """The days that have records, with the page of the first of each."""
    found = own.places(table, Period.month_of(seen.month), reader.zone)
    return tuple(Day(on, end - first, first // PAGE + 1) for on, first, end in found if end > first)


def _source(product: Product | None, since: date | None, lang: str) -> str:
    if product is None or since is None:
        return ""
    name = product.names.get(lang) or next(iter(product.names.values()))
    return texts.say("usage.why.source", lang, {"plan": name, "since": since.isoformat()})
