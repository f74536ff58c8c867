"""An amount down to its records: the list of a month of one's own line, and why one record costs what it costs (W-24).

The steps are those of the rating engine (`usage.rules.explain`), said in words for the user of the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from ligneclaire.domains.catalogue import queries as catalogue
from ligneclaire.domains.catalogue.models import Product
from ligneclaire.domains.catalogue.rules.tariff import Rate
from ligneclaire.domains.usage.queries import own, wall
from ligneclaire.domains.usage.queries.wall import Seen
from ligneclaire.domains.usage.rules import explain, zones
from ligneclaire.journeys import formats, own_line, usage_words
from ligneclaire.journeys.invoice_view import Reason
from ligneclaire.journeys.own_line import Reading
from ligneclaire.kernel import texts
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.money import Money, sum_money
from ligneclaire.kernel.refusal import Refusal

PAGE = 100
QUANTITIES = ("quantity", "billed", "first", "next", "outside", "unit")
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
        days=tuple(_by_day(own.days_of(table, reader.zone))),
    )  # fmt: skip


def why(reader: Reading, month: date, public_id: str, name: str) -> Why:
    """Why a record costs what it costs. Raises NotFound."""
    seen = own_line.seen_in(reader, month, public_id)
    row = own.record(wall.records_of(reader.scope, seen), name)
    on = row["start"].astimezone(reader.zone).date()
    names = catalogue.zone_names(reader.operator.pk, reader.lang, on)
    product, rate = _priced(reader, row, on)
    plan_from = date.fromisoformat(row["plan"].rpartition("@")[2]) if product else None
    steps = explain.steps_of(explain.told_of(name, row), rate)
    told = _Told(reader, row, names, _source(product, plan_from, reader.lang))
    return Why(
        line=seen,
        number=own_line.number_of(reader, seen),
        row=_row(reader, name, row, names),
        category=row["category"],
        usage_type=row["usage_type"],
        plan=product.names if product else {},
        plan_from=plan_from,
        arrived_at=row["arrived"],
        steps=tuple(told.reason(one) for one in steps),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What turns steps of the engine into sentences for the user."""

    reader: Reading
    row: Mapping[str, Any]
    names: Mapping[str, str]
    source: str

    def reason(self, step: Step) -> Reason:
        """One step in words, with the numbers that the engine found."""
        code = f"usage.why.{step.code.rpartition('.')[2]}"
        sentence = formats.no_narrow_space(texts.say(code, self.reader.lang, self._params(step.params)))
        return Reason(sentence, step.rule, self.source if step.rule in PRICED else "")

    def _params(self, params: Mapping[str, str | int]) -> dict[str, str | int]:
        lang, service = self.reader.lang, self.row["service"]
        found = dict(params)
        for name in QUANTITIES:
            if isinstance(value := params.get(name), int):
                found[name] = usage_words.quantity(value, service, lang)
        if "zone" in params:
            found["zone"] = self.names.get(str(params["zone"]), str(params["zone"]))
        if "bundle" in params:
            found["bundle"] = usage_words.bundle(str(params["bundle"]), lang)
        return found


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


def _by_day(days: Iterable[date]) -> Iterator[Day]:
    place = 0
    for on, some in groupby(days):
        count = sum(1 for _one in some)
        yield Day(on, count, place // PAGE + 1)
        place += count


def _priced(reader: Reading, row: Mapping[str, Any], on: date) -> tuple[Product | None, Rate | None]:
    """The plan of a record, and the rate that rating used: none when the catalogue has other terms for that day now."""
    code = row["plan"].partition("@")[0]
    product = Product.objects.filter(operator_id=reader.operator.pk, code=code, kind__in=("offer", "option")).first()
    try:
        tariff = catalogue.tariff_for(reader.operator.pk, code, on).tariff
    except Refusal:
        return product, None
    if tariff is None or tariff.code != row["plan"]:
        return product, None
    return product, zones.rate_of(tariff, row["service"], row["zone"], row["band"])


def _source(product: Product | None, since: date | None, lang: str) -> str:
    if product is None or since is None:
        return ""
    name = product.names.get(lang) or next(iter(product.names.values()))
    return texts.say("usage.why.source", lang, {"plan": name, "since": since.isoformat()})
