"""What lines of an account share, for who pays for them: what came out of each pool, never what flowed over. So of a
line with split bill nobody learns more than that it took from a bundle (FMP-11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.accounts.queries import within
from ligneclaire.domains.customers import queries as customers
from ligneclaire.domains.usage.models import Counter
from ligneclaire.domains.usage.queries.wall import Gauge
from ligneclaire.domains.usage.rules.pools import centre_of
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Pool:
    """A bundle that lines share: how much of it is used, and the cost centre whose lines they are ("" = all)."""

    gauge: Gauge
    centre: str


def pools(scope: Scope, month: date) -> tuple[Pool, ...]:
    """The pools of the accounts of a scope in the month of a day, by code; for who is bound to cost centres, those of
    these alone."""
    first = month.replace(day=1)
    rows = Counter.objects.filter(within(scope, "group__account"), line=None, group__month=first, allowance__gt=0)
    found = []
    for code, service, used, allowance in rows.order_by("code", "group_id").values_list(*_READ):
        centre = centre_of(code)
        if scope.cost_centre_ids is None or centre in scope.cost_centre_ids:
            found.append((centre, Gauge(0, code, service, used, allowance)))
    names = customers.cost_centre_names(centre for centre, _ in found if centre)
    return tuple(Pool(gauge, names.get(centre or 0, "")) for centre, gauge in found)


_READ = ("code", "service", "used", "allowance")
