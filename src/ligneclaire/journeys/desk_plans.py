"""Other plans on a customer's billed months, as the desk tries them: the published ones, or those of the operator's
folder as it is now. Nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.accounts import queries as accounts
from ligneclaire.domains.billing.queries.replay import Wanted, replay
from ligneclaire.domains.billing.refusals import NothingToReplay
from ligneclaire.domains.billing.rules.replayed import Replay
from ligneclaire.domains.catalogue.rules.offered import Offered
from ligneclaire.domains.customers import queries as customers
from ligneclaire.domains.customers.queries import CustomerView
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.rulebook import places
from ligneclaire.domains.usage.models import Group
from ligneclaire.journeys import replays
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import add_months
from ligneclaire.kernel.scope import Scope

MONTHS_BACK, MOST_PLANS = 24, 12


@dataclass(frozen=True, slots=True)
class Asked:
    """What is tried: months (first days), codes of plans, the folder's prices instead of the published ones, and
    whether options stay."""

    months: tuple[date, ...]
    codes: tuple[str, ...]
    drafted: bool = False
    with_options: bool = True


@dataclass(frozen=True, slots=True)
class PlansPage:
    """A customer with the months that are billed, the newest first, and the plans that can be tried."""

    customer: CustomerView
    account_ids: frozenset[int]
    months: tuple[date, ...]
    plans: tuple[Offered, ...]

    @property
    def priced(self) -> tuple[tuple[Offered, Money], ...]:
        """The plans with their price of the newest of the months, the cheapest first."""
        found = [(one, price) for one in self.plans if (price := one.price_on(self.months[0])) is not None]
        return tuple(sorted(found, key=lambda pair: (pair[1].amount, pair[0].code)))


def plans_page(scope: Scope, public_id: str, on: date, *, drafted: bool = False) -> PlansPage:
    """What can be tried for a customer. Raises NotFound, folders.FolderRefused for a folder with faults."""
    customer = customers.customer_view(scope, public_id)
    ids = frozenset(one.id for one in accounts.accounts_of(scope, public_id, on))
    months = billed_months(scope, ids)
    found = _plans(scope.operator_id, drafted=drafted) if months else ()
    plans = replays.without_rollover(found if drafted else replays.in_force(found, months[:1]))
    return PlansPage(customer, ids, months, plans)


def billed_months(scope: Scope, account_ids: Collection[int]) -> tuple[date, ...]:
    """The months of which usage of accounts is billed, of the last two years, the newest first."""
    closed = Group.objects.filter(operator_id=scope.operator_id, account_id__in=account_ids).exclude(closed_at=None)
    return tuple(closed.values_list("month", flat=True).distinct().order_by("-month")[:MONTHS_BACK])


def tried(scope: Scope, page: PlansPage, asked: Asked) -> Replay | None:
    """What the months would have cost; None when no line had a plan then. Raises PlanNotInForce, NotBilled,
    NotReplayable, store.SegmentDamaged."""
    chosen = tuple(one for one in page.plans if one.code in asked.codes)[:MOST_PLANS]
    if not chosen or not asked.months:
        return None
    wanted = Wanted(page.account_ids, asked.months, chosen, with_options=asked.with_options)
    try:
        return replay(scope, wanted)
    except NothingToReplay:
        return None


def between(months: Sequence[date], first: date, last: date) -> tuple[date, ...]:
    """The months from one to another of those that are billed, oldest first."""
    first, last = sorted((first, last))
    return tuple(one for one in sorted(months) if first <= one <= last)


def half_a_year(months: Sequence[date]) -> tuple[date, date] | None:
    """The first and the last of the last six billed months; None of no months."""
    if not months:
        return None
    return max(min(months), add_months(months[0], -5)), months[0]


def _plans(operator_id: int, *, drafted: bool) -> tuple[Offered, ...]:
    if not drafted:
        return replays.plans_of(operator_id, None)
    operator = Operator.objects.get(pk=operator_id)
    return replays.plans_of(operator_id, None, folder=places.folders_root() / operator.code)
