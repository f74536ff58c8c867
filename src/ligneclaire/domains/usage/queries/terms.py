"""What is in force for a rating group: its lines, their plans and options by instant, and the ceilings of the law.

Read for many accounts of one operator and month in a handful of queries, whatever their number. For jobs: it sees the
whole operator.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.catalogue import queries as catalogue
from ligneclaire.domains.catalogue.models import PriceVersion, Product
from ligneclaire.domains.catalogue.queries import UsageBook
from ligneclaire.domains.catalogue.rules.tariff import Tariff
from ligneclaire.domains.contracts.models import Contract, Item
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.operators.among import among
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.domains.rulebook import taxes
from ligneclaire.domains.rulebook.versions import Rulebook
from ligneclaire.domains.usage.policies import Ceilings, LateUsage, UsageAlerts
from ligneclaire.domains.usage.queries import carrying, controls, kept_terms
from ligneclaire.domains.usage.queries.controls import Controls
from ligneclaire.domains.usage.rules import ceilings, controlled, plans, pools
from ligneclaire.domains.usage.rules.instants import micros
from ligneclaire.domains.usage.rules.plans import Held, Month
from ligneclaire.domains.usage.rules.pools import Stay
from ligneclaire.domains.usage.rules.spending import DOMESTIC, LAWS, ROAMING
from ligneclaire.domains.usage.rules.terms import ALWAYS, Cap, GroupTerms, LineTerms, Pool
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period, add_months
from ligneclaire.kernel.policy import Law
from ligneclaire.kernel.working_days import is_public_holiday

_KEPT = kept_terms.Shelf()
CHANGES = ("signed", "offer-changed", "item-added", "item-ended", "terminated")
CONTRACT = ("pk", "account_id", "line_id", "cost_centre_id", "signed_on", "service_from", "last_day")


def terms_of_groups(operator_id: int, account_ids: Collection[int], month: date) -> Mapping[int, GroupTerms]:
    """What is in force for accounts in the month of a day, by account. Everything of the month is read, also what will
    begin later in it, so that a rating and a later one with the same records and the same contracts agree. Of accounts
    of which nothing changed it is what was read before."""
    digests, basis = kept_terms.digests(account_ids), _basis(operator_id, month)
    of, common = (operator_id, basis.month.period.start), (basis, kept_terms.sold(operator_id))
    found = _KEPT.find(of, common, digests)
    missing = [account for account in account_ids if account not in found]
    if missing:
        read = _reading(basis, missing).own()
        _KEPT.keep(of, common, kept_terms.unchanged(digests, missing), read)
        found |= read
    return carrying.with_left(basis.month, found, partial(reading, operator_id))


def terms_of_line(line: Line, month: date) -> LineTerms:
    """What is in force for one line in the month of a day; of its account nothing else is read."""
    return reading(line.operator_id, [line.account_id], month, line).line(line)


def reading(operator_id: int, account_ids: Collection[int], month: date, only: Line | None = None) -> Reading:
    """What accounts have, read whole, to be asked for the month of a day or another (`in_month`); or what concerns
    `only` one line of theirs."""
    return _reading(_basis(operator_id, month), account_ids, only)


def _reading(basis: _Basis, account_ids: Collection[int], only: Line | None = None) -> Reading:
    of_these = Contract.objects.filter(among("account_id", account_ids))
    if only is not None:
        of_these = of_these.filter(Q(line_id=only.pk) | Q(line_id=None))
    contracts = list(of_these.only(*CONTRACT).order_by("pk"))
    exclusive = Account.objects.filter(among("pk", account_ids), prices="exclusive").values_list("pk", flat=True)
    return Reading(
        basis.operator,
        basis.month,
        basis.book,
        basis.bounds,
        _by_line(contracts),
        _items(contracts),
        _lines(account_ids) if only is None else {only.account_id: [only]},
        frozenset(exclusive),
        controls.of_accounts(account_ids, basis.month.zone),
    )


def late_free(operator: Operator, month: date) -> int:
    """From which arrival on a record of the month of a day is not charged, in microseconds (RAT-13)."""
    wanted = _month(operator, month)
    return _bounds(operator, wanted.period.start).late_free(wanted)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What law and policies of the month set; `tax` is what prices without it leave out (basis points)."""

    book: Rulebook
    day: date
    tax: int
    at_home: Law | None = None
    abroad: Law | None = None
    world: Money | None = None
    known: dict[tuple[frozenset[tuple[str, str]], frozenset[str], int], tuple[Cap, ...]] = field(
        default_factory=dict, compare=False
    )

    def caps(self, kinds: Mapping[str, str], tariffs: Sequence[tuple[int, Tariff]], tax: int) -> tuple[Cap, ...]:
        """The ceilings of a line whose prices leave out that much tax."""
        zones = ceilings.outside_europe((one for _, one in tariffs), kinds) if self.world else frozenset[str]()
        same = frozenset(kinds.items()), zones, tax
        if same not in self.known:
            of_world = (ceilings.world_of(self.world, zones),) if self.world and zones else ()
            self.known[same] = (*ceilings.caps_of(kinds, self.at_home, self.abroad, tax), *of_world)
        return self.known[same]

    def thresholds(self) -> tuple[int, ...]:
        """At which percents the operator warns (USE-01)."""
        found = self.book.in_force(UsageAlerts, self.day)
        return found.value.alert_thresholds if found else ()

    def late_free(self, month: Month) -> int:
        """From which arrival on a record of the month is not charged (RAT-13)."""
        found = self.book.in_force(LateUsage, self.day)
        if found is None:
            return ALWAYS[1]
        return month.instant(add_months(month.period.end, found.value.late_usage_months))


class _Basis(NamedTuple):
    """What all accounts of an operator have in common in a month. The country beside the operator, since rows are equal
    by their number."""

    operator: Operator
    country: str
    month: Month
    book: UsageBook
    bounds: _Bounds


class Holding(NamedTuple):
    """An item of a line's contract that says what usage costs, with when it holds."""

    item: Item
    contract: Contract
    held: Held


@dataclass(frozen=True, slots=True)
class Reading:
    """One month of an operator while its lines are read."""

    operator: Operator
    month: Month
    book: UsageBook
    bounds: _Bounds
    contracts: Mapping[int, Mapping[int | None, list[Contract]]]  # by account and line
    items: Mapping[int, list[Item]]  # by contract
    lines: Mapping[int, Sequence[Line]]  # by account
    exclusive: frozenset[int]  # accounts whose prices are without tax
    controls: Mapping[int, Controls]  # what was said of lines, by line

    def in_month(self, day: date) -> Reading:
        """The same in the month of another day."""
        month = _month(self.operator, day)
        return replace(self, month=month, bounds=_bounds(self.operator, month.period.start))

    def groups(self) -> dict[int, GroupTerms]:
        """What is in force, by account."""

        def of_these(account_ids: Collection[int], day: date) -> Reading:
            return replace(self, lines={one: self.lines[one] for one in account_ids}).in_month(day)

        return carrying.with_left(self.month, self.own(), of_these)

    def own(self) -> dict[int, GroupTerms]:
        """What is in force, by account, without what the month before left."""
        of_all = self.shared()
        found = {}
        for account, lines in self.lines.items():
            held = {line.pk: self.holdings(line) for line in lines}
            own = {line.pk: self.terms(line, [one.held for one in held[line.pk]]) for line in lines}
            found[account] = replace(of_all, lines=own, pools=self.pools(account, held))
        return found

    def shared(self) -> GroupTerms:
        """What is in force for every account."""
        return GroupTerms(
            zone=self.month.zone,
            country=self.operator.country,
            lines={},
            holidays=_holidays(self.operator.country, self.month.period),
            thresholds=self.bounds.thresholds(),
            late_free_us=self.bounds.late_free(self.month),
        )

    def line(self, line: Line) -> LineTerms:
        """What is in force for a line."""
        return self.terms(line, [one.held for one in self.holdings(line)])

    def holdings(self, line: Line) -> list[Holding]:
        """A line's own contracts say what it has. A fixed telephone line without one has the telephony option of its
        account (BIL-04): the option that comes with a deck."""
        of_account = self.contracts.get(line.account_id, {})
        own = of_account.get(line.pk, [])
        if not own and line.kind == "voice":
            return self._telephony(one for some in of_account.values() for one in some)
        return [Holding(item, one, made) for one in own for item in self.items[one.pk]
                if (made := self._held(item, one))]  # fmt: skip

    def terms(self, line: Line, found: Sequence[Held]) -> LineTerms:
        """What is in force for a line that has these offers and options."""
        own = self.contracts.get(line.account_id, {}).get(line.pk, [])
        tax = self.bounds.tax if line.account_id in self.exclusive else 0
        known = self.controls.get(line.pk, controls.NOTHING)
        said, side = known.in_month(self.month), known.side(self.month.period.start)
        kinds = {zone: kind for one in found for terms in one.terms.values() for zone, kind in terms.kinds.items()}
        tariffs = plans.tariffs_of(found, self.month)
        ends = [one.last_day for one in own]
        last = None if not ends or None in ends else max(day for day in ends if day) + timedelta(days=1)
        return LineTerms(
            tariffs=tariffs,
            allowances=plans.allowances_of(found, self.month),
            blocked=controlled.blocks_of(said, kinds),
            caps=controlled.caps_of(self.bounds.caps(kinds, tariffs, tax), said, side, kinds, tax) if kinds else (),
            existed=(self.month.instant(line.ordered_on), self.month.instant(last) if last else ALWAYS[1]),
        )

    def pools(self, account_id: int, held: Mapping[int, Sequence[Holding]]) -> tuple[Pool, ...]:
        """What the lines of an account share, that hold these offers and options (RAT-05)."""
        of_account = self.contracts.get(account_id, {})
        found = {one.item.pk: one for some in held.values() for one in some}
        for contract in of_account.get(None, ()):
            made = {item: self._held(item, contract) for item in self.items[contract.pk] if item.pk not in found}
            found |= {item.pk: Holding(item, contract, one) for item, one in made.items() if one}
        items = [
            pools.Sharing(one.held, one.contract.line_id, one.contract.cost_centre_id)
            for one in found.values()
            if any(terms.shared for terms in one.held.terms.values())
        ]
        if not items:
            return ()
        return pools.pools_of(items, {line: self._stays(of_account.get(line, ())) for line in held}, self.month)

    def _stays(self, contracts: Iterable[Contract]) -> list[Stay]:
        """To which cost centres a line belonged by its contracts; one without a contract of its own belongs to none."""
        ends = ((one, one.last_day and self.month.instant(one.last_day + timedelta(days=1))) for one in contracts)
        found = [Stay(one.cost_centre_id, self.month.instant(one.signed_on), end or ALWAYS[1]) for one, end in ends]
        return found or [Stay(None, *ALWAYS)]

    def _telephony(self, contracts: Iterable[Contract]) -> list[Holding]:
        ordered = sorted(contracts, key=lambda one: one.pk)
        options = [(item, one) for one in ordered for item in self.items[one.pk] if item.product.kind == "option"]
        found = [Holding(item, one, made) for item, one in options if (made := self._held(item, one))]
        return [one for one in found if any(terms.tariff for terms in one.held.terms.values())]

    def _held(self, item: Item, contract: Contract) -> Held | None:
        """An item with what usage costs under it, when it touches the month."""
        if not self.book.says(item.product_id):
            return None
        once = item.monthly_price is None
        if once and item.price_version.monthly_price is not None:
            return None  # the fee of something by the month
        start = self._start(item, contract, once=once)
        end = self._end(item, contract)
        if start >= min(end, self.month.to_us) or end <= self.month.from_us:
            return None
        first = self.month.day(max(start, self.month.from_us))
        days = self.book.changes(item.product_id, first, self.month.period.end)
        terms = {day: found for day in days if (found := self.book.terms(item.product_id, day))}
        return Held(start, end, terms, once) if terms else None

    def _start(self, item: Item, contract: Contract, *, once: bool) -> int:
        """An item from the signature counts from that day, even before the service is billed; what is bought once is
        held from the start of service."""
        if item.from_at is not None:
            return micros(item.from_at)
        begun = contract.service_from if once else None
        return self.month.instant(item.from_on or begun or contract.signed_on)

    def _end(self, item: Item, contract: Contract) -> int:
        ends = [self.month.to_us]
        if item.to_at is not None or item.to_on is not None:
            ends = [micros(item.to_at) if item.to_at else self.month.instant(item.to_on or date.max)]
        if contract.last_day is not None:
            ends.append(self.month.instant(contract.last_day + timedelta(days=1)))
        return min(ends)


def _basis(operator_id: int, day: date) -> _Basis:
    operator = Operator.objects.get(pk=operator_id)
    month = _month(operator, day)
    return _Basis(operator, operator.country, month, catalogue.usage_book(operator_id),
                  _bounds(operator, month.period.start))  # fmt: skip


def _month(operator: Operator, day: date) -> Month:
    return Month(Period.month_of(day), ZoneInfo(operator.timezone))


def _by_line(contracts: Iterable[Contract]) -> Mapping[int, Mapping[int | None, list[Contract]]]:
    found: dict[int, dict[int | None, list[Contract]]] = {}
    for contract in contracts:
        found.setdefault(contract.account_id, {}).setdefault(contract.line_id, []).append(contract)
    return found


def _lines(account_ids: Collection[int]) -> Mapping[int, list[Line]]:
    found: dict[int, list[Line]] = {one: [] for one in account_ids}
    for line in Line.objects.filter(among("account_id", account_ids)).order_by("pk"):
        found[line.account_id].append(line)
    return found


def _items(contracts: Iterable[Contract]) -> Mapping[int, list[Item]]:
    """Offers and options by contract; many items have the same few products and prices."""
    found: dict[int, list[Item]] = {one.pk: [] for one in contracts}
    rows = list(Item.objects.filter(among("contract_id", found)).order_by("pk"))
    products = Product.objects.filter(kind__in=("offer", "option")).in_bulk({item.product_id for item in rows})
    prices = PriceVersion.objects.in_bulk({item.price_version_id for item in rows})
    for item in rows:
        if item.product_id in products:
            item.product, item.price_version = products[item.product_id], prices[item.price_version_id]
            found[item.contract_id].append(item)
    return found


def _bounds(operator: Operator, day: date) -> _Bounds:
    book = rulebook.book_of(operator.pk)
    tax = int(taxes.rate_of(taxes.STANDARD, operator.country, day) * 100)
    at_home = book.law(LAWS[DOMESTIC], day) if operator.country == "BE" else None
    found = book.in_force(Ceilings, day)
    world = found.value.world_limit if found else None
    return _Bounds(book, day, tax, at_home, book.law(LAWS[ROAMING], day), world)


@lru_cache(maxsize=64)
def _holidays(country: str, period: Period) -> frozenset[date]:
    days = (period.start + timedelta(days=count) for count in range(period.days))
    return frozenset(day for day in days if is_public_holiday(day, country))
