"""terminate: a promise with its law and its day; what leaving costs, by month."""

from __future__ import annotations

from datetime import date

import pytest
from tests import cast

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts import queries, refusals
from ligneclaire.domains.contracts.models import Contract, ContractEvent, Termination
from ligneclaire.domains.promises import queries as promises
from ligneclaire.domains.promises.models import Promise, PromiseStep
from ligneclaire.kernel.decision import Refused
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
ASKED = date(2026, 9, 1)


def _leave(who: cast.Customer, wanted_on: date | None = None, received_on: date = ASKED) -> Termination:
    return contracts.terminate(
        contract=who.contract, received_on=received_on, wanted_on=wanted_on, channel="online",
        requester=who.person, at=cast.moment(max(received_on, ASKED)), actor="x",
    )  # fmt: skip


@pytest.mark.rule("L-FR-02", "C4", "W-01")
def test_in_france_service_ends_ten_days_after_receipt_and_the_promise_says_so() -> None:
    anna = cast.anna()
    left = _leave(anna)
    assert left.last_day == date(2026, 9, 11)
    with anna.acting():
        contract = Contract.objects.get()
        promise = Promise.objects.get()
        assert contract.last_day == date(2026, 9, 11)
        assert (promise.kind, promise.due_on, promise.due_source) == ("termination", date(2026, 9, 11), "L-FR-02")
        assert promise.subject == f"contract:{contract.public_id}"
        assert list(PromiseStep.objects.order_by("pk").values_list("code", flat=True)) == ["asked", "planned"]
        assert left.because[-1]["value"] == "2026-09-11"
        assert ContractEvent.objects.get(kind="terminated").detail["last_day"] == "2026-09-11"


@pytest.mark.rule("L-BE-01")
def test_in_belgium_at_once() -> None:
    bora = cast.bora()
    left = _leave(bora)
    with bora.acting():
        assert (left.last_day, Promise.objects.get().due_source) == (ASKED, "L-BE-01")


@pytest.mark.rule("L-FR-02")
@pytest.mark.parametrize("wanted", [date(2026, 9, 3), date(2026, 12, 31)])
def test_the_day_that_the_customer_wants_is_followed_as_agreed(wanted: date) -> None:
    anna = cast.anna()
    left = _leave(anna, wanted)
    with anna.acting():
        promise = Promise.objects.get()
        assert (left.last_day, promise.due_on, promise.due_source) == (wanted, wanted, "agreed")


@pytest.mark.rule("W-01")
def test_the_promise_is_open_until_the_last_day_has_passed() -> None:
    anna = cast.anna()
    _leave(anna)

    def close(on: date) -> int:
        return contracts.close_ended(operator_id=anna.operator.pk, on=on, at=cast.moment(on), actor="job:close")

    assert close(date(2026, 9, 11)) == 0
    with anna.acting():
        (open_one,) = promises.open_promises(anna.scope, date(2026, 9, 5))
        assert (open_one.days_left, open_one.outcome) == (6, "")
    assert close(date(2026, 9, 12)) == 1
    assert close(date(2026, 9, 12)) == 0
    with anna.acting():
        assert promises.open_promises(anna.scope, date(2026, 9, 12)) == ()
        assert promises.tracker(anna.scope, open_one.public_id).outcome == "done"


@pytest.mark.parametrize(
    ("wanted", "received", "refusal"),
    [
        (date(2026, 8, 31), ASKED, Refused),
        (None, date(2026, 6, 2), refusals.BeforeSignature),
    ],
)
def test_refused_by_name_and_nothing_changed(wanted: date | None, received: date, refusal: type[Exception]) -> None:
    anna = cast.anna()
    with anna.acting():
        before = AuditEntry.objects.count()
    with pytest.raises(refusal):
        _leave(anna, wanted, received)
    with anna.acting():
        assert Contract.objects.get().last_day is None
        assert not Promise.objects.exists()
        assert not Termination.objects.exists()
        assert AuditEntry.objects.count() == before


def test_a_second_termination_is_refused() -> None:
    anna = cast.anna()
    _leave(anna)
    with pytest.raises(refusals.EndsAlready):
        _leave(anna)
    with anna.acting():
        assert Termination.objects.count() == 1


def test_nothing_happens_after_the_last_day() -> None:
    anna = cast.anna()
    _leave(anna)
    with pytest.raises(refusals.Ended):
        contracts.add_option(
            contract=anna.contract, option_code="ip-fixe", on=date(2026, 9, 12), at=cast.moment(ASKED), actor="x"
        )


def test_what_never_started_does_not_start_after_it_was_cancelled() -> None:
    anna = cast.anna(connected_at=None)
    _leave(anna, received_on=date(2026, 6, 15))
    on = date(2026, 8, 1)
    assert contracts.start_due_services(operator_id=anna.operator.pk, on=on, at=cast.moment(on), actor="j") == ()


def _costs(who: cast.Customer, on: date = ASKED) -> list[tuple[date, str, str]]:
    with who.acting():
        found = queries.exit_costs(who.scope, who.contract, on, cast.moment(on))
        return [(one.last_day, str(one.indemnity), str(one.fee)) for one in found]


@pytest.mark.rule("CON-06", "CON-08", "C7")
def test_a_household_owes_the_rest_of_its_first_year() -> None:
    costs = _costs(cast.anna())
    # month 3 ends on 11 September: 9 of 12 months are left, 9 × 29.90
    assert costs[0] == (date(2026, 9, 11), "269.10", "49.00")
    assert costs[1] == (date(2026, 10, 11), "239.20", "49.00")
    assert costs[-1] == (date(2027, 6, 11), "0.00", "49.00")
    assert len(costs) == 10


@pytest.mark.rule("CON-07")
def test_a_larger_company_owes_a_quarter_of_the_second_year_too() -> None:
    costs = _costs(cast.bora(workers=14))
    # month 5 ends on 19 September: 7 months in full and 12 at 25 percent, (7 + 3) × 24.50
    assert costs[0] == (date(2026, 9, 19), "245.00", "0.00")
    assert costs[-1] == (date(2028, 4, 19), "0.00", "0.00")


@pytest.mark.rule("L-BE-01")
def test_a_small_firm_is_free_after_six_months() -> None:
    costs = _costs(cast.bora(workers=6))
    assert costs[:2] == [(date(2026, 9, 19), "24.50", "0.00"), (date(2026, 10, 19), "0.00", "0.00")]


def test_the_costs_say_why_in_each_language() -> None:
    from ligneclaire.kernel import texts

    anna = cast.anna()
    with anna.acting():
        first = queries.exit_costs(anna.scope, anna.contract, ASKED, cast.moment(ASKED))[0]
    assert first.because[-1].value == "269.10"
    assert all(texts.say(one.code, lang, one.params) for one in first.because for lang in texts.LANGUAGES)


def test_another_customer_sees_no_costs() -> None:
    anna = cast.anna()
    with anna.acting():
        nobody = Scope(anna.operator.pk, party_ids=frozenset(), account_ids=frozenset())
        assert queries.exit_costs(nobody, anna.contract, ASKED, cast.moment(ASKED)) == ()


def test_before_the_start_leaving_is_free() -> None:
    anna = cast.anna(connected_at=None)
    with anna.acting():
        cost = queries.early_exit(anna.contract, ASKED, cast.moment(ASKED))
    assert (cost.amount, cost.because[-1].rule) == (Money.of("0.00"), "ADM-25")
