"""Whether an employee gets a private invoice for a period, or the amount is carried (C12, SPL-04 to SPL-06)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ligneclaire.domains.billing.policies import PrivateInvoice
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.money import Money, zero
from ligneclaire.kernel.policy import InForce

SKIP, INVOICE, FORCED, FINAL, ZERO = "skip", "invoice", "forced", "final", "zero-statement"


@dataclass(frozen=True, slots=True)
class Since:
    """What happened since the last private document: the balance that is carried (VAT included), and how often one was
    skipped."""

    carried: Money = field(default_factory=zero)
    skips: int = 0


@dataclass(frozen=True, slots=True)
class PrivatePeriod:
    """The private part of one period, VAT and third parties included; `leaves`: split bill ends with it."""

    amount: Money
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """What comes of a period. `invoiced` and `after.carried` sum to what was carried before and what was added.

    A `skip` with `after.skips` = 0 is a period in which a statement would have come, had the operator wanted it.
    """

    decision: str
    invoiced: Money
    after: Since
    because: tuple[Step, ...]

    @property
    def has_document(self) -> bool:
        """Whether a document is issued."""
        return self.decision != SKIP


def private_invoice(period: PrivatePeriod, since: Since, terms: InForce[PrivateInvoice]) -> Decided:
    """Decide one period, by the first of C12 that applies. A negative balance is carried, unless split bill ends."""
    balance = since.carried + period.amount
    policy = terms.value
    tested = balance if policy.threshold_basis == "accumulated" else period.amount
    because = [_balance_step(period, since, balance)]
    if period.leaves:
        because.append(step("billing.private.final", "SPL-06", balance, amount=balance))
        return Decided(FINAL, balance, Since(), tuple(because))
    if balance.amount < 0:
        because.append(step("billing.private.in-credit", "SPL-06", balance, amount=-balance))
        return Decided(SKIP, zero(), Since(balance, since.skips + 1), tuple(because))
    above = tested > policy.private_threshold
    code = "above" if above else "not-above"
    because.append(
        terms.step(f"billing.private.{code}", "SPL-04", tested, amount=tested, threshold=policy.private_threshold)
    )
    if above:
        return Decided(INVOICE, balance, Since(), tuple(because))
    if since.skips >= policy.private_skips:
        return _forced(balance, since, terms, because)
    skips = since.skips + 1
    because.append(terms.step("billing.private.skip", "SPL-05", balance, skips=skips, amount=balance))
    return Decided(SKIP, zero(), Since(balance, skips), tuple(because))


def private_invoices(
    periods: Iterable[PrivatePeriod], terms: InForce[PrivateInvoice], since: Since | None = None
) -> tuple[Decided, ...]:
    """Decide one period after the other."""
    found: list[Decided] = []
    known = since or Since()
    for period in periods:
        found.append(private_invoice(period, known, terms))
        known = found[-1].after
    return tuple(found)


def _balance_step(period: PrivatePeriod, since: Since, balance: Money) -> Step:
    if not since.carried:
        return step("billing.private.period", "C12", balance, amount=balance)
    return step("billing.private.balance", "C12", balance, carried=since.carried, added=period.amount, amount=balance)


def _forced(balance: Money, since: Since, terms: InForce[PrivateInvoice], because: list[Step]) -> Decided:
    """The invoice that comes after the last skip that is allowed; with nothing due, the statement or nothing."""
    because.append(terms.step("billing.private.forced", "SPL-05", balance, skips=since.skips))
    if balance:
        return Decided(FORCED, balance, Since(), tuple(because))
    decision = ZERO if terms.value.zero_statement else SKIP
    code = "zero-statement" if terms.value.zero_statement else "no-statement"
    because.append(terms.step(f"billing.private.{code}", "SPL-05", decision))
    return Decided(decision, zero(), Since(), tuple(because))
