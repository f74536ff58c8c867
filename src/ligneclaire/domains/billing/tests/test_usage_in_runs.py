"""Usage in a bill run: arrears beside the month in advance, differences, what is not rated, what is suspended."""

from __future__ import annotations

from datetime import date

import pytest
from tests import cast, rated

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing import queries, refusals
from ligneclaire.domains.billing.models import BillRun, Invoice, InvoiceLine, InvoiceTax
from ligneclaire.domains.billing.tests.runs import AUGUST, JULY, SEPTEMBER, bill, day_two, invoices, start
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage.models import Group
from ligneclaire.kernel.money import sum_money
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
JUNE = date(2026, 6, 1)


def usage_of(invoice: Invoice) -> list[tuple[str, str, str, int]]:
    """Product, amount, tax and revision of the lines that bill usage."""
    with acting_for(invoice.operator_id):
        rows = InvoiceLine.objects.filter(invoice=invoice, code="usage").order_by("position")
        return [
            (row.product_code, str(row.amount), f"{row.tax_category}{row.tax_rate.normalize():f}", row.usage_revision)
            for row in rows
        ]


@pytest.mark.rule("BIL-04", "RAT-14", "SPL-01", "SPL-02")
def test_a_company_pays_the_usage_of_last_month_beside_the_month_in_advance() -> None:
    bora = cast.bora_mobile()
    rated.rate(
        bora.contract, JUNE, {"voice-international": "18.404", "voice-national": "0.0036", "sms-parking": "4.20"}
    )
    rated.rate(bora.contract, JULY, {"voice-national": "99.00"})  # of the month of the run: next time
    bill(bora.operator, JULY)
    (invoice,) = invoices(bora.operator)
    assert usage_of(invoice) == [("usage-voice", "18.41", "S21", 1), ("usage-third-party", "4.20", "E0", 1)]
    with acting_for(bora.operator.pk):
        lines = InvoiceLine.objects.filter(invoice=invoice)
        voice = lines.get(product_code="usage-voice")
        assert (voice.line_id, voice.usage_month, voice.period_to) == (bora.contract.line_id, JUNE, JULY)
        assert lines.order_by("position").last().code == "usage"
        standard, exempt = InvoiceTax.objects.filter(invoice=invoice).order_by("-tax_rate")
        assert (exempt.tax_category, str(exempt.net), str(exempt.vat)) == ("E", "4.20", "0.00")
        net = sum(line.amount for line in lines.exclude(product_code="usage-third-party"))
        assert (standard.net, standard.vat) == (net, round(net * 21 / 100, 2))
    assert invoice.total == standard.total + exempt.total


@pytest.mark.rule("RAT-13", "BIL-04")
def test_a_month_that_is_rated_again_is_billed_by_the_difference() -> None:
    bora = cast.bora_mobile()
    rated.rate(bora.contract, JUNE, {"voice-national": "10.00", "data-roaming": "5.00"})
    bill(bora.operator, JULY)
    with acting_for(bora.operator.pk):
        assert Group.objects.get(month=JUNE).closed_at == cast.moment(day_two(JULY), 9)
    late = {"voice-national": "12.50", "data-roaming": "4.00"}
    rated.rate(bora.contract, JUNE, late, revision=2, at=cast.moment(date(2026, 7, 20)))
    bill(bora.operator, AUGUST)
    bill(bora.operator, SEPTEMBER)
    assert [usage_of(one) for one in invoices(bora.operator)] == [
        [("usage-voice", "10.00", "S21", 1), ("usage-data", "5.00", "S21", 1)],
        [("usage-voice", "2.50", "S21", 2), ("usage-data", "-1.00", "S21", 2)],
        [],
    ]


@pytest.mark.rule("BIL-04", "W-51")
def test_a_credit_by_hand_is_not_billed_again() -> None:
    bora = cast.bora_mobile()
    rated.rate(bora.contract, JUNE, {"voice-national": "10.00", "sms-parking": "4.20"})
    bill(bora.operator, JULY)
    (invoice,) = invoices(bora.operator)
    done = billing.credit_and_reissue(invoice=invoice, reason="name", at=cast.moment(date(2026, 7, 9)), actor="eva")
    assert usage_of(done.invoice) == usage_of(invoice)  # the exempt line stays exempt
    assert done.credit_note.total == invoice.total
    rated.rate(bora.contract, JUNE, {"voice-national": "11.00", "sms-parking": "4.20"}, revision=2,
               at=cast.moment(date(2026, 7, 20)))  # fmt: skip
    bill(bora.operator, AUGUST)
    assert usage_of(invoices(bora.operator)[-1]) == [("usage-voice", "1.00", "S21", 2)]


@pytest.mark.rule("RAT-12", "BIL-04")
def test_usage_that_waits_to_be_rated_stops_the_drafts_and_names_its_account() -> None:
    bora = cast.bora_mobile()
    group = rated.rate(bora.contract, JUNE, {"voice-national": "10.00"})
    rated.rate(bora.contract, JULY, {})
    with acting_for(bora.operator.pk):
        Group.objects.filter(month__in=(JUNE, JULY)).update(stale_since=cast.moment(JULY, 2))
    run = start(bora.operator, JULY)
    with pytest.raises(refusals.UsageNotRated) as refused:
        billing.draft(run=run, at=cast.moment(day_two(JULY)))
    assert refused.value.accounts == (bora.account.number,)
    with acting_for(bora.operator.pk):
        Group.objects.filter(pk=group.pk).update(stale_since=None)  # July's usage need not be rated for July's run
    billing.draft(run=run, at=cast.moment(day_two(JULY)))
    assert invoices(bora.operator) == []


@pytest.mark.rule("BIL-04", "W-45")
@pytest.mark.parametrize("change", ["revision", "stale"])
def test_a_release_notices_that_usage_changed_since_the_draft(change: str) -> None:
    bora = cast.bora_mobile()
    rated.rate(bora.contract, JUNE, {"voice-national": "10.00"})
    run = billing.draft(run=start(bora.operator, JULY), at=cast.moment(day_two(JULY)))
    if change == "revision":
        rated.rate(bora.contract, JUNE, {"voice-national": "11.00"}, revision=2)
    else:
        with acting_for(bora.operator.pk):
            Group.objects.filter(month=JUNE).update(stale_since=cast.moment(day_two(JULY), 8))
    with pytest.raises(refusals.AccountsChanged):
        billing.release(run=run, at=cast.moment(day_two(JULY), 9), actor="lien")
    assert invoices(bora.operator) == []
    billing.redraft(run=run, at=cast.moment(day_two(JULY), 10), actor="lien")
    rated.rate(bora.contract, JUNE, {"voice-national": "11.00"}, revision=2)
    run = billing.draft(run=run, at=cast.moment(day_two(JULY), 11))
    billing.release(run=run, at=cast.moment(day_two(JULY), 12), actor="lien")
    (invoice,) = invoices(bora.operator)
    assert usage_of(invoice) == [("usage-voice", "11.00", "S21", 2)]


@pytest.mark.rule("RAT-15", "W-45")
def test_a_release_over_suspended_usage_is_said_knowingly_and_written_down() -> None:
    bora = cast.bora_mobile()
    rated.suspend(bora.operator.pk, [3, 9])
    rated.suspend(bora.operator.pk, [1], source="radius-detail:nas1")  # costs nothing
    run = billing.draft(run=start(bora.operator, JULY), at=cast.moment(day_two(JULY)))
    with acting_for(bora.operator.pk):
        assert queries.pre_bill(Scope.staff(bora.operator.pk), run).suspended == 2
    at = cast.moment(day_two(JULY), 9)
    with pytest.raises(refusals.OpenSuspense) as refused:
        billing.release(run=run, at=at, actor="lien")
    assert refused.value.params["count"] == 2
    assert invoices(bora.operator) == []
    billing.release(run=run, at=at, actor="lien", knowingly=True)
    with acting_for(bora.operator.pk):
        found = BillRun.objects.get(pk=run.pk)
        assert (found.state, found.released_over) == ("released", 2)
        assert AuditEntry.objects.get(act="release").detail == {"suspended": 2}
        assert queries.pre_bill(Scope.staff(bora.operator.pk), found).suspended == 2


@pytest.mark.rule("W-45", "BIL-04")
def test_the_pre_bill_gives_usage_a_reason_of_its_own() -> None:
    bora = cast.bora_mobile()
    rated.rate(bora.contract, JUNE, {"voice-national": "10.00"})
    bill(bora.operator, JULY)
    rated.rate(bora.contract, JULY, {"voice-national": "31.00"})
    run = billing.draft(run=start(bora.operator, AUGUST), at=cast.moment(day_two(AUGUST)))
    with acting_for(bora.operator.pk):
        found = queries.pre_bill(Scope.staff(bora.operator.pk), run)
    assert str(found.differences["usage"]) == "21.00"
    assert sum_money(found.differences.values()) == found.lines_total - found.lines_before


@pytest.mark.rule("BIL-04")
def test_a_household_pays_its_calls_without_a_split_and_reads_them_ahead() -> None:
    anna = cast.anna()
    bill(anna.operator, JULY)
    rated.rate(anna.contract, JULY, {"voice-national": "3.456"})
    with acting_for(anna.operator.pk):
        ((_account, ahead),) = queries.forecasts(anna.scope, date(2026, 7, 28))
    bill(anna.operator, AUGUST)
    second = invoices(anna.operator)[-1]
    assert usage_of(second) == [("usage-voice", "3.46", "S20", 1)]  # rated with tax, as its prices are
    assert ahead is not None
    assert str(ahead.total) == str(second.total)
