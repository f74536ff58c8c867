"""Links and codes that let somebody in once: nothing of them is kept, each end is named."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import cast

from ligneclaire.domains.access import inviting
from ligneclaire.domains.access import operations as access
from ligneclaire.domains.access.models import Invitation, Login, PhoneCode

pytestmark = pytest.mark.usefixtures("database")
AT = cast.moment(date(2026, 5, 20))
GOOD = "Vlinders in mei 2026"


def login(company: cast.Customer) -> Login:
    return cast.login_of(cast.bram(company), password=None)


def opened(company: cast.Customer, invitation: Invitation, after: timedelta = timedelta(0)) -> Invitation:
    token = inviting.token_of(invitation.public_id)
    return inviting.open_invitation(operator_id=company.operator.pk, token=token, at=AT + after)


@pytest.mark.rule("UPO-03", "UPO-07", "UPO-09")
def test_a_link_sets_a_password_once_and_is_kept_nowhere() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = login(bora)
        assert not bram.has_usable_password()
        invitation = inviting.invite(login=bram, at=AT, actor=cast.ACTOR)
        token = inviting.token_of(invitation.public_id)
        stored = Invitation.objects.values().get()
        assert token not in {str(value) for value in stored.values()}
        assert not any(token.partition(".")[2] in str(value) for value in stored.values())
        used = opened(bora, invitation)
        inviting.use_invitation(invitation=used, password=GOOD, at=AT, actor="link")
        bram.refresh_from_db()
        assert bram.check_password(GOOD)
        with pytest.raises(inviting.InvitationUsed):
            opened(bora, invitation)
        with pytest.raises(inviting.InvitationUsed):
            inviting.use_invitation(invitation=used, password="Another password 1", at=AT, actor="link")
        bram.refresh_from_db()
        assert bram.check_password(GOOD)


@pytest.mark.rule("FMP-13", "UPO-04")
def test_a_link_that_is_sent_again_voids_the_one_before() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = login(bora)
        first = inviting.invite(login=bram, at=AT, actor=cast.ACTOR)
        second = inviting.invite(login=bram, at=AT, actor=cast.ACTOR)
        with pytest.raises(inviting.InvitationVoid):
            opened(bora, first)
        assert opened(bora, second) == second


@pytest.mark.rule("FMP-13")
def test_a_link_lives_for_the_days_of_the_policy() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        invitation = inviting.invite(login=login(bora), at=AT, actor=cast.ACTOR)
        assert invitation.expires_at == AT + timedelta(days=14)
        assert opened(bora, invitation, timedelta(days=14, seconds=-1)) == invitation
        with pytest.raises(inviting.InvitationExpired):
            opened(bora, invitation, timedelta(days=14))


def test_links_are_not_guessed_and_not_sent_without_end() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = login(bora)
        invitation = inviting.invite(login=bram, at=AT, actor=cast.ACTOR)
        for token in ("", invitation.public_id, f"{invitation.public_id}.{'0' * 32}"):
            with pytest.raises(inviting.UnknownInvitation):
                inviting.open_invitation(operator_id=bora.operator.pk, token=token, at=AT)
        for _again in range(4):
            inviting.invite(login=bram, at=AT, actor=cast.ACTOR)
        with pytest.raises(inviting.TooManyInvitations):
            inviting.invite(login=bram, at=AT, actor=cast.ACTOR)
        assert inviting.invite(login=bram, at=AT + timedelta(days=1), actor=cast.ACTOR)


def test_another_operator_does_not_know_the_link() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        token = inviting.token_of(inviting.invite(login=login(bora), at=AT, actor=cast.ACTOR).public_id)
    with pytest.raises(inviting.UnknownInvitation):
        inviting.open_invitation(operator_id=cast.operator("rural").pk, token=token, at=AT)


@pytest.mark.parametrize("weak", ["short", "password1234"])
def test_a_weak_password_leaves_the_link_as_it_is(weak: str) -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        invitation = inviting.invite(login=login(bora), at=AT, actor=cast.ACTOR)
        with pytest.raises(inviting.WeakPassword):
            inviting.use_invitation(invitation=invitation, password=weak, at=AT, actor="link")
        assert opened(bora, invitation).used_at is None


@pytest.mark.rule("UPO-02")
def test_a_code_proves_a_number_once_and_for_ten_minutes() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = login(bora)
        asked = inviting.ask_code(login=bram, phone="+32470654321", at=AT, actor="person:bram")
        code = inviting.code_of(asked.public_id)
        assert len(code) == 6
        assert code not in {str(value) for value in PhoneCode.objects.values().get().values()}
        wrong = "000000" if code != "000000" else "111111"
        with pytest.raises(inviting.WrongCode):
            inviting.prove_phone(asked=asked, written=wrong, at=AT, actor="person:bram")
        assert inviting.prove_phone(asked=asked, written=f" {code} ", at=AT, actor="person:bram").used_at == AT
        with pytest.raises(inviting.WrongCode):
            inviting.prove_phone(asked=asked, written=code, at=AT, actor="person:bram")
        late = inviting.ask_code(login=bram, phone="+32470654321", at=AT, actor="person:bram")
        with pytest.raises(inviting.WrongCode):
            inviting.prove_phone(
                asked=late, written=inviting.code_of(late.public_id), at=AT + timedelta(minutes=10), actor="person:bram"
            )


@pytest.mark.rule("UPO-02")
def test_five_wrong_codes_spend_it_and_five_codes_are_enough() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = login(bora)
        asked = inviting.ask_code(login=bram, phone="+32470654321", at=AT, actor="person:bram")
        code = inviting.code_of(asked.public_id)
        for written in ["000000" if code != "000000" else "111111"] * 5 + [code]:
            with pytest.raises(inviting.WrongCode):
                inviting.prove_phone(asked=asked, written=written, at=AT, actor="person:bram")
        for _again in range(4):
            inviting.ask_code(login=bram, phone="+32470654321", at=AT, actor="person:bram")
        with pytest.raises(inviting.TooManyCodes):
            inviting.ask_code(login=bram, phone="+32470654321", at=AT, actor="person:bram")


@pytest.mark.rule("UPO-05")
def test_a_login_survives_a_change_of_number() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram, nora = login(bora), cast.login_of(bora.person)
        before = (bram.pk, bram.public_id)
        access.change_phone(login=bram, phone="+32499000001", at=AT, actor="person:bram")
        kept = Login.objects.get(phone="+32499000001")
        assert (kept.pk, kept.public_id) == before
        assert not Login.objects.filter(phone="+32470654321").exists()
        with pytest.raises(access.LoginTaken):
            access.change_phone(login=nora, phone="+32499000001", at=AT, actor="person:nora")
        access.change_phone(login=bram, phone="", at=AT, actor="person:bram")  # ported out: the address still signs in
        access.change_phone(login=nora, phone="", at=AT, actor="person:nora")
