"""Direct debit: its day, its file, its notice, and how long it can be taken back (PAY-02, PAY-03, C6, L-EU-03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.periods import Period, add_days, add_months, day_of_month
from ligneclaire.kernel.policy import Law
from ligneclaire.kernel.working_days import next_target_day, previous_target_day_before


@dataclass(frozen=True, slots=True)
class Debit:
    """One direct debit, as dates. `notice_by` is the last day for the invoice; `allowed` is None without an invoice.

    `refund_until` and `unauthorised_until` are the last days on which the payer can have it back, without a reason and
    for want of a mandate.
    """

    debit_on: date
    file_on: date
    notice_by: date
    refund_until: date
    unauthorised_until: date
    allowed: bool | None
    because: tuple[Step, ...]


def debit_day_in(month: Period, debit_day: int, policy: str | None = None) -> tuple[date, tuple[Step, ...]]:
    """The day of the debit in a calendar month: that day, the month's last when it has none, then a TARGET day (C6)."""
    nominal = day_of_month(month.start, debit_day)
    debit_on = next_target_day(nominal)
    steps = [step("accounts.debit.nominal", "PAY-02", nominal, policy, day=debit_day, on=nominal)]
    if debit_on != nominal:
        steps.append(step("accounts.debit.moved", "C6", debit_on, closed=nominal, on=debit_on))
    return debit_on, tuple(steps)


def debit(
    month: Period, debit_day: int, scheme: Law, *, notice_days: int | None = None, invoice_on: date | None = None
) -> Debit:
    """The debit of a month. `notice_days`: what the mandate agrees, None = no clause, so the scheme's own notice.

    `scheme` is the law entry L-EU-03 of the day; `invoice_on` the day of the invoice, which is the notice.
    """
    debit_on, steps = debit_day_in(month, debit_day)
    file_on = previous_target_day_before(debit_on)
    days = scheme["notice_days"] if notice_days is None else notice_days
    notice_by = debit_on - timedelta(days=days)
    refund_until = add_days(debit_on, 7 * scheme["refund_weeks"])
    unauthorised_until = add_months(debit_on, scheme["unauthorised_months"])
    allowed = None if invoice_on is None else invoice_on <= notice_by
    because = [
        *steps,
        step("accounts.debit.file", "C6", file_on, on=file_on),
        _notice(scheme, notice_days, notice_by),
        step("accounts.debit.refund", "L-EU-03", refund_until, on=refund_until, weeks=scheme["refund_weeks"]),
        step("accounts.debit.unauthorised", "L-EU-03", unauthorised_until, on=unauthorised_until),
    ]
    if invoice_on is not None:
        code = "accounts.debit.allowed" if allowed else "accounts.debit.too-late"
        because.append(step(code, "PAY-03", str(allowed).lower(), invoice=invoice_on, on=notice_by))
    because.append(step("accounts.debit.on", "PAY-02", debit_on, on=debit_on))
    return Debit(debit_on, file_on, notice_by, refund_until, unauthorised_until, allowed, tuple(because))


def first_allowed_debit(
    invoice_on: date, debit_day: int, notice_days: int, policy: str | None = None
) -> tuple[date, tuple[Step, ...]]:
    """The first debit that an invoice can announce in time: in its own month, else in a later one (PAY-03)."""
    month = Period.month_of(invoice_on)
    while True:
        debit_on, steps = debit_day_in(month, debit_day, policy)
        if add_days(invoice_on, notice_days) <= debit_on:
            return debit_on, steps
        month = Period.month_of(month.end)


def _notice(scheme: Law, agreed: int | None, notice_by: date) -> Step:
    if agreed is None:
        days = scheme["notice_days"]
        return step("accounts.debit.notice-legal", "L-EU-03", notice_by, scheme.text, days=days, on=notice_by)
    return step("accounts.debit.notice-agreed", "PAY-03", notice_by, days=agreed, on=notice_by)
