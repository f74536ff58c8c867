"""A company's billed months tried on many plans, as the command and the desk try them: contracts, files of records and
invoices read, each plan rated, all of it added up. Against the rating pass that rated the same records once."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.interfaces.jobs.bench import scratch, traffic
from ligneclaire.kernel.periods import Period, add_months

LINES, MONTHS, PLANS = 1_000, 12, 12
TIMES = 2  # times traffic.EACH records has a line in a month
FIRST = date(2025, 1, 1)
ACTOR = "bench"
# In place of numbers abroad, of which some would be nobody's, and so have no price.
FAR = ("33142278186", "442079460123", "447911123456", "4915112345678", "31612345678", "34612345678", "12125550147")
OFFERS = ("vlinder-1", "vlinder-5", "vlinder-10", "vlinder-25", "vlinder-tik")
BASE = 1_000_000
_LINES = (
    """INSERT INTO line (id, operator_id, public_id, account_id, kind, identifier, ordered_on)
       SELECT %(base)s + n, %(operator)s, 'bench-r' || n, %(account)s, 'mobile', '+324' || (70000000 + n), %(on)s
       FROM generate_series(1, %(count)s) n""",
    """INSERT INTO contract (id, operator_id, public_id, number, account_id, offer_id, line_id, signed_on,
                             commitment_months, connected_source, held_days, service_from, service_because)
       SELECT %(base)s + n, %(operator)s, 'bench-r' || n, 'B1-1-' || n, %(account)s, p.id, %(base)s + n, %(on)s, 0, '',
              0, %(on)s, '[]'::jsonb
       FROM generate_series(1, %(count)s) n
       JOIN product p ON p.operator_id = %(operator)s
            AND p.code = (%(offers)s::text[])[1 + n %% array_length(%(offers)s::text[], 1)]""",
    """INSERT INTO contract_item (operator_id, contract_id, product_id, price_version_id, quantity, monthly_price)
       SELECT c.operator_id, c.id, c.offer_id, v.id, 1, v.monthly_price
       FROM contract c JOIN price_version v ON v.product_id = c.offer_id AND v.effective_from <= %(on)s
            AND (v.effective_to IS NULL OR v.effective_to > %(on)s)
       WHERE c.operator_id = %(operator)s AND c.account_id = %(account)s""",
    "ANALYZE line, contract, contract_item",
)


def measure(lines: int = LINES, months: int = MONTHS, plans: int = PLANS) -> dict[str, Any]:
    """Lines, months, plans and records of a month on average; seconds, and processor seconds of this process, of rating
    all records once and of the replay; what was billed in all; the peak memory. Django is set up, the database is
    migrated and has the operators alone."""
    from ligneclaire.domains.billing.queries.replay import Wanted, replay
    from ligneclaire.domains.catalogue import queries as catalogue
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.usage.operations import rating
    from ligneclaire.domains.usage.rules.compiled import program
    from ligneclaire.journeys import replays
    from ligneclaire.kernel.scope import Scope

    operator, account, line_ids = _company(lines)
    asked = tuple(add_months(FIRST, number) for number in range(months))
    records = sum(_deliver(operator, account, line_ids, month) for month in asked)
    program.warm()
    at = datetime.combine(add_months(asked[-1], 1), datetime.min.time(), UTC)
    rated = _spent("rate", lambda: rating.rate_stale(operator_id=operator.pk, at=at, actor=ACTOR))
    for month in asked:
        _bill(operator, add_months(month, 1))
    with acting_for(operator.pk):
        tried = replays.without_rollover(replays.in_force(catalogue.offered(operator.pk), asked))[:plans]
    wanted = Wanted(frozenset([account.pk]), asked, tried)
    found: list[Any] = []
    replayed = _spent("replay", lambda: found.append(replay(Scope.staff(operator.pk), wanted)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "lines": len(found[0].lines), "months": months, "plans": len(tried), "records": records,
        "billed": str(found[0].billed), "peak_mb": peak, **rated, **replayed,
    }  # fmt: skip


def _spent(name: str, act: Callable[[], object]) -> dict[str, float]:
    began, ours = time.perf_counter(), time.process_time()
    act()
    return {f"{name}_s": time.perf_counter() - began, f"{name}_cpu_s": time.process_time() - ours}


def _company(count: int) -> tuple[Any, Any, list[int]]:
    """A company with that many lines, on some offers of the catalogue in turn: made in SQL, by no operation."""
    from ligneclaire.domains.accounts import operations as accounts
    from ligneclaire.domains.customers import operations as customers
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.operators.models import Operator

    operator = Operator.objects.get(code="fleet")
    known: dict[str, Any] = {"on": FIRST, "at": datetime(FIRST.year, 1, 1, 10, tzinfo=UTC), "actor": ACTOR}
    with acting_for(operator.pk):
        party = customers.register_company(
            operator_id=operator.pk, number="B1", name="Bench NV", vat_number="BE0403170701",
            registration_number="0403170701", workers=count, language="nl", street="Stationsstraat 12",
            postcode="2800", city="Mechelen", country="BE", **known,
        )  # fmt: skip
        account = accounts.open_account(party=party, **known)
        accounts.agree_payment(account=account, method="transfer", **known)
    with scratch.owner() as owner:
        asked = {"operator": operator.pk, "account": account.pk, "count": count, "base": BASE, "on": FIRST}
        for statement in _LINES:
            owner.execute(statement, {**asked, "offers": list(OFFERS)})
    return operator, account, [BASE + number for number in range(1, count + 1)]


def _deliver(operator: Any, account: Any, line_ids: list[int], month: date) -> int:
    """Keep the records of a month, as intake does, without judging them; how many."""
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.usage import store, writing

    pieces = list(traffic.records(len(line_ids) * traffic.EACH * TIMES))
    made = pa.concat_tables([_of_lines(one, account.pk, line_ids, month) for one in pieces])
    keys = pa.array([f"bench/{month:%Y-%m}-{number}" for number in range(len(made))])
    made = made.set_column(made.schema.get_field_index("event_key"), made.schema.field("event_key"), keys)
    at = datetime(2026, 2, 1, tzinfo=UTC)
    with acting_for(operator.pk):
        store.append_records(operator.pk, None, {store.Partition(month, account.pk % store.BUCKETS): made}, at)
        writing.mark_groups(operator.pk, {(account.pk, month): len(made)}, at)
    return len(made)


def _of_lines(table: pa.Table, account_id: int, line_ids: list[int], month: date) -> pa.Table:
    """Records of May as those of another month and of these lines."""
    period, day = Period.month_of(month), traffic.DAY
    begins = int(datetime(month.year, month.month, 1, 1, tzinfo=UTC).timestamp()) * 10**6
    start = begins + (table["start"].cast(pa.int64()).to_numpy() - traffic.MAY) // 31 * (period.days - 1)
    lines = np.array(line_ids)[table["line"].to_numpy() % len(line_ids)]
    far = pa.array(FAR).take(pc.subtract(table["place"], pc.multiply(pc.divide(table["place"], len(FAR)), len(FAR))))
    columns = dict(zip(table.column_names, table.columns, strict=True)) | {
        "account": pa.array(np.full(len(table), account_id)),
        "line": pa.array(lines),
        "other": pc.if_else(
            pc.or_(pc.starts_with(table["other"], "32"), pc.equal(table["other"], "")), table["other"], far
        ),
        "start": pa.array(start).cast(table.schema.field("start").type),
        "arrived": pa.array(start + day).cast(table.schema.field("arrived").type),
    }
    return pa.table(columns).cast(table.schema)


def _bill(operator: Any, month: date) -> None:
    from ligneclaire.domains.billing import operations as billing
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.domains.operators.models import LegalEntity

    with acting_for(operator.pk):
        entity = LegalEntity.objects.get(operator=operator)
    at, bill_on = datetime(month.year, month.month, 2, 3, tzinfo=UTC), month.replace(day=2)
    run = billing.start_run(
        operator_id=operator.pk, legal_entity_id=entity.pk, month=month, as_of=at, bill_on=bill_on, at=at, actor=ACTOR
    )
    run = billing.draft(run=run, at=at, actor=ACTOR)
    billing.release(run=run, at=at, actor="bench-release")
