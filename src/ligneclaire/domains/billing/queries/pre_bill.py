"""What a bill run would issue, before anybody releases it: sums, differences from last month by reason, anomalies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from ligneclaire.domains.billing.models import BillRun
from ligneclaire.domains.billing.queries import reading
from ligneclaire.domains.billing.queries.usage import open_suspense
from ligneclaire.domains.billing.rules.pre_bill import REASONS, Figures, difference
from ligneclaire.domains.billing.rules.states import PUT_ASIDE
from ligneclaire.kernel.money import Money, sum_money, zero
from ligneclaire.kernel.periods import add_months
from ligneclaire.kernel.scope import Scope

SHOWN = 200  # anomalies of one kind that are listed; all are counted
FACTOR = 3  # a total above this many times the usual one is looked at


@dataclass(frozen=True, slots=True)
class Anomaly:
    """An account that somebody should look at: `kind` is much-more, credit-note, zero, no-terms, no-address, or
    no-tax-rate: put aside."""

    kind: str
    account_id: int
    account_number: str
    name: str
    total: Money
    usual: Money | None = None


@dataclass(frozen=True, slots=True)
class PreBill:
    """The figures of a run. Credit notes count negative in `net`, `vat` and `total`.

    `differences` (by reason) sum to `lines_total` less `lines_before`, the sums of the lines in the price mode.
    `skipped` counts accounts by the reason why they get nothing (W-15). `suspended` counts the records of usage that
    wait for a decision and so are not billed.
    """

    month: date
    state: str
    invoices: int
    credit_notes: int
    net: Money
    vat: Money
    total: Money
    complementary: Money
    invoices_before: int
    total_before: Money
    lines_total: Money
    lines_before: Money
    skipped: Mapping[str, int]
    differences: Mapping[str, Money]
    anomaly_counts: Mapping[str, int]
    anomalies: tuple[Anomaly, ...]
    suspended: int = 0


_SUMS = """
SELECT count(*) FILTER (WHERE total >= 0), count(*) FILTER (WHERE total < 0),
       sum(sign * (document->>'net')::numeric), sum(sign * (document->>'vat')::numeric), sum(total),
       sum(sign * (document->>'complementary')::numeric)
FROM (SELECT document, total, CASE WHEN total < 0 THEN -1 ELSE 1 END AS sign FROM invoice_draft
      WHERE operator_id = %(operator)s AND run_id = %(run)s AND skip_reason = '') d"""

_SKIPPED = """
SELECT skip_reason, count(*) FROM invoice_draft
WHERE operator_id = %(operator)s AND run_id = %(run)s AND skip_reason <> ''
GROUP BY skip_reason ORDER BY skip_reason"""

_BEFORE = """
SELECT count(*) FILTER (WHERE kind = 'invoice'), coalesce(sum(CASE WHEN kind = 'invoice' THEN total ELSE -total END), 0)
FROM invoice WHERE operator_id = %(operator)s AND run_id = %(before)s"""

# Per account: what the lines of each sort come to, now and last month. Ended = no contract serves the month any more.
_FIGURES = """
WITH now_lines AS (
  SELECT d.account_id, x.code, x.item_id, CASE WHEN d.total < 0 THEN -x.amount ELSE x.amount END AS amount,
         x.period_from, x.period_to
  FROM invoice_draft d
  CROSS JOIN LATERAL jsonb_to_recordset(d.document->'lines')
    AS x(code text, item_id bigint, amount numeric, period_from date, period_to date)
  WHERE d.operator_id = %(operator)s AND d.run_id = %(run)s AND d.skip_reason = ''
), old_lines AS (
  SELECT i.account_id, l.code, l.item_id, CASE WHEN i.kind = 'invoice' THEN l.amount ELSE -l.amount END AS amount,
         l.period_from, l.period_to
  FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id
  WHERE i.operator_id = %(operator)s AND i.run_id = %(before)s
), lines AS (
  SELECT account_id, code, item_id, amount, 1 AS side, code IN ('month', 'option', 'discount') AS monthly FROM now_lines
  UNION ALL
  SELECT account_id, code, item_id, amount, -1, code IN ('month', 'option', 'discount') FROM old_lines
), items AS (
  SELECT account_id, item_id, bool_or(side = 1) AND bool_or(side = -1) AS kept, sum(side * amount) AS moved
  FROM lines WHERE monthly GROUP BY account_id, item_id
), sums AS (
  SELECT account_id,
         coalesce(sum(amount) FILTER (WHERE side = 1), 0) AS now,
         coalesce(sum(amount) FILTER (WHERE side = -1), 0) AS old,
         bool_or(side = 1) AS has_now, bool_or(side = -1) AS has_old,
         bool_or(side = 1 AND monthly) AS monthly_now,
         coalesce(sum(side * amount) FILTER (WHERE code = 'credit'), 0) AS credits,
         coalesce(sum(side * amount) FILTER (WHERE code IN ('activation', 'one-off', 'pro-rata')), 0) AS once,
         coalesce(sum(side * amount) FILTER (WHERE code = 'usage'), 0) AS used
  FROM lines GROUP BY account_id
), changes AS (
  SELECT account_id, coalesce(sum(moved) FILTER (WHERE kept), 0) AS price,
         coalesce(sum(moved) FILTER (WHERE NOT kept), 0) AS changed
  FROM items GROUP BY account_id
)
SELECT s.has_old, s.has_now, s.monthly_now, d.account_id IS NOT NULL AS aside, sum(s.now), sum(s.old), sum(s.credits),
       sum(s.once), coalesce(sum(c.price), 0), coalesce(sum(c.changed), 0), sum(s.used)
FROM sums s LEFT JOIN changes c USING (account_id)
LEFT JOIN invoice_draft d ON d.operator_id = %(operator)s AND d.run_id = %(run)s AND d.account_id = s.account_id
     AND d.skip_reason = %(put_aside)s
GROUP BY s.has_old, s.has_now, s.monthly_now, aside"""

_ANOMALIES = """
WITH known AS (
  SELECT d.account_id, d.total, d.document, a.number, a.name, a.party_id,
         (SELECT avg(i.total) FROM (
            SELECT total FROM invoice
            WHERE operator_id = d.operator_id AND account_id = d.account_id AND kind = 'invoice' AND month < %(month)s
            ORDER BY issued_on DESC, id DESC LIMIT 3) i) AS usual
  FROM invoice_draft d JOIN account a ON a.operator_id = d.operator_id AND a.id = d.account_id
  WHERE d.operator_id = %(operator)s AND d.run_id = %(run)s AND d.skip_reason IN ('', %(put_aside)s)
), aside AS (
  SELECT * FROM known WHERE document IS NULL
), d AS (
  SELECT * FROM known WHERE document IS NOT NULL
), found AS (
  SELECT %(put_aside)s::text AS kind, * FROM aside
  UNION ALL SELECT 'much-more', * FROM d WHERE usual > 0 AND total > %(factor)s * usual
  UNION ALL SELECT 'credit-note', * FROM d WHERE total < 0
  UNION ALL SELECT 'zero', * FROM d WHERE total = 0
  UNION ALL SELECT 'no-terms', * FROM d WHERE NOT EXISTS (
    SELECT 1 FROM payment_terms t WHERE t.account_id = d.account_id
    AND t.from_on <= %(on)s AND (t.to_on IS NULL OR t.to_on > %(on)s))
  UNION ALL SELECT 'no-address', * FROM d WHERE d.document->'buyer'->>'street' = ''
)
SELECT kind, account_id, number, name, total, round(usual, 2), count(*) OVER (PARTITION BY kind), place
FROM (SELECT *, row_number() OVER (PARTITION BY kind ORDER BY abs(total) DESC, account_id) AS place FROM found) numbered
WHERE place <= %(shown)s ORDER BY kind, place"""


def pre_bill(scope: Scope, run: BillRun) -> PreBill:
    """The figures of a run that is drafted, from its drafts and from last month's invoices. Staff only.

    Raises PermissionError when the scope is narrower than the operator.
    """
    if scope.operator_id != run.operator_id or scope.account_ids is not None:
        raise PermissionError("a pre-bill is for staff")
    last = BillRun.objects.filter(
        operator_id=run.operator_id,
        legal_entity_id=run.legal_entity_id,
        month=add_months(run.month, -1),
        state="released",
    )
    before = last.values_list("pk", flat=True).first() or 0
    asked = _Asked(run.operator_id, run.pk, run.public_id, run.digest, run.state, run.month, run.bill_on, before)
    found = _kept(asked) if run.digest and run.state in ("ready", "released") else _read(asked)
    return replace(found, suspended=run.released_over if run.state == "released" else open_suspense(run.operator_id))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A run by all that its figures hang on: the same digest is the same drafts."""

    operator_id: int
    run_id: int
    public_id: str
    digest: str
    state: str
    month: date
    bill_on: date
    before_id: int


def _read(asked: _Asked) -> PreBill:
    known = {
        "operator": asked.operator_id, "run": asked.run_id, "before": asked.before_id, "on": asked.bill_on,
        "month": asked.month, "shown": SHOWN, "factor": FACTOR, "put_aside": PUT_ASIDE,
    }  # fmt: skip
    ((invoices, notes, net, vat, total, complementary),) = reading.rows(_SUMS, known)
    ((invoices_before, total_before),) = reading.rows(_BEFORE, known)
    figures = [Figures(*row[:4], *(Money(one) for one in row[4:])) for row in reading.rows(_FIGURES, known)]
    found = reading.rows(_ANOMALIES, known)
    return PreBill(
        month=asked.month,
        state=asked.state,
        invoices=invoices,
        credit_notes=notes,
        net=_money(net),
        vat=_money(vat),
        total=_money(total),
        complementary=_money(complementary),
        invoices_before=invoices_before,
        total_before=_money(total_before),
        lines_total=sum_money(one.now for one in figures),
        lines_before=sum_money(one.before for one in figures),
        skipped=dict(reading.rows(_SKIPPED, known)),
        differences={reason: sum_money(difference(one)[reason] for one in figures) for reason in REASONS},
        anomaly_counts={row[0]: row[6] for row in found},
        anomalies=tuple(
            Anomaly(kind, account, number, name, Money(sum_), None if usual is None else Money(usual))
            for kind, account, number, name, sum_, usual, _count, _place in found
        ),
    )


_kept = lru_cache(maxsize=32)(_read)  # it reads every line of two months; a page that is opened twice reads them once


def _money(amount: Decimal | None) -> Money:
    return zero() if amount is None else Money(amount)
