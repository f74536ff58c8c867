"""Try a policy on the last period before it is published: the documents of the last released run, or what leaving would
have cost, made once more by the same rules with the tried values. Nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from ligneclaire.domains.billing.models import BillRun, Draft, Invoice
from ligneclaire.domains.billing.policies import BillingCalendar
from ligneclaire.domains.billing.queries.inputs import Inputs, Knowing, Reader
from ligneclaire.domains.billing.queries.setting import Setting, setting
from ligneclaire.domains.billing.rules import document as rule
from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.operators import queries as operators
from ligneclaire.domains.rulebook import decode
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.domains.rulebook.versions import Rulebook, Version
from ligneclaire.kernel.money import Money, zero
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.scope import Scope

DOCUMENTS = frozenset(
    {
        "accounts.cheque", "accounts.complementary", "accounts.debit", "accounts.transfer", "billing.calendar",
        "billing.private_invoice", "contracts.service_start",
    }
)  # fmt: skip
LEAVING = frozenset({"contracts.early_termination"})
USAGE = frozenset({"usage.ceilings", "usage.correction", "usage.late"})
NOTHING = zero()
AT_ONCE = 500  # accounts read by one statement


@dataclass(frozen=True, slots=True)
class Tried:
    """One account, or one contract, before and after: its sum, the day it is paid on, its part in the complementary
    currency. Of a credit note the sum is negative.

    `before` is what was issued; `known_since` is what today's contracts make more or less of that document without any
    tried value, because an end or a change was entered after the run. `after` moves by the tried values alone.
    """

    number: str
    name: str
    party_public_id: str
    before: Money
    after: Money
    paid_before: date | None = None
    paid_after: date | None = None
    complementary_before: Money = NOTHING
    complementary_after: Money = NOTHING
    is_issued: bool = True
    known_since: Money = NOTHING

    @property
    def difference(self) -> Money:
        """What is more (positive) or less with the tried values."""
        return self.after - self.before

    @property
    def complementary_difference(self) -> Money:
        """What is more or less in the complementary currency."""
        return self.complementary_after - self.complementary_before

    @property
    def has_changed(self) -> bool:
        """Whether anything differs."""
        return bool(self.difference or self.complementary_difference) or self.paid_before != self.paid_after


@dataclass(frozen=True, slots=True)
class Trial:
    """What the tried values would have changed. `kind`: "documents", "leaving", "usage" when it changes what usage
    costs, which is not rated once more, or "nothing" when no amount is made with this policy; `month` is None when
    there is no released run yet."""

    kind: str
    month: date | None
    tried: tuple[Tried, ...] = ()

    @property
    def changed(self) -> tuple[Tried, ...]:
        """What differs, the largest difference first."""
        found = [one for one in self.tried if one.has_changed]
        return tuple(sorted(found, key=lambda one: (-abs(one.difference).amount, one.number)))

    @property
    def issued(self) -> int:
        """How many documents there were."""
        return sum(one.is_issued for one in self.tried)

    @property
    def overtaken(self) -> int:
        """Of how many documents more is known since: they can't be made once more as they were."""
        return sum(bool(one.known_since) for one in self.tried)

    @property
    def before(self) -> Money:
        """The sum with the values that hold: of documents, what was issued."""
        return sum((one.before for one in self.tried), zero())

    @property
    def after(self) -> Money:
        """The sum with the tried values."""
        return sum((one.after for one in self.tried), zero())

    @property
    def difference(self) -> Money:
        """What is more or less in all."""
        return self.after - self.before

    @property
    def complementary_difference(self) -> Money:
        """What is more or less in the complementary currency in all."""
        return sum((one.complementary_difference for one in self.tried), zero())

    @property
    def days(self) -> tuple[tuple[date, Money, Money], ...]:
        """How much comes in on which day, before and after."""
        sums: dict[date, list[Money]] = defaultdict(lambda: [zero(), zero()])
        for one in self.tried:
            for index, (day, amount) in enumerate(((one.paid_before, one.before), (one.paid_after, one.after))):
                if day is not None:
                    sums[day][index] += amount
        return tuple((day, before, after) for day, (before, after) in sorted(sums.items()))


def try_policy(scope: Scope, version: Version, on: date) -> Trial:
    """What a version would have changed in the last period, had it held then."""
    run = BillRun.objects.filter(operator_id=scope.operator_id, state="released").order_by("-month", "-pk").first()
    month = run.month if run else None
    if version.key in DOCUMENTS:
        return Trial("documents", month, tuple(_documents(run, version)) if run else ())
    if version.key in LEAVING:
        return Trial("leaving", month, tuple(_exits(scope.operator_id, version, month or on)))
    return Trial("usage" if version.key in USAGE else "nothing", month)


def _books(operator_id: int, version: Version) -> tuple[Rulebook, Rulebook]:
    book = rulebook.book_of(operator_id)
    values: Mapping[str, Any] = decode.to_plain(version.value)
    return book, book.trying(values)


def _documents(run: BillRun, version: Version) -> Iterator[Tried]:
    """Every account of a run: what was issued, and the difference between its document made by the values that hold and
    by the tried ones, both out of what was known then."""
    book, tried_book = _books(run.operator_id, version)
    first = Invoice.objects.filter(run=run).order_by("pk").values_list("pk", flat=True).first()
    bill_on = _bill_on(tried_book, run)
    before, after = _setting(run, book, run.bill_on), _setting(run, tried_book, bill_on)
    knowing = Knowing(run.operator_id, run.bill_on, run.as_of)
    reader = Reader(replace(knowing, last_invoice_id=first - 1) if first else knowing)
    starts = _starts(run, tried_book) if version.key == "contracts.service_start" else {}
    drafts = Draft.objects.filter(run=run).order_by("account_id").select_related("account__party")
    rows = {one.account_id: one for one in drafts}
    ids = list(rows)
    for chunk in range(0, len(ids), AT_ONCE):
        for inputs in reader.read(ids[chunk : chunk + AT_ONCE]):
            draft = rows[inputs.account_id]
            account, issued = draft.account, Money.of(draft.total)
            found = _sum(before, inputs), _sum(after, _restarted(inputs, starts))
            yield Tried(
                account.number, account.name, account.party.public_id,
                issued, issued + found[1].total - found[0].total,
                found[0].paid_on, found[1].paid_on, found[0].complementary, found[1].complementary,
                not draft.skip_reason, found[0].total - issued,
            )  # fmt: skip


def _setting(run: BillRun, book: Rulebook, bill_on: date) -> Setting:
    return setting(run.operator_id, run.legal_entity_id, run.month, bill_on, book=book)


def _bill_on(book: Rulebook, run: BillRun) -> date:
    """The day on the invoices by the tried calendar; the run's own when the calendar is not what is tried."""
    if "invoice_day" not in book.tried:
        return run.bill_on
    calendar = book.in_force(BillingCalendar, run.month)
    return run.month.replace(day=calendar.value.invoice_day) if calendar else run.bill_on


@dataclass(frozen=True, slots=True)
class _Sum:
    total: Money
    paid_on: date | None
    complementary: Money


def _sum(how: Setting, inputs: Inputs) -> _Sum:
    found = how.outcome_of(inputs).document
    if found is None:
        return _Sum(zero(), None, zero())
    if found.kind != rule.INVOICE:
        return _Sum(-found.total, None, -found.complementary)
    return _Sum(found.total, found.due.debit_on or found.due.due_on, found.complementary)


def _starts(run: BillRun, book: Rulebook) -> dict[int, date]:
    """Contracts of the run whose service would have started on another day, with that day."""
    entity = Contract.objects.filter(operator_id=run.operator_id, account__legal_entity_id=run.legal_entity_id)
    candidates = entity.filter(service_from__lt=run.bill_on, equipment_received_on__isnull=False)
    recent = candidates.filter(service_from__gte=_month_before(run.month)).select_related(
        "account__party", "account__legal_entity", "offer"
    )
    found = {}
    for contract in recent:
        start = contracts.start_of(contract, book=_narrowed(book, contract))
        if start is not None and start.on != contract.service_from:
            found[contract.pk] = start.on
    return found


def _restarted(inputs: Inputs, starts: Mapping[int, date]) -> Inputs:
    """The inputs with the tried days of start."""
    if not any(one.id in starts for one in inputs.contracts):
        return inputs
    moved = tuple(replace(one, service_from=starts[one.id]) if one.id in starts else one for one in inputs.contracts)
    return replace(inputs, contracts=moved)


def _exits(operator_id: int, version: Version, month: date) -> Iterator[Tried]:
    """What leaving at the end of the month would have cost each contract that was bound then."""
    book, tried = _books(operator_id, version)
    last_day = Period.month_of(month).end.fromordinal(Period.month_of(month).end.toordinal() - 1)
    at = datetime.combine(last_day, time(12), operators.zone_of(operator_id))
    bound = Contract.objects.filter(
        operator_id=operator_id, commitment_months__gt=0, commitment_start_on__lte=last_day, last_day=None
    )
    related = bound.select_related("operator", "account__party", "account__legal_entity", "offer")
    for contract in related.order_by("number"):
        books = [_narrowed(one, contract) for one in (book, tried)]
        before, after = (one.amount for one in contracts.exits_by(contract, last_day, at, books))
        if before or after:
            party = contract.account.party
            yield Tried(contract.number, party.name, party.public_id, before, after)


def _narrowed(book: Rulebook, contract: Contract) -> Rulebook:
    account = contract.account
    return book.at(
        account=account.public_id, segment=account.party.segment, offer=contract.offer.code,
        legal_entity=account.legal_entity.code,
    )  # fmt: skip


def _month_before(month: date) -> date:
    return Period.month_of(date.fromordinal(month.toordinal() - 1)).start
