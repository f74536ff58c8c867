"""What needs a person at the desk today, the most urgent first, before it is late (W-01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ligneclaire.domains.billing.models import BillRun
from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.contracts.rules.service_start import Start
from ligneclaire.domains.promises import queries as promises
from ligneclaire.domains.promises.queries import PromiseView
from ligneclaire.domains.usage import queries as usage
from ligneclaire.journeys import customer_pages
from ligneclaire.journeys.customer_pages import Subject
from ligneclaire.kernel.scope import Scope

SOON = 3  # days before its end from which a promise is about to be late
PATIENCE = 14  # days after the signature after which a contract without service needs a person (W-02)
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Disputed:
    """A dispute that waits for an answer, and the line that it is about."""

    promise: PromiseView
    subject: Subject | None


@dataclass(frozen=True, slots=True)
class NotStarted:
    """A signed contract without service. `starts_by` is when its equipment starts it, None when nothing does."""

    public_id: str
    number: str
    party_name: str
    offer_names: dict[str, str]
    signed_on: date
    days: int
    starts_by: date | None


@dataclass(frozen=True, slots=True)
class Today:
    """What needs a person. Promises other than disputes are there when they are late or about to be. `asked`: on how
    many write-offs of suspended records a second person decides."""

    promises: tuple[PromiseView, ...]
    disputes: tuple[Disputed, ...]
    runs: tuple[BillRun, ...]
    suspended: int
    asked: int
    not_started: tuple[NotStarted, ...]
    not_started_count: int

    @property
    def count(self) -> int:
        """How many things there are; records in suspense are one."""
        return len(self.promises) + len(self.disputes) + len(self.runs) + bool(self.suspended) + self.not_started_count

    @property
    def late(self) -> int:
        """How many promises and disputes are late already."""
        known = (*self.promises, *(one.promise for one in self.disputes))
        return sum(one.days_left < 0 for one in known)


def today(scope: Scope, on: date) -> Today:
    """The work of a day."""
    open_ = promises.open_promises(scope, on)
    disputes = [one for one in open_ if one.kind == "dispute"]
    others = [one for one in open_ if one.kind != "dispute" and not one.held_on and one.days_left <= SOON]
    runs = BillRun.objects.filter(operator_id=scope.operator_id, state__in=("drafting", "ready", "releasing"))
    waiting = Contract.objects.filter(
        operator_id=scope.operator_id, service_from=None, last_day=None, signed_on__lte=on - timedelta(days=PATIENCE)
    )
    related = waiting.select_related("account__party", "account__legal_entity", "offer")
    oldest = list(related.order_by("signed_on", "pk")[:SHOWN])
    subjects = customer_pages.subjects_of(scope, disputes)
    return Today(
        tuple(others),
        tuple(Disputed(one, subjects.get(one.public_id)) for one in disputes),
        tuple(runs.order_by("month")),
        sum(usage.suspense_by_reason(scope).values()),
        usage.asked_number(scope),
        tuple(_not_started(row, start, on) for row, start in zip(oldest, contracts.starts_of(oldest), strict=True)),
        waiting.count() if len(oldest) == SHOWN else len(oldest),
    )


def _not_started(row: Contract, start: Start | None, on: date) -> NotStarted:
    return NotStarted(
        row.public_id, row.number, row.account.party.name, row.offer.names, row.signed_on, (on - row.signed_on).days,
        start.on if start else None,
    )  # fmt: skip
