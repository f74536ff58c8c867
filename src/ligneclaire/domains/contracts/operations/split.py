"""Split bill: the employer offers a contribution, the employee accepts, from the next whole month both pay (SPL-01)."""

from __future__ import annotations

from datetime import date, datetime

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.contracts.models import Contract, SplitBill
from ligneclaire.domains.contracts.operations import record
from ligneclaire.domains.contracts.refusals import (
    AcceptedAlready,
    HasSplitBill,
    NoEmployee,
    NotAccepted,
    WrongContribution,
)
from ligneclaire.domains.contracts.rules import contribution as contributions
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.kernel.periods import Period


def offer_split_bill(
    *, contract: Contract, account: Account, contribution: object, on: date, at: datetime, actor: str
) -> SplitBill:
    """What the employer would pay of a line, as JSON (`rules/contribution.py`); `account` is the employee's own.

    It holds when the employee accepts. An offer that waits is replaced. Raises WrongContribution, NoEmployee,
    HasSplitBill, Ended, BeforeSignature.
    """
    value = _contribution(contribution)
    with acting_for(contract.operator_id):
        locked = record.lock(contract)
        record.check_running(locked, on)
        if locked.account.party.kind != "company" or account.party.kind != "household":
            raise NoEmployee(contract=locked.number)
        mine = SplitBill.objects.filter(contract=locked)
        if mine.filter(from_on__isnull=False, to_on=None).exists():
            raise HasSplitBill(contract=locked.number)
        mine.filter(accepted_at=None).delete()
        split = SplitBill.objects.create(
            operator_id=locked.operator_id, contract=locked, account=account, contribution=value, offered_at=at
        )
        record.write(
            locked, "split-offered", "offer_split_bill", on=on, at=at, actor=actor, split_bill=split.public_id,
            contribution=value,
        )  # fmt: skip
    return split


def accept_split_bill(*, split_bill: SplitBill, on: date, at: datetime, actor: str) -> SplitBill:
    """The employee agrees: it holds from the first of the next month, or when one before it has ended; to the end of
    the month in which the contract ends.

    Raises AcceptedAlready, NotAccepted (the offer was withdrawn), Ended.
    """
    with acting_for(split_bill.operator_id):
        contract = record.lock(split_bill.contract)
        record.check_running(contract, on)
        split = _known(split_bill, contract)
        if split.accepted_at is not None:
            raise AcceptedAlready(contract=contract.number)
        former = SplitBill.objects.filter(contract=contract, from_on__isnull=False).order_by("-from_on").first()
        split.accepted_at, split.from_on = at, Period.month_of(on).end
        if former is not None and former.to_on is not None:
            split.from_on = max(split.from_on, former.to_on)
        if contract.last_day is not None:
            split.to_on = max(split.from_on, Period.month_of(contract.last_day).end)
        split.save(update_fields=["accepted_at", "from_on", "to_on"])
        record.write(
            contract, "split-accepted", "accept_split_bill", on=on, at=at, actor=actor, split_bill=split.public_id,
            from_on=split.from_on.isoformat(),
        )  # fmt: skip
    return split


def end_split_bill(*, split_bill: SplitBill, on: date, at: datetime, actor: str) -> SplitBill:
    """It ends with the month of that day (one that had not begun never holds); an offer that waits is withdrawn.

    Saying it again changes nothing.
    """
    with acting_for(split_bill.operator_id):
        contract = record.lock(split_bill.contract)
        split = _known(split_bill, contract)
        _end(contract, split, on, "end_split_bill", on=on, at=at, actor=actor)
    return split


def end_with_contract(*, contract: Contract, on: date, at: datetime, actor: str) -> None:
    """The contract got a last day, in the caller's transaction: what holds ends with the month of that day, what waits
    is withdrawn."""
    if contract.last_day is not None:
        for split in SplitBill.objects.filter(contract=contract).order_by("pk"):
            _end(contract, split, contract.last_day, "terminate", on=on, at=at, actor=actor)


def _end(contract: Contract, split: SplitBill, day: date, act: str, *, on: date, at: datetime, actor: str) -> None:
    """End it with the month of a day, at the earliest where it begins; nothing when it ended by then."""
    if split.from_on is None:
        split.delete()
    else:
        to_on = max(Period.month_of(day).end, split.from_on)
        if split.to_on is not None and split.to_on <= to_on:
            return
        split.to_on = to_on
        split.save(update_fields=["to_on"])
    record.write(
        contract, "split-ended", act, on=on, at=at, actor=actor, split_bill=split.public_id,
        to_on=split.to_on.isoformat() if split.to_on else "",
    )  # fmt: skip


def _contribution(value: object) -> dict[str, object]:
    try:
        read = contributions.read(value)
    except contributions.WrongContribution as wrong:
        raise WrongContribution(place=str(wrong)) from None
    if isinstance(read, contributions.Everything):
        raise WrongContribution(place="type")
    return contributions.written(read)


def _known(split_bill: SplitBill, contract: Contract) -> SplitBill:
    found = SplitBill.objects.filter(pk=split_bill.pk).first()
    if found is None:
        raise NotAccepted(contract=contract.number)
    return found
