"""Another e-mail address counts once the link that was sent to it was opened by whose login it is (UPO-05, UPO-10)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from ligneclaire.domains.access import rules
from ligneclaire.domains.access.inviting import TooManyInvitations
from ligneclaire.domains.access.models import EmailProof, Login
from ligneclaire.domains.access.operations import LoginTaken
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import new_public_id
from ligneclaire.kernel.refusal import Refusal

PURPOSE = "email-proof"


class DeadLink(Refusal):
    """The link is another login's, was used, is too old, or a newer one took its place."""

    code = "access.refused.dead-link"


def ask_email(*, login: Login, email: str, at: datetime, actor: str) -> EmailProof:
    """A link for an address that the login wants to use, of use once and for a day; a link before it is void.

    Whether somebody else signs in with that address is said to its holder alone, by `prove_email`.
    Raises TooManyInvitations.
    """
    with acting_for(login.operator_id):
        Login.objects.select_for_update().get(pk=login.pk)
        mine = EmailProof.objects.filter(operator_id=login.operator_id, login=login)
        if mine.filter(asked_at__gt=at - timedelta(days=1)).count() >= rules.MOST_PROOFS:
            raise TooManyInvitations(most=rules.MOST_PROOFS)
        public_id = new_public_id()
        proof = EmailProof.objects.create(
            operator_id=login.operator_id, login=login, public_id=public_id, email=email.lower(),
            digest=rules.digest(token_of(public_id)), asked_at=at, expires_at=at + rules.PROOF_LIFE,
        )  # fmt: skip
        _audit(login, "ask_email", at, actor, public_id)
    return proof


def token_of(public_id: str) -> str:
    """The secret part of the link, for the message that carries it."""
    return rules.token(public_id, settings.SECRET_KEY, PURPOSE)


def waiting_email(*, login: Login, at: datetime) -> EmailProof | None:
    """The link of a login that can still be used."""
    newest = EmailProof.objects.filter(operator_id=login.operator_id, login=login).order_by("-pk").first()
    return newest if newest is not None and newest.used_at is None and at < newest.expires_at else None


def open_email(*, login: Login, token: str, at: datetime) -> EmailProof:
    """What a link proves, for the login that asked for it. Raises DeadLink."""
    with acting_for(login.operator_id):
        newest = waiting_email(login=login, at=at)
    if newest is None or newest.digest != rules.digest(token):
        raise DeadLink()
    return newest


def prove_email(*, login: Login, token: str, at: datetime, actor: str) -> str:
    """The address is proven: it signs in from now on, and the login stays the same (UPO-05). Returns it.

    Raises DeadLink, LoginTaken.
    """
    with acting_for(login.operator_id):
        Login.objects.select_for_update().get(pk=login.pk)
        proof = open_email(login=login, token=token, at=at)
        if Login.objects.filter(operator_id=login.operator_id, email=proof.email).exclude(pk=login.pk).exists():
            raise LoginTaken(name=proof.email)
        proof.used_at = at
        proof.save(update_fields=["used_at"])
        Login.objects.filter(pk=login.pk).update(email=proof.email)
        login.email = proof.email
        _audit(login, "change_email", at, actor, proof.public_id)
    return proof.email


def _audit(login: Login, act: str, at: datetime, actor: str, proof: str) -> None:
    subject = f"login:{login.public_id}"
    audit.record(operator_id=login.operator_id, at=at, actor=actor, act=act, subject=subject, detail={"proof": proof})
