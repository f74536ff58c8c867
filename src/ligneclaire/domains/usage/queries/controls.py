"""What was said of lines' spending, by who has the say: the user who pays privately, or the company that pays all.

The bill of a line is shared whole months at a time (SPL-01). In such a month it is the user's word that counts on caps
and agreements, else the company's; a word of one never outlives its say. Blocks restrain alone: those of both count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from ligneclaire.domains.contracts.models import SplitBill
from ligneclaire.domains.lines.models import Control, LineUser
from ligneclaire.domains.lines.rules import controls
from ligneclaire.domains.lines.rules.controls import COMPANY, USER, Said
from ligneclaire.domains.operators.among import among
from ligneclaire.domains.usage.rules import spending
from ligneclaire.domains.usage.rules.instants import micros
from ligneclaire.domains.usage.rules.plans import Month
from ligneclaire.domains.usage.rules.terms import ALWAYS
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period

_Use = tuple[int, date]  # person, first day without the use


@dataclass(frozen=True, slots=True)
class Controls:
    """What was said of one line, ever. `shared`: months (half-open, by first days) in which its bill is shared."""

    said: tuple[Said, ...] = ()
    is_household: bool = False
    shared: tuple[tuple[date, date | None], ...] = ()

    def side(self, month: date) -> str:
        """Whose word on caps and agreements counts in the month of a day."""
        first = month.replace(day=1)
        split = any(start <= first and (end is None or first < end) for start, end in self.shared)
        return USER if self.is_household or split else COMPANY

    def in_month(self, month: Month) -> tuple[Said, ...]:
        """What counts in a month."""
        return controls.since([one for one in self.said if one.at_us < month.to_us], month.from_us)


NOTHING = Controls()


def of_accounts(account_ids: Collection[int], zone: ZoneInfo) -> Mapping[int, Controls]:
    """What was said of the lines of accounts, by line; none of a line of which nothing was said."""
    rows = Control.objects.filter(among("line__account_id", account_ids)).select_related("line__account__party")
    return _by_line(list(rows.order_by("at", "pk")), zone)


def of_line(line_id: int, zone: ZoneInfo) -> Controls:
    """What was said of one line."""
    rows = Control.objects.filter(line_id=line_id).select_related("line__account__party")
    return _by_line(list(rows.order_by("at", "pk")), zone).get(line_id, NOTHING)


def that_warn(counters: Collection[str]) -> frozenset[str]:
    """Those of counters of money that belong to caps which stop nothing."""
    numbers = {int(number): counter for counter in counters if (number := spending.number_of(counter))}
    found = Control.objects.filter(pk__in=numbers, stops=False).values_list("pk", flat=True)
    return frozenset(numbers[number] for number in found)


def _by_line(rows: Sequence[Control], zone: ZoneInfo) -> dict[int, Controls]:
    if not rows:
        return {}
    of_lines: dict[int, list[Control]] = {}
    for row in rows:
        of_lines.setdefault(row.line_id, []).append(row)
    shared, ended = _shared(of_lines), _ended({row.person_id for row in rows if row.person_id}, of_lines)
    return {
        line_id: Controls(
            _with_ends(some, ended.get(line_id, ()), zone),
            some[0].line.account.party.kind == "household",
            shared.get(line_id, ()),
        )
        for line_id, some in of_lines.items()
    }


def _with_ends(rows: Sequence[Control], ended: Iterable[_Use], zone: ZoneInfo) -> tuple[Said, ...]:
    """With the end of each user's word, where his use of the line ended."""
    found = [_said(row, zone) for row in rows]
    for person_id, on in ended:
        his = [_said(row, zone) for row in rows if row.person_id == person_id]
        found += controls.ended(his, _midnight(on, zone))
    return controls.in_time(found)


def _said(row: Control, zone: ZoneInfo) -> Said:
    until = _midnight(Period.month_of(row.month).end, zone) if row.month else ALWAYS[1]
    amount = Money(row.amount).micro if row.amount is not None else 0
    return Said(row.pk, row.kind, row.subject, row.on, row.side, micros(row.at), amount, row.stops, until)


def _shared(line_ids: Collection[int]) -> dict[int, tuple[tuple[date, date | None], ...]]:
    rows = SplitBill.objects.filter(among("contract__line_id", line_ids), from_on__isnull=False)
    found: dict[int, tuple[tuple[date, date | None], ...]] = {}
    for line_id, start, end in rows.values_list("contract__line_id", "from_on", "to_on"):
        if line_id and start:
            found[line_id] = (*found.get(line_id, ()), (start, end))
    return found


def _ended(person_ids: Collection[int], line_ids: Collection[int]) -> dict[int, list[_Use]]:
    uses = LineUser.objects.filter(among("person_id", person_ids), among("line_id", line_ids), to_on__isnull=False)
    found: dict[int, list[_Use]] = {}
    for line, person, on in uses.values_list("line_id", "person_id", "to_on"):
        if on:
            found.setdefault(line, []).append((person, on))
    return found


def _midnight(day: date, zone: ZoneInfo) -> int:
    return micros(datetime.combine(day, time(), zone))
