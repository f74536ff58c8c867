"""The cast with a first invoice: what the pages' tests look at."""

from __future__ import annotations

from datetime import date

from tests import cast

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.models import Invoice
from ligneclaire.domains.operators.models import LegalEntity, Operator


def bill(operator: Operator, month: date) -> None:
    """Run and release the bills of a month, by two people, on its first day."""
    entity = LegalEntity.objects.using("owner").get(operator=operator)
    run = billing.start_run(
        operator_id=operator.pk, legal_entity_id=entity.pk, month=month, as_of=cast.moment(month, 6), bill_on=month,
        at=cast.moment(month, 6), actor="staff:eva",
    )  # fmt: skip
    run = billing.draft(run=run, at=cast.moment(month, 7))
    billing.release(run=run, at=cast.moment(month, 9), actor="staff:lien")


def anna() -> cast.Customer:
    """Anna with a login and her invoice of July 2026: 39.00 + 29.90 x 19 / 30 = 18.94 + 29.90 = 87.84."""
    found = cast.anna()
    cast.login_of(found.person)
    bill(found.operator, date(2026, 7, 1))
    return found


def bora() -> cast.Customer:
    """Bora NV with a login and its invoice of May 2026: net 171.38, VAT 35.99, half of what is eligible in RES."""
    found = cast.bora()
    cast.login_of(found.person)
    bill(found.operator, date(2026, 5, 1))
    return found


def invoice_of(customer: cast.Customer) -> Invoice:
    """The only invoice of a customer."""
    with customer.acting():
        return Invoice.objects.select_related("account__party", "credits").get(account=customer.account)
