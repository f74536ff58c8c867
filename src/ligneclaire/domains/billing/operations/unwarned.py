"""Finding what was charged without its warning, and giving it back (W-07)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.billing.models import Charge
from ligneclaire.domains.billing.operations.charging import add_charge
from ligneclaire.domains.billing.rules import unwarned
from ligneclaire.domains.billing.rules.split_bill import EMPLOYEE, EMPLOYER
from ligneclaire.domains.billing.rules.usage_lines import Bill, Used, UsedMonth
from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts.rules import contribution
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.rulebook import taxes
from ligneclaire.domains.usage.models import Alert, Group, Total
from ligneclaire.domains.usage.queries import notices
from ligneclaire.domains.usage.queries import unwarned as usage
from ligneclaire.kernel import texts
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import Period, add_months

TRIED_FOR = timedelta(days=7)  # a message that has not left by then never will (outbox.rules.DELAYS)
LOOKS_BACK = 12  # months
CODE = "unwarned"


def credit_unwarned(*, operator_id: int, on: date, at: datetime, actor: str) -> tuple[Charge, ...]:
    """Give back what lines were charged in closed months after the ceiling of the law at home was reached without a
    warning that left: one credit for each payer, category and tax on his next invoice. Running it again gives nothing
    twice. Raises store.SegmentDamaged; what was found before it stays.
    """
    with acting_for(operator_id):
        alerts = notices.never_sent(operator_id, add_months(on.replace(day=1), -LOOKS_BACK), at - TRIED_FOR)
    found: list[Charge] = []
    for alert in alerts:
        if alert.line is None:
            continue
        with acting_for(operator_id):
            line = Line.objects.select_for_update(of=("self",)).get(pk=alert.line.pk)
            if _is_closed(line, alert) and not Charge.objects.filter(source__startswith=_source(alert)).exists():
                found += _credit(line, alert, at, actor)
    return tuple(found)


def _is_closed(line: Line, alert: Alert) -> bool:
    groups = Group.objects.filter(account_id=line.account_id, month=alert.month, stale_since=None)
    return groups.filter(closed_at__isnull=False).exists()


def _credit(line: Line, alert: Alert, at: datetime, actor: str) -> list[Charge]:
    beyond = tuple(
        Used(one.category, one.usage_type, one.tax_code, 0, one.amount) for one in usage.charged_after(line, alert)
    )
    made = []
    for month, account in _payers(line, alert.month) if beyond else ():
        country = account.legal_entity.country

        def rate_of(code: str, on: date, country: str = country) -> Decimal:
            return taxes.rate_of(code, country, on)

        credits = unwarned.credits_of(month, beyond, Bill(account.prices, rate_of))
        for number, ((_category, tax_code), amount) in enumerate(credits.items(), 1):
            made.append(
                add_charge(
                    account=account, contract=None, code=f"{CODE}-{number}", product_code=CODE, names=_names(alert),
                    category="telephony" if tax_code != taxes.PASS_THROUGH else "service",
                    service_on=Period.month_of(alert.month).end - timedelta(days=1), amount=amount,
                    source=f"{_source(alert)}{month.payer}", at=at, because=_because(alert, month, amount),
                    actor=actor, tax_code=tax_code,
                )
            )  # fmt: skip
    return made


def _payers(line: Line, first: date) -> Iterator[tuple[UsedMonth, Account]]:
    """The month of the line for each who pays it, with his account."""
    rows = Total.objects.filter(line_id=line.pk, group__month=first).order_by("usage_type", "tax_code")
    used = tuple(
        Used(row.category, row.usage_type, row.tax_code, row.records, Money(row.amount)) for row in rows if row.amount
    )
    company = Account.objects.select_related("legal_entity").get(pk=line.account_id)
    split = contracts.split_of_lines([line.pk], first).get(line.pk)
    terms = contribution.read(split.contribution) if split else None
    yield UsedMonth(line.pk, first, 0, company.prices, used, {}, EMPLOYER, terms), company
    if split:
        employee = Account.objects.select_related("legal_entity").get(pk=split.account_id)
        yield UsedMonth(line.pk, first, 0, company.prices, used, {}, EMPLOYEE, terms), employee


def _because(alert: Alert, month: UsedMonth, amount: Money) -> Iterator[Step]:
    """The ceiling is told to who sees the whole of the line (FMP-11)."""
    if month.contribution is None or month.payer == EMPLOYEE:
        limit, at = Money.from_micro(alert.allowance).rounded(), alert.event_at.isoformat()
        yield step("billing.unwarned.reached", "W-07", limit, ceiling=alert.counter, limit=limit, at=at)
    yield step("billing.unwarned.back", "W-07", amount, amount=-amount)


def _names(alert: Alert) -> dict[str, str]:
    known = {"month": f"{alert.month:%Y-%m}"}
    return {lang: texts.say("billing.unwarned.name", lang, known) for lang in texts.LANGUAGES}


def _source(alert: Alert) -> str:
    return f"alert:{alert.pk}:"
