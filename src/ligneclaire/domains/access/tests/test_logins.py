"""Logins and roles at the desk."""

from __future__ import annotations

from datetime import date

import pytest
from tests import cast

from ligneclaire.domains.access import operations as access
from ligneclaire.domains.access import queries
from ligneclaire.domains.access.models import Login, StaffRole

pytestmark = pytest.mark.usefixtures("database")
AT = cast.moment(date(2026, 1, 5))


def _open(email: str, phone: str = "") -> Login:
    return access.open_login(
        operator_id=cast.operator("rural").pk, email=email, phone=phone, language="fr", password=None, at=AT, actor="x"
    )


def test_a_login_without_a_password_opens_nothing() -> None:
    assert not _open("Eva@Example.org").has_usable_password()


@pytest.mark.parametrize(("email", "phone"), [("EVA@example.org", ""), ("lien@example.org", "+33639981234")])
def test_addresses_and_numbers_are_unique_within_an_operator(email: str, phone: str) -> None:
    first = _open("eva@example.org", "+33639981234")
    with pytest.raises(access.LoginTaken):
        _open(email, phone)
    with cast.acting_for(first.operator_id):
        assert Login.objects.count() == 1


def test_roles_are_granted_once_and_known() -> None:
    eva = cast.eva()
    access.grant_staff_role(login=eva, role="agent", at=AT, actor="x")
    with cast.acting_for(eva.operator_id):
        assert queries.staff_roles(eva) == {"agent", "billing", "policy"}
        assert StaffRole.objects.count() == 3
    with pytest.raises(access.UnknownRole):
        access.grant_staff_role(login=eva, role="king", at=AT, actor="x")
