"""The records of a line in a month, to look into: narrowed by day, service, zone and cost, added up by each of them,
and listed page by page.

One view for the user of the line, the manager and the desk. The records come from `wall.records_of` by the reader's own
scope (FMP-11), so that what is added up here may be seen; `hides` cuts other parties' numbers as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pyarrow as pa

from ligneclaire.domains.catalogue import queries as catalogue
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage.queries import explored, own, wall
from ligneclaire.domains.usage.queries.explored import OnDay, Part
from ligneclaire.domains.usage.queries.wall import AsOf, Seen
from ligneclaire.domains.usage.rules import explain
from ligneclaire.domains.usage.rules.columns import IN, THIRD_PARTY, rated_with
from ligneclaire.journeys import formats, usage_words
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period

PAGE = 50
# What `explore` reads of records.
EXPLORED = rated_with(
    "service", "direction", "other", "quantity", "zone", "billed", "inside", "outside", "charged", "category",
    "usage_type", "flag",
)  # fmt: skip
QUANTITY, AMOUNT, RECORDS = "quantity", "amount", "records"  # what bars measure


@dataclass(frozen=True, slots=True)
class Asked:
    """Which records are asked for: "" and None mean any; `dear`: those that cost something. `keep`: what else stands in
    the address and stays there."""

    day: date | None = None
    service: str = ""
    zone: str = ""
    category: str = ""
    kind: str = ""
    dear: bool = False
    page: int = 1
    keep: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> str:
        """The same as parameters of an address, without the page."""
        named = {
            "day": self.day.isoformat() if self.day else "", "service": self.service, "zone": self.zone,
            "category": self.category, "kind": self.kind, "dear": "1" if self.dear else "",
        }  # fmt: skip
        return urlencode([*self.keep, *((name, value) for name, value in named.items() if value)])

    @property
    def wide(self) -> str:
        """The parameters that ask for the whole month."""
        return urlencode(self.keep)

    @property
    def is_narrow(self) -> bool:
        """Whether less than the whole month is asked for."""
        return replace(self, page=1, keep=()) != Asked()


@dataclass(frozen=True, slots=True)
class Lens:
    """Who reads: the operator with its clock, the language, and whether other parties' numbers are hidden."""

    operator: Operator
    lang: str
    hides: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """The operator's clock."""
        return ZoneInfo(self.operator.timezone)


@dataclass(frozen=True, slots=True)
class Row:
    """A record: the local moment, who, where, how much, what of it lay in which bundle and beside, what it cost
    exactly, and why it costs nothing."""

    name: str
    at: datetime
    kind: str
    is_received: bool
    other: str
    zone: str
    quantity: str
    parts: tuple[str, ...]
    amount: Money
    remark: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A record as the list writes it: `day` is that of the first record of each day, `exact` an amount that cents do
    not say."""

    row: Row
    day: date | None
    time: str
    amount: str
    exact: str


@dataclass(frozen=True, slots=True)
class Share:
    """What records of one zone or service add up to: `written` is what the bar of `percent` measures (an amount, if
    `is_amount`), `query` narrows to them, or widens again when they are what is asked for."""

    label: str
    records: int
    amount: Money
    written: str
    is_amount: bool
    percent: int
    is_asked: bool
    query: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day with records, and the parameters that narrow to it."""

    on: date
    records: int
    is_asked: bool
    query: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A day as it is drawn: inside and outside of bundles, or an amount or a number as one of both."""

    on: date
    inside: int
    outside: int
    written: str


@dataclass(frozen=True, slots=True)
class Explored:
    """What is asked for of a month. `amount` is that of all records asked for, exact; `label` names their kind
    or service; `measure` says what the days show."""

    line: Seen
    number: str
    label: str
    as_of: AsOf
    asked: Asked
    rows: tuple[Listed, ...]
    count: int
    amount: Money
    pages: int
    measure: str
    bars: tuple[Bar, ...]
    days: tuple[Day, ...]
    services: tuple[Share, ...]
    zones: tuple[Share, ...]
    service_choices: tuple[tuple[str, str], ...]
    zone_choices: tuple[tuple[str, str], ...]

    @property
    def page(self) -> int:
        """The page that is shown."""
        return self.asked.page

    @property
    def last_day(self) -> int:
        """How many days the month has."""
        return Period.month_of(self.line.month).days


def asked(wanted: Mapping[str, str], month: date, keep: tuple[tuple[str, str], ...] = ()) -> Asked:
    """What the parameters of an address ask for in a month; what makes no sense is as if it were not there."""
    page = wanted.get("page", "1")
    return Asked(
        day=_day(wanted.get("day", ""), Period.month_of(month)),
        service=wanted.get("service", "")[:12],
        zone=wanted.get("zone", "")[:48],
        category=wanted.get("category", "")[:12],
        kind=wanted.get("kind", "")[:24],
        dear=wanted.get("dear") == "1",
        page=max(int(page), 1) if page.isdecimal() and len(page) < 6 else 1,
        keep=keep,
    )


def explore(table: pa.Table, seen: Seen, asked: Asked, lens: Lens) -> Explored:
    """The records of a line that passed the wall (`wall.records_of`, with `EXPLORED`), as they are asked for."""
    some = narrowed(table, asked, lens.zone)
    pages = max(1, -(-some.num_rows // PAGE))
    asked = replace(asked, page=min(asked.page, pages))
    names = zone_names(seen, lens)
    by_day = narrowed(table, replace(asked, day=None), lens.zone)
    measure, service = _measure(by_day)
    days = explored.by_day(by_day, Period.month_of(seen.month), lens.zone)
    return Explored(
        line=seen,
        number=number_of(seen, lens.operator),
        label=_label(asked, lens.lang),
        as_of=wall.as_of([seen]),
        asked=asked,
        rows=_listed(some.slice((asked.page - 1) * PAGE, PAGE), lens, names),
        count=some.num_rows,
        amount=explored.total(some),
        pages=pages,
        measure=measure,
        bars=tuple(_bar(one, measure, service, lens.lang) for one in days if one.records),
        days=tuple(_linked(one, asked) for one in days if one.records),
        services=_services(table, asked, lens),
        zones=_zones(table, asked, lens, names),
        service_choices=tuple((one, usage_words.service(one, lens.lang)) for one in explored.keys(table, "service")),
        zone_choices=_by_label((one, names.get(one, one)) for one in explored.keys(table, "zone")),
    )


def narrowed(table: pa.Table, asked: Asked, zone: ZoneInfo) -> pa.Table:
    """The records that are asked for; they are in order of time."""
    some = explored.on_day(table, asked.day, zone) if asked.day else table
    some = own.only(some, service=asked.service, zone=asked.zone, category=asked.category, usage_type=asked.kind)
    return explored.dear(some) if asked.dear else some


def row_of(name: str, row: Mapping[str, Any], lens: Lens, names: Mapping[str, str], other: str | None = None) -> Row:
    """A record in words; `names` are those of zones, `other` the other party in words when it is known."""
    lang, service = lens.lang, row["service"]
    return Row(
        name=name,
        at=row["start"].astimezone(lens.zone),
        kind=usage_words.kind(row["usage_type"], lang),
        is_received=row["direction"] == IN,
        other=other_of(row, lens) if other is None else other,
        zone=names.get(row["zone"], row["zone"]),
        quantity=usage_words.quantity(row["quantity"], service, lang),
        parts=tuple(_parts(row, lang)),
        amount=Money.from_micro(row["charged"]),
        remark=usage_words.flag(row["flag"], lang),
    )


def other_of(row: Mapping[str, Any], lens: Lens) -> str:
    """The other party of a record as people write it, cut where the reader does not see it."""
    other = explain.hidden(row["other"]) if lens.hides else row["other"]
    return usage_words.party(other, lens.operator.country)


def _parts(row: Mapping[str, Any], lang: str) -> Iterator[str]:
    service = row["service"]
    for part in row["inside"]:
        name = usage_words.bundle(part["bundle"], lang)
        yield usage_words.inside(usage_words.quantity(part["quantity"], service, lang), name, lang)
    if row["outside"] and not row["flag"] and service != THIRD_PARTY:
        yield usage_words.outside(usage_words.quantity(row["outside"], service, lang), lang)


def _listed(table: pa.Table, lens: Lens, names: Mapping[str, str]) -> tuple[Listed, ...]:
    found, before = [], None
    others: dict[str, str] = {}
    for name, values in own.rows(table):
        if values["other"] not in others:
            others[values["other"]] = other_of(values, lens)
        row = row_of(name, values, lens, names, others[values["other"]])
        on = row.at.date()
        exact = "" if row.amount.is_whole_cents else formats.money(row.amount, lens.lang)
        amount = formats.money(row.amount.rounded(), lens.lang)
        found.append(Listed(row, on if on != before else None, f"{row.at:%H:%M:%S}", amount, exact))
        before = on
    return tuple(found)


def number_of(seen: Seen, operator: Operator) -> str:
    """A line's number as people of the country write it."""
    identifier = seen.identifier
    bare = f"+{identifier}" if identifier.isdigit() else identifier
    return formats.phone_on_page(bare, operator.country)


def zone_names(seen: Seen, lens: Lens) -> Mapping[str, str]:
    """The names of zones at the end of the month."""
    last = Period.month_of(seen.month).end - timedelta(days=1)
    return catalogue.zone_names(lens.operator.pk, lens.lang, last)


def _label(asked: Asked, lang: str) -> str:
    if name := asked.kind or asked.category:
        return usage_words.kind(name, lang)
    return usage_words.service(asked.service, lang) if asked.service else ""


def _measure(table: pa.Table) -> tuple[str, str]:
    """What bars of these records measure, and the service of a quantity."""
    services = explored.keys(table, "service")
    if len(services) == 1 and services[0] != THIRD_PARTY:
        return QUANTITY, services[0]
    return (AMOUNT, "") if explored.total(table).amount else (RECORDS, "")


def _bar(one: OnDay, measure: str, service: str, lang: str) -> Bar:
    said = f"{formats.day(one.on, lang, year=False)}, {_written(one, measure, service, lang)}"
    if measure == QUANTITY:
        return Bar(one.on, one.billed - one.outside, one.outside, said)
    if measure == AMOUNT:
        return Bar(one.on, 0, one.amount.micro, said)
    return Bar(one.on, one.records, 0, said)


def _linked(one: OnDay, asked: Asked) -> Day:
    is_asked = one.on == asked.day
    return Day(one.on, one.records, is_asked, replace(asked, day=None if is_asked else one.on).query)


def _services(table: pa.Table, asked: Asked, lens: Lens) -> tuple[Share, ...]:
    some = narrowed(table, replace(asked, service=""), lens.zone)
    parts = explored.by(some, "service")
    scale = _scale(parts, AMOUNT if explored.total(some).amount else RECORDS, "", lens.lang)
    found = []
    for one in parts:
        is_asked = one.key == asked.service
        query = replace(asked, service="" if is_asked else one.key).query
        found.append(_share(one, usage_words.service(one.key, lens.lang), scale, is_asked, query))
    return tuple(found)


def _zones(table: pa.Table, asked: Asked, lens: Lens, names: Mapping[str, str]) -> tuple[Share, ...]:
    some = narrowed(table, replace(asked, zone=""), lens.zone)
    parts, (measure, service) = explored.by(some, "zone"), _measure(some)
    scale, found = _scale(parts, measure, service, lens.lang), []
    for one in parts:
        is_asked = one.key == asked.zone
        query = replace(asked, zone="" if is_asked else one.key).query
        found.append(_share(one, names.get(one.key, one.key), scale, is_asked, query))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Scale:
    """What bars measure, of which service when it is a quantity, the longest of them, and the language."""

    measure: str
    service: str
    most: int
    lang: str


def _scale(parts: Sequence[Part], measure: str, service: str, lang: str) -> _Scale:
    return _Scale(measure, service, max((_value(one, measure) for one in parts), default=0), lang)


def _value(one: Part | OnDay, measure: str) -> int:
    return {QUANTITY: one.billed, AMOUNT: one.amount.micro, RECORDS: one.records}[measure]


def _share(one: Part, label: str, scale: _Scale, is_asked: bool, query: str) -> Share:
    percent = _value(one, scale.measure) * 100 // scale.most if scale.most else 0
    written = _written(one, scale.measure, scale.service, scale.lang)
    return Share(label, one.records, one.amount, written, scale.measure == AMOUNT, percent, is_asked, query)


def _written(one: Part | OnDay, measure: str, service: str, lang: str) -> str:
    if measure == QUANTITY:
        return usage_words.about(one.billed, service, lang)
    if measure == AMOUNT:
        return formats.money(one.amount.rounded(), lang)
    return f"{formats.number(Decimal(one.records), lang)}\u00a0×"


def _by_label(choices: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(choices, key=lambda one: one[1]))


def _day(text: str, period: Period) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if period.contains(found) else None
