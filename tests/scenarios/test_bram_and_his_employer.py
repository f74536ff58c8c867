"""Bram's months with split bill: skipped, skipped, forced; above the threshold; a statement of zero; the last invoice.

Bora pays 15.00 a month of what Bram uses beside the subscription. The rest is his, with 21 % VAT, and so is his
parking, which has no VAT of ours. Rated usage is given here; how records become amounts is told elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing import queries
from ligneclaire.domains.billing.models import Draft, Invoice, InvoiceLine
from ligneclaire.domains.billing.tests.runs import bill, day_two, start
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.ledger import queries as ledger
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.kernel.periods import add_months
from ligneclaire.kernel.scope import Scope
from tests import cast, rated

pytestmark = pytest.mark.usefixtures("database")
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
FIFTEEN = {"type": "amount", "amount": "15.00"}


def _of_subscription(amount: str) -> object:
    """Bora pays that much of the subscription of 25.00."""
    return {"type": "per-category", "categories": {"subscription": {"type": "amount", "amount": amount}}}


class Months:
    """Bora, Bram's line and his own account, and a run for each month of usage."""

    def __init__(self, contribution: object = FIFTEEN, on: date = date(2026, 5, 4)) -> None:
        self.bora = cast.bora_mobile()
        self.account = rated.private_account(self.bora)
        self.split = rated.split(self.bora.contract, self.account, contribution, on)

    def use(self, month: date, **amounts: str) -> Draft:
        """Rate a month, bill it, and give Bram's draft of that run."""
        rated.rate(self.bora.contract, month, {kind.replace("_", "-"): amount for kind, amount in amounts.items()})
        run = bill(self.bora.operator, add_months(month, 1))
        with acting_for(self.bora.operator.pk):
            return Draft.objects.get(run=run, account=self.account)

    def lines(self, account=None) -> list[list[tuple[str, str, str]]]:
        """Per document of an account (Bram's by default): month of usage, product, amount of the lines of usage."""
        with acting_for(self.bora.operator.pk):
            found = Invoice.objects.filter(account=account or self.account).order_by("pk")
            return [
                [
                    (f"{line.usage_month:%Y-%m}" if line.usage_month else "", line.product_code, str(line.amount))
                    for line in InvoiceLine.objects.filter(invoice=one, code="usage").order_by("position")
                ]
                for one in found
            ]

    def decisions(self) -> list[tuple[str, Decimal | None]]:
        """Why there was no document, or nothing, run by run, with what was carried."""
        with acting_for(self.bora.operator.pk):
            rows = Draft.objects.filter(account=self.account).order_by("run__month")
            return [(row.skip_reason, row.carried) for row in rows]


@pytest.mark.rule("C12", "SPL-04", "SPL-05", "SPL-06")
def test_two_small_months_are_skipped_and_the_third_comes_with_all_three() -> None:
    bram = Months()
    first = bram.use(JUNE, voice_national="16.00")  # 1.00 x 1.21
    assert (first.skip_reason, str(first.carried)) == ("private-skipped", "1.21")
    assert [one["code"] for one in first.because] == [
        "billing.private.period", "billing.private.not-above", "billing.private.skip",
    ]  # fmt: skip
    bram.use(add_months(JUNE, 1), voice_national="17.00")  # 2.00 x 1.21
    third = bram.use(add_months(JUNE, 2), voice_national="15.50", sms_parking="0.80")  # 0.50 x 1.21 = 0.605
    assert bram.decisions() == [("private-skipped", Decimal("1.21")), ("private-skipped", Decimal("3.63")), ("", None)]
    assert bram.lines() == [
        [
            ("2026-06", "usage-voice", "1.21"),
            ("2026-07", "usage-voice", "2.42"),
            ("2026-08", "usage-voice", "0.61"),
            ("2026-08", "usage-third-party", "0.80"),
        ]
    ]
    assert third.document["total"] == "5.04"  # 4.24 with VAT, 0.80 without: the forced one says so, not the threshold
    assert "billing.private.above" in [one["code"] for one in third.document["because"]]


@pytest.mark.rule("C12", "SPL-05")
def test_a_third_month_below_the_threshold_is_forced_and_the_count_starts_again() -> None:
    bram = Months()
    for number in range(4):
        bram.use(add_months(JUNE, number), voice_national="15.50")
    carried = [carried for _reason, carried in bram.decisions()]
    assert carried == [Decimal("0.61"), Decimal("1.22"), None, Decimal("0.61")]
    with acting_for(bram.bora.operator.pk):
        (invoice,) = Invoice.objects.filter(account=bram.account)
        assert (str(invoice.total), invoice.prices) == ("1.83", "inclusive")  # 3 x 0.61
        assert "billing.private.forced" in [one["code"] for one in invoice.because]
        assert str(ledger.balance(Scope.staff(bram.bora.operator.pk), bram.account.pk)) == "1.83"


@pytest.mark.rule("C12", "SPL-04", "SPL-02", "RAT-14")
def test_parking_above_the_threshold_brings_an_invoice_at_once() -> None:
    bram = Months()
    bram.use(JUNE, voice_national="3.00", sms_parking="5.01")
    assert bram.lines() == [[("2026-06", "usage-third-party", "5.01")]]  # budget was left, the parking is his
    assert bram.lines(bram.bora.account)[-1] == [("2026-06", "usage-voice", "3.00")]
    with acting_for(bram.bora.operator.pk):
        (invoice,) = Invoice.objects.filter(account=bram.account)
        assert (str(invoice.net), str(invoice.vat), str(invoice.total)) == ("5.01", "0.00", "5.01")


@pytest.mark.rule("C12", "SPL-05")
def test_three_months_without_anything_bring_a_statement_of_zero() -> None:
    bram = Months()
    for number in range(3):
        bram.use(add_months(JUNE, number))
    assert bram.lines() == [[("", "usage-statement", "0.00")]]
    with acting_for(bram.bora.operator.pk):
        (statement,) = Invoice.objects.filter(account=bram.account)
        assert str(statement.total) == "0.00"
        assert "billing.private.zero-statement" in [one["code"] for one in statement.because]
        assert ledger.items(Scope.staff(bram.bora.operator.pk), items=[statement.public_id]) == ()


@pytest.mark.rule("C12", "SPL-06")
def test_the_end_of_split_bill_brings_the_last_invoice_whatever_the_amount() -> None:
    bram = Months()
    bram.use(JUNE, voice_national="16.00")
    contracts.end_split_bill(
        split_bill=bram.split, on=date(2026, 7, 15), at=cast.moment(date(2026, 7, 15)), actor=cast.ACTOR
    )
    bram.use(add_months(JUNE, 1), voice_national="15.10")
    bram.use(add_months(JUNE, 2), voice_national="40.00")  # the employer's again
    assert bram.lines() == [[("2026-06", "usage-voice", "1.21"), ("2026-07", "usage-voice", "0.12")]]
    assert bram.decisions()[1:] == [("", None), ("no-service", None)]
    assert bram.lines(bram.bora.account)[-1] == [("2026-08", "usage-voice", "40.00")]


@pytest.mark.rule("SPL-01")
def test_before_split_bill_holds_the_employer_pays_all_and_no_month_is_counted() -> None:
    bram = Months(on=date(2026, 6, 8))  # accepted in June: it holds from July
    bram.use(JUNE, voice_national="40.00", sms_parking="9.00")
    assert bram.lines(bram.bora.account)[-1] == [
        ("2026-06", "usage-voice", "40.00"),
        ("2026-06", "usage-third-party", "9.00"),
    ]
    assert bram.lines() == []
    assert bram.decisions() == [("no-service", None)]
    bram.use(add_months(JUNE, 1), voice_national="16.00")
    assert bram.decisions()[1] == ("private-skipped", Decimal("1.21"))


@pytest.mark.rule("SPL-08", "SPL-01")
def test_nothing_that_the_company_receives_tells_of_the_private_part() -> None:
    bram = Months()
    bram.use(JUNE, voice_national="61.23", data_roaming="7.77", sms_parking="9.99")
    with acting_for(bram.bora.operator.pk):
        invoice = Invoice.objects.filter(account=bram.bora.account).order_by("pk").last()
        lines = list(InvoiceLine.objects.filter(invoice=invoice, code="usage").values())
    assert [(one["product_code"], str(one["amount"])) for one in lines] == [("usage-voice", "15.00")]
    told = f"{lines}{invoice.because}"
    for private in ("61.23", "46.23", "7.77", "9.99", "55.94", "third-party", "records"):
        assert private not in told


@pytest.mark.rule("SPL-10", "W-54")
def test_a_contribution_that_names_the_subscription_moves_its_rest_to_bram() -> None:
    bram = Months({"type": "per-category", "categories": {"subscription": {"type": "amount", "amount": "10.00"}}})
    bram.use(MAY)  # billed in advance for June: the subscription of 25.00
    bram.use(JUNE)
    assert bram.lines(bram.bora.account)[-1] == [("2026-06", "usage-subscription", "-15.00")]
    assert bram.lines() == [[("2026-06", "usage-subscription", "18.15")]]  # 15.00 x 1.21


@pytest.mark.rule("RAT-13", "SPL-06")
def test_a_late_record_of_a_private_month_is_a_difference_for_both() -> None:
    bram = Months()
    bram.use(JUNE, voice_national="12.00", data_roaming="10.00")  # 12 + 3 for Bora, 7.00 x 1.21 for Bram
    again = {"voice-national": "14.00", "data-roaming": "10.00"}
    rated.rate(bram.bora.contract, JUNE, again, revision=2, at=cast.moment(date(2026, 7, 20)))
    bram.use(add_months(JUNE, 1))
    bora, private = bram.lines(bram.bora.account), bram.lines()
    assert bora[-2:] == [
        [("2026-06", "usage-voice", "12.00"), ("2026-06", "usage-data", "3.00")],
        [("2026-06", "usage-voice", "2.00"), ("2026-06", "usage-data", "-2.00")],
    ]
    assert private == [[("2026-06", "usage-data", "8.47")]]
    assert bram.decisions()[-1] == ("private-skipped", Decimal("2.42"))  # 2.00 x 1.21 waits


@pytest.mark.rule("C12", "W-45")
def test_what_bram_will_pay_is_read_ahead_and_a_second_release_of_the_month_is_the_same() -> None:
    bram = Months()
    rated.rate(bram.bora.contract, JUNE, {"voice-national": "25.00"})
    operator = bram.bora.operator
    with acting_for(operator.pk):
        scope = Scope(operator.pk, account_ids=frozenset({bram.account.pk}), private_part=True)
        ((_account, ahead),) = queries.forecasts(scope, date(2026, 6, 28))
    assert ahead is not None
    assert str(ahead.total) == "12.10"  # 10.00 x 1.21
    july = add_months(JUNE, 1)
    run = billing.draft(run=start(operator, july), at=cast.moment(day_two(july)))
    digest = run.digest
    billing.discard(run=run, at=cast.moment(day_two(july), 5), actor="eva")
    assert billing.draft(run=start(operator, july), at=cast.moment(day_two(july))).digest == digest


@pytest.mark.rule("SPL-10", "W-54")
def test_a_contribution_that_follows_another_bills_the_subscription_once() -> None:
    bram = Months(_of_subscription("10.00"))
    contracts.end_split_bill(
        split_bill=bram.split, on=date(2026, 6, 10), at=cast.moment(date(2026, 6, 10)), actor=cast.ACTOR
    )
    rated.split(bram.bora.contract, bram.account, _of_subscription("20.00"), date(2026, 6, 12))  # from July
    for month in (MAY, JUNE, JULY):
        bram.use(month)
    assert bram.lines(bram.bora.account)[-2:] == [
        [("2026-06", "usage-subscription", "-15.00")],
        [("2026-07", "usage-subscription", "-5.00")],
    ]
    assert bram.lines() == [
        [("2026-06", "usage-subscription", "18.15")],  # 15.00 x 1.21
        [("2026-07", "usage-subscription", "6.05")],  # 5.00 x 1.21
    ]


@pytest.mark.rule("SPL-10", "C7")
def test_a_subscription_that_is_credited_later_is_less_for_both() -> None:
    bram = Months(_of_subscription("10.00"))
    bram.use(MAY)
    bram.use(JUNE)  # July is billed in advance
    contracts.terminate(
        contract=bram.bora.contract, received_on=date(2026, 7, 5), wanted_on=date(2026, 7, 10), channel="letter",
        requester=None, at=cast.moment(date(2026, 7, 5)), actor=cast.ACTOR,
    )  # fmt: skip
    bram.use(JULY)  # this run gives 16.94 of July back to Bora: 8.06 are left, less than Bora contributes
    bram.use(add_months(JULY, 1))
    with acting_for(bram.bora.operator.pk):
        rows = InvoiceLine.objects.filter(product_code="usage-subscription").order_by("invoice__pk")
        found = [(one.invoice.account_id, one.invoice.kind, str(one.amount)) for one in rows]
    bora, his = bram.bora.account.pk, bram.account.pk
    assert [one for one in found if one[0] == bora] == [
        (bora, "invoice", "-15.00"),
        (bora, "credit-note", "15.00"),
        (bora, "invoice", "15.00"),
    ]  # fmt: skip  (a line of a credit note has the other sign)
    assert [one for one in found if one[0] == his] == [
        (his, "invoice", "18.15"), (his, "invoice", "18.15"), (his, "credit-note", "18.15"),
    ]  # fmt: skip


@pytest.mark.rule("RAT-13", "SPL-01")
def test_what_was_billed_counts_once_when_bram_has_a_line_of_his_own() -> None:
    bram = Months()
    own = cast.mobile_line(replace(bram.bora, account=bram.account), "+32470999999", on=date(2026, 5, 20))
    rated.rate(own, JUNE, {"voice-national": "8.00"})
    bram.use(JUNE, voice_national="25.00")  # (25 - 15) x 1.21
    late = cast.moment(date(2026, 7, 20))
    rated.rate(own, JUNE, {"voice-national": "9.00"}, revision=2, at=late)
    bram.use(JULY)
    assert bram.lines() == [
        [("2026-06", "usage-voice", "12.10"), ("2026-06", "usage-voice", "8.00")],
        [("2026-06", "usage-voice", "1.00")],
    ]
    with acting_for(bram.bora.operator.pk):
        found = InvoiceLine.objects.filter(invoice__account=bram.account, code="usage").order_by("pk")
        assert [(one.line_id, one.usage_revision) for one in found] == [
            (bram.bora.contract.line_id, 1), (own.line_id, 1), (own.line_id, 2),
        ]  # fmt: skip
