"""Acts on logins: open one, change its number, give it a role at the operator's own desk, refuse who lacks it."""

from __future__ import annotations

from datetime import datetime

from ligneclaire.domains.access import queries
from ligneclaire.domains.access.models import Login, StaffRole
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.kernel.refusal import Refusal


class LoginTaken(Refusal):
    """Another login of the operator has this e-mail address or telephone number."""

    code = "access.refused.login-taken"


class UnknownRole(Refusal):
    """The desk knows no such role."""

    code = "access.refused.unknown-role"


class RoleMissing(Refusal):
    """The login does not have the role at the desk that this act needs."""

    code = "access.refused.role-missing"


def open_login(
    *, operator_id: int, email: str, phone: str, language: str, password: str | None, at: datetime, actor: str
) -> Login:
    """A new login (UPO-05). Without a password it is of no use until an invitation sets one. Raises LoginTaken."""
    with acting_for(operator_id):
        if Login.objects.filter(email=email.lower()).exists():
            raise LoginTaken(name=email)
        if phone and Login.objects.filter(phone=phone).exists():
            raise LoginTaken(name=phone)
        login = Login.objects.create_login(
            operator_id=operator_id, email=email, password=password, phone=phone, language=language
        )
        _audit(login, "open_login", at, actor)
    return login


def change_phone(*, login: Login, phone: str, at: datetime, actor: str) -> None:
    """Another mobile number to sign in with, in E.164; "" takes it away. The login stays the same (UPO-05).

    Raises LoginTaken.
    """
    with acting_for(login.operator_id):
        check_phone_is_free(login=login, phone=phone)
        Login.objects.filter(pk=login.pk).update(phone=phone)
        login.phone = phone
        _audit(login, "change_phone", at, actor)


def check_phone_is_free(*, login: Login, phone: str) -> None:
    """Raises LoginTaken when another login of the operator has that number."""
    if phone and Login.objects.filter(operator_id=login.operator_id, phone=phone).exclude(pk=login.pk).exists():
        raise LoginTaken(name=phone)


def grant_staff_role(*, login: Login, role: str, at: datetime, actor: str) -> StaffRole:
    """Let a login do one kind of work at the desk; doing it again changes nothing. Raises UnknownRole."""
    if role not in dict(StaffRole.ROLES):
        raise UnknownRole(role=role)
    with acting_for(login.operator_id):
        granted, new = StaffRole.objects.get_or_create(operator_id=login.operator_id, login=login, role=role)
        if new:
            _audit(login, "grant_staff_role", at, actor, role=role)
    return granted


def must_have(login: Login, *roles: str) -> None:
    """Pass a login that has one of these roles at the desk of its own operator. Raises RoleMissing.

    Acts of the desk call it themselves, so that no page can forget it.
    """
    if not login.is_active or not queries.staff_roles(login) & set(roles):
        raise RoleMissing(role=roles[0])


def _audit(login: Login, act: str, at: datetime, actor: str, **detail: str) -> None:
    subject = f"login:{login.public_id}"
    audit.record(operator_id=login.operator_id, at=at, actor=actor, act=act, subject=subject, detail=detail)
