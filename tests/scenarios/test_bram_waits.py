"""What Bram reads of the next document of his private part: by when it comes, or that none comes any more."""

from __future__ import annotations

from datetime import date

import pytest

from ligneclaire.domains.billing.queries import private
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.rulebook import operations as publishing
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.kernel.periods import add_months
from ligneclaire.kernel.scope import Scope
from tests import cast
from tests.scenarios.test_bram_and_his_employer import JULY, JUNE, Months

pytestmark = pytest.mark.usefixtures("database")


def _latest(bram: Months, on: date) -> date | None:
    """By when Bram reads on a day that his next document comes."""
    operator = bram.bora.operator
    scope = Scope(operator.pk, account_ids=frozenset({bram.account.pk}), private_part=True)
    with acting_for(operator.pk):
        found = private.private_part_of(scope, on, rulebook.book_of(operator.pk))
    assert found is not None
    return found.latest_on


@pytest.mark.rule("SPL-05")
def test_the_count_that_bram_reads_starts_again_after_a_month_without_a_statement() -> None:
    bram = Months()
    values = {
        "private_threshold": "5.00",
        "threshold_basis": "accumulated",
        "private_skips": 2,
        "zero_statement": False,
    }
    publishing.publish_policy(
        operator_id=bram.bora.operator.pk, version=publishing.proposed("billing.private_invoice", values, JUNE),
        reason="no statements of zero", at=cast.moment(date(2026, 5, 20)), actor=cast.ACTOR,
    )  # fmt: skip
    for number in range(3):
        bram.use(add_months(JUNE, number))
    assert [reason for reason, _carried in bram.decisions()] == ["private-skipped", "private-skipped", "no-statement"]
    assert _latest(bram, date(2026, 9, 20)) == date(2026, 12, 2)  # October and November may be skipped again


@pytest.mark.rule("SPL-05", "SPL-06")
def test_after_the_last_invoice_bram_waits_for_no_other() -> None:
    bram = Months()
    bram.use(JUNE, voice_national="16.00")
    assert _latest(bram, date(2026, 7, 14)) == date(2026, 9, 2)  # one more may be skipped
    contracts.end_split_bill(split_bill=bram.split, on=date(2026, 7, 15), at=cast.moment(date(2026, 7, 15)), actor="n")
    assert _latest(bram, date(2026, 7, 16)) == date(2026, 8, 2)  # the last one, for July
    bram.use(JULY, voice_national="15.10")
    assert _latest(bram, date(2026, 8, 20)) is None
