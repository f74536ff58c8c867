"""The pre-bill explains every cent of the difference; the forecast is what the next run then issues."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing import queries
from ligneclaire.domains.billing.rules.pre_bill import Figures, difference
from ligneclaire.domains.billing.tests.runs import AUGUST, JULY, bill, day_two, invoices, start
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.kernel.money import Money, sum_money
from ligneclaire.kernel.scope import Scope

cents = st.integers(-10_000, 10_000).map(Money.from_cents)


@given(said=st.tuples(*[st.booleans()] * 4), sums=st.tuples(*[cents] * 7))
def test_the_reasons_sum_to_the_difference(said, sums) -> None:
    now, before, *rest = sums
    found = Figures(*said, now, before if said[0] else Money.of(0), *rest)
    assert sum_money(difference(found).values()) == now - found.before


@pytest.mark.usefixtures("database")
@pytest.mark.rule("W-45", "W-15")
def test_joiner_leaver_credit_and_change_each_have_their_line() -> None:
    anna = cast.anna()
    luc, eve = cast.household("H2", "Luc", "Blanc"), cast.household("H3", "Eve", "Noir")
    early = cast.moment(date(2026, 6, 20))
    for one in (luc, eve):
        contracts.record_connection(
            contract=one.contract, connected_at=early, at=early, actor=cast.ACTOR, source="session"
        )
    first = start(anna.operator, JULY)
    billing.draft(run=first, at=early)
    scope = Scope.staff(anna.operator.pk)
    with anna.acting():
        before = queries.pre_bill(scope, first)
    assert (before.invoices, str(before.lines_before), before.invoices_before) == (3, "0.00", 0)
    assert before.differences["joiners"] == before.lines_total == before.total
    billing.release(run=first, at=cast.moment(day_two(JULY)), actor="lien")

    late = cast.moment(date(2026, 7, 20))
    new = cast.household("H4", "Zoe", "Vert", signed_on=date(2026, 7, 1))
    contracts.record_connection(contract=new.contract, connected_at=late, at=late, actor=cast.ACTOR, source="session")
    billing.add_charge(
        account=anna.account, contract=None, code="goodwill", product_code="goodwill", names={"fr": "Geste"},
        category="internet", service_on=date(2026, 7, 20), amount=Money.of("-5.00"), source="ticket:1", at=late,
    )  # fmt: skip
    contracts.add_option(contract=luc.contract, option_code="telephonie", on=date(2026, 8, 1), at=late, actor="eva")
    with anna.acting():
        eve.contract.refresh_from_db()
        eve.contract.last_day = date(2026, 7, 10)
        eve.contract.save()
    run = billing.draft(run=start(anna.operator, AUGUST), at=late)
    with anna.acting():
        found = queries.pre_bill(scope, run)
        narrow = anna.scope
    with pytest.raises(PermissionError), anna.acting():
        queries.pre_bill(narrow, run)
    assert (found.invoices, found.credit_notes, found.invoices_before) == (3, 1, 3)
    shown = {reason: str(amount) for reason, amount in found.differences.items()}
    # Zoe joins: 39.00 + 29.90 x 12/31 + 29.90; Eve had 39.00 + 10.96 + 29.90 and gets 20.25 back
    assert (shown["joiners"], shown["leavers"]) == ("80.47", "-100.11")
    assert (shown["credits"], shown["changes"], shown["price"]) == ("-5.00", "5.00", "0.00")
    assert shown["one-off"] == "-107.90"  # activation and parts of June of Anna (39.00 + 18.94) and Luc (39.00 + 10.96)
    assert sum_money(found.differences.values()) == found.lines_total - found.lines_before
    assert {one.kind for one in found.anomalies} == {"credit-note"}


@pytest.mark.usefixtures("database")
@pytest.mark.rule("W-25")
def test_the_forecast_is_what_the_run_issues() -> None:
    anna = cast.anna(option_codes=("telephonie",))
    for on, month in ((date(2026, 6, 20), JULY), (date(2026, 7, 10), AUGUST)):
        with anna.acting():
            ((_account, forecast),) = queries.forecasts(anna.scope, on)
        bill(anna.operator, month)
        issued = invoices(anna.operator)[-1]
        assert forecast is not None
        assert (forecast.total.amount, forecast.due.debit_on) == (issued.total, issued.debit_on)
        assert (forecast.issue.month, len(forecast.lines)) == (month, 5 if month == JULY else 2)


@pytest.mark.usefixtures("database")
def test_a_disputed_sum_is_not_collected_until_it_is_answered() -> None:
    from ligneclaire.domains.billing.models import InvoiceLine

    anna = cast.anna()
    bill(anna.operator, JULY)
    (invoice,) = invoices(anna.operator)
    with anna.acting():
        line = InvoiceLine.objects.get(invoice=invoice, code="month")
        (state,) = queries.invoices_of(anna.scope)
        assert (str(state.open), str(state.collectable), str(state.disputed)) == ("87.84", "87.84", "0.00")
    at = cast.moment(date(2026, 7, 8))
    dispute = billing.dispute_line(line=line, words="Une panne.", requester=anna.person, at=at, actor="anna")
    with anna.acting():
        (owed,) = queries.open_invoices(anna.scope)
        assert (str(owed.open), str(owed.collectable), owed.due_on) == ("87.84", "57.94", date(2026, 7, 6))
        assert str(queries.collectable(anna.scope, invoice.public_id)) == "57.94"
    billing.answer_dispute(dispute=dispute, outcome="refused", words="Pas de panne.", at=at, actor="eva")
    with anna.acting():
        assert str(queries.collectable(anna.scope, invoice.public_id)) == "87.84"
        other = Scope(anna.operator.pk, account_ids=frozenset())
        assert (queries.invoices_of(other), queries.open_invoices(other)) == ((), ())
