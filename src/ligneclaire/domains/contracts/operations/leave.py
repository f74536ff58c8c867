"""Leaving: the customer's request becomes a promise, and the contract gets its last day."""

from __future__ import annotations

from datetime import date, datetime

from ligneclaire.domains.contracts import queries
from ligneclaire.domains.contracts.models import Contract, Termination
from ligneclaire.domains.contracts.operations import record, split
from ligneclaire.domains.contracts.refusals import EndsAlready, WrongChannel
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.promises import operations as promises

DESK = "billing"
# How a termination comes in: in the customer area, or by what the desk received (CON-05; L-BE-01: any written means).
CHANNELS = ("online", "form", "registered-letter", "letter", "telephone")


def terminate(
    *,
    contract: Contract,
    received_on: date,
    wanted_on: date | None,
    channel: str,
    requester: Person | None,
    at: datetime,
    actor: str,
    words: str = "",
) -> Termination:
    """End a contract on the day that the law and the customer allow (L-FR-02, L-BE-01); its split bill ends with the
    month of that day, nothing else with it.

    `received_on` is day 0 of the notice, whenever it is recorded; `channel` is one of CHANNELS (CON-05); `words` are
    the customer's reason, which the law does not ask for. The request is a promise, due on that last day, by the law
    or, when the customer chose another day, as agreed. Raises EndsAlready, BeforeSignature, InTheFuture, WrongChannel,
    TooFarAhead; Refused when the wanted day can't be (a day before the request in Belgium).
    """
    if channel not in CHANNELS:
        raise WrongChannel(channel=channel)
    with acting_for(contract.operator_id):
        locked = record.lock(contract)
        if locked.last_day is not None:
            raise EndsAlready(contract=locked.number, on=locked.last_day)
        end = queries.termination_day(locked, received_on, wanted_on, at)
        promise = promises.make(
            party=locked.account.party, kind="termination", subject=f"contract:{locked.public_id}",
            due_on=end.last_day, due_source=end.source, owner=DESK, at=at, actor=actor, requester=requester,
            words=words.strip(),
        )  # fmt: skip
        because = [one.to_json() for one in end.because]
        termination = Termination.objects.create(
            operator_id=locked.operator_id, promise=promise, contract=locked, received_on=received_on,
            last_day=end.last_day, because=because,
        )  # fmt: skip
        locked.last_day = end.last_day
        locked.save(update_fields=["last_day"])
        split.end_with_contract(contract=locked, on=received_on, at=at, actor=actor)
        promises.step(promise=promise, code="planned", at=at, actor=actor)
        record.write(
            locked, "terminated", "terminate", on=received_on, at=at, actor=actor, last_day=end.last_day.isoformat(),
            promise=promise.public_id, channel=channel, words=words.strip(), because=because,
        )  # fmt: skip
    return termination


def close_ended(*, operator_id: int, on: date, at: datetime, actor: str) -> int:
    """Write that the terminations whose last day has passed are done, which ends their promises. A daily job.

    Returns how many; running it again writes nothing twice.
    """
    with acting_for(operator_id):
        due = queries.terminations_to_close(operator_id, on)
        for termination in due:
            promises.step(promise=termination.promise, code="done", at=at, actor=actor)
    return len(due)
