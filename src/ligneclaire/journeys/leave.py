"""Leaving: the quote before the confirmation, and the act whose charges equal it (W-25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.catalogue.models import Product
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts import queries
from ligneclaire.domains.contracts.models import Contract, Termination
from ligneclaire.domains.contracts.queries import Exit, TerminationDay
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.devices import queries as devices
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.outbox import operations as outbox
from ligneclaire.kernel import texts
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.money import Money


@dataclass(frozen=True, slots=True)
class LeaveQuote:
    """What leaving means: the last day with service, what it costs in the account's `prices` mode, and the reasons:
    `cost_because` of the indemnity alone, `in_all` of all that is due."""

    last_day: date
    latest_allowed: date
    indemnity: Money
    device: Money
    fee: Money
    amount: Money
    prices: str
    day_because: tuple[Step, ...]
    cost_because: tuple[Step, ...]
    in_all: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """A termination and what it was quoted at."""

    termination: Termination
    quote: LeaveQuote


def quote(*, contract: Contract, on: date, wanted_on: date | None, at: datetime) -> LeaveQuote:
    """What a termination received on a day would mean. Writes nothing. Raises Refused when the wanted day can't be."""
    day = queries.termination_day(contract, on, wanted_on, at)
    cost = queries.early_exit(contract, day.last_day, at)
    return _quote(contract, day, cost)


def leave(
    *,
    contract: Contract,
    received_on: date,
    wanted_on: date | None,
    channel: str,
    requester: Person | None,
    at: datetime,
    actor: str,
    words: str = "",
) -> Left:
    """Terminate, charge with the next invoice exactly what the quote of that moment says (W-25), and confirm by mail
    the last day, the effects, the cost and the way to return equipment (CON-04, L-FR-04).

    One transaction. Raises what `contracts.terminate` raises.
    """
    with acting_for(contract.operator_id):
        termination = contracts.terminate(
            contract=contract, received_on=received_on, wanted_on=wanted_on, channel=channel, requester=requester,
            at=at, actor=actor, words=words,
        )  # fmt: skip
        row = Contract.objects.select_related("account__party", "account__legal_entity", "offer").get(pk=contract.pk)
        quoted = quote(contract=row, on=received_on, wanted_on=wanted_on, at=at)
        for code, amount, product_code in (
            ("exit", quoted.indemnity, row.offer.code),
            ("exit-device", quoted.device, row.offer.code),
            ("exit-fee", quoted.fee, queries.LEAVING_FEE),
        ):
            if amount:
                _charge(row, termination, quoted, code=code, amount=amount, product_code=product_code, at=at)
        _confirm(row, termination, quoted, at)
    return Left(termination, quoted)


def _confirm(row: Contract, termination: Termination, quoted: LeaveQuote, at: datetime) -> None:
    """The acknowledgement on a durable medium, to the address of the account; an account may have none."""
    if not row.account.email:
        return
    promise = termination.promise.public_id
    back = devices.return_after(row, quoted.last_day, termination.received_on, at)
    params = {
        "promise": promise,
        "number": row.number,
        "received_on": termination.received_on.isoformat(),
        "last_day": quoted.last_day.isoformat(),
        "amount": str(quoted.amount.rounded()),
        "prices": quoted.prices,
        "return_by": back.due_on.isoformat() if back else "",
        "reference": back.reference if back else "",
    }
    outbox.queue(
        operator_id=row.operator_id, dedupe_key=f"termination-received:{promise}", channel="mail",
        recipient=row.account.email, language=row.account.language, template="termination-received", params=params,
        at=at,
    )  # fmt: skip


def _charge(
    row: Contract,
    termination: Termination,
    quoted: LeaveQuote,
    *,
    code: str,
    amount: Money,
    product_code: str,
    at: datetime,
) -> None:
    steps = (
        quoted.cost_because if code == "exit" else (step(f"contracts.exit.{code}", "CON-08", amount, amount=amount),)
    )
    billing.add_charge(
        account=row.account,
        contract=row,
        code=code,
        product_code=product_code,
        names=_names(row, code, product_code),
        category="service",
        service_on=quoted.last_day,
        amount=amount,
        source=f"termination:{termination.promise.public_id}",
        because=steps,
        at=at,
        promise=termination.promise,
    )


def _names(row: Contract, code: str, product_code: str) -> dict[str, str]:
    fee = Product.objects.filter(operator_id=row.operator_id, kind="fee", code=product_code).first()
    if fee is not None:
        return dict(fee.names)
    languages = Operator.objects.get(pk=row.operator_id).languages
    return {lang: texts.say(f"contracts.exit.line-{code}", lang) for lang in languages}


def _quote(contract: Contract, day: TerminationDay, cost: Exit) -> LeaveQuote:
    return LeaveQuote(
        last_day=day.last_day,
        latest_allowed=day.latest_allowed,
        indemnity=cost.indemnity,
        device=cost.device,
        fee=cost.fee,
        amount=cost.amount,
        prices=contract.account.prices,
        day_because=day.because,
        cost_because=cost.because,
        in_all=cost.in_all,
    )
