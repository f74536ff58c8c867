"""What months of real usage would have cost a customer under other plans, against what was billed.

A line under a plan costs the plan's price for the days on which it had an offer (C2, without the discounts of its
contract), its options as they were billed, and its usage rated by the plan, in cents as an invoice would say it, by
category and tax (RAT-14). Where a bill is shared it is the company's part of all that (SPL-01, FMP-11). Staff are told
of shared lines; nobody else is: what a company's part would be under many plans would say what the other part was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.accounts.queries import within
from ligneclaire.domains.billing.queries import reading
from ligneclaire.domains.billing.refusals import NoPlanFits, NotBilled, NothingToReplay
from ligneclaire.domains.billing.rules import pro_rata
from ligneclaire.domains.billing.rules.replayed import Cost, LineMonth, LineReplay, Replay
from ligneclaire.domains.billing.rules.split_bill import EMPLOYER, names_subscription
from ligneclaire.domains.billing.rules.usage_lines import SUBSCRIPTION, Used, UsedMonth, paid_of
from ligneclaire.domains.catalogue.rules.offered import Offered
from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts.rules import contribution
from ligneclaire.domains.contracts.rules.contribution import Contribution
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.operators import bulk
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.among import among
from ligneclaire.domains.rulebook import taxes
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Group
from ligneclaire.domains.usage.queries import replay as usage
from ligneclaire.domains.usage.queries import wall
from ligneclaire.domains.usage.queries.replay import PlanNotInForce, Rerated
from ligneclaire.domains.usage.queries.wall import Seen, Sight
from ligneclaire.kernel.money import Money, divided, sum_money
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.scope import Scope

Progress = Callable[[int, int], None]
LINES, RECORDS = 2_000, 300_000  # of the accounts that are in memory at once, in one month; one account may have more
CENT = 10_000  # millionths of a euro

# Of what was billed to the line's own account alone: an employee's own documents have its lines too.
_RECURRING = """
SELECT c.line_id, date_trunc('month', l.period_from)::date, p.kind,
       sum(CASE WHEN i.kind = 'credit-note' THEN -l.amount ELSE l.amount END)
FROM contract c JOIN contract_item t ON t.contract_id = c.id
JOIN product p ON p.id = t.product_id AND p.kind IN ('offer', 'option')
JOIN invoice_line l ON l.item_id = t.id AND l.code <> 'activation'
JOIN invoice i ON i.operator_id = l.operator_id AND i.id = l.invoice_id
JOIN line n ON n.operator_id = c.operator_id AND n.id = c.line_id AND n.account_id = i.account_id
WHERE c.line_id = ANY(%(lines)s::bigint[]) AND i.account_id = ANY(%(accounts)s::bigint[])
  AND l.period_from >= %(first)s AND l.period_from < %(end)s
GROUP BY 1, 2, 3"""
_USAGE = """
SELECT l.line_id, l.usage_month, 'usage',
       sum(CASE WHEN i.kind = 'credit-note' THEN -l.amount ELSE l.amount END)
FROM invoice_line l JOIN invoice i ON i.operator_id = l.operator_id AND i.id = l.invoice_id
JOIN line n ON n.operator_id = l.operator_id AND n.id = l.line_id AND n.account_id = i.account_id
WHERE l.line_id = ANY(%(lines)s::bigint[]) AND i.account_id = ANY(%(accounts)s::bigint[])
  AND l.usage_month >= %(first)s AND l.usage_month < %(end)s
GROUP BY 1, 2"""


class _Named(NamedTuple):
    """A line, by its number."""

    identifier: str
    public_id: str
    account_id: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose usage is tried, in which months (first days), on which plans. `line_ids`: some lines of these accounts."""

    account_ids: frozenset[int]
    months: tuple[date, ...]
    plans: tuple[Offered, ...]
    line_ids: frozenset[int] | None = None
    with_options: bool = True


def replay(scope: Scope, wanted: Wanted, progress: Progress | None = None) -> Replay:
    """The months of the accounts of a scope under each plan. Writes nothing, and may be broken off at any time;
    `progress` is told how many of how many pieces are done.

    Raises NoPlanFits, NotBilled, NothingToReplay, PlanNotInForce, PlanRollsOver, NotReplayable, store.SegmentDamaged.
    """
    if not wanted.plans:
        raise NoPlanFits
    with acting_for(scope.operator_id):
        accounts = _accounts(scope, wanted)
        pieces = list(_pieces(accounts, wanted))
        found: dict[_Named, list[LineMonth]] = defaultdict(list)
        hidden = 0
        for number, account_ids in enumerate(pieces):
            trial = _Trial(scope, wanted, account_ids)
            for done, month in enumerate(wanted.months, 1):
                hidden += trial.month(month, found)
                if progress:
                    progress(number * len(wanted.months) + done, len(pieces) * len(wanted.months))
    lines = tuple(
        LineReplay(one.public_id, one.identifier, accounts[one.account_id], tuple(months))
        for one, months in sorted(found.items(), key=lambda pair: pair[0])
    )
    if not lines:
        raise NothingToReplay
    return Replay(wanted.months, wanted.plans, lines, hidden)


def _accounts(scope: Scope, wanted: Wanted) -> Mapping[int, str]:
    """The accounts of the scope that are asked of, with their numbers."""
    rows = Account.objects.filter(within(scope, ""), among("pk", wanted.account_ids))
    return dict(rows.values_list("pk", "number"))


def _pieces(accounts: Mapping[int, str], wanted: Wanted) -> Iterator[list[int]]:
    """Accounts that are read at once, neighbours in their files."""
    sizes: dict[int, int] = defaultdict(int)
    groups = Group.objects.filter(among("account_id", accounts), month__in=wanted.months)
    for account_id, records in groups.values_list("account_id", "records"):
        sizes[account_id] = max(sizes[account_id], records)
    lines: dict[int, int] = defaultdict(int)
    for account_id in Line.objects.filter(among("account_id", accounts)).values_list("account_id", flat=True):
        lines[account_id] += 1
    piece: list[int] = []
    records = held = 0
    for one in sorted(accounts, key=lambda pk: (pk % store.BUCKETS, pk)):
        if piece and (records + sizes[one] > RECORDS or held + lines[one] > LINES):
            yield piece
            piece, records, held = [], 0, 0
        piece.append(one)
        records, held = records + sizes[one], held + lines[one]
    if piece:
        yield piece


class _Trial:
    """Some accounts while their months are tried."""

    def __init__(self, scope: Scope, wanted: Wanted, account_ids: Sequence[int]) -> None:
        self._scope = wall.as_employer(scope, account_ids)
        self._is_staff = scope == Scope.staff(scope.operator_id)
        self._wanted = wanted
        self._rerating = usage.rerating(
            scope.operator_id, account_ids, wanted.plans, wanted.months[0], with_options=wanted.with_options
        )  # fmt: skip
        self._groups = {(one[0], one[1]): one[2:] for one in _groups(account_ids, wanted.months)}
        self._account_ids = account_ids
        self._prices: dict[tuple[Period, ...], tuple[int, ...]] = {}
        self._billed: Mapping[tuple[int, date], Mapping[str, int]] | None = None

    def month(self, month: date, found: dict[_Named, list[LineMonth]]) -> int:
        """Try a month, and add what each line cost to `found`. How many lines are left out: shared ones that only staff
        is told of, and those with records that were erased since."""
        seen = {one.line_id: one for one in wall.lines_in(self._scope, month, line_ids=self._wanted.line_ids)}
        told = {pk: one for pk, one in seen.items() if self._may_be_told(one, month)}
        rerated = self._rerating.month(month, told)
        splits = contracts.split_of_lines([pk for pk, one in told.items() if one.is_split], month)
        for pk, made in self._line_months(rerated, {pk: one.contribution for pk, one in splits.items()}):
            found[_Named(told[pk].identifier, told[pk].public_id, told[pk].account_id)].append(made)
        return len(seen) - len(told)

    def _may_be_told(self, seen: Seen, month: date) -> bool:
        _closed, erased = self._groups.get((seen.account_id, month), (None, ()))
        is_erased = any(one[0] == seen.line_id for one in erased or ())
        return not is_erased and (self._is_staff or seen.sight is not Sight.EMPLOYER)

    def _line_months(self, rerated: Rerated, splits: Mapping[int, Any]) -> Iterator[tuple[int, LineMonth]]:
        month = rerated.month
        charged = [one.by_category() for one in rerated.charges]
        for pk, line in rerated.lines.items():
            if not self._groups.get((line.account_id, month), (None,))[0]:
                raise NotBilled(month=f"{month:%Y-%m}")
            billed = self._billed_of().get((pk, month), {})
            options = billed.get("option", 0)
            kept = options if self._wanted.with_options else 0
            terms = contribution.read(splits[pk]) if pk in splits else None
            prices = self._monthly(line.served)
            costs = []
            for number, monthly in enumerate(prices):
                amounts, unrated = charged[number][pk]
                if terms is None:
                    due = sum([divided(one, CENT) for one in amounts if one])
                    costs.append(Cost(monthly, kept, due, unrated, sum(amounts)))
                else:
                    due = _employers(rerated, number, pk, terms, (monthly, kept))
                    costs.append(Cost(monthly, kept, due, unrated))
            own = Cost(billed.get("offer", 0), options, billed.get("usage", 0))
            yield pk, LineMonth(month, line.offers, own, tuple(costs))

    def _monthly(self, served: tuple[Period, ...]) -> tuple[int, ...]:
        """The price of each plan for days of a month, in cents, as its invoice lines would have it (C2)."""
        found = self._prices.get(served)
        if found is None:
            found = self._prices[served] = tuple(
                sum(_price(plan, days) for days in served) for plan in self._wanted.plans
            )
        return found

    def _billed_of(self) -> Mapping[tuple[int, date], Mapping[str, int]]:
        """What was billed of the lines of these accounts to these accounts, in cents, by line and month: for the offer
        with its discounts, for options, and for usage."""
        if self._billed is None:
            ids = Line.objects.filter(among("account_id", self._account_ids)).values_list("pk", flat=True)
            months = self._wanted.months
            known = {
                "lines": bulk.array(ids), "accounts": bulk.array(self._account_ids), "first": min(months),
                "end": Period.month_of(max(months)).end,
            }  # fmt: skip
            found: dict[tuple[int, date], dict[str, int]] = defaultdict(dict)
            for pk, month, kind, amount in [*reading.rows(_RECURRING, known), *reading.rows(_USAGE, known)]:
                found[pk, month][kind] = Money(amount).cents
            self._billed = found
        return self._billed


def _groups(account_ids: Collection[int], months: Sequence[date]) -> Any:
    rows = Group.objects.filter(among("account_id", account_ids), month__in=months)
    return rows.values_list("account_id", "month", "closed_at", "closing_state__erased")


def _price(plan: Offered, served: Period) -> int:
    price = plan.price_on(served.start)
    if price is None:
        raise PlanNotInForce(plan=plan.code, month=served.label)
    return pro_rata.month_part(price, served).amount.cents


def _employers(rerated: Rerated, number: int, line_id: int, terms: Contribution, monthly: tuple[int, int]) -> int:
    """What a company would be billed of a shared line's usage, in cents; less the employee's part of the subscription,
    which comes off its bill where the contribution names it."""
    charged = rerated.charges[number].by_kind(line_id)
    used = tuple(Used(one.category, one.usage_type, one.tax_code, 1, Money.from_micro(one.charged)) for one in charged)
    paid = [*_paid(rerated, line_id, used, terms)]
    if names_subscription(terms):
        named = [(kind, cents) for kind, cents in zip((SUBSCRIPTION, "option"), monthly, strict=True) if cents > 0]
        known = (Used(SUBSCRIPTION, kind, taxes.STANDARD, 0, Money.from_cents(cents)) for kind, cents in named)
        paid += _paid(rerated, line_id, tuple(known), terms)
    return sum_money(paid).cents


def _paid(rerated: Rerated, line_id: int, used: tuple[Used, ...], terms: Contribution) -> Collection[Money]:
    return paid_of(UsedMonth(line_id, rerated.month, 0, "exclusive", used, {}, EMPLOYER, terms)).values()
