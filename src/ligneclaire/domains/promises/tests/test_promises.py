"""Promises: made with a first step, followed, held once, ended by the act that kept them."""

from __future__ import annotations

from datetime import date

import pytest
from tests import cast

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.promises import operations as promises
from ligneclaire.domains.promises import queries
from ligneclaire.domains.promises.models import Promise, PromiseStep

pytestmark = pytest.mark.usefixtures("database")
ASKED, DUE = date(2026, 9, 1), date(2026, 9, 11)


def _make(who: cast.Customer, due_on: date = DUE) -> Promise:
    return promises.make(
        party=who.party, kind="dispute", subject="invoice-line:abc", due_on=due_on, due_source="assistance.complaints",
        owner="billing", at=cast.moment(ASKED), actor="x", requester=who.person, words="This is wrong.",
    )  # fmt: skip


@pytest.mark.rule("W-01")
def test_a_promise_is_tracked_until_the_step_that_ends_it() -> None:
    anna = cast.household()
    promise = _make(anna)
    promises.step(promise=promise, code="read", at=cast.moment(date(2026, 9, 2)), actor="eva")
    with anna.acting():
        (found,) = queries.open_promises(anna.scope, date(2026, 9, 4))
        assert (found.days_left, found.outcome) == (7, "")
        assert [(one.code, one.words) for one in found.stations] == [("asked", "This is wrong."), ("read", "")]
    promises.step(
        promise=promise, code="credited", at=cast.moment(date(2026, 9, 5)), actor="eva", words="You are right."
    )
    with anna.acting():
        assert queries.open_promises(anna.scope, date(2026, 9, 6)) == ()
        assert queries.tracker(anna.scope, promise.public_id).outcome == "credited"
        assert [one.outcome for one in queries.promises_of(anna.scope, ASKED, anna.party.public_id)] == ["credited"]


def test_nothing_follows_the_end() -> None:
    anna = cast.household()
    promise = _make(anna)
    promises.step(promise=promise, code="refused", at=cast.moment(DUE), actor="eva", words="No.")
    with pytest.raises(promises.PromiseEnded):
        promises.step(promise=promise, code="read", at=cast.moment(DUE), actor="eva")
    with pytest.raises(promises.PromiseEnded):
        promises.hold(promise=promise, on=DUE, reason="x", at=cast.moment(DUE), actor="eva")
    with anna.acting():
        assert PromiseStep.objects.count() == 2


def test_a_hold_has_a_reason_and_stops_the_clock_once() -> None:
    anna = cast.household()
    promise = _make(anna)
    at = cast.moment(date(2026, 9, 4))
    with pytest.raises(promises.WrongHold):
        promises.hold(promise=promise, on=date(2026, 9, 4), reason=" ", at=at, actor="eva")
    promises.hold(promise=promise, on=date(2026, 9, 4), reason="We wait for your photo.", at=at, actor="eva")
    with pytest.raises(promises.WrongHold):
        promises.hold(promise=promise, on=date(2026, 9, 6), reason="again", at=at, actor="eva")
    with anna.acting():
        found = queries.tracker(anna.scope, promise.public_id, date(2026, 10, 1))
    assert (found.days_left, found.held_reason, found.stations[-1].code) == (7, "We wait for your photo.", "held")


def test_the_most_urgent_first_and_only_ones_own() -> None:
    anna, paul = cast.household(), cast.household("H2", "Paul", "Petit")
    later, sooner, other = _make(anna), _make(anna, date(2026, 9, 3)), _make(paul)
    with anna.acting():
        mine = queries.open_promises(anna.scope, ASKED)
        assert [one.public_id for one in mine] == [sooner.public_id, later.public_id]
        with pytest.raises(NotFound):
            queries.tracker(anna.scope, other.public_id)
