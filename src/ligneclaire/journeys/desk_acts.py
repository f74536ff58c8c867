"""What staff does at the desk: every act checks the role of the login itself, then calls the domain that owns it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from ligneclaire.domains.access import operations as access
from ligneclaire.domains.access.models import Login
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.models import BillRun, Dispute, Invoice
from ligneclaire.domains.billing.refusals import AccountsChanged, SamePerson, WrongState
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract, Item
from ligneclaire.domains.operators.models import LegalEntity
from ligneclaire.domains.payments import operations as payments
from ligneclaire.domains.payments.models import Payment
from ligneclaire.domains.rulebook import operations as rulebook
from ligneclaire.domains.rulebook.models import PolicyVersion
from ligneclaire.domains.rulebook.versions import Version
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.models import Disclosure, Suspended, WriteOff
from ligneclaire.domains.usage.operations import correcting
from ligneclaire.domains.usage.operations.correcting import Correction
from ligneclaire.domains.usage.operations.limits import Way
from ligneclaire.domains.usage.rules.alike import Alike
from ligneclaire.journeys import leave
from ligneclaire.journeys.leave import Left
from ligneclaire.kernel.money import Money

ANYBODY = ("agent", "billing", "release", "policy")
DISCLOSING = ("agent", "billing")  # who may see whom a customer called, for a reason
SECOND = ("agent", "billing", "release")  # who decides on a write-off that a colleague asks for


def actor(login: Login) -> str:
    """How rows and the audit name a login."""
    return f"login:{login.public_id}"


def record_payment(
    login: Login,
    account: Account,
    *,
    received_on: date,
    amount: Money,
    method: str,
    reference: str,
    structured_communication: str,
    at: datetime,
) -> Payment:
    """Write down money that was received. Raises RoleMissing, and what payments.record_payment refuses."""
    access.must_have(login, "billing", "agent")
    currency = payments.COMPLEMENTARY if method == "complementary" else amount.currency
    return payments.record_payment(
        operator_id=login.operator_id, received_on=received_on, amount=amount, currency=currency, method=method,
        reference=reference, structured_communication=structured_communication, account=account, at=at,
        actor=actor(login),
    )  # fmt: skip


def record_kit(login: Login, contract: Contract, *, on: date, source: str, at: datetime) -> Contract:
    """The equipment was received. Raises RoleMissing, and what contracts.record_kit_received refuses."""
    access.must_have(login, "agent")
    return contracts.record_kit_received(contract=contract, on=on, source=source, at=at, actor=actor(login))


def add_option(login: Login, contract: Contract, *, code: str, on: date, at: datetime) -> tuple[Item, ...]:
    """An option from a day on. Raises RoleMissing, and what contracts.add_option refuses."""
    access.must_have(login, "agent")
    return contracts.add_option(contract=contract, option_code=code, on=on, at=at, actor=actor(login))


def remove_option(login: Login, contract: Contract, *, code: str, on: date, at: datetime) -> Item:
    """Without an option from a day on. Raises RoleMissing, and what contracts.remove_option refuses."""
    access.must_have(login, "agent")
    return contracts.remove_option(contract=contract, option_code=code, on=on, at=at, actor=actor(login))


def end_contract(
    login: Login, contract: Contract, *, received_on: date, wanted_on: date | None, channel: str, at: datetime
) -> Left:
    """End a contract for a customer who asked for it by some channel (CON-05), and charge what was quoted.

    Raises RoleMissing, and what leave.leave raises.
    """
    access.must_have(login, "agent")
    return leave.leave(
        contract=contract, received_on=received_on, wanted_on=wanted_on, channel=channel, requester=None, at=at,
        actor=actor(login),
    )  # fmt: skip


def correct_invoice(
    login: Login, invoice: Invoice, *, what: str, amounts: Mapping[int, Money], reason: str, at: datetime
) -> tuple[Invoice, ...]:
    """Credit an invoice: the "whole", some "lines" (position -> amount), or "reissue" (credit it all and issue it anew,
    lines with these amounts). Raises RoleMissing, and what billing.credit_invoice and credit_and_reissue raise."""
    access.must_have(login, "billing")
    if what == "reissue":
        done = billing.credit_and_reissue(invoice=invoice, reason=reason, amounts=amounts, at=at, actor=actor(login))
        return done.credit_note, done.invoice
    lines = dict(amounts) if what == "lines" else None
    return (billing.credit_invoice(invoice=invoice, reason=reason, lines=lines, at=at, actor=actor(login)),)


def answer_dispute(login: Login, dispute: Dispute, *, outcome: str, words: str, at: datetime) -> Any:
    """Credit or refuse what a customer disputes. Raises RoleMissing, and what billing.answer_dispute raises."""
    access.must_have(login, "agent", "billing")
    return billing.answer_dispute(dispute=dispute, outcome=outcome, words=words, at=at, actor=actor(login))


def start_run(login: Login, entity: LegalEntity, *, month: date, bill_on: date, at: datetime) -> BillRun:
    """Start the bill run of a month; the drafts are made by a worker. Raises RoleMissing, and what billing.start_run
    raises."""
    access.must_have(login, "billing")
    return billing.start_run(
        operator_id=login.operator_id, legal_entity_id=entity.pk, month=month, as_of=at, bill_on=bill_on, at=at,
        actor=actor(login),
    )  # fmt: skip


def may_draft(login: Login) -> None:
    """Whether a login may have drafts made. Raises RoleMissing."""
    access.must_have(login, "billing")


def redraft_run(login: Login, run: BillRun, *, at: datetime) -> BillRun:
    """Have the drafts of changed accounts made anew. Raises RoleMissing, WrongState."""
    access.must_have(login, "billing", "release")
    return billing.redraft(run=run, at=at, actor=actor(login))


def discard_run(login: Login, run: BillRun, *, at: datetime) -> BillRun:
    """Throw the drafts of a run away. Raises RoleMissing, IssuedAlready, WrongState."""
    access.must_have(login, "billing")
    return billing.discard(run=run, at=at, actor=actor(login))


def check_release(login: Login, run: BillRun, *, at: datetime, knowingly: bool = False) -> None:
    """Whether a login may release a run: the role, a second person, the day of the invoices, nothing changed since the
    review; `knowingly` over suspended usage and accounts put aside. The release itself checks again. Raises
    RoleMissing, SamePerson, WrongState, NotTheDay, OpenSuspense, PutAside, AccountsChanged."""
    access.must_have(login, "release")
    if run.started_by == actor(login):
        raise SamePerson(actor=login.email, month=f"{run.month:%Y-%m}")
    if run.state not in ("ready", "releasing"):
        raise WrongState(month=f"{run.month:%Y-%m}", state=run.state)
    if run.state == "ready":
        billing.must_be_the_day(run, at)
        billing.not_billed(run, knowingly=knowingly)
    if run.state == "ready" and (changed := billing.changed_accounts(run)):
        raise AccountsChanged(changed)


def retry_suspended(login: Login, *, at: datetime, alike: Alike | None = None) -> usage.Retried:
    """Judge again what waits for a line, all of it or one group. Raises RoleMissing, store.NoSpace."""
    access.must_have(login, "agent", "billing")
    return usage.retry_suspended(operator_id=login.operator_id, at=at, actor=actor(login), alike=alike)


def mend_alike(login: Login, *, alike: Alike, fields: Mapping[str, str], at: datetime) -> usage.Retried:
    """Change fields in all records of a group and try them again. Raises RoleMissing, NotMended, store.NoSpace."""
    access.must_have(login, "agent", "billing")
    return usage.mend_alike(operator_id=login.operator_id, alike=alike, fields=fields, at=at, actor=actor(login))


def ask_write_off(login: Login, *, of: Alike | str, why: str, at: datetime) -> WriteOff:
    """Ask to give up a group or one record. Raises RoleMissing, NoReasonGiven, NotInSuspense, NothingToGiveUp."""
    access.must_have(login, "agent", "billing")
    return usage.ask_write_off(operator_id=login.operator_id, of=of, why=why, at=at, actor=actor(login))


def confirm_write_off(login: Login, *, public_id: str, at: datetime) -> WriteOff:
    """Give up what a colleague asked for. Raises RoleMissing, NotAsked, SamePerson."""
    access.must_have(login, *SECOND)
    return usage.confirm_write_off(operator_id=login.operator_id, public_id=public_id, at=at, actor=actor(login))


def refuse_write_off(login: Login, *, public_id: str, why: str, at: datetime) -> WriteOff:
    """Keep what a colleague wants to give up. Raises RoleMissing, NoReasonGiven, NotAsked, SamePerson."""
    access.must_have(login, *SECOND)
    return usage.refuse_write_off(
        operator_id=login.operator_id, public_id=public_id, why=why, at=at, actor=actor(login)
    )


def mend_suspended(login: Login, *, public_id: str, fields: Mapping[str, str], at: datetime) -> Suspended:
    """Change a record of a usage file and try it again; it is settled, or waits for the next reason. Raises
    RoleMissing, NotInSuspense, NotMended."""
    access.must_have(login, "agent", "billing")
    return usage.mend_suspended(
        operator_id=login.operator_id, public_id=public_id, fields=fields, at=at, actor=actor(login)
    )


def may_correct_usage(login: Login) -> None:
    """Whether a login may have a billed month rated anew. Raises RoleMissing."""
    access.must_have(login, "billing")


def correct_usage(login: Login, *, account_ids: Collection[int], month: date, why: str, at: datetime) -> Correction:
    """Keep what rating a billed month anew comes to; the next bill run holds the difference, and a second person
    releases it. Raises RoleMissing, and what correcting.correct raises."""
    may_correct_usage(login)
    return correcting.correct(
        operator_id=login.operator_id, account_ids=account_ids, month=month, at=at, actor=actor(login), why=why,
        keep=True,
    )  # fmt: skip


def see_usage(
    login: Login, *, subject: str, month: date, what: str, for_user: bool, at: datetime, disclosure: str = ""
) -> None:
    """Write down that usage of a line or of a customer ("type:public_id") was opened at the desk: the month, what of
    it, for whom, and by which reason (a public id) with whole numbers."""
    detail = {"month": f"{month:%Y-%m}", "for": "user" if for_user else "payer", "what": what}
    if disclosure:
        detail["disclosure"] = disclosure
    audit.record(
        operator_id=login.operator_id, at=at, actor=actor(login), act="see_usage", subject=subject, detail=detail
    )


def heard(login: Login, *, channel: str, why: str) -> Way:
    """How a word on limits and blocks came to the desk, and why, for who may write it down. Raises RoleMissing."""
    access.must_have(login, "agent")
    return Way(channel, why)


def disclose_line(login: Login, *, line_id: int, month: date, kind: str, words: str, at: datetime) -> Disclosure:
    """Show whom a line called in a month, for a reason. Raises RoleMissing, NoGround."""
    access.must_have(login, *DISCLOSING)
    return usage.disclose_line(
        operator_id=login.operator_id, line_id=line_id, month=month, kind=kind, words=words, at=at, actor=actor(login)
    )


def disclose_record(login: Login, *, public_id: str, kind: str, words: str, at: datetime) -> Disclosure | None:
    """Show a record that waits as it came, for a reason; None when it waits no more. Raises RoleMissing, NoGround."""
    access.must_have(login, *DISCLOSING)
    return usage.disclose_record(
        operator_id=login.operator_id, public_id=public_id, kind=kind, words=words, at=at, actor=actor(login)
    )


def publish_version(login: Login, version: Version, *, reason: str, on: date, at: datetime) -> PolicyVersion | None:
    """Publish a policy version. Raises RoleMissing, and what rulebook.publish_version refuses."""
    access.must_have(login, "policy")
    return rulebook.publish_version(
        operator_id=login.operator_id, version=version, reason=reason, on=on, at=at, actor=actor(login)
    )
