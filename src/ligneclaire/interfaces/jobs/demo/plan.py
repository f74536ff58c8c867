"""What happens in the demo year, decided before anything is done: the same seed gives the same events, in order.

An event is done by an operation or by intake, never by writing rows; see `act.py`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ligneclaire.interfaces.jobs.demo import people
from ligneclaire.kernel.periods import add_months

FIRST_MONTH = date(2025, 12, 1)
LAST_DAY = date(2026, 11, 20)
ZONE = ZoneInfo("Europe/Paris")  # Brussels keeps the same hours


@dataclass(frozen=True, slots=True)
class Event:
    """One act of the demo: when, at which operator, what, about whom, and the rest that the act needs."""

    at: datetime
    operator: str
    act: str
    subject: str = ""
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The codes that customers choose from."""

    offers: tuple[str, ...]
    options: tuple[str, ...]
    equipment: tuple[str, ...]


def moment(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """A local moment of the operators."""
    return datetime.combine(day, time(hour, minute), ZONE)


def plan(seed: int, households: int, companies: int, rural: Catalogue, lessor: Catalogue) -> list[Event]:
    """All events of the year, in the order in which they happen."""
    rng = random.Random(seed)
    events = [e for i in range(households) for e in _household(rng, i, rural)]
    events += [e for i in range(companies) for e in _company(rng, i, lessor)]
    for operator in ("rural", "lessor"):
        events += list(_operator_year(operator))
    return in_order(events)


def in_order(events: list[Event]) -> list[Event]:
    """The events of the year in the order in which they happen."""
    return sorted((e for e in events if e.at.date() <= LAST_DAY), key=lambda e: (e.at, e.operator, e.act, e.subject))


def _operator_year(operator: str) -> Iterator[Event]:
    month = add_months(FIRST_MONTH, 1)
    while month <= LAST_DAY:
        yield Event(moment(month - timedelta(days=1), 23, 30), operator, "take_in_network")
        yield Event(moment(month + timedelta(days=1), 2), operator, "bill", detail={"month": month.isoformat()})
        for day in range(4, 29, 3):
            yield Event(moment(month + timedelta(days=day), 18), operator, "collect")
        month = add_months(month, 1)
    yield Event(moment(LAST_DAY, 7), operator, "take_in_network")
    yield Event(moment(LAST_DAY, 7, 30), operator, "start_due_services")


def _household(rng: random.Random, index: int, catalogue: Catalogue) -> Iterator[Event]:
    who = people.household(rng, index)
    early = rng.random() < 0.62
    signed = FIRST_MONTH + timedelta(days=rng.randint(0, 26) if early else rng.randint(30, 340))
    offer = catalogue.offers[0] if index == 0 else rng.choice(catalogue.offers)
    options = [] if index == 0 else [o for o in catalogue.options if rng.random() < 0.25]
    method = rng.choices(("direct-debit", "transfer", "cheque"), (85, 12, 3))[0]
    kit, wait = signed + timedelta(days=rng.randint(3, 7)), rng.randint(1, 9)
    connected = moment(kit + timedelta(days=wait), rng.randint(8, 20), rng.randint(0, 59))
    connects, welcome = rng.random() > 0.03, index != 0 and rng.random() < 0.12
    if index == 0:  # Anna: the story that the product tells first
        signed, kit, connected, method, connects = (
            date(2026, 6, 3),
            date(2026, 6, 9),
            moment(date(2026, 6, 12), 10, 41),
            "direct-debit",
            True,
        )
    yield Event(
        moment(signed, 11, rng.randint(0, 59)), "rural", "sign_household", who.number,
        {"who": who, "offer": offer, "options": options, "method": method, "discount": welcome},
    )  # fmt: skip
    yield Event(moment(kit, 14), "rural", "deliver_kit", who.number)
    if connects:
        yield Event(connected, "rural", "connect", who.number, {"session": f"{rng.getrandbits(32):08x}"})
    if index == 0:
        return
    begun = kit + timedelta(days=40)
    yield from _changes(rng, who.number, begun, catalogue, [offer, *options])


def _changes(rng: random.Random, number: str, begun: date, catalogue: Catalogue, has: list[str]) -> Iterator[Event]:
    """What a household does later; `has` is its offer, then its options."""
    offer, options = has[0], has[1:]
    room = (LAST_DAY - begun).days
    if room < 45:
        return

    def some_day() -> datetime:
        return moment(begun + timedelta(days=rng.randint(1, room - 5)), rng.randint(9, 17), rng.randint(0, 59))

    fate = rng.random()
    others = [o for o in catalogue.options if o not in options]
    if fate < 0.07:
        yield Event(some_day(), "rural", "leave", number)
    elif fate < 0.12 and len(catalogue.offers) > 1:
        yield Event(
            some_day(),
            "rural",
            "change_offer",
            number,
            {"offer": rng.choice([o for o in catalogue.offers if o != offer])},
        )
    elif fate < 0.22 and others:
        yield Event(some_day(), "rural", "add_option", number, {"option": rng.choice(others)})
    elif fate < 0.26 and options:
        yield Event(some_day(), "rural", "remove_option", number, {"option": options[0]})
    elif fate < 0.30:
        yield Event(some_day(), "rural", "goodwill", number, {"amount": str(rng.choice((5, 10, 15)))})
    elif fate < 0.32:
        yield Event(some_day(), "rural", "dispute", number, {"answer": rng.choice(("credited", "refused", ""))})


def _company(rng: random.Random, index: int, catalogue: Catalogue) -> Iterator[Event]:
    who = people.company(rng, index)
    share = (0, 50, 100, 0, 50)[index % 5] if index else 50
    signed = FIRST_MONTH + timedelta(days=rng.randint(1, 50))
    equipment = [(code, rng.randint(1, 8)) for code in catalogue.equipment if rng.random() < 0.6]
    offers = rng.sample(catalogue.offers, k=min(len(catalogue.offers), rng.choice((1, 2))))
    yield Event(
        moment(signed, 15), "lessor", "sign_company", who.number,
        {"who": who, "offers": offers, "equipment": equipment, "share": share},
    )  # fmt: skip
    yield Event(moment(signed + timedelta(days=rng.randint(9, 25)), 16), "lessor", "install", who.number)
    begun = signed + timedelta(days=70)
    if index and rng.random() < 0.3 and catalogue.options:
        later = begun + timedelta(days=rng.randint(0, 150))
        yield Event(moment(later, 11), "lessor", "add_option", who.number, {"option": rng.choice(catalogue.options)})
    if index and rng.random() < 0.12:
        yield Event(moment(begun + timedelta(days=rng.randint(20, 160)), 9), "lessor", "leave", who.number)
