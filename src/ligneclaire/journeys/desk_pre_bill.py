"""The pre-bill of a run as the desk reviews it: what looks wrong first, then why it differs from last month (W-45)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.billing import queries as billing
from ligneclaire.domains.billing.models import BillRun
from ligneclaire.domains.billing.rules.states import PUT_ASIDE
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope

ORDER = (PUT_ASIDE, "much-more", "no-terms", "no-address", "credit-note", "zero")
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Odd:
    """One account that somebody should look at; `usual` is the mean of its last invoices, None without any."""

    account_public_id: str
    number: str
    name: str
    total: Money
    usual: Money | None


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Accounts that look wrong in the same way: how many, and the first of them."""

    kind: str
    count: int
    accounts: tuple[Odd, ...]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.accounts)


@dataclass(frozen=True, slots=True)
class PreBill:
    """A run before its release. The differences, with what tax adds, sum to `difference`. `suspended` counts the
    records of usage that could not be used, now or when it was released."""

    documents: int
    total: Money
    last_documents: int
    last_total: Money
    differences: tuple[tuple[str, Money], ...]
    anomalies: tuple[Anomaly, ...]
    suspended: int = 0

    @property
    def aside(self) -> int:
        """How many accounts were put aside: nothing of them is billed, and the next run bills it."""
        return sum(one.count for one in self.anomalies if one.kind == PUT_ASIDE)

    @property
    def difference(self) -> Money:
        """This month less the last."""
        return self.total - self.last_total


def pre_bill(scope: Scope, run: BillRun) -> PreBill | None:
    """What a run would issue and how it differs from last month; None for a run that was thrown away."""
    if run.state == "discarded":
        return None
    found = billing.pre_bill(scope, run)
    total = found.total - found.total_before
    tax = total - (found.lines_total - found.lines_before)
    reasons = [(reason, amount) for reason, amount in found.differences.items() if amount]
    ids = dict(
        Account.objects.filter(
            operator_id=scope.operator_id, pk__in={one.account_id for one in found.anomalies}
        ).values_list("pk", "public_id")
    )
    odd: dict[str, list[Odd]] = defaultdict(list)
    for one in found.anomalies:
        odd[one.kind].append(Odd(ids[one.account_id], one.account_number, one.name, one.total, one.usual))
    return PreBill(
        found.invoices + found.credit_notes,
        found.total,
        found.invoices_before,
        found.total_before,
        tuple(reasons + ([("vat", tax)] if tax else [])),
        tuple(Anomaly(kind, found.anomaly_counts[kind], tuple(odd[kind][:SHOWN])) for kind in ORDER if kind in odd),
        found.suspended,
    )
