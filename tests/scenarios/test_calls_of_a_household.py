"""Anna's fixed telephone: what she calls beside the included numbers in June stands on the invoice of July (BIL-04)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ligneclaire.domains.billing.models import InvoiceLine
from ligneclaire.domains.billing.tests.runs import AUGUST, JULY, bill, invoices
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.models import Group, Suspended
from ligneclaire.domains.usage.operations import rating
from tests import cast

pytestmark = pytest.mark.usefixtures("database")
NUMBER = "33555667788"
CALLS = f"""source,id,line,service,other,start[Europe/Paris],quantity
switch,1,{NUMBER},voice,33145678901,2026-06-15T18:00:00,3600
switch,2,{NUMBER},special,33892123456,2026-06-16T09:30:00,150
switch,3,{NUMBER},special,33800123456,2026-06-16T10:00:00,600
switch,4,{NUMBER},special,33899123456,2026-06-17T20:00:00,45
switch,5,{NUMBER},voice,112,2026-06-18T03:00:00,90
"""


def usage_lines(anna: cast.Customer) -> list[list[tuple[str, str, date]]]:
    """Product, amount and month of the lines that bill usage, by invoice."""
    found = []
    for invoice in invoices(anna.operator):
        with anna.acting():
            rows = InvoiceLine.objects.filter(invoice=invoice, code="usage").order_by("position")
            found.append([(row.product_code, str(row.amount), row.usage_month) for row in rows])
    return found


@pytest.mark.rule("BIL-04", "RAT-09", "RAT-10")
def test_special_numbers_of_june_are_on_the_next_invoice_and_free_ones_are_not(tmp_path: Path) -> None:
    anna = cast.anna(option_codes=("telephonie",))
    lines.order_line(account=anna.account, kind="voice", identifier=NUMBER, on=date(2026, 6, 12),
                     at=cast.moment(date(2026, 6, 12)), actor=cast.ACTOR)  # fmt: skip
    path, at = tmp_path / "june.csv", cast.moment(date(2026, 7, 1), 6)
    path.write_text(CALLS)
    file = usage.take_in_usage_file(operator_id=anna.operator.pk, path=path, at=at, actor=cast.ACTOR)
    assert (file.records, file.kept) == (5, 5)
    rating.rate_stale(operator_id=anna.operator.pk, at=at, actor=cast.ACTOR)
    with anna.acting():
        assert Suspended.objects.count() == 0
    bill(anna.operator, JULY)
    # 0892: 150 seconds at 0.80 a minute = 2.00; 0899: 2.99 the call; fixed numbers, 0800 and 112: nothing
    assert usage_lines(anna) == [[("usage-other", "4.99", date(2026, 6, 1))]]
    with anna.acting():
        assert Group.objects.get().closed_at is not None
    bill(anna.operator, AUGUST)
    assert usage_lines(anna)[1] == []
