"""The fleets of the demo year: companies, their lines and people, what they change, and how they use their lines.

Decided before anything is done, like the rest of the year (`plan.py`); the records themselves are made by `calls.py`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ligneclaire.interfaces.jobs.demo import people
from ligneclaire.interfaces.jobs.demo.people import WORDS
from ligneclaire.interfaces.jobs.demo.plan import FIRST_MONTH, LAST_DAY, Event, moment
from ligneclaire.kernel.periods import add_months

CENTRES = {
    "nl": (("VK", "Verkoop"), ("MT", "Montage"), ("AD", "Administratie"), ("DI", "Directie"), ("LG", "Logistiek")),
    "fr": (("VE", "Ventes"), ("CH", "Chantiers"), ("AD", "Administration"), ("DI", "Direction"), ("LO", "Logistique")),
}
CONTRIBUTIONS: tuple[dict[str, Any], ...] = (  # the five types (W-54)
    {"type": "amount", "amount": "15.00"},
    {"type": "percentage", "percent": 50, "cap": "30.00"},
    {
        "type": "per-category",
        "categories": {"voice": {"type": "amount", "amount": "10.00"}, "data": {"type": "percentage", "percent": 50}},
    },
    {
        "type": "per-usage-type",
        "usage_types": {
            "voice-national": {"type": "amount", "amount": "10.00"},
            "data-roaming": {"type": "percentage", "percent": 25},
        },
    },
    {
        "type": "combination",
        "default": {"type": "amount", "amount": "5.00"},
        "exceptions": [{"usage_type": "voice-roaming", "contribution": {"type": "percentage", "percent": 100}}],
    },
)
HOLIDAYS = ("FR", "ES", "NL", "IT", "CH", "GB", "MA", "TR", "US", "GR")


@dataclass(frozen=True, slots=True)
class Mobile:
    """What a fleet can choose: offers with the octets that each includes in a month, and options by the month."""

    data: Mapping[str, int]
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Habit:
    """How a line is used: octets a month, calls and messages a day, journeys abroad, parkings a month; and whether a
    journey swallows data as at home when nothing stops it."""

    octets: int
    calls: float
    texts: float
    abroad: tuple[tuple[date, date, str], ...] = ()
    parkings: float = 0
    shock: bool = False
    lately: float = 1.0  # times as much data in the last month of the year


@dataclass(frozen=True, slots=True)
class FleetLine:
    """One line of a company: its number, its user, its plan, how it is used, and what an employer contributes."""

    number: str
    given_name: str
    family_name: str
    plan: str
    centre: int
    joined: date
    habit: Habit
    leaves: date | None = None
    contribution: Mapping[str, Any] | None = None

    @property
    def email(self) -> str:
        """The address of the user; Bram's is the one that the documentation names."""
        return "bram@bora.example" if self.number == BRAM else f"l{self.number}@example.org"


@dataclass(frozen=True, slots=True)
class Fleet:
    """A company with its lines."""

    who: people.Company
    manager: tuple[str, str, str]  # given name, family name, e-mail address
    lines: tuple[FleetLine, ...]


BRAM = "32470000000"


def fleets(rng: random.Random, companies: int, lines: int, mobile: Mobile) -> tuple[Fleet, ...]:
    """The companies of the operator, with `lines` lines in all; the first is Bora NV, its first line is Bram's."""
    weights = [rng.lognormvariate(0, 0.8) for _ in range(companies)]
    sizes = [max(3, int(lines * w / sum(weights))) for w in weights]
    sizes[0] = max(3, min(24, lines // 4))
    sizes[-1] = max(3, sizes[-1] + lines - sum(sizes))
    made, first = [], 0
    for index, size in enumerate(sizes):
        made.append(_fleet(rng, index, first, size, mobile))
        first += size
    return tuple(made)


def _fleet(rng: random.Random, index: int, first: int, size: int, mobile: Mobile) -> Fleet:
    who = people.fleet_company(rng, index)
    given, family = rng.choice(WORDS["given"]), rng.choice(WORDS["owners"])
    manager = ("Mia", "Claes", "mia@bora.example") if index == 0 else (given, family, who.email)
    splits = index == 0 or rng.random() < 0.5
    return Fleet(who, manager, tuple(_line(rng, first + n, index, splits, mobile) for n in range(size)))


def _line(rng: random.Random, number: int, company: int, splits: bool, mobile: Mobile) -> FleetLine:
    plan = rng.choice(tuple(mobile.data))
    joined = FIRST_MONTH + timedelta(days=rng.randint(0, 20))
    if rng.random() < 0.08:
        joined = FIRST_MONTH + timedelta(days=rng.randint(40, 320))
    leaves = joined + timedelta(days=rng.randint(60, 300)) if rng.random() < 0.06 else None
    split = splits and rng.random() < 0.16
    line = FleetLine(
        f"32470{number:06d}", rng.choice(WORDS["given"]), rng.choice(WORDS["family"]), plan, rng.randint(0, 4), joined,
        _habit(rng, mobile.data[plan]), leaves if leaves and leaves < LAST_DAY - timedelta(days=20) else None,
        CONTRIBUTIONS[number % 5] if split else None,
    )  # fmt: skip
    if number == 0:
        return _bram(line, mobile)
    if number == 1:  # the journey whose bill was stopped
        journey = (date(2026, 8, 3), date(2026, 8, 12), "US")
        return FleetLine(
            line.number, "Els", "Mertens", plan, 1, FIRST_MONTH + timedelta(days=2),
            Habit(mobile.data[plan] // 2, 1, 1, (journey,), 1, shock=True),
        )  # fmt: skip
    return line


def _bram(line: FleetLine, mobile: Mobile) -> FleetLine:
    """Bram has used four fifths of his ten gigabytes by the 20th of November; he parks by SMS now and then, so that a
    private invoice comes every third month."""
    plan = min(mobile.data, key=lambda code: abs(mobile.data[code] - 10_000_000_000))
    habit = Habit(9_400_000_000, 1.2, 1, ((date(2026, 7, 11), date(2026, 7, 24), "ES"),), 0.8, lately=1.28)
    joined = FIRST_MONTH + timedelta(days=1)
    return FleetLine(line.number, "Bram", "Peeters", plan, 0, joined, habit, None, CONTRIBUTIONS[0])


def _habit(rng: random.Random, included: int) -> Habit:
    share = rng.betavariate(2.2, 2.6) if rng.random() < 0.95 else rng.uniform(0.95, 1.25)
    abroad = []
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        start = FIRST_MONTH + timedelta(days=rng.randint(20, 330))
        abroad.append((start, start + timedelta(days=rng.randint(3, 15)), rng.choice(HOLIDAYS)))
    return Habit(
        int(included * share), rng.lognormvariate(-0.3, 0.7), rng.lognormvariate(-0.4, 0.8), tuple(abroad),
        rng.choice((0, 0, 0, 0.5, 2)),
    )  # fmt: skip


def fleet_year(rng: random.Random, made: Sequence[Fleet], mobile: Mobile) -> Iterator[Event]:
    """All events of the fleet operator: companies sign, employees agree to pay a part, lines join, change and leave;
    records come in, are rated and billed."""
    for fleet in made:
        signed = min(line.joined for line in fleet.lines)
        early = tuple(line for line in fleet.lines if line.joined < signed + timedelta(days=30))
        detail = {"lines": tuple(line.number for line in early)}
        yield Event(moment(signed, 9), "fleet", "sign_fleet", fleet.who.number, detail)
        for line in fleet.lines:
            yield from _line_year(rng, fleet, line, line in early, mobile)
    yield from _operator_months()


def _line_year(rng: random.Random, fleet: Fleet, line: FleetLine, early: bool, mobile: Mobile) -> Iterator[Event]:
    number = fleet.who.number
    if not early:
        detail = {"lines": (line.number,)}
        yield Event(moment(line.joined, 9, rng.randint(0, 59)), "fleet", "sign_lines", number, detail)
    if line.contribution:
        invited = moment(line.joined + timedelta(days=1), 10, rng.randint(0, 59))
        yield Event(invited, "fleet", "agree_split_bill", line.number)
    room = (LAST_DAY - line.joined).days - 70
    if room > 30 and rng.random() < 0.15 and line.number != BRAM:
        day = line.joined + timedelta(days=40 + rng.randint(0, room))
        size = mobile.data[line.plan]
        near = [code for code in mobile.data if code != line.plan and size <= 2 * mobile.data[code] <= 8 * size]
        plan = rng.choice(near or list(mobile.data))
        if line.leaves is None or day < line.leaves:
            yield Event(moment(day, rng.randint(9, 17)), "fleet", "change_plan", line.number, {"offer": plan})
    if room > 30 and rng.random() < 0.12 and mobile.options and line.leaves is None:
        day = line.joined + timedelta(days=30 + rng.randint(0, room))
        option = {"option": rng.choice(mobile.options)}
        yield Event(moment(day, rng.randint(9, 17), 30), "fleet", "add_line_option", line.number, option)
    if line.leaves:
        yield Event(moment(line.leaves, 16), "fleet", "leave_line", line.number)


def _operator_months() -> Iterator[Event]:
    month = FIRST_MONTH
    while month <= LAST_DAY:
        following = add_months(month, 1)
        yield from _deliveries(month, min(following, LAST_DAY))
        if following <= LAST_DAY:
            bill = Event(
                moment(following + timedelta(days=1), 2), "fleet", "bill", detail={"month": following.isoformat()}
            )
            yield bill
            for day in range(4, 29, 6):
                yield Event(moment(following + timedelta(days=day), 18), "fleet", "collect")
        month = following


def _deliveries(month: date, end: date) -> Iterator[Event]:
    """A file a month, and in the last two months a file a week: each is taken in, rated, and warned about."""
    step = 7 if month >= add_months(LAST_DAY.replace(day=1), -1) else 31
    start = month
    while start < end:
        until = min(start + timedelta(days=step), end)
        detail = {"from": start.isoformat(), "to": until.isoformat()}
        yield Event(moment(until, 0, 40), "fleet", "take_in_usage", f"{start:%Y%m%d}", detail)
        start = until
