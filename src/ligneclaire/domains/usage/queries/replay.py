"""Real records of months rated again as if lines had other plans. Nothing is written.

Whole accounts are rated at once, as a rating group is. Of a line with an option the option stays, unless it is asked to
go. A month is rated as if nothing of it had come late: a late record counts in its place (RAT-12). For who has found
out which lines may be told of: see `billing/queries/replay.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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
        Raises PlanNotInForce, NotReplayable, store.SegmentDamaged."""
        from ligneclaire.domains.usage.rules import compiled

        variants = _Variants(self.reading.in_month(month), self.plans, self.with_options)
        groups: list[dict[int, GroupTerms]] = [{} for _ in self.plans]
        lines: dict[int, AsItWas] = {}
        for account_id, lines_of in variants.reading.lines.items():
            wanted = [line for line in lines_of if line.pk in line_ids]
            made = {line.pk: found for line in wanted if (found := variants.of(line, lines))}
            for number in range(len(self.plans)):
                groups[number][account_id] = variants.group({pk: found[number] for pk, found in made.items()})
        first = variants.reading.month.period.start
        try:
            charges = tuple(compiled.charge_groups(self._records(first, lines), groups, WORKERS))
        except (compiled.TooDear, compiled.TooMuch) as fault:
            raise NotReplayable(month=f"{first:%Y-%m}", why=fault) from fault
        return Rerated(first, lines, charges)

    def _records(self, month: date, lines: Mapping[int, AsItWas]) -> pa.Table:
        """The records of lines, without those that staff gave up."""
        reading = self.reading
        records = store.records_of(reading.operator.pk, list(reading.lines), month, list(lines))
        files = {file for file, _ in self.given_up}
        if not files or not pc.any(pc.is_in(records["file"], value_set=pa.array(list(files), pa.int64()))).as_py():
            return records
        places = zip(records["file"].to_pylist(), records["place"].to_pylist(), strict=True)
        return records.filter(pa.array([place not in self.given_up for place in places], pa.bool_()))


def rerating(
    operator_id: int, account_ids: Collection[int], plans: Sequence[Offered], *, with_options: bool = True
) -> Rerating:
    """What accounts had, read for any month. For who decides on what may be told; inside `acting_for`."""
    given_up = Suspended.objects.filter(
        operator_id=operator_id, reason__in=[one.value for one in UNPRICED], settled_as="written-off"
    )
    places = frozenset(given_up.values_list("file_id", "place"))
    reading = terms.reading(operator_id, account_ids, date.today())  # noqa: DTZ011 - another month is asked of it
    return Rerating(reading, tuple(plans), with_options, places)


@dataclass(frozen=True, slots=True)
class _Variants:
    """The terms of lines in one month under each plan. Lines that had the same in the same time share them: they are
    made once, and compiled once."""

    reading: Reading
    plans: tuple[Offered, ...]
    with_options: bool
    known: dict[Any, Any] = field(default_factory=dict)

    def of(self, line: Line, lines: dict[int, AsItWas]) -> Sequence[LineTerms] | None:
        """The terms of a line under each plan; None when it had no offer. How it was goes to `lines`."""
        month, held = self.reading.month, self.reading.holdings(line)
        offers = [one for one in held if one.item.product.kind == "offer"]
        if not offers:
            return None
        lines[line.pk] = _as_it_was(offers, line, month)
        options = [one for one in held if one.item.product.kind != "offer"] if self.with_options else []
        when = replay.stretches(one.held for one in offers)
        own = self.reading.terms(line, [one.held for one in held])
        caps, blocked = self._same(own.caps), self._same(own.blocked)
        zones = {zone: kind for one in held for terms in one.held.terms.values() for zone, kind in terms.kinds.items()}
        key = tuple(_key(one, month) for one in options), tuple(_clipped(one, month) for one in when)
        found = []
        for number, plan in enumerate(self.plans):
            made = self.known.get((number, key))
            if made is None:
                made = self.known[number, key] = self._made(plan, when, [one.held for one in options])
            other, kinds, tariffs, allowances = made
            if kinds == zones:
                found.append(LineTerms(tariffs, allowances, blocked, caps, own.existed))
            else:
                of_plan = self.reading.terms(line, other)
                found.append(replace(of_plan, caps=self._same(of_plan.caps), blocked=self._same(of_plan.blocked)))
        return found

    def group(self, lines: Mapping[int, LineTerms]) -> GroupTerms:
        """An account: nobody is warned of what never happened."""
        return replace(self.reading.shared(), lines=lines, thresholds=())

    def _made(self, plan: Offered, when: Sequence[replay.Stretch], options: Sequence[Held]) -> Any:
        month = self.reading.month
        held = replay.as_if(when, plan, month)
        if held is None:
            raise PlanNotInForce(plan=plan.code, month=f"{month.period.start:%Y-%m}")
        found = [*held, *options]
        kinds = {zone: kind for one in found for terms in one.terms.values() for zone, kind in terms.kinds.items()}
        return found, kinds, plans.tariffs_of(found, month), plans.allowances_of(found, month)

    def _same(self, some: Any) -> Any:
        """One object for all that are equal."""
        return self.known.setdefault(("same", some), some)


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
