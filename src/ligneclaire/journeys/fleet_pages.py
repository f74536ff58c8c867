"""What a manager's pages show of a fleet in a month: the lines with their bundles, what the company pays of each, the
cost centres. Behind the wall (FMP-11): usage from `usage.queries.wall`, amounts from the function that bills them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.billing.queries import company_usage
from ligneclaire.domains.billing.queries.company_usage import Paid
from ligneclaire.domains.contracts.models import SplitBill
from ligneclaire.domains.usage.queries import fleet as usage
from ligneclaire.domains.usage.queries import wall
from ligneclaire.domains.usage.queries.fleet import BANDS, DearRecord, FleetLine
from ligneclaire.domains.usage.queries.wall import AsOf, Gauge, Reached, Used
from ligneclaire.kernel.money import Money, sum_money
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


@dataclass(frozen=True, slots=True)
class Fleet:
    """All lines of a company in a month, the fullest first, and how many lie in each band."""

    month: date
    as_of: AsOf
    rows: tuple[Row, ...]

    @property
    def bands(self) -> tuple[tuple[str, int], ...]:
        """How many lines lie in each band, the lowest first."""
        return tuple((band, sum(row.band == band for row in self.rows)) for band in BANDS)

    @property
    def paid(self) -> Money:
        """What the company pays beside the bundles, of all lines."""
        return sum_money(row.paid for row in self.rows)

    @property
    def centres(self) -> tuple[tuple[str, str], ...]:
        """The cost centres that lines belong to, by name."""
        found = {(row.centre, row.centre_name) for row in self.rows if row.centre}
        return tuple(sorted(found, key=lambda one: one[1]))

    def only(self, *, band: str = "", centre: str = "") -> tuple[Row, ...]:
        """The lines of a band and of a cost centre; "" means any."""
        rows = (row for row in self.rows if not centre or row.centre == centre)
        return tuple(row for row in rows if not band or row.band == band)


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
    """A line in a month. `kinds`, `reached` of ceilings and `records` are there without split bill alone."""

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

    @property
    def waiting(self) -> SplitBill | None:
        """The offer that waits for the employee."""
        return next((one for one in self.splits if one.accepted_at is None), None)

    @property
    def sharing(self) -> SplitBill | None:
        """The split bill that was agreed and has no end."""
        return next((one for one in self.splits if one.accepted_at is not None and one.to_on is None), None)


def employer_scope(scope: Scope, party_id: int) -> Scope:
    """A company's accounts as its manager may see them, whatever else the reader may see."""
    accounts = Account.objects.filter(operator_id=scope.operator_id, party_id=party_id)
    return wall.as_employer(scope, accounts.values_list("pk", flat=True))


def fleet(scope: Scope, month: date) -> Fleet:
    """The fleet in the month of a day; the lines with most of their bundle used first, then by number."""
    lines = usage.fleet(scope, month)
    paid = company_usage.paid_by_company([line.seen for line in lines])
    rows = [_row(line, paid.get(line.seen.line_id, ())) for line in lines]
    rows.sort(key=lambda row: (-_fill(row.gauge), -row.paid.amount, row.number))
    return Fleet(month.replace(day=1), wall.as_of([line.seen for line in lines]), tuple(rows))


def by_cost_centre(found: Fleet) -> tuple[Centre, ...]:
    """What a fleet costs beside the bundles by cost centre, the dearest first; lines without one under ""."""
    codes = dict.fromkeys(row.centre for row in found.rows)
    made = [_centre([row for row in found.rows if row.centre == code]) for code in codes]
    return tuple(sorted(made, key=lambda one: (-one.paid.amount, one.name)))


def line_page(scope: Scope, month: date, public_id: str) -> LinePage:
    """One line in the month of a day (USE-04). Raises NotFound, store.SegmentDamaged."""
    line = usage.fleet_line(scope, month, public_id)
    seen = [line.seen]
    paid = company_usage.paid_by_company(seen).get(line.seen.line_id, ())
    records, more = usage.dear_records(scope, month, public_id, SHOWN_RECORDS)
    return LinePage(
        row=_row(line, paid),
        month=month.replace(day=1),
        as_of=wall.as_of(seen),
        gauges=tuple(one for one in line.gauges if not one.is_spend and one.allowance),
        ceilings=tuple(one for one in line.gauges if one.is_spend),
        paid=paid,
        kinds=wall.used(seen).get(line.seen.line_id, ()),
        reached=wall.warnings(seen),
        records=records,
        more_records=more,
        splits=usage.split_bills(line),
        contract_id=line.contract.public_id if line.contract else "",
    )


def _row(line: FleetLine, paid: Iterable[Paid]) -> Row:
    contract, user = line.contract, line.user
    centre = contract.cost_centre if contract else None
    return Row(
        public_id=line.seen.public_id,
        number=line.seen.identifier,
        user=f"{user.given_name} {user.family_name}" if user else "",
        centre=centre.code if centre else "",
        centre_name=centre.name if centre else "",
        plan=contract.offer.names if contract else None,
        gauge=line.fullest,
        band=line.band,
        is_split=line.seen.is_split,
        paid=sum_money(one.amount for one in paid),
    )


def _centre(rows: Sequence[Row]) -> Centre:
    bands = tuple((band, sum(row.band == band for row in rows)) for band in BANDS)
    return Centre(rows[0].centre, rows[0].centre_name, len(rows), bands, sum_money(row.paid for row in rows))


def _fill(gauge: Gauge | None) -> Fraction:
    return gauge.share if gauge else Fraction(0)
