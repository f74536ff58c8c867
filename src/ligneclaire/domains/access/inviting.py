"""Acts that let somebody in without a password: an invitation by link, a code by SMS. Each works once."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q

from ligneclaire.domains.access import rules
from ligneclaire.domains.access.models import Invitation, Login, PhoneCode
from ligneclaire.domains.access.policies import Invitations
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import new_public_id
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.kernel.policy import declaration_of
from ligneclaire.kernel.refusal import Refusal

_OPEN = Q(used_at=None, voided_at=None)


class UnknownInvitation(Refusal):
    """No invitation has this link."""

    code = "access.refused.unknown-invitation"


class InvitationUsed(Refusal):
    """The link was used already; it works once."""

    code = "access.refused.invitation-used"


class InvitationVoid(Refusal):
    """A newer link took the place of this one (FMP-13), or what it offered was withdrawn."""

    code = "access.refused.invitation-void"


class InvitationExpired(Refusal):
    """The link was not used in time."""

    code = "access.refused.invitation-expired"


class TooManyInvitations(Refusal):
    """This login got as many links in a day as it can."""

    code = "access.refused.too-many-invitations"


class WeakPassword(Refusal):
    """The password is too short or known to everybody."""

    code = "access.refused.weak-password"


class WrongCode(Refusal):
    """The code is another one, too old, used, or was tried too often."""

    code = "access.refused.wrong-code"


class TooManyCodes(Refusal):
    """This login got as many codes in an hour as it can."""

    code = "access.refused.too-many-codes"


class HasPassword(Refusal):
    """The login has a password: nobody is sent a link beside it."""

    code = "access.refused.has-password"


class NoPolicy(Refusal):
    """The policy that counts has no version in force on that day."""

    code = "access.refused.no-policy"


def invite(*, login: Login, at: datetime, actor: str) -> Invitation:
    """A new link for a login, of use once and for the days of the policy; a link before it is void (FMP-13).

    Raises TooManyInvitations.
    """
    with acting_for(login.operator_id):
        Login.objects.select_for_update().get(pk=login.pk)
        mine = Invitation.objects.filter(operator_id=login.operator_id, login=login)
        if mine.filter(invited_at__gt=at - timedelta(days=1)).count() >= rules.MOST_INVITATIONS:
            raise TooManyInvitations(most=rules.MOST_INVITATIONS)
        mine.filter(_OPEN).update(voided_at=at)
        public_id = new_public_id()
        invitation = Invitation.objects.create(
            operator_id=login.operator_id, login=login, public_id=public_id,
            digest=rules.digest(token_of(public_id)), invited_at=at, invited_by=actor,
            expires_at=at + timedelta(days=_days(login.operator_id, at)),
        )  # fmt: skip
        _audit(login, "invite", at, actor, invitation=public_id)
    return invitation


def withdraw(*, login: Login, at: datetime, actor: str) -> None:
    """The link that a login was sent opens nothing any more. Without one nothing changes."""
    with acting_for(login.operator_id):
        mine = Invitation.objects.filter(_OPEN, operator_id=login.operator_id, login=login)
        if mine.update(voided_at=at):
            _audit(login, "withdraw_invitation", at, actor)


def token_of(public_id: str) -> str:
    """The secret part of an invitation's link, for the message that carries it."""
    return rules.token(public_id, settings.SECRET_KEY)


def invited_until(login_ids: Iterable[int], at: datetime) -> dict[int, datetime]:
    """Until when the links of some logins can be used; who has none that can is absent."""
    open_ = Invitation.objects.filter(_OPEN, login_id__in=list(login_ids), expires_at__gt=at)
    return dict(open_.values_list("login_id", "expires_at"))


def open_invitation(*, operator_id: int, token: str, at: datetime) -> Invitation:
    """The invitation behind a link that can still be used. Raises UnknownInvitation, InvitationUsed, InvitationVoid,
    InvitationExpired."""
    with acting_for(operator_id):
        found = Invitation.objects.filter(operator_id=operator_id, digest=rules.digest(token)).select_related("login")
        invitation = found.first()
    if invitation is None or not invitation.login.is_active:
        raise UnknownInvitation()
    _check_open(invitation, at)
    return invitation


def use_invitation(*, invitation: Invitation, password: str | None, at: datetime, actor: str) -> Login:
    """Take an invitation up: its login gets the password (None leaves the one that it has).

    Raises InvitationUsed, InvitationVoid, InvitationExpired, WeakPassword.
    """
    with acting_for(invitation.operator_id):
        locked = Invitation.objects.select_for_update(of=("self",)).select_related("login").get(pk=invitation.pk)
        _check_open(locked, at)
        login: Login = locked.login
        if password is not None:
            set_password(login=login, password=password, at=at, actor=actor)
        locked.used_at = at
        locked.save(update_fields=["used_at"])
        _audit(login, "use_invitation", at, actor, invitation=locked.public_id)
    return login


def set_password(*, login: Login, password: str, at: datetime, actor: str) -> None:
    """A password for a login. Raises WeakPassword."""
    try:
        validate_password(password, login)
    except ValidationError:
        raise WeakPassword() from None
    with acting_for(login.operator_id):
        login.set_password(password)
        login.save(update_fields=["password"])
        _audit(login, "set_password", at, actor)


def ask_code(*, login: Login, phone: str, at: datetime, actor: str) -> PhoneCode:
    """A new code for a number, of use once and for ten minutes (UPO-02). Raises TooManyCodes."""
    with acting_for(login.operator_id):
        Login.objects.select_for_update().get(pk=login.pk)
        mine = PhoneCode.objects.filter(operator_id=login.operator_id, login=login)
        if mine.filter(asked_at__gt=at - timedelta(hours=1)).count() >= rules.MOST_CODES:
            raise TooManyCodes(most=rules.MOST_CODES)
        asked = PhoneCode.objects.create(
            operator_id=login.operator_id, login=login, phone=phone, asked_at=at, expires_at=at + rules.CODE_LIFE
        )
        _audit(login, "ask_code", at, actor, code=asked.public_id)
    return asked


def code_of(public_id: str) -> str:
    """The six digits of a code, for the message that carries them."""
    return rules.code(public_id, settings.SECRET_KEY)


def prove_phone(*, asked: PhoneCode, written: str, at: datetime, actor: str) -> PhoneCode:
    """The code as the person typed it: the number is proven. Raises WrongCode, which counts as an attempt."""
    with acting_for(asked.operator_id):
        locked = PhoneCode.objects.select_for_update().get(pk=asked.pk)
        right = hmac.compare_digest(written.strip().encode(), code_of(locked.public_id).encode())
        usable = locked.used_at is None and at < locked.expires_at and locked.attempts < rules.MOST_ATTEMPTS
        locked.attempts = min(locked.attempts + 1, 1000)
        if right and usable:
            locked.used_at = at
        locked.save(update_fields=["attempts", "used_at"])
        if right and usable:
            _audit(asked.login, "prove_phone", at, actor, code=locked.public_id)
    if not (right and usable):
        raise WrongCode()
    return locked


def _check_open(invitation: Invitation, at: datetime) -> None:
    if invitation.used_at is not None:
        raise InvitationUsed()
    if invitation.voided_at is not None:
        raise InvitationVoid()
    if at >= invitation.expires_at:
        raise InvitationExpired(on=invitation.expires_at.date())


def _days(operator_id: int, at: datetime) -> int:
    found = rulebook.book_of(operator_id).in_force(Invitations, at.date())
    if found is None:
        raise NoPolicy(key=declaration_of(Invitations).key, on=at.date())
    return found.value.invitation_days


def _audit(login: Login, act: str, at: datetime, actor: str, **detail: str) -> None:
    subject = f"login:{login.public_id}"
    audit.record(operator_id=login.operator_id, at=at, actor=actor, act=act, subject=subject, detail=detail)
