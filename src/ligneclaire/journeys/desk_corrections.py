"""A billed month of a customer rated anew at the desk: what each line was charged and would be charged, before somebody
keeps it (W-41). The bill run after it holds the difference, and a second person releases that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ligneclaire.domains.accounts import queries as accounts
from ligneclaire.domains.customers import queries as customers
from ligneclaire.domains.customers.queries import CustomerView
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage.operations import correcting
from ligneclaire.domains.usage.operations.correcting import Correction
from ligneclaire.domains.usage.queries import wall
from ligneclaire.domains.usage.rules.correction import Corrected
from ligneclaire.journeys import desk_plans, usage_explorer
from ligneclaire.kernel.money import Money, sum_money
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Row:
    """A line: its number in words, what the month was charged beside its bundles, and what it is by now."""

    public_id: str
    number: str
    before: Money
    after: Money

    @property
    def difference(self) -> Money:
        """What the next invoice adds, or with a minus gives back."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Trial:
    """What rating a month (its first day) anew comes to, the largest credit first. Of lines that share their bill with
    their user, who is not asked about here, only the number is told (`shared`). `spared` lines would cost more and keep
    what they were charged; a month of which records were erased is left alone. `seen` names what was shown."""

    month: date
    rows: tuple[Row, ...]
    shared: int
    spared: int
    erased: bool
    seen: str

    @property
    def lines(self) -> int:
        """How many lines are charged something else."""
        return len(self.rows) + self.shared

    @property
    def difference(self) -> Money:
        """What the next invoice adds for the lines that are shown, or with a minus gives back."""
        return sum_money(one.difference for one in self.rows)

    @property
    def back(self) -> Money:
        """What the next invoice gives back for them."""
        return -self.difference


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """A customer with the months that are billed, the newest first."""

    customer: CustomerView
    account_ids: frozenset[int]
    months: tuple[date, ...]


def correction_page(scope: Scope, public_id: str, on: date) -> CorrectionPage:
    """What can be put right for a customer. Raises NotFound."""
    customer = customers.customer_view(scope, public_id)
    ids = frozenset(one.id for one in accounts.accounts_of(scope, public_id, on))
    return CorrectionPage(customer, ids, desk_plans.billed_months(scope, ids))


def tried(scope: Scope, page: CorrectionPage, month: date, at: datetime) -> Trial:
    """What the month would be charged by now; nothing is written. Raises rating.NotCountable, store.SegmentDamaged."""
    found = correcting.correct(
        operator_id=scope.operator_id, account_ids=page.account_ids, month=month, at=at, actor="", why="", keep=False
    )
    rows = _rows(scope, page.account_ids, month, found.lines)
    return Trial(month, rows, len(found.lines) - len(rows), len(found.spared), bool(found.erased), seen_in(found))


def seen_in(found: Correction) -> str:
    """A name of what a trial came to: another one comes to something else."""
    told = sorted(found.lines), sorted(found.spared), sorted(found.erased)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def _rows(scope: Scope, account_ids: Iterable[int], month: date, lines: Sequence[Corrected]) -> tuple[Row, ...]:
    """The lines as their payer sees them, without those of which a part is their user's (FMP-11)."""
    mine = wall.as_employer(scope, account_ids)
    seen = wall.lines_in(mine, month, line_ids=[one.line for one in lines]) if lines else ()
    operator, charged = Operator.objects.get(pk=scope.operator_id), {one.line: one for one in lines}
    found = [
        Row(
            one.public_id, usage_explorer.number_of(one, operator),
            *(Money.from_micro(micro) for micro in charged[one.line_id][1:]),
        )
        for one in seen
        if not one.is_split
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.difference.amount, one.number)))
