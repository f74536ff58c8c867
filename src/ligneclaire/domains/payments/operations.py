"""Record money that arrived, and settle what it was for."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.billing.models import Invoice
from ligneclaire.domains.billing.rules import numbers
from ligneclaire.domains.ledger import operations as ledger
from ligneclaire.domains.ledger import queries as items
from ligneclaire.domains.ledger.operations import NewPosting
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.payments import refusals
from ligneclaire.domains.payments.models import Payment
from ligneclaire.domains.payments.rules.allocation import Owed, allocation
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope

METHODS = ("transfer", "direct-debit", "cheque", "complementary")
COMPLEMENTARY = "RES"


def record_payment(
    *,
    operator_id: int,
    received_on: date,
    amount: Money,
    currency: str,
    method: str,
    reference: str,
    at: datetime,
    actor: str,
    structured_communication: str = "",
    account: Account | int | None = None,
) -> Payment:
    """Record a payment and settle the invoice that its structured communication names, else the account's oldest items.

    `amount` counts in `currency` (one RES is one euro, PAY-13). What is more than owed stays a credit of the account.
    Raises WrongAmount, WrongMethod, WrongCommunication, UnknownCommunication, WhichInvoice, OtherAccount,
    NoInvoiceNoAccount, NoComplementaryPart, NotComplementary, PaidAlready.
    """
    paid = _checked(amount, currency, method)
    with acting_for(operator_id):
        account_id = account.pk if isinstance(account, Account) else account
        invoice = _invoice(operator_id, structured_communication, account_id) if structured_communication else None
        if invoice is not None and account_id not in (None, invoice.account_id):
            raise refusals.OtherAccount(number=invoice.number)
        payer_id = invoice.account_id if invoice else account_id
        if payer_id is None:
            raise refusals.NoInvoiceNoAccount()
        payer = accounts.lock(Account.objects.get(pk=payer_id))
        if invoice is not None and currency == COMPLEMENTARY and not invoice.complementary:
            raise refusals.NoComplementaryPart(number=invoice.number)
        if invoice is None and currency == COMPLEMENTARY and not payer.complementary_share:
            raise refusals.NotComplementary(number=payer.number)
        written = invoice.structured_communication if invoice else ""
        payment = _payment(payer, received_on, paid, method, reference, written, at, actor)
        _post(payment, paid, payer, invoice)
        audit.record(
            operator_id=operator_id, at=at, actor=actor, act="record_payment", subject=f"payment:{payment.public_id}",
            detail={"account": payer.public_id},
        )  # fmt: skip
    return payment


def _checked(amount: Money, currency: str, method: str) -> Money:
    paid = Money(amount.amount, currency)
    if paid.amount <= 0 or not paid.is_whole_cents:
        raise refusals.WrongAmount(amount=amount)
    if method not in METHODS or (method == "complementary") != (currency == COMPLEMENTARY):
        raise refusals.WrongMethod(method=method, currency=currency)
    return paid


def _invoice(operator_id: int, written: str, account_id: int | None) -> Invoice:
    communication = numbers.normalized(written)
    if not communication:
        raise refusals.WrongCommunication(communication=written)
    rows = Invoice.objects.filter(operator_id=operator_id, kind="invoice", structured_communication=communication)
    found = list(rows[:2])
    if len(found) > 1 and account_id is not None:
        found = list(rows.filter(account_id=account_id))
    if not found:
        raise refusals.UnknownCommunication(communication=communication)
    if len(found) > 1:
        raise refusals.WhichInvoice(communication=communication)
    return found[0]


def _payment(  # noqa: PLR0917
    payer: Account, received_on: date, paid: Money, method: str, reference: str, written: str, at: datetime, actor: str
) -> Payment:
    try:
        with transaction.atomic():
            return Payment.objects.create(
                operator_id=payer.operator_id, account=payer, received_on=received_on, recorded_at=at,
                recorded_by=actor, method=method, amount=paid.amount, currency=paid.currency,
                structured_communication=written, reference=reference,
            )  # fmt: skip
    except IntegrityError as error:
        if "payment_once" in str(error):
            raise refusals.PaidAlready(reference=reference) from None
        raise


def _post(payment: Payment, paid: Money, payer: Account, invoice: Invoice | None) -> None:
    """Bank against the items; what is too much is an item of its own, named by the payment."""
    scope = Scope(payer.operator_id, account_ids=frozenset({payer.pk}))
    named = [invoice.public_id] if invoice else None
    owed = [
        one for one in items.open_items(scope, items=named) if one.currency == paid.currency and one.open.amount > 0
    ]
    if invoice is None:
        order = {one: at for at, one in enumerate(_oldest_first(payer))}
        owed.sort(key=lambda one: order.get(one.item, len(order)))
    found = allocation(paid, [Owed(one.item, one.open) for one in owed])
    postings = [NewPosting("bank", paid)]
    postings += [NewPosting("receivable", -part, payer.pk, item) for item, part in found.parts]
    if found.rest:
        postings.append(NewPosting("receivable", -found.rest, payer.pk, payment.public_id))
    ledger.post(
        operator_id=payer.operator_id, posted_on=payment.received_on, kind="payment",
        source=f"payment:{payment.public_id}", postings=postings, at=payment.recorded_at,
    )  # fmt: skip


def _oldest_first(payer: Account) -> list[str]:
    return list(
        Invoice.objects.filter(account=payer, kind="invoice")
        .order_by("due_on", "pk")
        .values_list("public_id", flat=True)
    )
