"""Eva sends Anna a link; Anna chooses a password that nobody else knows (UPO-07, UPO-09)."""

from __future__ import annotations

import pytest
from tests import cast
from tests.browser import WIDTHS, OpenPage

from ligneclaire.domains.access import inviting
from ligneclaire.domains.access.models import Invitation
from ligneclaire.domains.outbox.models import Message
from ligneclaire.interfaces.desk.tests.scene import client


@pytest.mark.rule("UPO-07", "UPO-09")
@pytest.mark.parametrize("width", WIDTHS)
def test_from_the_desk_to_a_password(open_page: OpenPage, width: int) -> None:
    anna = cast.anna()
    cast.eva()
    eva = open_page("rural", width=width, language="en")
    eva.sign_in("eva@example.org", cast.PASSWORD)
    eva.page.wait_for_selector(".me")
    customer = f"/desk/customers/{anna.party.public_id}/"
    eva.go(customer)
    assert "has no password yet" in eva.text()
    eva.page.click("text=Send an activation link")
    assert eva.text("[role=status]") == "A link is on its way to anna@example.org."
    assert "has a link to a first password" in eva.text()
    assert eva.violations() == []
    assert eva.is_as_wide_as_the_window()
    with anna.acting():
        token = inviting.token_of(Invitation.objects.get().public_id)
        assert Message.objects.get().template == "activation"
    visit = open_page("rural", width=width)
    visit.go(f"/invitation/{token}/")
    visit.page.fill("input[name=password]", "Vlinders in mei 2026")
    visit.page.click("main button.act")
    visit.page.wait_for_selector(".me")
    eva.go(customer)
    assert "can sign in" in eva.text()
    assert eva.page.locator("text=activation link").count() == 0


@pytest.mark.usefixtures("database")
def test_the_button_is_for_agents_and_the_act_refuses_a_second_password() -> None:
    anna, eva = cast.anna(), cast.eva()
    with anna.acting():
        cast.login_of(anna.person)
    address = f"/desk/customers/{anna.party.public_id}/people/{anna.person.public_id}/activate"
    answer = client(eva).post(address, follow=True)
    assert "Anna Roche has a password already" in answer.content.decode()
    with anna.acting():
        assert not Message.objects.exists()
        assert not Invitation.objects.exists()
