"""Bram joins: invited by Nora, never by himself; he completes his details and agrees (UPO-03, SPL-09)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import cast, rated

from ligneclaire.domains.access import inviting
from ligneclaire.domains.access.models import Invitation, Login
from ligneclaire.domains.accounts.models import Account, PaymentTerms
from ligneclaire.domains.accounts.operations import WrongIban
from ligneclaire.domains.contracts.models import SplitBill
from ligneclaire.domains.contracts.refusals import AcceptedAlready
from ligneclaire.domains.customers.models import Consent, Party, PartyRole, Person, Site
from ligneclaire.domains.customers.operations import WrongDetail
from ligneclaire.domains.lines import operations as line_acts
from ligneclaire.domains.lines import queries as lines
from ligneclaire.domains.outbox.models import Message
from ligneclaire.journeys import join_fleet, send_messages
from ligneclaire.journeys.join_fleet import Details

pytestmark = pytest.mark.usefixtures("database")
DAY = date(2026, 5, 20)
AT = cast.moment(DAY)
FIFTEEN = {"type": "amount", "amount": "15.00"}
PASSWORD = "Vlinders in mei 2026"
DETAILS = Details("Bram", "Claes", "Kerkstraat 3", "2800", "Mechelen")
IBAN = "BE68 5390 0754 7034"


def invite(company: cast.Customer, person: Person, by: Login, contribution: object = FIFTEEN) -> Invitation:
    return join_fleet.invite(
        contract=company.contract, person=person, contribution=contribution, by=by, on=DAY, at=AT, actor="person:nora"
    )


def opened(company: cast.Customer, invitation: Invitation) -> Invitation:
    token = inviting.token_of(invitation.public_id)
    return inviting.open_invitation(operator_id=company.operator.pk, token=token, at=AT)


def join(invitation: Invitation, details: Details = DETAILS, *, agreed: bool = True, seen: str = "") -> SplitBill:
    found = join_fleet.invited(invitation=invitation, lang="nl")
    return join_fleet.join(
        invitation=invitation, details=details, password=PASSWORD, agreed=agreed,
        seen=seen or (found.seen if found else ""), lang="nl", on=DAY, at=AT,
    )  # fmt: skip


@pytest.mark.rule("UPO-03", "SPL-09", "SPL-01")
def test_bram_is_invited_completes_his_details_and_agrees(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    bora = cast.bora_mobile()
    with bora.acting():
        bram, nora = cast.bram(bora), cast.login_of(bora.person)
        invitation = invite(bora, bram, nora)
        # nothing of the line is his before he agrees
        assert lines.user_on(bora.contract.line_id, DAY) is None
        assert lines.scope_of(Login.objects.get(pk=bram.login_id), DAY).line_ids == frozenset()
        assert not Login.objects.get(pk=bram.login_id).has_usable_password()
        assert inviting.token_of(invitation.public_id) not in str(list(Message.objects.values()))
    send_messages.send_due(operator_id=bora.operator.pk, at=AT)
    (mail,) = [one.read_text() for one in tmp_path.iterdir()]
    token = inviting.token_of(invitation.public_id)
    assert f"/invitation/{token}/" in mail.replace("=\n", "")
    assert "To: bram@bora.example" in mail
    with bora.acting():
        found = join_fleet.invited(invitation=opened(bora, invitation), lang="nl")
        assert found is not None
        assert (found.company, found.line, found.needs_password) == ("Bora NV", "0470 65 43 21", True)
        split = join(opened(bora, invitation))
        assert (split.from_on, split.accepted_at) == (date(2026, 6, 1), AT)
        account = Account.objects.get(pk=split.account_id)
        assert (account.name, account.prices, account.email) == ("Bram Claes", "inclusive", "bram@bora.example")
        assert Site.objects.get(party=account.party, is_billing=True).street == "Kerkstraat 3"
        assert PaymentTerms.objects.get(account=account).method == "transfer"
        login = Login.objects.get(pk=bram.login_id)
        assert login.check_password(PASSWORD)
        scope = lines.scope_of(login, DAY)
        assert (scope.account_ids, scope.line_ids) == (frozenset({account.pk}), frozenset({bora.contract.line_id}))
        consent = Consent.objects.get()
        assert (consent.person, consent.purpose, consent.given) == (bram, "split-bill", True)
        assert (consent.text_version, consent.language, consent.at) == (join_fleet.VERSION, "nl", AT)
        confirmed = Message.objects.get(template="split-bill-accepted")
        assert (confirmed.recipient, confirmed.params["from_on"]) == ("bram@bora.example", "2026-06-01")


@pytest.mark.rule("UPO-03")
def test_an_invitation_used_twice_is_refused_by_name() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        invitation = invite(bora, cast.bram(bora), cast.login_of(bora.person))
        used = opened(bora, invitation)
        join(used)
        with pytest.raises(inviting.InvitationUsed):
            opened(bora, invitation)
        assert join_fleet.invited(invitation=used, lang="nl") is None
        assert Consent.objects.count() == 1


@pytest.mark.rule("FMP-13", "UPO-04")
def test_a_lost_link_is_sent_again_and_the_one_before_opens_nothing() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        nora = cast.login_of(bora.person)
        first = invite(bora, cast.bram(bora), nora)
        split = SplitBill.objects.get()
        second = join_fleet.resend(split_bill=split, by=nora, on=DAY, at=AT, actor="person:nora")
        with pytest.raises(inviting.InvitationVoid):
            opened(bora, first)
        assert Message.objects.filter(template="split-bill-invitation").count() == 2
        join(opened(bora, second))
        split.refresh_from_db()
        with pytest.raises(AcceptedAlready):
            join_fleet.resend(split_bill=split, by=nora, on=DAY, at=AT, actor="person:nora")


@pytest.mark.rule("FMP-13", "SPL-09", "FMP-11")
@pytest.mark.parametrize("has_password", [False, True])
def test_who_is_replaced_before_he_agreed_has_nothing_to_open(has_password: bool) -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram, nora = cast.bram(bora), cast.login_of(bora.person)
        login = cast.login_of(bram) if has_password else None
        first = invite(bora, bram, nora)
        second = invite(bora, bora.person, nora)
        with pytest.raises(inviting.InvitationVoid):
            opened(bora, first)
        assert lines.scope_of(login or first.login, DAY).line_ids == frozenset()
        split = join(opened(bora, second), Details("Nora", "Peeters", "Kerkstraat 3", "2800", "Mechelen"))
        assert lines.user_on(bora.contract.line_id, DAY) == bora.person
        assert SplitBill.objects.get() == split


@pytest.mark.rule("UPO-08", "FMP-11")
def test_the_user_before_has_his_days_up_to_the_agreement() -> None:
    bora = cast.bora_mobile()
    before = DAY - timedelta(days=9)
    with bora.acting():
        bram, nora = cast.bram(bora), cast.login_of(bora.person)
        line_acts.give_line(line=bora.contract.line, person=bora.person, on=before, at=AT, actor=cast.ACTOR)
        invitation = invite(bora, bram, nora)
        assert lines.user_on(bora.contract.line_id, DAY) == bora.person
        join(opened(bora, invitation))
        uses = lines.users_of([bora.contract.line_id])[bora.contract.line_id]
        assert uses == ((before, DAY, bora.person), (DAY, None, bram))


@pytest.mark.rule("SPL-09")
def test_only_somebody_of_the_company_is_invited_to_its_line() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        stranger = rated.private_account(bora)
        person = PartyRole.objects.select_related("person").get(party=stranger.party).person
        with pytest.raises(line_acts.NotOfThisCustomer):
            invite(bora, person, cast.login_of(bora.person))
        assert (SplitBill.objects.count(), Invitation.objects.count()) == (0, 0)


def test_a_mandate_is_signed_with_the_account_that_he_wrote() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        invitation = opened(bora, invite(bora, cast.bram(bora), cast.login_of(bora.person)))
        split = join(invitation, Details("Bram", "Claes", "Kerkstraat 3", "2800", "Mechelen", IBAN))
        terms = PaymentTerms.objects.get(account=split.account)
        assert (terms.method, terms.iban, terms.mandate_signed_on) == ("direct-debit", "BE68539007547034", DAY)
        assert (terms.mandate_reference, terms.notice_days_agreed) == (f"M{split.account.number}", 3)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (Details("Bram", "", "Kerkstraat 3", "2800", "Mechelen"), WrongDetail),
        (Details("Bram", "Claes", "Kerkstraat 3", "28000", "Mechelen"), WrongDetail),
        (Details("Bram", "Claes", "Kerkstraat 3", "2800", "Mechelen", "BE00 1234"), WrongIban),
    ],
)
def test_a_wrong_detail_leaves_everything_as_it_was(wrong: Details, refusal: type[Exception]) -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = cast.bram(bora)
        invitation = opened(bora, invite(bora, bram, cast.login_of(bora.person)))
        with pytest.raises(refusal):
            join(invitation, wrong)
        assert opened(bora, invitation).used_at is None
        assert (Consent.objects.count(), SplitBill.objects.get().from_on) == (0, None)
        assert not Login.objects.get(pk=bram.login_id).has_usable_password()


@pytest.mark.rule("SPL-09")
def test_nothing_holds_without_consent_or_to_another_offer_than_he_read() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram, nora = cast.bram(bora), cast.login_of(bora.person)
        first = opened(bora, invite(bora, bram, nora))
        with pytest.raises(join_fleet.NoConsent):
            join(first, agreed=False)
        read = join_fleet.invited(invitation=first, lang="nl")
        assert read is not None
        second = opened(bora, invite(bora, bram, nora, {"type": "amount", "amount": "5.00"}))
        with pytest.raises(join_fleet.OfferChanged):
            join(second, seen=read.seen)
        assert (SplitBill.objects.get().from_on, Consent.objects.count()) == (None, 0)


@pytest.mark.rule("UPO-03", "SPL-09")
def test_only_a_manager_of_the_company_or_staff_invites() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = cast.bram(bora)
        himself = cast.login_of(bram)
        with pytest.raises(join_fleet.NotTheManager):
            invite(bora, bram, himself)
        assert (SplitBill.objects.count(), Invitation.objects.count(), Party.objects.count()) == (0, 0, 1)
        assert invite(bora, bram, cast.eva("fleet")).login_id == himself.pk


@pytest.mark.rule("FMP-13")
def test_the_link_ends_by_the_policy() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        invitation = invite(bora, cast.bram(bora), cast.login_of(bora.person))
        token = inviting.token_of(invitation.public_id)
        with pytest.raises(inviting.InvitationExpired):
            inviting.open_invitation(operator_id=bora.operator.pk, token=token, at=AT + timedelta(days=14))
