"""A contract that changes after its usage was rated: what is billed is what the change makes of it, once (RAT-02)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests import cast, using

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing import refusals
from ligneclaire.domains.billing.models import InvoiceLine
from ligneclaire.domains.billing.tests.runs import AUGUST, JULY, bill, day_two, start
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.usage.operations import rating

pytestmark = pytest.mark.usefixtures("database")
RATED, CHANGED, DRAFTED = cast.moment(JULY, 6), cast.moment(JULY, 20), cast.moment(day_two(JULY), 2)


@pytest.fixture
def bram(tmp_path: Path) -> using.Bram:
    """A line that used 13 GB in June: 3 GB beside the bundle of its offer, none beside that of the larger one."""
    made = using.bram(contribution=None)
    made.take_in(tmp_path, [using.data(13, cast.moment(date(2026, 6, 21)), "1")], RATED)
    return made


def to_the_larger_one(bram: using.Bram) -> Callable[..., None]:
    def change(*_progress: int) -> None:
        with bram.company.acting():
            found = Contract.objects.get(pk=bram.company.contract.pk)
            if found.offer.code != "vlinder-25":
                contracts.change_offer(
                    contract=found, offer_code="vlinder-25", on=date(2026, 6, 2), at=CHANGED, actor=cast.ACTOR
                )

    return change


def billed(bram: using.Bram) -> list[tuple[str, str, int]]:
    with bram.company.acting():
        rows = InvoiceLine.objects.filter(code="usage", product_code="usage-data").order_by("pk")
        return [(f"{row.usage_month:%Y-%m}", str(row.amount), row.usage_revision) for row in rows]


def ends_without_a_charge(bram: using.Bram) -> None:
    """Once it is rated again, the run is drafted and released, and neither it nor the next one bills the 3 GB."""
    operator = bram.company.operator
    rating.rate_stale(operator_id=operator.pk, at=cast.moment(day_two(JULY), 11), actor=cast.ACTOR)
    run = billing.draft(run=bram_run(bram), at=cast.moment(day_two(JULY), 12))
    billing.release(run=run, at=cast.moment(day_two(JULY), 13), actor="lien")
    bill(operator, AUGUST)
    assert billed(bram) == []


def bram_run(bram: using.Bram) -> billing.runs.BillRun:
    with bram.company.acting():
        return billing.runs.BillRun.objects.get(month=JULY)


def test_what_the_bundle_would_have_cost_is_billed_without_a_change(bram: using.Bram) -> None:
    bill(bram.company.operator, JULY)
    assert billed(bram) == [("2026-06", "60.00", 1)]


@pytest.mark.rule("RAT-12", "BIL-04")
def test_a_change_that_no_rating_saw_stops_the_drafts_by_name(bram: using.Bram) -> None:
    to_the_larger_one(bram)()
    run = start(bram.company.operator, JULY)
    with pytest.raises(refusals.UsageNotRated) as refused:
        billing.draft(run=run, at=DRAFTED)
    assert refused.value.accounts == (bram.company.account.number,)
    ends_without_a_charge(bram)


@pytest.mark.rule("RAT-12", "BIL-04", "W-45")
def test_a_change_after_the_drafts_is_not_drafted_again_from_the_old_rating(bram: using.Bram) -> None:
    run = billing.draft(run=start(bram.company.operator, JULY), at=DRAFTED)
    to_the_larger_one(bram)()
    with pytest.raises(refusals.AccountsChanged):
        billing.release(run=run, at=cast.moment(day_two(JULY), 9), actor="lien")
    run = billing.redraft(run=run, at=cast.moment(day_two(JULY), 10), actor="lien")
    with pytest.raises(refusals.UsageNotRated):
        billing.draft(run=run, at=cast.moment(day_two(JULY), 10))
    ends_without_a_charge(bram)


@pytest.mark.rule("RAT-12", "BIL-04", "W-45")
def test_a_change_while_others_are_drafted_is_noticed_by_the_release(bram: using.Bram) -> None:
    """The first account's chunk is drafted, the contract of the second one changes, its chunk is drafted."""
    operator = bram.company.operator
    run = start(operator, JULY, chunk_size=1)
    with bram.company.acting():
        billing.runs.RunChunk.objects.create(
            operator=operator, run=run, position=0, first_account_id=0, last_account_id=0
        )  # a chunk of nobody before it
    run = billing.draft(run=run, at=DRAFTED, progress=to_the_larger_one(bram))
    with pytest.raises(refusals.AccountsChanged) as refused:
        billing.release(run=run, at=cast.moment(day_two(JULY), 9), actor="lien")
    assert refused.value.accounts == (bram.company.account.number,)
    billing.redraft(run=run, at=cast.moment(day_two(JULY), 10), actor="lien")
    ends_without_a_charge(bram)
