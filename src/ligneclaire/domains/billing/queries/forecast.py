"""What the next invoice will be if nothing changes, by the very rules of the run."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.accounts.queries import within
from ligneclaire.domains.billing.models import Invoice
from ligneclaire.domains.billing.policies import BillingCalendar
from ligneclaire.domains.billing.queries.inputs import Knowing, Reader
from ligneclaire.domains.billing.queries.setting import setting
from ligneclaire.domains.billing.rules.document import Document
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.kernel.periods import add_months, day_of_month
from ligneclaire.kernel.scope import Scope


def forecast(scope: Scope, account: Account, on: date) -> Document | None:
    """The next document of an account as known on a day: what comes next month, or None when nothing is due then.

    Raises Account.DoesNotExist outside the scope, NoPolicy.
    """
    found = Account.objects.filter(within(scope)).get(pk=account.pk)
    month = _next_month(found, on)
    bill_on = _bill_on(found.operator_id, month)
    made = setting(found.operator_id, found.legal_entity_id, month, bill_on)
    zone = ZoneInfo(Operator.objects.get(pk=found.operator_id).timezone)
    at = datetime.combine(max(on, bill_on), time(23, 59, 59), zone)
    (inputs,) = Reader(Knowing(found.operator_id, bill_on, at)).read([found.pk])
    lines = made.lines_of(inputs)
    return made.document_of(inputs, lines) if lines else None


def forecast_after(invoice: Invoice) -> Document | None:
    """What an invoice says of the next one: the next month's document as known when it was issued.

    Later documents are thought away, and what began or was added since; an end that was agreed since is known.
    Raises NoPolicy.
    """
    month = add_months(invoice.month, 1)
    made = setting(invoice.operator_id, invoice.legal_entity_id, month, _bill_on(invoice.operator_id, month))
    seen = Knowing(invoice.operator_id, invoice.issued_on + timedelta(days=1), invoice.issued_at, invoice.pk)
    (inputs,) = Reader(seen).read([invoice.account_id])
    lines = made.lines_of(inputs)
    return made.document_of(inputs, lines) if lines else None


def _bill_on(operator_id: int, month: date) -> date:
    """The day of the run of a month (BIL-05)."""
    calendar = rulebook.book_of(operator_id).in_force(BillingCalendar, month)
    return day_of_month(month, calendar.value.invoice_day if calendar else 1)


def _next_month(account: Account, on: date) -> date:
    """The month after the last one billed, at the earliest the month of the day (or the next, past the run's day)."""
    month = on.replace(day=1)
    last = Invoice.objects.filter(account=account, run__isnull=False).order_by("-month").values_list("month", flat=True)
    if last and last[0] >= month:
        return add_months(last[0], 1)
    calendar = rulebook.book_of(account.operator_id).in_force(BillingCalendar, month)
    passed = calendar is not None and on > day_of_month(month, calendar.value.invoice_day)
    return add_months(month, 1) if passed else month
