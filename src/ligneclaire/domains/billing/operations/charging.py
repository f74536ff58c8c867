"""Single amounts that wait for the next invoice: fees, exit charges, promised credits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.billing.models import Charge
from ligneclaire.domains.billing.refusals import ChargeExists, WrongCharge
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.promises.models import Promise
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.money import Money


def add_charge(
    *,
    account: Account,
    contract: Contract | None,
    code: str,
    product_code: str,
    names: Mapping[str, str],
    category: str,
    service_on: date,
    amount: Money,
    source: str,
    at: datetime,
    because: Iterable[Step] = (),
    actor: str = "",
    promise: Promise | None = None,
    tax_code: str = "standard",
) -> Charge:
    """An amount for the account's next invoice, in its price mode; negative = a credit (W-03).

    `source` is "type:public_id" of what caused it; one charge per source and code. Raises WrongCharge, ChargeExists.
    """
    if not amount or not amount.is_whole_cents or (contract is not None and contract.account_id != account.pk):
        raise WrongCharge()
    with acting_for(account.operator_id):
        locked = accounts.lock(account)
        try:
            with transaction.atomic():
                charge = Charge.objects.create(
                    operator_id=locked.operator_id, account=locked, contract=contract, promise=promise, source=source,
                    code=code, product_code=product_code, names=dict(names), category=category, service_on=service_on,
                    amount=amount.amount, tax_code=tax_code, because=[one.to_json() for one in because], created_at=at,
                )  # fmt: skip
        except IntegrityError as error:
            if "charge_once_per_source" in str(error):
                raise ChargeExists(source=source) from None
            raise
        audit.record(
            operator_id=locked.operator_id, at=at, actor=actor or source, act="add_charge",
            subject=f"account:{locked.public_id}", detail={"charge": charge.pk},
        )  # fmt: skip
    return charge
