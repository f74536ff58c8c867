"""What a customer reads before leaving, and after: the quote with what happens next, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from ligneclaire.domains.accounts.queries import within
from ligneclaire.domains.billing.models import Charge
from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts.models import Contract, Termination
from ligneclaire.domains.contracts.queries import ContractView
from ligneclaire.domains.devices import queries as devices
from ligneclaire.domains.devices.queries import Returning
from ligneclaire.domains.promises.queries import PromiseView
from ligneclaire.journeys import leave
from ligneclaire.journeys.leave import LeaveQuote
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Leaving:
    """A contract that may be ended: the quote of a termination received today, and the equipment that comes back."""

    quote: LeaveQuote
    returning: Returning | None

    @property
    def seen(self) -> str:
        """What was shown, in short: a confirmation that carries another one is asked again."""
        return f"{self.quote.last_day.isoformat()} {self.quote.amount} {self.quote.prices}"


@dataclass(frozen=True, slots=True)
class Ending:
    """A contract that is being ended, or has ended: its last day, what leaving costs, and the equipment."""

    contract: ContractView
    received_on: date
    last_day: date
    amount: Money
    returning: Returning | None


def leaving(contract: Contract, on: date, wanted_on: date | None, at: datetime) -> Leaving:
    """What leaving means for a contract of the reader's scope. Writes nothing. Raises what `leave.quote` raises."""
    quoted = leave.quote(contract=contract, on=on, wanted_on=wanted_on, at=at)
    return Leaving(quoted, devices.return_after(contract, quoted.last_day, on, at))


def ending_of(scope: Scope, promise: PromiseView, on: date, at: datetime) -> Ending | None:
    """The termination behind a promise, None for other kinds."""
    rows = Termination.objects.filter(within(scope, "contract__account"), promise__public_id=promise.public_id)
    row = rows.select_related("contract").first()
    if row is None:
        return None
    contract = contracts.contract_row(scope, row.contract.public_id)
    charged = Charge.objects.filter(promise=row.promise_id).aggregate(sum=Sum("amount"))["sum"]
    returning = devices.return_after(contract, row.last_day, on, at)
    view = contracts.contract_view(scope, contract.public_id)
    return Ending(view, row.received_on, row.last_day, Money.of(charged or 0).rounded(), returning)
