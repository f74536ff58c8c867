"""The decisions of payment terms: `debit-date`, `bank-change`, `cheque`, `settlement-split`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ligneclaire.domains.accounts.policies import BankChange, Cheque, ComplementaryCurrency, DirectDebit
from ligneclaire.domains.accounts.rules import bank_change, cheque, debit, settlement
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.decision import Answer, Context, Facts, Record, decision, refuse
from ligneclaire.kernel.facts import Amount, At, Day, Month, Percent
from ligneclaire.kernel.money import sum_money

DayOfMonth = Annotated[int, Field(strict=True, ge=1, le=31)]
NoticeDays = Annotated[int, Field(strict=True, ge=0, le=365)]


class DebitFacts(Facts):
    """The month and day of a debit; `notice_days_agreed` is the mandate's clause, absent = none."""

    debit_day: DayOfMonth
    month: Month
    invoice_on: Day | None = None
    notice_days_agreed: NoticeDays | None = None


class DebitAnswer(Answer):
    """The dates of one debit; `allowed` is null without `invoice_on`."""

    debit_on: Day
    file_on: Day
    notice_by: Day
    refund_until: Day
    unauthorised_until: Day
    allowed: bool | None


@decision(
    "debit-date",
    "When a direct debit is taken, announced and filed, and until when it can come back",
    rules=("PAY-02", "PAY-03", "C6", "L-EU-03", "L-EU-04"),
    facts=DebitFacts,
    answer=DebitAnswer,
    example={"debit_day": 5, "month": "2026-04", "invoice_on": "2026-04-02", "notice_days_agreed": 3},
    example_operator="rural",
)
def decide_debit(facts: DebitFacts, context: Context) -> tuple[DebitAnswer, tuple[Step, ...]]:
    """The debit of a month under the scheme's law of that month."""
    scheme = context.law("L-EU-03", facts.month.start)
    if scheme is None:
        raise refuse("rulebook.fault.no-policy", "month", key="L-EU-03", on=facts.month.start.isoformat())
    found = debit.debit(
        facts.month, facts.debit_day, scheme, notice_days=facts.notice_days_agreed, invoice_on=facts.invoice_on
    )
    answer = DebitAnswer(
        debit_on=found.debit_on,
        file_on=found.file_on,
        notice_by=found.notice_by,
        refund_until=found.refund_until,
        unauthorised_until=found.unauthorised_until,
        allowed=found.allowed,
    )
    return answer, found.because


class BankChangeFacts(Facts):
    """When new bank details were received; the days override the operator's policies."""

    received_at: At
    debit_day: DayOfMonth | None = None
    cutoff_day: DayOfMonth | None = None


class BankChangeAnswer(Answer):
    """The first debit from the new account."""

    first_debit_on: Day


@decision(
    "bank-change",
    "From which debit on new bank details count",
    rules=("PAY-05", "PAY-06", "PAY-02", "C5", "C6"),
    facts=BankChangeFacts,
    answer=BankChangeAnswer,
    policies=(BankChange, DirectDebit),
    example={"received_at": "2026-03-24T23:59:59+01:00"},
    example_operator="rural",
)
def decide_bank_change(facts: BankChangeFacts, context: Context) -> tuple[BankChangeAnswer, tuple[Step, ...]]:
    """The cut-off of the day of receipt, the debit day of the month of the debit."""
    received_at = facts.received_at.at.astimezone(context.zone)
    received_on = received_at.date()
    cutoff = context.policy(BankChange, received_on)
    cutoff_day = facts.cutoff_day or cutoff.value.bank_change_before
    month = bank_change.debit_month(received_on, cutoff_day)
    terms = context.policy(DirectDebit, month.start)
    policies = (None if facts.cutoff_day else cutoff.source, None if facts.debit_day else terms.source)
    found = bank_change.first_debit(received_at, cutoff_day, facts.debit_day or terms.value.debit_day, policies)
    return BankChangeAnswer(first_debit_on=found.on), found.because


class ChequeFacts(Facts):
    """The month of the invoice, and the day on which the cheque reached the billing address."""

    month: Month
    received_on: Day


class ChequeAnswer(Answer):
    """Whether it came in time, and the last day on which it would have."""

    in_time: bool
    latest_on: Day


@decision(
    "cheque",
    "Whether a cheque arrived in time",
    rules=("PAY-04", "C5"),
    facts=ChequeFacts,
    answer=ChequeAnswer,
    policies=(Cheque,),
    example={"month": "2026-04", "received_on": "2026-04-09"},
    example_operator="rural",
)
def decide_cheque(facts: ChequeFacts, context: Context) -> tuple[ChequeAnswer, tuple[Step, ...]]:
    """The policy of the month's first day."""
    found = cheque.arrival(facts.month, facts.received_on, context.policy(Cheque, facts.month.start))
    return ChequeAnswer(in_time=found.in_time, latest_on=found.latest_on), found.because


class SettlementLine(Record):
    """A line's net amount and what it is for."""

    net: Amount
    category: Literal["telephony", "internet", "hardware", "software", "service"]


class SettlementFacts(Facts):
    """An invoice's net lines, the agreed share in the complementary currency, the tax rate in percent."""

    share: Percent
    lines: Annotated[list[SettlementLine], Field(max_length=10_000)]
    vat_rate: Percent


class SettlementAnswer(Answer):
    """The invoice and its two parts; 1 unit of the complementary currency is 1 EUR."""

    net: Amount
    vat: Amount
    total: Amount
    complementary: Amount
    euro: Amount
    prices: str


@decision(
    "settlement-split",
    "Which part of an invoice is paid in the complementary currency",
    rules=("PAY-10", "PAY-11", "PAY-12", "C11"),
    facts=SettlementFacts,
    answer=SettlementAnswer,
    policies=(ComplementaryCurrency,),
    example={
        "share": 50,
        "lines": [{"net": "24.50", "category": "telephony"}, {"net": "38.00", "category": "hardware"}],
        "vat_rate": 21,
    },
    example_operator="lessor",
)
def decide_settlement(facts: SettlementFacts, context: Context) -> tuple[SettlementAnswer, tuple[Step, ...]]:
    """Tax once on the net sum, then the split under the agreement as of the day of asking."""
    terms = context.policy(ComplementaryCurrency, context.on)
    vat = sum_money(line.net for line in facts.lines).percent_in_cents(facts.vat_rate)
    lines = [settlement.SettledLine(line.net, line.category) for line in facts.lines]
    try:
        found = settlement.split(lines, facts.share, vat, terms)
    except settlement.ShareNotAgreed as error:
        raise refuse("rulebook.fault.not-allowed", "share", expected=str(error)) from None
    answer = SettlementAnswer(
        net=found.net,
        vat=found.vat,
        total=found.total,
        complementary=found.complementary,
        euro=found.euro,
        prices="exclusive",
    )
    return answer, found.because
