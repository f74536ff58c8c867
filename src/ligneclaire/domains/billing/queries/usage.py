"""Usage as bills need it, for many accounts by a handful of statements: what is rated, who pays, what was billed.

A month that was billed and not rated since is not read again: nothing of it can be due. An employee's months are all
read, because private parts may wait.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from ligneclaire.domains.billing.queries import reading
from ligneclaire.domains.billing.queries.reading import Form, Row
from ligneclaire.domains.billing.rules.private_part import Holding, Past, Private, private_part
from ligneclaire.domains.billing.rules.split_bill import EMPLOYEE, EMPLOYER, names_subscription
from ligneclaire.domains.billing.rules.states import PUT_ASIDE
from ligneclaire.domains.billing.rules.tax import EXEMPT
from ligneclaire.domains.billing.rules.usage_lines import SUBSCRIPTION, USAGE, Kind, Used, UsedMonth
from ligneclaire.domains.contracts.rules import contribution
from ligneclaire.domains.contracts.rules.contribution import Contribution
from ligneclaire.domains.operators import bulk
from ligneclaire.domains.rulebook import taxes
from ligneclaire.kernel.money import Money, zero

# One that ended before it began never held.
_SPLITS = """
SELECT s.id, s.account_id, c.account_id, c.id, c.line_id, s.from_on, s.to_on, s.contribution, p.prices, e.country
FROM (SELECT s.id FROM split_bill s WHERE s.account_id = ANY(%(ids)s::bigint[])
      UNION SELECT s.id FROM split_bill s JOIN contract c ON c.id = s.contract_id
            WHERE c.account_id = ANY(%(ids)s::bigint[])) known
JOIN split_bill s ON s.id = known.id JOIN contract c ON c.id = s.contract_id
JOIN account p ON p.id = c.account_id JOIN legal_entity e ON e.id = p.legal_entity_id
WHERE s.from_on <= %(month)s AND (s.to_on IS NULL OR s.from_on < s.to_on) AND c.line_id IS NOT NULL
ORDER BY s.id"""

# Months that wait for their first bill, and months that were rated again after it.
_OPEN = """
g.month < %(month)s AND (g.closed_at IS NULL OR g.rated_at > g.closed_at OR g.closed_at > %(as_of)s)"""
_TOTALS = "g.revision, g.stale_since IS NOT NULL, t.category, t.usage_type, t.tax_code, t.records, t.amount"
_OWN = f"""
SELECT g.account_id, t.line_id, g.month, {_TOTALS}
FROM usage_group g LEFT JOIN usage_total t ON t.operator_id = g.operator_id AND t.group_id = g.id
WHERE g.account_id = ANY(%(ids)s::bigint[]) AND {_OPEN}
ORDER BY g.account_id, g.month, t.line_id, t.usage_type, t.tax_code"""  # noqa: S608 (a condition of our own)
_PRIVATE = f"""
SELECT s.account_id, c.line_id, g.month, {_TOTALS}
FROM split_bill s JOIN contract c ON c.id = s.contract_id
JOIN usage_group g ON g.operator_id = s.operator_id AND g.account_id = c.account_id AND g.month >= s.from_on
  AND (s.to_on IS NULL OR g.month < s.to_on) AND g.month < %(month)s
LEFT JOIN usage_total t ON t.operator_id = g.operator_id AND t.group_id = g.id AND t.line_id = c.line_id
WHERE s.account_id = ANY(%(ids)s::bigint[])
ORDER BY s.account_id, g.month, c.line_id, t.usage_type, t.tax_code"""  # noqa: S608

_SUM = "sum(CASE WHEN i.kind = 'credit-note' THEN -l.amount ELSE l.amount END)"
_LINE = "l.line_id, l.usage_month, l.product_code, l.tax_category, l.tax_rate, i.issued_on, e.country"
# What runs billed; a credit or a new invoice by hand moves money, it says nothing about usage.
_BY_RUNS = "l.line_id IS NOT NULL AND i.run_id IS NOT NULL AND i.id <= %(last)s"
_OWN_BILLED = f"""
SELECT i.account_id, {_LINE}, {_SUM}
FROM usage_group g JOIN invoice i ON i.operator_id = g.operator_id AND i.account_id = g.account_id
JOIN legal_entity e ON e.id = i.legal_entity_id
JOIN invoice_line l ON l.operator_id = i.operator_id AND l.invoice_id = i.id AND l.usage_month = g.month
WHERE g.account_id = ANY(%(ids)s::bigint[]) AND {_OPEN} AND {_BY_RUNS} AND l.product_code <> 'usage-subscription'
GROUP BY i.account_id, {_LINE} ORDER BY i.account_id, {_LINE}"""  # noqa: S608
_SPLIT_BILLED = f"""
SELECT i.account_id, {_LINE}, {_SUM}
FROM invoice_line l JOIN invoice i ON i.operator_id = l.operator_id AND i.id = l.invoice_id
JOIN legal_entity e ON e.id = i.legal_entity_id
WHERE l.line_id = ANY(%(lines)s::bigint[]) AND i.account_id = ANY(%(ids)s::bigint[]) AND {_BY_RUNS}
  AND (i.account_id = ANY(%(private)s::bigint[]) OR l.product_code = 'usage-subscription')
GROUP BY i.account_id, {_LINE} ORDER BY i.account_id, {_LINE}"""  # noqa: S608

# What subscription and options cost by the month, as runs billed them to the company.
_MONTHLY = """
SELECT t.contract_id, date_trunc('month', l.period_from)::date, p.kind, l.tax_category, l.tax_rate, i.issued_on,
       sum(CASE WHEN i.kind = 'credit-note' THEN -l.amount ELSE l.amount END)
FROM contract_item t JOIN product p ON p.id = t.product_id JOIN invoice_line l ON l.item_id = t.id
JOIN invoice i ON i.operator_id = l.operator_id AND i.id = l.invoice_id
WHERE t.contract_id = ANY(%(contracts)s::bigint[]) AND p.kind IN ('offer', 'option')
  AND l.code IN ('pro-rata', 'month', 'option', 'discount', 'credit') AND l.period_from < %(month)s
  AND i.run_id IS NOT NULL AND i.id <= %(last)s
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6"""

_PAST = """
SELECT d.account_id, r.month, d.skip_reason, d.carried
FROM bill_run r JOIN invoice_draft d ON d.operator_id = r.operator_id AND d.run_id = r.id
  AND d.account_id = ANY(%(private)s::bigint[])
WHERE r.state = 'released' AND r.month < %(month)s AND d.skip_reason <> %(put_aside)s
ORDER BY d.account_id, r.month"""


_STALE = """
SELECT a.number FROM usage_group g JOIN account a ON a.operator_id = g.operator_id AND a.id = g.account_id
WHERE g.operator_id = %(operator)s AND a.legal_entity_id = %(entity)s AND g.month < %(month)s
  AND g.stale_since IS NOT NULL
GROUP BY a.number ORDER BY a.number"""
# What the access servers could not say of internet sessions costs nothing.
_SUSPENSE = """
SELECT count(*) FROM suspended_record s JOIN intake_file f ON f.id = s.file_id
WHERE s.operator_id = %(operator)s AND s.settled_at IS NULL AND f.source NOT LIKE 'radius-%%'"""


class Split(NamedTuple):
    """A split bill: the employee's account, the company's, contract and line, the months, what is contributed."""

    id: int
    account_id: int
    company_id: int
    contract_id: int
    line_id: int
    from_on: date
    to_on: date | None
    written: str
    prices: str
    country: str

    def holds(self, month: date) -> bool:
        """Whether it holds in that month."""
        return self.from_on <= month and (self.to_on is None or month < self.to_on)


@dataclass(frozen=True, slots=True)
class UsageRows:
    """What was read of one account, as rows: its digest is made of them."""

    splits: tuple[Split, ...] = ()
    totals: tuple[Row, ...] = ()
    billed: tuple[Row, ...] = ()
    monthly: tuple[Row, ...] = ()
    past: tuple[Row, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.splits or self.totals or self.billed or self.past)


NOTHING = UsageRows()


def read(account_ids: Sequence[int], known: Mapping[str, Any], month: date, form: Form) -> dict[int, UsageRows]:
    """The rows of each of these accounts that has any. `known` are the parameters of the caller: ids, as_of, last.
    `form`: whether rows are read or only told."""
    given = {**known, "month": month}
    splits = [Split(*row) for row in reading.rows(_SPLITS, given)]
    totals = reading.grouped(form(_OWN), given)
    billed = reading.grouped(form(_OWN_BILLED), given) if totals else {}
    if not splits:
        return {one: UsageRows((), tuple(rows), tuple(billed.get(one, ()))) for one, rows in totals.items()}
    wanted, mine = set(account_ids), defaultdict(list)
    for one in splits:
        for account_id in {one.account_id, one.company_id} & wanted:
            mine[account_id].append(one)
    naming = [one for one in splits if names_subscription(_terms(one.written))]
    given |= {
        "private": bulk.array(sorted({one.account_id for one in splits} & wanted)),
        "lines": bulk.array(sorted({one.line_id for one in splits})),
        "contracts": bulk.array(sorted({one.contract_id for one in naming})),
        "put_aside": PUT_ASIDE,
    }
    for account_id, rows in reading.grouped(form(_PRIVATE), given).items():
        totals.setdefault(account_id, []).extend(rows)
    for account_id, rows in reading.grouped(form(_SPLIT_BILLED), given).items():
        billed[account_id] = list(dict.fromkeys([*billed.get(account_id, ()), *rows]))  # both read a line of its own
    monthly, past = reading.grouped(form(_MONTHLY), given) if naming else {}, reading.grouped(form(_PAST), given)
    return {
        one: UsageRows(
            tuple(mine.get(one, ())),
            tuple(totals.get(one, ())),
            tuple(billed.get(one, ())),
            _monthly_of(mine.get(one, ()), monthly),
            tuple(past.get(one, ())),
        )
        for one in {*mine, *totals, *billed}
    }


def _monthly_of(splits: Iterable[Split], monthly: Mapping[int, Sequence[Row]]) -> tuple[Row, ...]:
    """The rows of each contract once: a contract may have had several split bills."""
    contracts = dict.fromkeys(split.contract_id for split in splits)
    return tuple(row for contract_id in contracts for row in monthly.get(contract_id, ()))


def stale_accounts(operator_id: int, legal_entity_id: int, month: date) -> tuple[str, ...]:
    """The numbers of accounts with usage before a month that waits to be rated."""
    known = {"operator": operator_id, "entity": legal_entity_id, "month": month}
    return tuple(row[0] for row in reading.rows(_STALE, known))


def open_suspense(operator_id: int) -> int:
    """How many records of usage wait for somebody to fix them or to write them off."""
    ((count,),) = reading.rows(_SUSPENSE, {"operator": operator_id})
    return int(count)


def months_of(account_id: int, prices: str, rows: UsageRows) -> tuple[UsedMonth, ...]:
    """The months of an account's usage with who pays and what was billed. `prices`: the mode of its own amounts."""
    billed: dict[tuple[int, date], dict[Kind, Money]] = defaultdict(dict)
    subscriptions: dict[tuple[int, date], dict[Kind, Money]] = defaultdict(dict)
    for _account, line_id, used_in, product, category, rate, on, country, amount in rows.billed:
        kind = product.removeprefix(f"{USAGE}-"), _tax_code(category, rate, country, on)
        into = (subscriptions if kind[0] == SUBSCRIPTION else billed)[line_id, used_in]
        into[kind] = into.get(kind, zero()) + Money(amount)
    used: dict[tuple[int, date], list[Used]] = defaultdict(list)
    revisions: dict[tuple[int | None, date], int] = {}
    for _account, line_id, used_in, revision, _stale, *total in rows.totals:
        revisions[line_id, used_in] = revision
        revisions.setdefault((None, used_in), revision)  # the account's own group is read first
        if line_id is not None and total[0] is not None:
            category, usage_type, code, records, amount = total
            used[line_id, used_in].append(Used(category, usage_type, code, records, Money(amount)))
    found = [
        _month(account_id, prices, rows.splits, key, (revision, tuple(used[key]), billed[key]))
        for key in sorted({*used, *billed})
        for revision in (revisions.get(key, revisions.get((None, key[1]), 0)),)
    ]
    return (*found, *_subscriptions(account_id, rows, subscriptions))


def private_of(account_id: int, rows: UsageRows, month: date) -> Private | None:
    """How the private part of an account stands before the run of a month; None when it has none."""
    holdings = [Holding(one.from_on, one.to_on) for one in rows.splits if one.account_id == account_id]
    past = [Past(row[1], row[2], None if row[3] is None else Money(row[3])) for row in rows.past]
    return private_part(holdings, past, month) if holdings else None


def _month(
    account_id: int,
    prices: str,
    splits: Iterable[Split],
    key: tuple[int, date],
    known: tuple[int, tuple[Used, ...], Mapping[Kind, Money]],
) -> UsedMonth:
    line_id, month = key
    revision, used, billed = known
    split = next((one for one in splits if one.line_id == line_id and one.holds(month)), None)
    if split is None:
        return UsedMonth(line_id, month, revision, prices, used, billed)
    payer = EMPLOYEE if split.account_id == account_id else EMPLOYER
    return UsedMonth(line_id, month, revision, split.prices, used, billed, payer, _terms(split.written))


def _subscriptions(
    account_id: int, rows: UsageRows, billed: Mapping[tuple[int, date], Mapping[Kind, Money]]
) -> Iterable[UsedMonth]:
    """Subscription and options of the months in which a contribution names them."""
    costs = _monthly_costs(rows)
    for split in rows.splits:
        if not names_subscription(_terms(split.written)):
            continue
        months: dict[date, list[Used]] = {key[1]: [] for key in billed if key[0] == split.line_id}
        for (month, usage_type, code), amount in costs.get(split.contract_id, {}).items():
            if amount.amount > 0:
                months.setdefault(month, []).append(Used(SUBSCRIPTION, usage_type, code, 0, amount))
        payer = EMPLOYEE if split.account_id == account_id else EMPLOYER
        for month, used in sorted(months.items()):
            if split.holds(month):
                yield UsedMonth(
                    split.line_id, month, 0, split.prices, tuple(used), billed.get((split.line_id, month), {}), payer,
                    _terms(split.written),
                )  # fmt: skip


def _monthly_costs(rows: UsageRows) -> dict[int, dict[tuple[date, str, str], Money]]:
    """What each contract's months cost, by usage type and tax code, less what was credited since (C7)."""
    countries = {one.contract_id: one.country for one in rows.splits}
    found: dict[int, dict[tuple[date, str, str], Money]] = defaultdict(dict)
    for contract_id, month, kind, category, rate, on, amount in rows.monthly:
        code = _tax_code(category, rate, countries[contract_id], on)
        key = month, SUBSCRIPTION if kind == "offer" else "option", code
        found[contract_id][key] = found[contract_id].get(key, zero()) + Money(amount)
    return found


@lru_cache(maxsize=4096)
def _terms(written: str) -> Contribution:
    return contribution.read(json.loads(written))


def _tax_code(category: str, rate: Any, country: str, on: date) -> str:
    """The tax code of a line that was issued."""
    return taxes.PASS_THROUGH if category == EXEMPT else taxes.code_of(rate, country, on)
