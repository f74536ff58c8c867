"""How the spending of a line is held: its ceilings as they stand, what was said of them, and who has a say.

Behind the wall (FMP-11): the user of a shared line, or of a household's, decides on what he pays himself; the company
on a line that it pays whole. Of a shared line the company sees and sets its own blocks alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from ligneclaire.domains.lines.models import Control, Line
from ligneclaire.domains.lines.rules import controls
from ligneclaire.domains.lines.rules.controls import AGREEMENT, BLOCK, CAP, COMPANY, USER, Said
from ligneclaire.domains.operators import queries as operators
from ligneclaire.domains.usage.models import Counter
from ligneclaire.domains.usage.queries import controls as said_of
from ligneclaire.domains.usage.queries import terms, wall
from ligneclaire.domains.usage.queries.wall import Seen, Sight
from ligneclaire.domains.usage.rules import spending
from ligneclaire.domains.usage.rules.instants import micros
from ligneclaire.domains.usage.rules.spending import OWN
from ligneclaire.domains.usage.rules.terms import Cap, LineTerms
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope

STOPPING = frozenset({spending.ROAMING, spending.WORLD})  # until it is agreed to go on; an own cap where it says so


@dataclass(frozen=True, slots=True)
class Say:
    """What a reader may decide of a line on a day. `side`: whose word on caps and agreements it is, None = not his to
    give; `blocks`: as whom he blocks."""

    seen: Seen
    line: Line
    side: str | None
    blocks: str | None

    @property
    def sees_money(self) -> bool:
        """Whether the reader may see what the line spends."""
        return self.seen.sight is not Sight.EMPLOYER


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A ceiling in a month: `name` as rules/spending.py has it, what it concerns, what it allows and what is used of
    it. `stops`: it would stop usage now, once reached; `may_stop`: it does, unless somebody agreed to go on.
    `until_us`: of an agreement."""

    name: str
    services: frozenset[str]
    zones: frozenset[str]
    limit: Money
    used: Money
    with_tax: bool
    may_stop: bool
    stops: bool
    until_us: int | None

    @property
    def percent(self) -> int:
        """Of the limit, rounded down; of none all."""
        return self.used.micro * 100 // self.limit.micro if self.limit else 100

    @property
    def is_reached(self) -> bool:
        """Whether all of it is used."""
        return self.used >= self.limit


@dataclass(frozen=True, slots=True)
class Blocked:
    """What may be blocked, and by whom it is: sides, and since when."""

    what: str
    by: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How a line's spending is held on a day, as its reader may see it. `own`: the cap of its own that counts, None =
    there is none; `log`: everything that was said, the newest first."""

    say: Say
    on: date
    ceilings: tuple[Ceiling, ...]
    own: Said | None
    blocks: tuple[Blocked, ...]
    log: tuple[Control, ...]
    in_force: LineTerms


def say_of(scope: Scope, public_id: str, on: date) -> Say:
    """Who the reader is to a line on a day. Raises NotFound when he may see nothing of it then."""
    seen = wall.line_in(scope, on, public_id)
    line = Line.objects.select_related("account__party").get(pk=seen.line_id)
    if seen.sight is not Sight.ALL:
        return Say(seen, line, COMPANY if seen.sight is Sight.PAID else None, COMPANY)
    private = seen.is_split or line.account.party.kind == "household"
    uses = seen.days is None or any(start <= on and (end is None or on < end) for start, end in seen.days)
    side = USER if private and uses else None
    return Say(seen, line, side, side)


def limits_of(scope: Scope, public_id: str, on: date, at: datetime) -> Limits:
    """How a line's spending is held. Raises NotFound."""
    say = say_of(scope, public_id, on)
    zone = operators.zone_of(scope.operator_id)
    known = said_of.of_line(say.line.pk, zone)
    said = tuple(one for one in known.said if one.at_us <= micros(at))
    in_force, side = terms.terms_of_line(say.line, on), known.side(on) if known.said else _side(say)
    return Limits(
        say,
        on,
        tuple(_ceilings(say, in_force, said, side, micros(at))) if say.sees_money else (),
        _own(said, side) if say.sees_money else None,
        tuple(_blocks(say, said, micros(at))),
        _log(scope, say, zone),
        in_force,
    )


def _side(say: Say) -> str:
    return USER if say.seen.is_split or say.line.account.party.kind == "household" else COMPANY


def _own(said: Sequence[Said], side: str) -> Said | None:
    found = controls.last(said, CAP, controls.OWN, side)
    return found if found is not None and found.on else None


def _ceilings(say: Say, in_force: LineTerms, said: Sequence[Said], side: str, now: int) -> Iterator[Ceiling]:
    """The ceilings of the law, and the cap that counts of those of the line's own."""
    rows = Counter.objects.filter(line_id=say.line.pk, group__month=say.seen.month)
    used, own = dict(rows.values_list("code", "used")), _own(said, side)
    for cap in in_force.caps:
        if cap.kind != OWN or (own is not None and cap.code == f"{OWN}-{own.number}"):
            yield _ceiling(say, cap, used.get(cap.code, 0), controls.times_of(said, AGREEMENT, cap.kind, side), now)


def _ceiling(say: Say, cap: Cap, used: int, agreed: controls.Times, now: int) -> Ceiling:
    stops = any(start <= now < end for start, end in cap.stops)
    until = next((end for start, end in agreed if start <= now < end), None)
    return Ceiling(
        name=cap.kind,
        services=cap.services,
        zones=cap.zones,
        limit=Money.from_micro(cap.limit),
        used=Money.from_micro(used),
        with_tax=spending.includes_tax(cap.kind, say.line.account.prices),
        may_stop=cap.kind in STOPPING or bool(cap.stops),
        stops=stops,
        until_us=until if not stops and (cap.kind in STOPPING or cap.stops) else None,
    )


def _blocks(say: Say, said: Sequence[Said], now: int) -> Iterator[Blocked]:
    """What can be blocked; of a shared line the company is told its own blocks alone."""
    sides = (USER, COMPANY) if say.sees_money else (COMPANY,)
    for what in controls.BLOCKS:
        times = [(side, times) for side in sides for times in controls.times_of(said, BLOCK, what, side)]
        yield Blocked(what, tuple((side, start) for side, (start, end) in times if start <= now < end))


def _log(scope: Scope, say: Say, zone: ZoneInfo) -> tuple[Control, ...]:
    """What was said, as the reader may know it: a company its own words, a user of its line those and his own."""
    rows = Control.objects.filter(line_id=say.line.pk).order_by("-at", "-pk")
    if say.seen.sight is not Sight.ALL:
        rows = rows.filter(side=COMPANY)
    elif say.seen.days is not None:
        first = min(start for start, _end in say.seen.days)
        rows = rows.filter(Q(person=scope.person_id) | Q(side=COMPANY, at__gte=_midnight(first, zone)))
    return tuple(rows.order_by("-at", "-pk")[:50])


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
