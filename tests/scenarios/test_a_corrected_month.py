"""A mistake in a billed month: corrected on the command line, given back on the next invoice, explained there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from ligneclaire.domains.billing.models import InvoiceLine
from ligneclaire.domains.billing.tests.runs import AUGUST, JULY, bill, invoices
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.usage.tests.test_rating_pass import GB, deliver, rate, record
from ligneclaire.interfaces.jobs import main
from tests import cast

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.rule("W-41", "RAT-13")
def test_too_much_is_given_back_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    bora = cast.bora_mobile()
    start = datetime(2026, 6, 13, 7, tzinfo=UTC)
    deliver(bora, [record(bora, f"a{n}", start + timedelta(hours=n), quantity=GB * 26 // 10) for n in range(10)],
            datetime(2026, 6, 20, 6, tzinfo=UTC))  # fmt: skip
    rate(bora, datetime(2026, 6, 20, 7, tzinfo=UTC))
    bill(bora.operator, JULY)
    (first,) = invoices(bora.operator)
    contracts.add_option(
        contract=bora.contract, option_code="data-plus-5", on=date(2026, 6, 10), actor=cast.ACTOR,
        at=datetime(2026, 7, 5, 9, tzinfo=UTC),
    )  # fmt: skip
    known = ["usage", "correct", "--operator", "fleet", "--month", "2026-06", "--account"]
    assert main.main([*known[:5], "2026-12"]) == 2
    assert "nothing of 2026-12 is billed: there is nothing to correct" in capsys.readouterr().err
    assert main.main([*known, "none"]) == 2
    assert main.main([*known, bora.account.number]) == 0
    assert "1 line to correct" in capsys.readouterr().out
    assert main.main([*known, bora.account.number, "--keep", "option of 10 June entered late"]) == 0
    assert "1 line corrected" in capsys.readouterr().out
    bill(bora.operator, AUGUST)
    second = invoices(bora.operator)[-1]
    with bora.acting():
        billed = InvoiceLine.objects.get(invoice=first, product_code="usage-data")
        back = InvoiceLine.objects.get(invoice=second, product_code="usage-data")
    assert billed.amount > 0
    assert (back.amount, back.usage_month, back.line_id) == (-billed.amount, date(2026, 6, 1), billed.line_id)
    last = back.because[-1]
    assert (last["code"], Decimal(last["params"]["billed"])) == ("billing.usage.billed", billed.amount)
