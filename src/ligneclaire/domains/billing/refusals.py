"""Why an act on invoices cannot be done."""

from __future__ import annotations

from collections.abc import Sequence

from ligneclaire.kernel.refusal import Refusal

SHOWN = 20  # accounts that a refusal names


class WrongMonth(Refusal):
    """The month of a run is its first day, and the invoices are dated in it."""

    code = "billing.refused.wrong-month"


class RunExists(Refusal):
    """There is a run for this legal entity and month."""

    code = "billing.refused.run-exists"


class OtherRunOpen(Refusal):
    """Another month's run is not finished."""

    code = "billing.refused.other-run"


class BilledUpTo(Refusal):
    """A later month was billed."""

    code = "billing.refused.billed-up-to"


class MonthSkipped(Refusal):
    """A month before it was not billed yet."""

    code = "billing.refused.month-skipped"


class TooEarly(Refusal):
    """A month is billed in the month before it at the earliest."""

    code = "billing.refused.too-early"


class NotTheDay(Refusal):
    """The day that the invoices bear has not come."""

    code = "billing.refused.not-the-day"


class WrongState(Refusal):
    """The run is in a state in which this cannot be done."""

    code = "billing.refused.wrong-state"


class WorkedOnElsewhere(Refusal):
    """Another process works on this run; it finishes it, or it can be resumed when that process is gone."""

    code = "billing.refused.elsewhere"


class SamePerson(Refusal):
    """A run is released by somebody else than the person who started it (W-45)."""

    code = "billing.refused.same-person"


class _OfAccounts(Refusal):
    """A refusal because of some accounts; `accounts` are the numbers of them all."""

    def __init__(self, accounts: Sequence[str]) -> None:
        self.accounts = tuple(accounts)
        names = ", ".join(self.accounts[:SHOWN]) + (" …" if len(self.accounts) > SHOWN else "")
        super().__init__(count=len(self.accounts), accounts=names)


class AccountsChanged(_OfAccounts):
    """What the drafts were made from is no longer so."""

    code = "billing.refused.accounts-changed"


class UsageNotRated(_OfAccounts):
    """Usage of the months that the run bills waits to be rated."""

    code = "billing.refused.usage-not-rated"


class OpenSuspense(Refusal):
    """Records of usage wait for a decision; who releases all the same says so, and it is written down."""

    code = "billing.refused.open-suspense"


class PutAside(_OfAccounts):
    """Accounts of the run get nothing because of what is wrong with them, and wait for the next run; who releases all
    the same says so, and it is written down."""

    code = "billing.refused.put-aside"


class IssuedAlready(Refusal):
    """Invoices of the run are issued: it cannot be discarded any more."""

    code = "billing.refused.issued-already"


class NoSpace(Refusal):
    """The database could not write: the disk is full. What was committed stays, the run can be resumed."""

    code = "billing.refused.no-space"


class ChargeExists(Refusal):
    """There is a charge of that source and code."""

    code = "billing.refused.charge-exists"


class WrongCharge(Refusal):
    """A charge is an amount in cents, not zero, on a contract of its account."""

    code = "billing.refused.wrong-charge"


class NotCreditable(Refusal):
    """Only an invoice can be credited, not a credit note."""

    code = "billing.refused.not-creditable"


class CreditedAlready(Refusal):
    """Nothing is left to credit."""

    code = "billing.refused.credited-already"


class UnknownLine(Refusal):
    """The invoice has no such line."""

    code = "billing.refused.unknown-line"


class TooMuchCredit(Refusal):
    """More than what is left of the line would be credited."""

    code = "billing.refused.too-much-credit"


class DisputedAlready(Refusal):
    """The line is disputed already, and waits for an answer."""

    code = "billing.refused.disputed-already"


class AnsweredAlready(Refusal):
    """The dispute was answered."""

    code = "billing.refused.answered-already"


class WrongOutcome(Refusal):
    """A dispute ends credited or refused, with words for the customer."""

    code = "billing.refused.wrong-outcome"


class NotBilled(Refusal):
    """The usage of a month is not billed yet, so that there is nothing to compare with."""

    code = "billing.refused.not-billed"


class NoPlanFits(Refusal):
    """No plan of the catalogue can be tried on all of the months."""

    code = "billing.refused.no-plan-fits"


class NothingToReplay(Refusal):
    """None of the lines had an offer with prices of usage in those months."""

    code = "billing.refused.nothing-to-replay"
