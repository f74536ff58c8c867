"""A customer says that a line is wrong: a promise with a date; the sum is not collected until it is answered."""

from __future__ import annotations

from datetime import datetime

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.billing.models import Dispute, DisputeAnswer, Invoice, InvoiceLine
from ligneclaire.domains.billing.operations.correcting import credit_invoice, creditable
from ligneclaire.domains.billing.policies import Disputes
from ligneclaire.domains.billing.queries.setting import NoPolicy
from ligneclaire.domains.billing.refusals import AnsweredAlready, CreditedAlready, DisputedAlready, WrongOutcome
from ligneclaire.domains.billing.rules.disputed import disputed_sum
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.operators import queries as operators
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.outbox import operations as outbox
from ligneclaire.domains.promises import operations as promises
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import add_days

DESK = "billing"


def dispute_line(*, line: InvoiceLine, words: str, requester: Person | None, at: datetime, actor: str) -> Dispute:
    """Say that a line of an invoice is wrong. The promise is to answer by the policy's day (CMP-01).

    Raises DisputedAlready, CreditedAlready, NoPolicy.
    """
    with acting_for(line.operator_id):
        invoice = Invoice.objects.select_related("account__party").get(pk=line.invoice_id)
        account = accounts.lock(invoice.account)
        if Dispute.objects.filter(line=line).exclude(pk__in=_answered(line)).exists():
            raise DisputedAlready(number=invoice.number)
        left = next(one.left for one in creditable(invoice)[0] if one.position == line.position)
        if not left or invoice.kind != "invoice":
            raise CreditedAlready(number=invoice.number)
        on = at.astimezone(operators.zone_of(line.operator_id)).date()
        found = rulebook.book_of(line.operator_id).in_force(Disputes, on)
        if found is None:
            raise NoPolicy(policy="billing.disputes", on=on)
        promise = promises.make(
            party=invoice.account.party, kind="dispute", subject=f"invoice:{invoice.public_id}",
            due_on=add_days(on, found.value.dispute_answer_days), due_source=found.source, owner=DESK, at=at,
            actor=actor, requester=requester, words=words,
        )  # fmt: skip
        amount = disputed_sum(left, line.tax_rate, invoice.prices)
        dispute = Dispute.objects.create(
            operator_id=line.operator_id, promise=promise, line=line, amount=amount.amount, words=words, asked_at=at
        )
        _tell(dispute, account.email, at, template="dispute-received", due_on=promise.due_on.isoformat())
    return dispute


def answer_dispute(*, dispute: Dispute, outcome: str, words: str, at: datetime, actor: str) -> DisputeAnswer:
    """End a dispute: "credited" (what is left of the line comes back on a credit note) or "refused", with words.

    Raises WrongOutcome, AnsweredAlready, CreditedAlready.
    """
    if outcome not in ("credited", "refused") or not words.strip():
        raise WrongOutcome()
    with acting_for(dispute.operator_id):
        line = InvoiceLine.objects.select_related("invoice__account").get(pk=dispute.line_id)
        account = accounts.lock(line.invoice.account)
        if DisputeAnswer.objects.filter(dispute=dispute).exists():
            raise AnsweredAlready()
        note = None
        if outcome == "credited":
            note = credit_invoice(invoice=line.invoice, reason=words, at=at, actor=actor, lines={line.position: None})
        answer = DisputeAnswer.objects.create(
            operator_id=dispute.operator_id, dispute=dispute, outcome=outcome, words=words, credit_note=note,
            answered_at=at, answered_by=actor,
        )  # fmt: skip
        promises.step(promise=dispute.promise, code=outcome, at=at, actor=actor, words=words)
        _tell(dispute, account.email, at, template="dispute-answered", outcome=outcome, words=words)
    return answer


def _answered(line: InvoiceLine) -> list[int]:
    return list(DisputeAnswer.objects.filter(dispute__line=line).values_list("dispute_id", flat=True))


def _tell(dispute: Dispute, recipient: str, at: datetime, *, template: str, **more: str) -> None:
    if not recipient:
        return
    invoice = dispute.line.invoice
    params = {
        "promise": dispute.promise.public_id, "invoice": invoice.public_id, "number": invoice.number,
        "amount": str(Money(dispute.amount)), "currency": invoice.currency,
    }  # fmt: skip
    outbox.queue(
        operator_id=dispute.operator_id, dedupe_key=f"{template}:{dispute.promise.public_id}", channel="mail",
        recipient=recipient, language=invoice.language, template=template, params={**params, **more}, at=at,
    )  # fmt: skip
