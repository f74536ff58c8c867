"""The manager holds what the company pays; of a shared line only its own blocks."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests import walled

from ligneclaire.domains.lines.models import Control
from ligneclaire.domains.usage.models import Total
from ligneclaire.interfaces.fleet.tests.test_pages import managing, text
from ligneclaire.kernel.money import Money

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.rule("W-21", "W-22", "W-32", "FMP-11")
def test_a_manager_decides_on_a_line_that_the_company_pays_whole(tmp_path: Path) -> None:
    known = walled.scene(tmp_path, billed=False)
    with known.bora.acting():
        els, bram = (f"/fleet/lines/{one.line.public_id}/limits" for one in (known.of_els, known.bora.contract))
    nora = managing(known)
    # both pages say whether VAT is in a sum: the call of Els, with 21 %
    assert "of €50.00 spent beside the bundles, VAT included" in text(nora, els)
    with known.bora.acting():
        charged = Money(Total.objects.filter(line_id=known.of_els.line_id).get(amount__gt=0).amount)
    june = text(nora, f"{els.removesuffix('limits')}?month=2026-06")
    assert f"€{(charged * Fraction(121, 100)).rounded_down().amount}, the limit is €50.00, VAT included" in june
    assert "decides what it may cost" in text(nora, els)
    assert nora.post(els, {"do": "cap", "amount": "20.00", "stops": "no"}).status_code == 302
    assert nora.post(els, {"do": "agree:roaming-eu:open"}).status_code == 302
    page = text(nora, els)
    assert "a month; there we warn." in page
    assert "It goes on above that, until it is taken back." in page
    # nothing may be spent: a limit like others
    assert nora.post(els, {"do": "cap", "amount": "0", "stops": "yes"}).status_code == 302
    assert "A limit of €0.00 that stops" in text(nora, els)
    assert nora.post(els, {"do": "cap", "amount": "20.00", "stops": "no"}).status_code == 302
    # of the shared line: its blocks, and nothing that it spends
    page = text(nora, bram)
    assert "its user decides on limits" in page
    assert "spent beside the bundles" not in page
    assert nora.post(bram, {"do": "cap", "amount": "20.00", "stops": "no"}).status_code == 422
    assert nora.post(bram, {"do": "agree:roaming-eu:open"}).status_code == 422
    assert nora.post(bram, {"do": "block:line"}).status_code == 302
    with known.bora.acting():
        said = Control.objects.order_by("pk").values_list("line_id", "kind", "side", "stops")
        assert list(said) == [
            (known.of_els.line_id, "cap", "company", False), (known.of_els.line_id, "agreement", "company", False),
            (known.of_els.line_id, "cap", "company", True), (known.of_els.line_id, "cap", "company", False),
            (known.bora.contract.line_id, "block", "company", False),
        ]  # fmt: skip
