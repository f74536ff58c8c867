"""What a manager's pages show of a fleet in a month: the lines with their bundles, what the company pays of each, the
cost centres. Behind the wall (FMP-11): usage from `usage.queries.wall`, amounts from the function that bills them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.billing.queries import company_usage
from ligneclaire.domains.billing.queries.company_usage import Paid
from ligneclaire.domains.contracts.models import Contract, SplitBill
from ligneclaire.domains.lines.rules.asked import asked_digits
from ligneclaire.domains.usage.queries import fleet as usage
from ligneclaire.domains.usage.queries import wall
from ligneclaire.domains.usage.queries.fleet import BANDS, DearRecord, FleetLine
from ligneclaire.domains.usage.queries.pools import Pool
from ligneclaire.domains.usage.queries.pools import pools as shared
from ligneclaire.domains.usage.queries.wall import AsOf, Gauge, Reached, Used
from ligneclaire.domains.usage.rules import spending
from ligneclaire.kernel.money import Money, sum_money, zero
from ligneclaire.kernel.scope import Scope

SHOWN_RECORDS = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A line in the list: its number as the network knows it, who uses it, where it belongs, its fullest bundle, and
    what the company pays beside the bundles."""

    public_id: str
    number: str
    user: str
    centre: str
    centre_name: str
    plan: dict[str, str] | None
    gauge: Gauge | None
    band: str
    is_split: bool
    paid: Money


class Standing(NamedTuple):
    """How a line stands in a month, before anything is asked that only a page of lines shows: its band, and what the
    company pays beside the bundles."""

    line: FleetLine
    band: str
    paid: Money


@dataclass(frozen=True, slots=True)
class Fleet:
    """All lines of a company in a month, the fullest first, and how many lie in each band."""

    month: date
    as_of: AsOf
    lines: tuple[Standing, ...]

    @property
    def bands(self) -> tuple[tuple[str, int], ...]:
        """How many lines lie in each band, the lowest first."""
        return _bands(self.lines)

    @property
    def paid(self) -> Money:
        """What the company pays beside the bundles, of all lines."""
        return _paid(self.lines)

    @property
    def centres(self) -> tuple[tuple[str, str], ...]:
        """The cost centres that lines belong to, by name."""
        found = {(one.line.centre, one.line.centre_name) for one in self.lines if one.line.centre}
        return tuple(sorted(found, key=lambda one: one[1]))

    def only(self, *, band: str = "", centre: str = "", number: str = "") -> tuple[Standing, ...]:
        """The lines of a band and of a cost centre, whose number has these digits, however it is written; "" means
        any."""
        digits = asked_digits(number)
        found = (one for one in self.lines if not centre or one.line.centre == centre)
        found = (one for one in found if not number or (digits and digits in one.line.seen.identifier))
        return tuple(one for one in found if not band or one.band == band)


@dataclass(frozen=True, slots=True)
class Centre:
    """A cost centre in a month: its lines, how many lie in each band, and what the company pays beside the bundles."""

    code: str
    name: str
    lines: int
    bands: tuple[tuple[str, int], ...]
    paid: Money


@dataclass(frozen=True, slots=True)
class LinePage:
    """A line in a month. `kinds`, `reached` of ceilings and `records` are there without split bill alone.
    `contract_id`: of the contract that may be shared, "" when there is none or it ends; `prices`: the price mode of the
    account, "inclusive" or "exclusive"."""

    row: Row
    month: date
    as_of: AsOf
    gauges: tuple[Gauge, ...]
    ceilings: tuple[Gauge, ...]
    paid: tuple[Paid, ...]
    kinds: tuple[Used, ...]
    reached: tuple[Reached, ...]
    records: tuple[DearRecord, ...]
    more_records: int
    splits: tuple[SplitBill, ...]
    contract_id: str
    prices: str

    @property
    def waiting(self) -> SplitBill | None:
        """The offer that waits for the employee."""
        return next((one for one in self.splits if one.accepted_at is None), None)

    @property
    def sharing(self) -> SplitBill | None:
        """The split bill that was agreed and holds in the month, or else the next one to come."""
        ahead = [one for one in self.splits if one.from_on and one.from_on != one.to_on]
        found = sorted((one for one in ahead if one.to_on is None or one.to_on > self.month), key=_begins)
        return found[0] if found else None

    @property
    def may_invite(self) -> bool:
        """Whether the user may be asked to share the bill: nobody was, and nobody shares it without an end."""
        is_open = self.sharing is None or self.sharing.to_on is not None
        return bool(self.contract_id) and self.waiting is None and is_open


def employer_scope(scope: Scope, party_id: int) -> Scope:
    """A company's accounts as its manager may see them, whatever else the reader may see."""
    accounts = Account.objects.filter(operator_id=scope.operator_id, party_id=party_id)
    return wall.as_employer(scope, accounts.values_list("pk", flat=True))


def pools(scope: Scope, month: date) -> tuple[Pool, ...]:
    """The bundles that lines of the company share."""
    return shared(scope, month)


def fleet(scope: Scope, month: date) -> Fleet:
    """The fleet in the month of a day; the lines with most of their bundle used first, then by number."""
    lines = usage.fleet(scope, month)
    seen, paid = [line.seen for line in lines], defaultdict[int, Money](zero)
    for line_id, some in company_usage.paid_by_company(seen).items():
        for part in some:
            paid[line_id] += part.amount
    found = [Standing(line, line.band, paid[line.seen.line_id]) for line in lines]
    found.sort(key=lambda one: (-one.line.fill, -one.paid.amount, one.line.seen.identifier))
    return Fleet(month.replace(day=1), wall.as_of(seen), tuple(found))


def rows_of(some: Sequence[Standing], month: date) -> tuple[Row, ...]:
    """What a list shows of some lines of a fleet."""
    lines = [one.line for one in some]
    plans, users = usage.plans_of(lines), usage.users_in([one.seen for one in lines], month)
    return tuple(_row(one, plans, users) for one in some)


def by_cost_centre(found: Fleet) -> tuple[Centre, ...]:
    """What a fleet costs beside the bundles by cost centre, the dearest first; lines without one under ""."""
    centres: dict[str, list[Standing]] = {}
    for one in found.lines:
        centres.setdefault(one.line.centre, []).append(one)
    made = [
        Centre(code, some[0].line.centre_name, len(some), _bands(some), _paid(some)) for code, some in centres.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.paid.amount, one.name)))


def line_page(scope: Scope, month: date, public_id: str) -> LinePage:
    """One line in the month of a day (USE-04). Raises NotFound, store.SegmentDamaged."""
    line, gauges = usage.fleet_line(scope, month, public_id)
    seen = [line.seen]
    paid = company_usage.paid_by_company(seen).get(line.seen.line_id, ())
    records, more = usage.dear_records(scope, line.seen, SHOWN_RECORDS)
    plans, stands = usage.plans_of([line]), Standing(line, line.band, sum_money(one.amount for one in paid))
    return LinePage(
        row=_row(stands, plans, usage.users_in(seen, month)),
        month=month.replace(day=1),
        as_of=wall.as_of(seen),
        gauges=tuple(one for one in gauges if not one.is_spend and one.allowance),
        ceilings=tuple(one for one in gauges if one.is_spend and not spending.number_of(one.code)),
        paid=paid,
        kinds=wall.used(seen).get(line.seen.line_id, ()),
        reached=wall.warnings(seen),
        records=records,
        more_records=more,
        splits=usage.split_bills(line),
        contract_id=next((one.public_id for one in plans.values() if one.last_day is None), ""),
        prices=line.seen.prices,
    )


def _begins(split: SplitBill) -> date:
    return split.from_on or date.max


def _row(one: Standing, plans: Mapping[int, Contract], users: Mapping[int, str]) -> Row:
    line = one.line
    return Row(
        public_id=line.seen.public_id,
        number=line.seen.identifier,
        user=users.get(line.seen.line_id, ""),
        centre=line.centre,
        centre_name=line.centre_name,
        plan=plans[line.contract_id].offer.names if line.contract_id else None,
        gauge=line.gauge,
        band=one.band,
        is_split=line.seen.is_split,
        paid=one.paid,
    )


def _bands(some: Sequence[Standing]) -> tuple[tuple[str, int], ...]:
    counts = Counter(one.band for one in some)
    return tuple((band, counts[band]) for band in BANDS)


def _paid(some: Sequence[Standing]) -> Money:
    return sum_money(one.paid for one in some if one.paid)
