"""Real records of months rated again as if lines had other plans. Nothing is written.

Whole accounts are rated at once, as a rating group is. Of a line with an option the option stays, unless it is asked to
go. A month is rated as if nothing of it had come late: a late record counts in its place (RAT-12). For who has found
out which lines may be told of: see `billing/queries/replay.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.domains.catalogue.rules.offered import Offered
from ligneclaire.domains.contracts.rules import item_days
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Suspended
from ligneclaire.domains.usage.queries import terms
from ligneclaire.domains.usage.queries.terms import Holding, Reading
from ligneclaire.domains.usage.rules import plans, replay
from ligneclaire.domains.usage.rules.plans import Held, Month
from ligneclaire.domains.usage.rules.suspense import UNPRICED
from ligneclaire.domains.usage.rules.terms import GroupTerms, LineTerms
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.refusal import Refusal

WORKERS = 2  # threads that rate; the compiled loop is free of the interpreter's lock


class PlanNotInForce(Refusal):
    """A plan has no price or no terms of usage in a month that it is tried on."""

    code = "usage.refused.plan-not-in-force"


class PlanRollsOver(Refusal):
    """What a plan leaves of one month is carried to the next one, which a replay does not do."""

    code = "usage.refused.plan-rolls-over"


class NotReplayable(Refusal):
    """A price or a quantity is larger than the engine can count with."""

    code = "usage.refused.not-replayable"


class AsItWas(NamedTuple):
    """A line in a month: its account, the codes of its own offers, and the days on which an offer of it cost money."""

    account_id: int
    offers: tuple[str, ...]
    served: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Rerated:
    """A month of some lines: how each was, and what usage would have been charged under each plan, in millionths of a
    euro: `charges` in the order of the plans."""

    month: date
    lines: Mapping[int, AsItWas]
    charges: tuple[Any, ...]  # compiled.Charges, which takes half a second to import


@dataclass(frozen=True, slots=True)
class Rerating:
    """Some accounts, read once, and the plans that are tried on them."""

    reading: Reading
    plans: tuple[Offered, ...]
    with_options: bool
    given_up: frozenset[tuple[int, int]]

    def month(self, month: date, line_ids: Collection[int]) -> Rerated:
        """These lines in the month of a day; those of them that had an offer with prices of usage. Inside `acting_for`.
        Raises PlanNotInForce, PlanRollsOver, NotReplayable, store.SegmentDamaged."""
        from ligneclaire.domains.usage.rules import compiled

        variants = _Variants(self.reading.in_month(month), self.plans, self.with_options)
        made = {account: variants.of_account(account, line_ids) for account in variants.reading.lines}
        groups = [{account: terms[number] for account, terms in made.items()} for number in range(len(self.plans))]
        first = variants.reading.month.period.start
        records = self._records(first, [pk for terms in made.values() for pk in terms[0].lines])
        try:
            charges = tuple(compiled.charge_groups(records, groups, WORKERS))
        except (compiled.TooDear, compiled.TooMuch) as fault:
            raise NotReplayable(month=f"{first:%Y-%m}", why=fault) from fault
        return Rerated(first, variants.lines, charges)

    def _records(self, month: date, line_ids: Sequence[int]) -> pa.Table:
        """The records of lines, without those that staff gave up."""
        reading = self.reading
        records = store.records_of(reading.operator.pk, list(reading.lines), month, line_ids)
        files = {file for file, _ in self.given_up}
        if not files or not pc.any(pc.is_in(records["file"], value_set=pa.array(list(files), pa.int64()))).as_py():
            return records
        places = zip(records["file"].to_pylist(), records["place"].to_pylist(), strict=True)
        return records.filter(pa.array([place not in self.given_up for place in places], pa.bool_()))


def rerating(
    operator_id: int, account_ids: Collection[int], plans: Sequence[Offered], first: date, *, with_options: bool = True
) -> Rerating:
    """What accounts had, read for the month of a day and any other. For who decides on what may be told; inside
    `acting_for`. Raises PlanRollsOver."""
    given_up = Suspended.objects.filter(
        operator_id=operator_id, reason__in=[one.value for one in UNPRICED], settled_as="written-off"
    )
    places = frozenset(given_up.values_list("file_id", "place"))
    for one in plans:
        if any(bundle.rollover for version in one.usage for bundle in version.terms.bundles):
            raise PlanRollsOver(plan=one.code)
    reading = terms.reading(operator_id, account_ids, first)
    return Rerating(reading, tuple(plans), with_options, places)


class _Line(NamedTuple):
    """A line in a month: what it has, as it was, and all that its terms under a plan depend on."""

    line: Line
    offers: Sequence[Holding]
    options: Sequence[Holding]
    when: tuple[replay.Stretch, ...]
    key: Any


@dataclass(frozen=True, slots=True)
class _Variants:
    """The terms of accounts in one month under each plan. Lines that had the same in the same time share them: they are
    made once, and compiled once. How each line was is in `lines`."""

    reading: Reading
    plans: tuple[Offered, ...]
    with_options: bool
    lines: dict[int, AsItWas] = field(default_factory=dict)
    known: dict[Any, Any] = field(default_factory=dict)

    def of_account(self, account_id: int, line_ids: Collection[int]) -> list[GroupTerms]:
        """An account under each plan: its lines among these. Where lines share a bundle, the others are there as they
        were. Nobody is warned of what never happened."""
        lines = {line.pk: line for line in self.reading.lines[account_id]}
        held = {pk: self.reading.holdings(line) for pk, line in lines.items()}
        found = {pk: self._line(line, held[pk]) for pk, line in lines.items() if pk in line_ids}
        chosen = {pk: one for pk, one in found.items() if one is not None}
        terms: list[dict[int, LineTerms]] = [{} for _ in self.plans]
        for pk, one in chosen.items():
            self.lines[pk] = _as_it_was(one.offers, one.line, self.reading.month)
            for number, of_line in enumerate(self._of(one, held[pk])):
                terms[number][pk] = of_line
        of_all = replace(self.reading.shared(), thresholds=())
        if not self._share(account_id, held.values()):
            return [replace(of_all, lines=one) for one in terms]
        others = {pk: some for pk, some in held.items() if pk not in chosen}
        as_were = {pk: self.reading.terms(lines[pk], [one.held for one in some]) for pk, some in others.items()}
        shared = []
        for number, of_plan in enumerate(terms):
            having = others | {pk: self._holdings(number, one) for pk, one in chosen.items()}
            pools = self.reading.pools(account_id, having)
            shared.append(replace(of_all, lines=of_plan | as_were, pools=pools))
        return shared

    def _line(self, line: Line, held: Sequence[Holding]) -> _Line | None:
        """A line with an offer, or None."""
        offers = [one for one in held if one.item.product.kind == "offer"]
        if not offers:
            return None
        month = self.reading.month
        options = [one for one in held if one.item.product.kind != "offer"] if self.with_options else []
        when = replay.stretches(one.held for one in offers)
        key = tuple(_key(one, month) for one in options), tuple(_clipped(one, month) for one in when)
        return _Line(line, offers, options, when, key)

    def _of(self, one: _Line, held: Sequence[Holding]) -> Iterator[LineTerms]:
        """The terms of a line under each plan. What was said of the line itself stays, and so do the ceilings of the
        law, unless the plan has other zones."""
        own, zones = self._own(one.line, held)
        for number in range(len(self.plans)):
            some, kinds, tariffs, allowances = self._made(number, one)
            if kinds == zones:
                yield LineTerms(tariffs, allowances, own.blocked, own.caps, own.existed)
            else:
                other = self.reading.terms(one.line, some)
                yield replace(other, caps=self._same(other.caps), blocked=self._same(other.blocked))

    def _own(self, line: Line, held: Sequence[Holding]) -> tuple[LineTerms, Mapping[str, str]]:
        """The terms as they were, and their zones; made once for lines of which nothing was said."""
        month, contracts = self.reading.month, self.reading.contracts.get(line.account_id, {}).get(line.pk, [])
        ends = tuple(one.last_day for one in contracts)
        said = line.pk if line.pk in self.reading.controls else 0
        key = "own", said, line.account_id, line.ordered_on, ends, tuple(_key(one, month) for one in held)
        found = self.known.get(key)
        if found is None:
            own = self.reading.terms(line, [one.held for one in held])
            own = replace(own, caps=self._same(own.caps), blocked=self._same(own.blocked))
            found = self.known[key] = own, _zones(one.held for one in held)
        own, zones = found
        return own, zones

    def _made(self, number: int, one: _Line) -> Any:
        """What a line has under a plan: offers and options, their zones, tariffs and allowances."""
        found = self.known.get((number, one.key))
        if found is None:
            month, plan = self.reading.month, self.plans[number]
            held = replay.as_if(one.when, plan, month)
            if held is None:
                raise PlanNotInForce(plan=plan.code, month=f"{month.period.start:%Y-%m}")
            some = [*held, *(other.held for other in one.options)]
            tariffs, allowances = plans.tariffs_of(some, month), plans.allowances_of(some, month)
            found = self.known[number, one.key] = some, _zones(some), tariffs, allowances
        return found

    def _share(self, account_id: int, held: Iterable[Sequence[Holding]]) -> bool:
        """Whether lines of an account share anything, under one of the plans or as they were."""
        of_all = self.reading.contracts.get(account_id, {}).get(None)
        by_plans = any(one.terms.shared for plan in self.plans for one in plan.usage)
        return bool(of_all) or by_plans or any(_shares(one.held) for some in held for one in some)

    def _holdings(self, number: int, one: _Line) -> list[Holding]:
        """What a line has under a plan, each stretch in place of one of its own offers."""
        held = self._made(number, one)[0]
        of_plan = zip(one.offers, held[: len(one.when)], strict=False)
        return [*(Holding(own.item, own.contract, new) for own, new in of_plan), *one.options]

    def _same(self, some: Any) -> Any:
        """One object for all that are equal."""
        return self.known.setdefault(("same", some), some)


def _shares(held: Held) -> bool:
    return any(terms.shared for terms in held.terms.values())


def _zones(held: Iterable[Held]) -> dict[str, str]:
    """The zones of what a line has, with the kind of each."""
    return {zone: kind for one in held for terms in one.terms.values() for zone, kind in terms.kinds.items()}


def _as_it_was(offers: Sequence[Holding], line: Line, month: Month) -> AsItWas:
    days = []
    for item, contract, _ in offers:
        active = item_days.active_days(item.from_on, item.to_on, contract.service_from, contract.last_day)
        if (part := item_days.active_within(active, month.period)) is not None:
            days.append(part)
    codes = dict.fromkeys(one.item.product.code for one in offers)
    return AsItWas(line.account_id, tuple(codes), tuple(_joined(days)))


def _joined(days: Sequence[Period]) -> Iterator[Period]:
    """Days that follow each other as one period: another plan would have gone on."""
    last = None
    for one in sorted(days):
        if last is not None and one.start <= last.end:
            last = Period(last.start, max(last.end, one.end))
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def _clipped(when: replay.Stretch, month: Month) -> tuple[int, int, bool]:
    """What of a stretch the terms of a month depend on."""
    begins, ends = when
    return max(begins, month.from_us), min(ends, month.to_us), begins <= month.from_us


def _key(one: Holding, month: Month) -> tuple[Any, ...]:
    held = one.held
    return one.item.product_id, held.once and held.from_us, *_clipped((held.from_us, held.to_us), month)
