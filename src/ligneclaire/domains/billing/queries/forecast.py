"""What the next invoice will be if nothing changes, by the very rules of the run."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.accounts.queries import within
from ligneclaire.domains.billing.models import Invoice
from ligneclaire.domains.billing.policies import BillingCalendar
from ligneclaire.domains.billing.queries.inputs import Knowing, Reader
from ligneclaire.domains.billing.queries.setting import setting
from ligneclaire.domains.billing.rules.document import Document
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.domains.rulebook.versions import Rulebook
from ligneclaire.kernel.periods import add_months, day_of_month
from ligneclaire.kernel.refusal import Refusal
from ligneclaire.kernel.scope import Scope


def forecasts(scope: Scope, on: date) -> tuple[tuple[Account, Document | None], ...]:
    """The next document of each account in the scope, by number, as known on a day: what comes next month.

    None when nothing is due then, and where a policy is missing: the desk sees that, a customer lacks the outlook.
    """
    accounts = list(Account.objects.filter(within(scope)).order_by("number"))
    book = rulebook.book_of(scope.operator_id)
    alike: dict[tuple[int, date], list[Account]] = {}
    for account, month in zip(accounts, _next_months(accounts, on, book), strict=True):
        alike.setdefault((account.legal_entity_id, month), []).append(account)
    found: dict[int, Document | None] = {}
    for (_entity, month), some in alike.items():
        with suppress(Refusal):
            found |= _documents(some, month, on, book)
    return tuple((account, found.get(account.pk)) for account in accounts)


def _documents(accounts: Sequence[Account], month: date, on: date, book: Rulebook) -> dict[int, Document | None]:
    """The documents of one month and legal entity, by account."""
    operator_id, bill_on = accounts[0].operator_id, _bill_on(book, month)
    made = setting(operator_id, accounts[0].legal_entity_id, month, bill_on, book=book)
    at = datetime.combine(max(on, bill_on), time(23, 59, 59), ZoneInfo(made.entity.operator.timezone))
    found: dict[int, Document | None] = {}
    for inputs in Reader(Knowing(operator_id, bill_on, at)).read([one.pk for one in accounts]):
        with suppress(Refusal):
            found[inputs.account_id] = made.outcome_of(inputs).document
    return found


def forecast_after(invoice: Invoice) -> Document | None:
    """What an invoice says of the next one: the next month's document as known when it was issued.

    Later documents are thought away, and what began or was added since; an end that was agreed since is known. Usage is
    not guessed. Raises NoPolicy.
    """
    month = add_months(invoice.month, 1)
    book = rulebook.book_of(invoice.operator_id)
    made = setting(invoice.operator_id, invoice.legal_entity_id, month, _bill_on(book, month), book=book)
    next_day = invoice.issued_on + timedelta(days=1)
    seen = Knowing(invoice.operator_id, next_day, invoice.issued_at, invoice.pk, with_usage=False)
    (inputs,) = Reader(seen).read([invoice.account_id])
    return made.outcome_of(inputs).document


def _bill_on(book: Rulebook, month: date) -> date:
    """The day of the run of a month (BIL-05)."""
    calendar = book.in_force(BillingCalendar, month)
    return day_of_month(month, calendar.value.invoice_day if calendar else 1)


def _next_months(accounts: Sequence[Account], on: date, book: Rulebook) -> list[date]:
    """The month after the last one billed, at the earliest the month of the day (or the next, past the run's day)."""
    month = on.replace(day=1)
    calendar = book.in_force(BillingCalendar, month)
    passed = calendar is not None and on > day_of_month(month, calendar.value.invoice_day)
    earliest = add_months(month, 1) if passed else month
    billed = Invoice.objects.filter(account__in=[one.pk for one in accounts], run__isnull=False, month__gte=month)
    last = dict(billed.values_list("account_id").annotate(Max("month")))
    return [add_months(last[one.pk], 1) if one.pk in last else earliest for one in accounts]
