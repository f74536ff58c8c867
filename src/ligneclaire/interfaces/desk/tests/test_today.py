"""What needs a person is there before it is late, and gone when it is done."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from tests import cast

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.interfaces.desk import promised
from ligneclaire.interfaces.desk.tests.scene import AUGUST, bill, client, scene
from ligneclaire.journeys import desk_today
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.rule("W-01", "W-02")
def test_what_is_about_to_be_late_is_shown_before_it_is() -> None:
    known = scene()  # the dispute of 6 July is promised for 20 July
    run = bill(known.operator_id, AUGUST, known.eva, None)
    with acting_for(known.operator_id):
        nina = Contract.objects.get(number="H3-1-1")
    contracts.terminate(
        contract=known.anna.contract, received_on=date(2026, 7, 8), wanted_on=None, requester=None, channel="form",
        at=cast.moment(date(2026, 7, 8)), actor=cast.ACTOR,
    )  # fmt: skip
    scope = Scope.staff(known.operator_id)
    with acting_for(known.operator_id):
        early = desk_today.today(scope, date(2026, 7, 3))
        assert [one.number for one in early.not_started] == []  # signed on 20 June: two weeks of patience
        before = desk_today.today(scope, date(2026, 7, 14))  # Anna's last day is 18 July
        assert ([one.kind for one in before.promises], before.late) == ([], 0)
        soon = desk_today.today(scope, date(2026, 7, 17))
        assert [(one.kind, one.days_left) for one in soon.promises] == [("termination", 1)]
        assert [one.number for one in soon.not_started] == [nina.number]
        assert (len(soon.disputes), [one.pk for one in soon.runs], soon.suspended, soon.late) == (1, [run.pk], 1, 0)
        assert soon.count == 5
        assert promised.followed(soon.disputes[0].promise).tone == "warn"
        late = desk_today.today(scope, date(2026, 7, 21))
        assert late.late == 2
        assert promised.followed(late.disputes[0].promise).state == "1 day late"
    billing.answer_dispute(
        dispute=known.dispute, outcome="refused", words="Non.", at=cast.moment(date(2026, 7, 20)), actor=cast.ACTOR
    )
    contracts.close_ended(
        operator_id=known.operator_id, on=date(2026, 7, 19), at=cast.moment(date(2026, 7, 19)), actor="job:x"
    )
    with acting_for(known.operator_id):
        done = desk_today.today(scope, date(2026, 7, 21))
        assert (done.disputes, done.promises, done.late) == ((), (), 0)


def test_an_empty_day_says_what_will_appear() -> None:
    eva = cast.eva()
    page = client(eva).get(reverse("desk:today")).content.decode()
    assert "Nothing needs a person today" in page
    assert "the most urgent first" in page
    assert "Start a bill run" in page
    for name, said in (("runs", "Nothing was billed yet"), ("network", "The network has not delivered yet")):
        assert said in client(eva).get(reverse(f"desk:{name}")).content.decode()


@pytest.mark.rule("W-15")
def test_every_account_has_a_draft_or_a_reason() -> None:
    known = scene()
    run = bill(known.operator_id, AUGUST, known.eva, None)
    page = client(known.eva).get(reverse("desk:drafts", args=[run.public_id])).content.decode()
    assert "3 accounts, the largest sum first" in page
    assert "without service yet" in page
