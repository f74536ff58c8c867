"""What a customer's pages show, each as one frozen view: the bills and their state, the offers, the requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from ligneclaire.domains.accounts.queries import last_four, within
from ligneclaire.domains.billing import queries as billing
from ligneclaire.domains.billing.models import Dispute, Invoice, InvoiceLine
from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.contracts.queries import OfferView
from ligneclaire.domains.contracts.rules.commitment import ends_on
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.ledger import queries as ledger
from ligneclaire.domains.ledger.queries import OpenItem
from ligneclaire.domains.promises import queries as promises
from ligneclaire.domains.promises.queries import PromiseView
from ligneclaire.journeys import invoices
from ligneclaire.journeys.invoice_view import InvoiceView
from ligneclaire.kernel.money import Money, sum_money, zero
from ligneclaire.kernel.periods import add_months
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Bill:
    """A document in a list, with what was paid, given back by credit notes, and disputed of it.

    `state` is "paid", "credited" (given back whole), "disputed" (nothing to pay before an answer), "debit" (its day is
    to come), "due", "overdue", or "credit" for a credit note. `in_favour` is what was paid too much, `complementary`
    the part of what is open that is settled in the other currency.
    """

    public_id: str
    number: str
    kind: str
    month: date
    issued_on: date
    account_id: int
    account_name: str
    total: Money
    open: Money
    paid: Money
    in_favour: Money
    complementary: Money
    credited: Money
    disputed: Money
    pay_on: date
    method: str
    account_last4: str
    communication: str
    state: str

    @property
    def to_pay(self) -> Money:
        """What may be asked for: a disputed sum waits for its answer."""
        return max(self.open - self.disputed, zero(self.open.currency))

    @property
    def to_pay_in_unit(self) -> Money:
        """The part of it that is paid in the complementary currency (1 unit = 1 euro)."""
        return min(self.complementary, self.to_pay)


@dataclass(frozen=True, slots=True)
class Bills:
    """All documents within a scope, the newest first, what is to be paid of them, and the one to be paid first.
    `in_favour` is what the reader has with the operator: paid too much, or given back and not set off."""

    bills: tuple[Bill, ...]
    to_pay: Money
    next: Bill | None
    in_favour: Money

    @property
    def in_unit(self) -> Money:
        """What is to be paid of them in the complementary currency."""
        return sum_money(bill.to_pay_in_unit for bill in self.bills)

    @property
    def overdue(self) -> Money:
        """What should have been paid already."""
        return sum_money(bill.to_pay for bill in self.bills if bill.state == "overdue")


Standing = tuple[Money, Money, Money]  # open, paid, open in the complementary currency
NOTHING, NOT_POSTED = (zero(), zero()), (zero(), zero(), zero())
LISTED = (
    "public_id", "number", "kind", "month", "issued_on", "account__name", "currency", "total", "debit_on", "due_on",
    "payment_method", "debited_iban", "structured_communication",
)  # fmt: skip


def bills_of(scope: Scope, on: date, items: Iterable[OpenItem] | None = None) -> Bills:
    """The documents of a scope as they stand on a day; `next` is the one to be paid first. `items`: what the ledger
    says of the scope, when it was read before."""
    rows = Invoice.objects.filter(within(scope, "account")).select_related("account").order_by("-issued_on", "-pk")
    items = ledger.items(scope) if items is None else tuple(items)
    bills = _bills(scope, list(rows.only(*LISTED)), on, items)
    owed = [bill for bill in bills if bill.to_pay]
    first = min(owed, key=lambda bill: (bill.pay_on, bill.number), default=None)
    over = sum_money(-one.open for one in items if one.open.amount < 0 and one.currency == "EUR")
    return Bills(bills, sum_money(bill.to_pay for bill in owed), first, over)


def _bills(scope: Scope, rows: list[Invoice], on: date, items: Iterable[OpenItem]) -> tuple[Bill, ...]:
    names = [row.public_id for row in rows]
    standing = _standing(items)
    moved = billing.disputed_and_credited(scope, names)
    return tuple(_bill(row, standing, *moved.get(row.public_id, NOTHING), on) for row in rows)


def _standing(items: Iterable[OpenItem]) -> dict[str, Standing]:
    """What is open and what was paid of each document, both currencies together: one unit is one euro (C11); and what
    is open in the complementary one."""
    found: dict[str, Standing] = {}
    for item in items:
        left, paid, unit = found.get(item.item, NOT_POSTED)
        still = Money.of(item.open.amount)
        unit += still if item.currency != "EUR" else zero()
        found[item.item] = (left + still, paid + Money.of(item.paid.amount), unit)
    return found


def _bill(row: Invoice, standing: Mapping[str, Standing], disputed: Money, credited: Money, on: date) -> Bill:
    left, paid, unit = standing.get(row.public_id, NOT_POSTED)
    owed = max(left, zero()) if row.kind == "invoice" else zero(row.currency)
    pay_on = row.debit_on or row.due_on
    return Bill(
        public_id=row.public_id,
        number=row.number,
        kind=row.kind,
        month=row.month,
        issued_on=row.issued_on,
        account_id=row.account_id,
        account_name=row.account.name,
        total=Money.of(row.total, row.currency),
        open=owed,
        paid=paid if row.kind == "invoice" else zero(row.currency),
        in_favour=max(-left, zero()) if row.kind == "invoice" else zero(row.currency),
        complementary=min(max(unit, zero()), owed),
        credited=credited,
        disputed=min(max(disputed, zero()), owed),
        pay_on=pay_on,
        method=row.payment_method,
        account_last4=last_four(row.debited_iban),
        communication=row.structured_communication,
        state=_state(row, owed, credited, disputed, pay_on < on),
    )


def _state(row: Invoice, owed: Money, credited: Money, disputed: Money, is_past: bool) -> str:
    if row.kind != "invoice":
        return "credit"
    if not owed:
        return "credited" if credited == Money.of(row.total, row.currency) and credited else "paid"
    if disputed >= owed:
        return "disputed"
    if is_past:
        return "overdue"
    return "debit" if row.payment_method == "direct-debit" else "due"


def invoice_of(scope: Scope, public_id: str) -> Invoice:
    """One document within a scope. Raises NotFound."""
    mine = Invoice.objects.filter(within(scope, "account"), public_id=public_id)
    found = mine.select_related("operator", "account__party").first()
    if found is None:
        raise NotFound(public_id)
    return found


def is_paid(scope: Scope, public_id: str) -> bool:
    """Whether nothing is open of a document: what is disputed of it then comes back if we agree."""
    return not any(item.open.amount > 0 for item in ledger.items(scope, items=[public_id]))


def line_of(scope: Scope, public_id: str, position: int) -> InvoiceLine:
    """One line of a document within a scope. Raises NotFound."""
    found = InvoiceLine.objects.filter(invoice=invoice_of(scope, public_id), position=position).first()
    if found is None:
        raise NotFound(f"{public_id}/{position}")
    return found


@dataclass(frozen=True, slots=True)
class DisputedLine:
    """A line that the customer disputes, and the promise that tracks it."""

    position: int
    promise: PromiseView
    amount: Money


def disputes_of(scope: Scope, invoice: Invoice, on: date) -> tuple[DisputedLine, ...]:
    """What is or was disputed of a document."""
    rows = list(Dispute.objects.filter(line__invoice=invoice).select_related("promise", "line").order_by("pk"))
    promised = promises.trackers(scope, [row.promise.public_id for row in rows], on)
    return tuple(
        DisputedLine(row.line.position, promised[row.promise.public_id], Money.of(row.amount, invoice.currency))
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """One document, explained: its view, how it stands on a day, and what is or was disputed of it."""

    view: InvoiceView
    bill: Bill
    disputed: tuple[DisputedLine, ...]


def invoice_page(scope: Scope, public_id: str, language: str, on: date) -> InvoicePage:
    """One document on a day; what the next one will be is told while it lies ahead. Raises NotFound."""
    row = invoice_of(scope, public_id)
    known = invoices.known_of(row, ahead=_lies_ahead(row, on))
    beside = known.beside
    disputed = disputes_of(scope, row, on) if beside.is_disputed else ()
    waits = billing.disputed_sums(scope, [public_id] if disputed else [])
    bill = _bill(row, _standing(known.items), waits.get(public_id, zero()), beside.credited, on)
    return InvoicePage(invoices.view_of(row, language, known=known), bill, disputed)


def _lies_ahead(row: Invoice, on: date) -> bool:
    """Whether the month after an invoice's is to come and has no invoice yet."""
    following = Invoice.objects.filter(account_id=row.account_id, run__isnull=False, month__gt=row.month)
    return add_months(row.month, 1) >= on.replace(day=1) and not following.exists()


def requests_of(scope: Scope, on: date) -> tuple[PromiseView, ...]:
    """Every request within a scope, open ones first, then the newest."""
    found = promises.promises_of(scope, on)
    return tuple(sorted(found, key=lambda one: (bool(one.outcome), -one.asked_at.timestamp())))


@dataclass(frozen=True, slots=True)
class Subject:
    """What a request is about: a line of a document, with the words of the customer and of the answer."""

    invoice_id: str
    number: str
    position: int
    names: dict[str, str]
    amount: Money


def subject_of(scope: Scope, promise: PromiseView) -> Subject | None:
    """The disputed line behind a promise, None for other kinds."""
    return subjects_of(scope, [promise]).get(promise.public_id)


def subjects_of(scope: Scope, asked: Sequence[PromiseView]) -> dict[str, Subject]:
    """The disputed lines behind promises, by the public id of the promise; those outside the scope are not there."""
    names = [one.public_id for one in asked]
    rows = Dispute.objects.filter(within(scope, "line__invoice__account"), promise__public_id__in=names)
    wanted = rows.values_list(
        "promise__public_id", "line__invoice__public_id", "line__invoice__number", "line__position", "line__names",
        "amount", "line__invoice__currency",
    )  # fmt: skip
    return {
        promise: Subject(invoice, number, position, names, Money.of(amount, currency))
        for promise, invoice, number, position, names, amount, currency in wanted
    }


@dataclass(frozen=True, slots=True)
class Card:
    """A contract in a few words."""

    public_id: str
    number: str
    offer_names: Mapping[str, str]
    place: str
    line: str
    signed_on: date
    service_from: date | None
    commitment_end_on: date | None
    last_day: date | None


FEW = 6  # contracts that are shown one beside the other; more are summed by plan


def few_cards(scope: Scope, on: date) -> tuple[Card, ...] | None:
    """The contracts in the scope that have not ended, by number; None when there are more than a few."""
    running = Q(last_day=None) | Q(last_day__gte=on)
    rows = tuple(_card(row) for row in _contracts(scope).filter(running)[: FEW + 1])
    return rows if len(rows) <= FEW else None


def cards_of(scope: Scope, on: date) -> tuple[Card, ...]:
    """All contracts in the scope, by number, ended ones last."""
    return tuple(sorted(map(_card, _contracts(scope)), key=lambda one: (one.last_day or date.max) < on))


_CARD = (
    "public_id", "number", "offer__names", "site__street", "site__city", "line__identifier", "signed_on",
    "service_from", "commitment_start_on", "commitment_months", "last_day",
)  # fmt: skip


def _contracts(scope: Scope) -> QuerySet[Contract, tuple[Any, ...]]:
    return Contract.objects.filter(within(scope, "account")).order_by("number").values_list(*_CARD)


def _card(row: tuple[Any, ...]) -> Card:
    public_id, number, names, street, city, line, signed_on, service_from, start, months, last_day = row
    place = "" if street is None else f"{street}, {city}"
    ends = ends_on(start, months) if start else None
    return Card(public_id, number, names, place, line or "", signed_on, service_from, ends, last_day)


def few_offers(scope: Scope, on: date, at: datetime) -> tuple[OfferView, ...] | None:
    """What runs, what it costs and what leaving costs, contract by contract, ended ones last; None when there are more
    than a few."""
    found = contracts.offer_views(scope, on, at, FEW)
    return found and tuple(sorted(found, key=lambda one: (one.contract.last_day or date.max) < on))


@dataclass(frozen=True, slots=True)
class Ahead:
    """What an account's next invoice will be if nothing changes; `account_name` is "" for an only account. Lines of one
    name are one, with how many they are. `with_usage`: what was used so far is in it, what is used later is not."""

    month: date
    total: Money
    account_name: str
    lines: tuple[tuple[Mapping[str, str], int, Money], ...]
    with_usage: bool = False


def ahead(scope: Scope, on: date) -> tuple[Ahead, ...]:
    """The next invoice of each account in the scope that will have one."""
    found = billing.forecasts(scope, on)
    return tuple(
        Ahead(
            document.issue.month,
            document.total,
            account.name if len(found) > 1 else "",
            _alike((line.names, line.amount) for line in document.lines),
            any(line.usage_month for line in document.lines),
        )
        for account, document in found
        if document is not None and document.kind == "invoice"
    )


def _alike(lines: Iterable[tuple[Mapping[str, str], Money]]) -> tuple[tuple[Mapping[str, str], int, Money], ...]:
    found: dict[tuple[tuple[str, str], ...], tuple[Mapping[str, str], int, Money]] = {}
    for names, amount in lines:
        key = tuple(sorted(names.items()))
        _names, many, whole = found.get(key, (names, 0, zero(amount.currency)))
        found[key] = (names, many + 1, whole + amount)
    return tuple(found.values())
