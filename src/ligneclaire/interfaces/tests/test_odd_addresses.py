"""Addresses that nobody was given: there is nothing there, and nothing breaks."""

from __future__ import annotations

import pytest
from tests import cast

from ligneclaire.interfaces.desk.tests.scene import client, scene

PAGES = ("/invoices/{}/", "/requests/{}/", "/offer/{}/", "/fleet/lines/{}/", "/invitation/{}/", "/api/invoices/{}")
DESK = ("/desk/customers/{}/", "/desk/lines/{}/limits/", "/desk/customers/?q={}", "/desk/network/?reason={}")


@pytest.mark.usefixtures("database")
def test_there_is_nothing_at_an_address_with_a_nul() -> None:
    known = scene()
    anna = client(cast.login_of(known.anna.person))
    for reader, pages in ((anna, PAGES), (client(known.eva), (*DESK, *PAGES))):
        for page in pages:
            answer = reader.get(page.format("%00"))
            assert (page, answer.status_code) == (page, 404)
    assert "There is nothing at this address" in answer.content.decode()
