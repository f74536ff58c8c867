"""`ligneclaire demo`: a year of life at the demo operators, played through operations and intake only."""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import hmac
import io
import os
import random
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ligneclaire.interfaces.jobs.demo.act import Stage
    from ligneclaire.interfaces.jobs.demo.fleet_plan import Mobile
    from ligneclaire.interfaces.jobs.demo.plan import Catalogue, Event

SUMMARY = "set everything up, play a year of demo life, print one login for each role"
DONE = "play_demo_event"
ONE_GIGABYTE = 1_000_000_000  # what a person has at least; smaller plans are for machines
LONG = {"take_in_usage": "taking in and rating usage", "bill": "billing"}  # what keeps a reader waiting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How large the demo is; the default is what the documentation speaks of."""
    parser.add_argument("--households", type=int, default=400, help="households of the rural operator")
    parser.add_argument("--companies", type=int, default=25, help="companies of the lessor")
    parser.add_argument("--fleets", type=int, default=40, help="companies of the fleet operator")
    parser.add_argument("--lines", type=int, default=1500, help="mobile lines of all fleets together")
    parser.add_argument("--seed", type=int, default=2026, help="another seed plays another year")


def run(args: argparse.Namespace) -> int:
    """Prepare the database, load the operators, play what has not been played yet, print the logins."""
    from ligneclaire.interfaces.jobs import database

    print("Preparing the database and loading the operators …", file=sys.stderr)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        prepared = database.run(argparse.Namespace(act="prepare", operators=True))
    if prepared:
        print(said.getvalue())
        return prepared
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ligneclaire.config.settings")
    play(args.seed, Size(args.households, args.companies, args.fleets, args.lines))
    for line in logins():
        print(line)
    return 0


@dataclass(frozen=True, slots=True)
class Size:
    """How many households, companies of the lessor, companies with a fleet, and mobile lines of all fleets."""

    households: int
    companies: int
    fleets: int = 0
    lines: int = 0


def play(seed: int, size: Size) -> None:
    """Play the events that are not done yet, each in one transaction with a note that it is done: an interrupted demo
    goes on where it stopped."""
    from ligneclaire.domains.audit.models import AuditEntry
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.interfaces.jobs.demo.act import ACTOR

    stages, events = _prepared(seed, size)
    year = hashlib.sha256(repr(events).encode()).hexdigest()[:12]
    if any(not name.startswith(f"demo:{year}-") for stage in stages.values() for name in stage.played):
        print("The database holds another demo year; `make demo-reset` starts over.", file=sys.stderr)
        return
    for number, event in enumerate(_with_progress(events)):
        stage, name = stages[event.operator], f"demo:{year}-{number}"
        if name in stage.played:
            stage.remember(event)
            continue
        stage.play(event)  # a bill run commits its own chunks; all others are one transaction
        with acting_for(stage.operator.pk):
            AuditEntry.objects.create(
                operator_id=stage.operator.pk,
                at=datetime.now(UTC),
                actor=ACTOR,
                act=DONE,
                subject=name,
                detail={"act": event.act},
            )


def _prepared(seed: int, size: Size) -> tuple[dict[str, Stage], list[Event]]:
    """The operators with what was played already, and all events of the year."""
    from django.conf import settings

    from ligneclaire.domains.audit.models import AuditEntry
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.operators.models import Operator
    from ligneclaire.interfaces.jobs.demo import fleet_plan, plan
    from ligneclaire.interfaces.jobs.demo.act import Stage
    from ligneclaire.interfaces.jobs.demo.fleet_act import FleetStage

    operators = {code: Operator.objects.get(code=code) for code in ("rural", "lessor", "fleet")}
    rng = random.Random(f"{seed} fleets")
    mobile = _mobile(operators["fleet"].pk)
    fleets = fleet_plan.fleets(rng, size.fleets, size.lines, mobile) if size.fleets else ()
    rural, lessor = (_catalogue(operators[code].pk) for code in ("rural", "lessor"))
    events = plan.plan(seed, size.households, size.companies, rural, lessor)
    events = plan.in_order([*events, *fleet_plan.fleet_year(rng, fleets, mobile)] if fleets else events)
    stages: dict[str, Stage] = {}
    for code, operator in operators.items():
        with acting_for(operator.pk):
            played = {e.subject for e in AuditEntry.objects.filter(act=DONE)}
            stage = FleetStage if code == "fleet" else Stage
            stages[code] = stage(operator, seed, played)
    fleet = stages["fleet"]
    if isinstance(fleet, FleetStage):
        fleet.begin(fleets, settings.FILES / "network" / "fleet")
    return stages, events


def _mobile(operator_id: int) -> Mobile:
    """The offers and monthly options of the fleet operator, with the octets that an offer includes at home."""
    from ligneclaire.domains.catalogue import queries as catalogue
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.interfaces.jobs.demo.fleet_plan import Mobile
    from ligneclaire.interfaces.jobs.demo.plan import FIRST_MONTH
    from ligneclaire.kernel.scope import Scope

    with acting_for(operator_id):
        sold = {kind: catalogue.sold_on(Scope.staff(operator_id), kind, FIRST_MONTH) for kind in ("offer", "option")}
        octets = {one.product.code: _home_data(operator_id, one.product.code) for one in sold["offer"]}
        monthly = tuple(one.product.code for one in sold["option"] if one.price.monthly_price is not None)
    return Mobile({code: size for code, size in octets.items() if size >= ONE_GIGABYTE}, monthly)


def _home_data(operator_id: int, code: str) -> int:
    from ligneclaire.domains.catalogue import queries as catalogue
    from ligneclaire.interfaces.jobs.demo.plan import FIRST_MONTH

    bundles = catalogue.tariff_for(operator_id, code, FIRST_MONTH).bundles
    return sum(bundle.size for bundle in bundles if bundle.code == "data-home")


def logins() -> Iterable[str]:
    """One login for each role, made when missing; passwords are this installation's own."""
    from ligneclaire.interfaces.jobs.demo.logins import make

    port = os.environ.get("PORT", "8000")
    yield ""
    for host, who, name, word in make(password):
        yield f"  http://{host}:{port}/  {name:<28} {word}  {who}"


def password(name: str) -> str:
    """A password of this installation: the same at each run, another on each machine."""
    from ligneclaire.adapters.postgres.server import secret

    made = hmac.digest(secret("demo-logins").encode(), name.encode(), hashlib.sha256)
    return base64.b32encode(made).decode()[:14].lower()


def _catalogue(operator_id: int) -> Catalogue:
    from ligneclaire.domains.catalogue.models import Product
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.interfaces.jobs.demo.plan import FIRST_MONTH, Catalogue

    with acting_for(operator_id):
        sold = (
            Product.objects.filter(sold_from__lte=FIRST_MONTH, sold_to=None).order_by("pk").values_list("kind", "code")
        )
        of_kind = {kind: tuple(code for k, code in sold if k == kind) for kind in ("offer", "option", "equipment")}
    return Catalogue(of_kind["offer"], of_kind["option"], of_kind["equipment"])


def _with_progress(events: list[Event]) -> Iterable[Event]:
    said = 0.0
    for number, event in enumerate(events):
        long = event.act in LONG
        if long or time.monotonic() - said > 1:
            said = time.monotonic()
            doing = f": {LONG[event.act]}" if long else ""
            line = f"\r{event.at:%Y-%m-%d}, {number} of {len(events)} events{doing:<40}"
            print(line, end="", file=sys.stderr, flush=True)
        yield event
    print(f"\r{len(events)} events played.{'':<60}", file=sys.stderr)
