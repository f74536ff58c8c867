"""What the tests of bill runs share: a month's run by Eva, released by Lien."""

from __future__ import annotations

from datetime import date, datetime

from tests.cast import moment

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.models import BillRun, Invoice
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import LegalEntity, Operator

JULY, AUGUST, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)


def day_two(month: date) -> date:
    return month.replace(day=2)


def start(operator: Operator, month: date, *, as_of: datetime | None = None, chunk_size: int = 1000) -> BillRun:
    with acting_for(operator.pk):
        entity = LegalEntity.objects.get(operator=operator)
    at = moment(day_two(month), 2)
    return billing.start_run(
        operator_id=operator.pk, legal_entity_id=entity.pk, month=month, as_of=as_of or at, bill_on=day_two(month),
        at=at, actor="eva", chunk_size=chunk_size,
    )  # fmt: skip


def bill(operator: Operator, month: date, **more) -> BillRun:
    """Start, draft and release a month."""
    at = moment(day_two(month), 2)
    run = billing.draft(run=start(operator, month, **more), at=at)
    return billing.release(run=run, at=moment(day_two(month), 9), actor="lien")


def invoices(operator: Operator, **where) -> list[Invoice]:
    with acting_for(operator.pk):
        return list(Invoice.objects.filter(operator=operator, **where).order_by("pk"))
