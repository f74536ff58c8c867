"""What lines share, on the manager's page (FMP-11)."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import cast, walled

from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.usage.models import Counter, Group
from ligneclaire.interfaces.fleet.tests.test_pages import MONTH, managing, text

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.rule("FMP-11", "W-21")
def test_the_manager_sees_what_came_out_of_a_pool(tmp_path: Path) -> None:
    known = walled.scene(tmp_path)
    bora = known.bora
    assert "Bundles that numbers share" not in text(managing(known), f"/fleet/{MONTH}")
    with bora.acting():
        at = cast.moment(walled.JUNE)
        sales = customers.add_cost_centre(party=bora.party, code="V", name="Verkoop", at=at, actor="x")
        group = Group.objects.get(account=bora.account, month=walled.JUNE)
        for code, used in (("data-pool", 40), (f"data-centre@{sales.pk}", 15)):
            Counter.objects.create(
                operator_id=bora.operator.pk, group=group, line=None, code=code, service="data", used=used * 10**9,
                allowance=50 * 10**9,
            )  # fmt: skip
    page = text(managing(known), f"/fleet/{MONTH}")
    assert 'Data of the cost centre, Verkoop</h3><p class="level">15 GB of 50 GB' in page
    assert 'Shared data</h3><p class="level">40 GB of 50 GB' in page
