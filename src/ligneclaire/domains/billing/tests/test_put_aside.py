"""A tax rate that does not exist on the day: its account is put aside by name, others are billed, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from tests import cast, rated

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing import queries, refusals
from ligneclaire.domains.billing.models import BillRun, Draft, InvoiceLine
from ligneclaire.domains.billing.queries.setting import NoTaxRate
from ligneclaire.domains.billing.tests.runs import AUGUST, JULY, SEPTEMBER, bill, day_two, invoices, start
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.rulebook import law, taxes
from ligneclaire.domains.usage.models import Group, Total
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.money import Money, sum_money
from ligneclaire.kernel.periods import add_months
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
OCTOBER = date(2026, 10, 1)
NOON = cast.moment(day_two(AUGUST), 12)


@pytest.fixture
def rates(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say from which day on a country knows a rate again; from 1 August 2026 it does not."""
    known, ends = law.entries(), AUGUST

    def come_back(on: date, country: str = "FR", rate: str = "5.5") -> None:
        (now,) = [one for one in known if one.id == taxes.ENTRIES[country] and one.covers(ends)]
        less = {**now.values, "rates": [one for one in now.values["rates"] if one != rate]}
        parts = (
            replace(now, effective_until=ends),
            replace(now, effective_from=ends, effective_until=on, values=less),
            replace(now, effective_from=on),
        )
        monkeypatch.setattr(law, "entries", lambda: (*(one for one in known if one is not now), *parts))

    return come_back


@pytest.fixture
def anna(rates: Callable[..., None]) -> cast.Customer:
    """Anna, billed for July, with usage of July and a leaflet at 5.5 % that waits for the run of August."""
    anna = cast.anna()
    bill(anna.operator, JULY)
    rates(SEPTEMBER)
    rated.rate(anna.contract, JULY, {"voice-national": "3.456"})
    billing.add_charge(
        account=anna.account, contract=None, code="one-off", product_code="leaflet", names={"fr": "Guide"},
        category="internet", service_on=date(2026, 7, 20), amount=Money.of("10.55"), source="ticket:1",
        at=cast.moment(date(2026, 7, 20)), tax_code="5.5",
    )  # fmt: skip
    return anna


def joins(number: str) -> cast.Customer:
    """A neighbour whose service starts in July."""
    one, at = cast.household(number, "Luc", f"Blanc {number}"), cast.moment(date(2026, 7, 20))
    contracts.record_connection(contract=one.contract, connected_at=at, at=at, actor=cast.ACTOR, source="session")
    return one


def drafted(month: date, operator: cast.Operator) -> BillRun:
    return billing.draft(run=start(operator, month), at=cast.moment(day_two(month)))


def released(run: BillRun) -> BillRun:
    return billing.release(run=run, at=cast.moment(day_two(run.month), 9), actor="lien", knowingly=True)


def lines_of(account: Account) -> list[list[tuple[str, str]]]:
    """Code and amount of the lines of each document."""
    found = []
    for one in invoices(account.operator, account=account):
        with cast.acting_for(account.operator_id):
            rows = InvoiceLine.objects.filter(invoice=one).order_by("position")
            found.append([(row.code, str(row.amount)) for row in rows])
    return found


@pytest.mark.rule("W-15", "W-45")
def test_the_account_alone_is_put_aside_with_its_reason(anna: cast.Customer) -> None:
    luc = joins("H2")
    run = drafted(AUGUST, anna.operator)
    assert run.state == "ready"
    with anna.acting():
        aside, other = Draft.objects.filter(run=run).order_by("account_id")
        found = queries.pre_bill(Scope.staff(anna.operator.pk), run)
    assert (aside.account_id, aside.skip_reason, aside.document) == (anna.account.pk, "no-tax-rate", None)
    (step,) = map(Step.from_json, aside.because)
    assert (step.code, step.rule, dict(step.params)) == (
        "billing.refused.no-tax-rate", "L-FR-15", {"rate": "5.5", "country": "FR", "on": "2026-08-02"},
    )  # fmt: skip
    assert (other.account_id, other.skip_reason) == (luc.account.pk, "")
    assert (found.invoices, found.skipped) == (1, {"no-tax-rate": 1})
    (odd,) = found.anomalies
    assert (odd.kind, odd.account_number, str(odd.usual)) == ("no-tax-rate", anna.account.number, "87.84")
    assert str(found.differences["aside"]) == "-87.84"
    assert (str(found.differences["leavers"]), str(found.differences["usage"])) == ("0.00", "0.00")
    assert sum_money(found.differences.values()) == found.lines_total - found.lines_before


@pytest.mark.rule("W-45")
def test_the_release_over_it_is_said_knowingly_and_written_down(anna: cast.Customer) -> None:
    joins("H2")
    run = drafted(AUGUST, anna.operator)
    with pytest.raises(refusals.PutAside) as refused:
        billing.release(run=run, at=NOON, actor="lien")
    assert refused.value.accounts == (anna.account.number,)
    assert "1\u00a0account (H1-1)" in refused.value.message("en")
    assert len(invoices(anna.operator)) == 1
    released(run)
    with anna.acting():
        assert AuditEntry.objects.filter(act="release").latest("pk").detail == {"put_aside": 1}
        assert not Group.objects.filter(closed_at__isnull=False, account=anna.account, month=JULY).exists()
    assert [len(one) for one in lines_of(anna.account)] == [3]


@pytest.mark.rule("W-15", "BIL-04")
def test_the_next_run_bills_all_that_was_due(anna: cast.Customer) -> None:
    released(drafted(AUGUST, anna.operator))
    rated.rate(anna.contract, AUGUST, {"voice-national": "1.00"})
    bill(anna.operator, SEPTEMBER)
    assert lines_of(anna.account)[1:] == [
        [("pro-rata", "29.90"), ("month", "29.90"), ("one-off", "10.55"), ("usage", "3.46"), ("usage", "1.00")]
    ]
    with anna.acting():
        months = Group.objects.filter(account=anna.account, closed_at__isnull=False).values_list("month", flat=True)
        assert set(months) == {JULY, AUGUST}
    bill(anna.operator, OCTOBER)
    assert lines_of(anna.account)[2] == [("month", "29.90")]


@pytest.mark.rule("W-15")
def test_who_left_while_the_rate_was_missing_still_gets_the_last_invoice(
    anna: cast.Customer, rates: Callable[..., None]
) -> None:
    """The account closes on 10 August; it is put aside in August and in September, and billed in October."""
    rates(OCTOBER)
    released(drafted(AUGUST, anna.operator))
    with anna.acting():
        Account.objects.filter(pk=anna.account.pk).update(closed_on=date(2026, 8, 10))
        Total.objects.all().delete()
        Group.objects.all().delete()  # usage that waits would bring the account into the run by itself
        anna.contract.refresh_from_db()
        anna.contract.last_day = date(2026, 8, 10)
        anna.contract.save()
    released(drafted(SEPTEMBER, anna.operator))
    assert len(lines_of(anna.account)) == 1
    bill(anna.operator, OCTOBER)
    assert [code for code, _amount in lines_of(anna.account)[1]] == ["pro-rata", "one-off"]


def test_a_rate_that_comes_in_time_is_in_the_run_when_it_is_run_again(
    anna: cast.Customer, rates: Callable[..., None]
) -> None:
    run = drafted(AUGUST, anna.operator)
    rates(AUGUST)
    billing.discard(run=run, at=NOON, actor="eva")
    released(drafted(AUGUST, anna.operator))
    assert [code for code, _amount in lines_of(anna.account)[1]] == ["month", "one-off", "usage"]


def test_the_forecast_has_no_document_and_one_alone_is_refused_by_name(anna: cast.Customer) -> None:
    (first,) = invoices(anna.operator)
    with anna.acting():
        assert [made for _account, made in queries.forecasts(anna.scope, date(2026, 7, 28))] == [None]
        assert queries.forecast_after(first) is not None  # the charge came after the invoice
        first.issued_at = NOON
        with pytest.raises(NoTaxRate) as refused:
            queries.forecast_after(first)
    assert refused.value.params == {"rate": "5.5", "country": "FR", "on": "2026-08-02"}


@pytest.mark.rule("C12", "SPL-05")
def test_a_private_part_that_is_put_aside_is_no_skip_and_stays_carried(rates: Callable[..., None]) -> None:
    """Skipped in July, put aside in August: September is the second skip, October the third month and a document."""
    rates(SEPTEMBER, "BE", "12")
    bora = cast.bora_mobile()
    bram = rated.private_account(bora)
    rated.split(bora.contract, bram, {"type": "amount", "amount": "15.00"})
    decided = []
    for month, used in ((JULY, "16.00"), (AUGUST, "15.10"), (SEPTEMBER, "15.10"), (OCTOBER, "15.10")):
        rated.rate(bora.contract, add_months(month, -1), {"voice-national": used})
        if month == AUGUST:
            billing.add_charge(
                account=bram, contract=None, code="one-off", product_code="leaflet", names={"nl": "Gids"},
                category="mobile", service_on=date(2026, 7, 20), amount=Money.of("0.12"), source="ticket:1",
                at=cast.moment(date(2026, 7, 20)), tax_code="12",
            )  # fmt: skip
        run = released(drafted(month, bora.operator))
        with bora.acting():
            row = Draft.objects.get(run=run, account=bram)
            decided.append((row.skip_reason, str(row.carried or row.total)))
    # 1.21; then 0.12 of July, 0.12 of August and 0.12 of the charge more; then 0.12 of September
    assert decided == [("private-skipped", "1.21"), ("no-tax-rate", "0.00"), ("private-skipped", "1.57"), ("", "1.69")]
