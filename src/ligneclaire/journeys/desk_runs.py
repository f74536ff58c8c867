"""Bill runs as the desk sees them: how far they are, what they would issue, and one draft explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, Sum

from ligneclaire.domains.billing.models import BillRun, Draft, Invoice, RunChunk
from ligneclaire.domains.billing.policies import BillingCalendar
from ligneclaire.domains.billing.rules.states import PUT_ASIDE
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.operators.models import LegalEntity
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.journeys import desk_staff, invoice_parts
from ligneclaire.journeys.desk_documents import Because, because_of
from ligneclaire.kernel.money import Money, zero
from ligneclaire.kernel.periods import Period, add_months
from ligneclaire.kernel.scope import Scope

PAGE = 50
LISTED = ("account__public_id", "account__number", "account__name", "skip_reason", "total")


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in the list: what it issued, or would issue, and who did what."""

    public_id: str
    entity: str
    month: date
    bill_on: date
    state: str
    accounts: int
    total: Money
    started_by: str
    released_by: str


@dataclass(frozen=True, slots=True)
class NextRun:
    """What can be started: the legal entity, the month after its last run, and the day that the policy puts on it."""

    entity: LegalEntity
    month: date
    bill_on: date


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, in chunks of accounts."""

    done: int
    all: int

    @property
    def percent(self) -> int:
        """Of a hundred."""
        return 100 * self.done // self.all if self.all else 100


@dataclass(frozen=True, slots=True)
class RunPage:
    """A run on its way. `skipped` counts the accounts without a document by the reason (W-15)."""

    row: BillRun
    entity: str
    state: str
    progress: Progress
    documents: int
    credits: int
    skipped: tuple[tuple[str, int], ...]
    total: Money
    started_by: str
    released_by: str
    issued_at: datetime | None


def runs(scope: Scope) -> tuple[RunLine, ...]:
    """All runs, the newest month first."""
    rows = list(
        BillRun.objects.filter(operator_id=scope.operator_id)
        .exclude(state="discarded")
        .select_related("legal_entity")
        .order_by("-month", "-pk")[:60]
    )
    names = desk_staff.names_of(scope, {one.started_by for one in rows} | {one.released_by for one in rows})
    sums = dict(Draft.objects.filter(run__in=rows).values_list("run_id").annotate(sum=Sum("total")))
    return tuple(
        RunLine(
            one.public_id, one.legal_entity.name, one.month, one.bill_on, one.state, one.accounts,
            Money.of(sums.get(one.pk) or 0), names[one.started_by], names[one.released_by],
        )
        for one in rows
    )  # fmt: skip


def next_runs(scope: Scope, on: date) -> tuple[NextRun, ...]:
    """The month that comes next, per legal entity; the current month where nothing was run yet."""
    book = rulebook.book_of(scope.operator_id)
    found = []
    for entity in LegalEntity.objects.filter(operator_id=scope.operator_id).order_by("name"):
        rows = BillRun.objects.filter(operator_id=scope.operator_id, legal_entity=entity).exclude(state="discarded")
        last = rows.order_by("-month").first()
        if last is not None and last.state != "released":
            continue
        month = add_months(last.month, 1) if last else Period.month_of(on).start
        calendar = book.at(legal_entity=entity.code).in_force(BillingCalendar, month)
        found.append(NextRun(entity, month, month.replace(day=calendar.value.invoice_day if calendar else 1)))
    return tuple(found)


def run_row(scope: Scope, public_id: str) -> BillRun:
    """The row of a run, for acts. Raises NotFound outside the scope."""
    row = (
        BillRun.objects.filter(operator_id=scope.operator_id, public_id=public_id)
        .select_related("legal_entity")
        .first()
    )
    if row is None:
        raise NotFound(public_id)
    return row


def run_page(scope: Scope, public_id: str) -> RunPage:
    """How far a run is and what it makes. Raises NotFound."""
    row = run_row(scope, public_id)
    chunks = RunChunk.objects.filter(run=row)
    done = Q(issued_at__isnull=False) if row.state in ("releasing", "released") else Q(drafted_at__isnull=False)
    counted = chunks.aggregate(all=Count("pk"), done=Count("pk", filter=done))
    by_reason = Draft.objects.filter(run=row).values_list("skip_reason").order_by()
    sums = by_reason.annotate(n=Count("pk"), credits=Count("pk", filter=Q(total__lt=0)), total=Sum("total"))
    drafted = {reason: figures for reason, *figures in sums}
    documents, credits, total = drafted.pop("", (0, 0, 0))
    skipped = sorted(((reason, figures[0]) for reason, figures in drafted.items()), key=lambda one: -one[1])
    names = desk_staff.names_of(scope, {row.started_by, row.released_by})
    return RunPage(
        row,
        row.legal_entity.name,
        row.state,
        Progress(counted["done"], counted["all"]),
        documents,
        credits,
        tuple(skipped),
        Money.of(total or 0),
        names[row.started_by],
        names[row.released_by],
        row.released_at,
    )


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in the list, or the reason why an account gets no document."""

    account_public_id: str
    account_number: str
    name: str
    skip_reason: str
    total: Money
    last: Money | None


@dataclass(frozen=True, slots=True)
class Drafts:
    """A page of drafts, the largest first; `count` is how many fit the search."""

    found: tuple[DraftLine, ...]
    count: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PAGE))


def drafts(scope: Scope, row: BillRun, search: str, page: int) -> Drafts:
    """The drafts of a run whose account's number or name holds a text; those with a document first, by sum."""
    rows = Draft.objects.filter(operator_id=scope.operator_id, run=row).select_related("account")
    if search:
        rows = rows.filter(Q(account__name__icontains=search) | Q(account__number__istartswith=search))
    count = rows.count()
    page = min(max(page, 1), max(1, -(-count // PAGE)))
    shown = list(rows.only(*LISTED).order_by("skip_reason", "-total", "account_id")[(page - 1) * PAGE : page * PAGE])
    before = _last_month(row, [one.account_id for one in shown])
    return Drafts(
        tuple(
            DraftLine(
                one.account.public_id, one.account.number, one.account.name, one.skip_reason, Money.of(one.total),
                before.get(one.account_id),
            )
            for one in shown
        ),
        count,
        page,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DraftedLine:
    """A line of a draft with its steps."""

    position: int
    label: str
    group: str
    period: Period | None
    amount: Money
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class DraftPage:
    """One account's document as it would be issued, or the reason why there is none."""

    run: BillRun
    account_number: str
    name: str
    party_public_id: str
    skip_reason: str
    kind: str
    total: Money
    net: Money
    vat: Money
    complementary: Money
    prices: str
    pay_on: date | None
    lines: tuple[DraftedLine, ...]
    because: tuple[Because, ...]
    last: Money | None


def draft_page(scope: Scope, run_public_id: str, account_public_id: str, language: str) -> DraftPage:
    """One draft, explained. Raises NotFound."""
    run = run_row(scope, run_public_id)
    row = (
        Draft.objects.filter(operator_id=scope.operator_id, run=run, account__public_id=account_public_id)
        .select_related("account__party")
        .first()
    )
    if row is None:
        raise NotFound(account_public_id)
    document: Mapping[str, Any] = row.document or {}
    pay_on = document.get("debit_on") or document.get("due_on")
    return DraftPage(
        run=run,
        account_number=row.account.number,
        name=row.account.name,
        party_public_id=row.account.party.public_id,
        skip_reason=row.skip_reason,
        kind=document.get("kind", ""),
        total=Money.of(row.total),
        net=Money.of(document.get("net", "0")),
        vat=Money.of(document.get("vat", "0")),
        complementary=Money.of(document.get("complementary", "0")),
        prices=document.get("prices", ""),
        pay_on=date.fromisoformat(pay_on) if pay_on else None,
        lines=tuple(_line(one, language) for one in document.get("lines", ())),
        because=because_of(document.get("because") or _why_aside(row), language),
        last=_last_month(run, [row.account_id]).get(row.account_id),
    )


def _why_aside(row: Draft) -> Sequence[Mapping[str, Any]]:
    """The steps to an account that was put aside."""
    return row.because or () if row.skip_reason == PUT_ASIDE else ()


def _line(data: Mapping[str, Any], language: str) -> DraftedLine:
    name = data["names"].get(language) or next(iter(data["names"].values()))
    return DraftedLine(
        data["position"],
        invoice_parts.label(data["code"], name, language),
        str(invoice_parts.group(data["code"])),
        Period(date.fromisoformat(data["period_from"]), date.fromisoformat(data["period_to"])),
        Money.of(data["amount"]),
        because_of(data["because"], language),
    )


def _last_month(run: BillRun, accounts: list[int]) -> dict[int, Money]:
    """What each account was invoiced by the run of the month before, credit notes negative."""
    before = add_months(run.month, -1)
    rows = Invoice.objects.filter(
        operator_id=run.operator_id, account_id__in=accounts, month=before, run__isnull=False
    ).values_list("account_id", "kind", "total")
    sums: dict[int, Money] = {}
    for account, kind, total in rows:
        sums[account] = sums.get(account, zero()) + (Money.of(total) if kind == "invoice" else -Money.of(total))
    return sums
