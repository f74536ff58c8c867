"""Logins: who may knock. Which person or staff role stands behind a login is said elsewhere."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from ligneclaire.domains.operators.models import Key, OperatorRow, new_public_id


class LoginManager(BaseUserManager["Login"]):
    """Row security leaves only the current operator's logins visible."""

    def create_login(self, *, operator_id: int, email: str, password: str | None, **fields: Any) -> Login:
        """A login; without a password it cannot be used until an invitation sets one."""
        login = self.model(operator_id=operator_id, email=self.normalize_email(email).lower(), **fields)
        login.set_password(password)
        login.save(using=self._db)
        return login


class Login(OperatorRow, AbstractBaseUser):
    """A means to sign in at one operator: e-mail address or mobile number with a password (UPO-05). Its id survives a
    change of number or address."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    email = models.EmailField()
    phone = models.CharField(max_length=16, blank=True, help_text="E.164")
    language = models.CharField(max_length=2, default="en")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = LoginManager()

    class Meta:
        db_table = "login"
        constraints = [
            models.UniqueConstraint(fields=["operator", "email"], name="login_email"),
            models.UniqueConstraint(fields=["operator", "phone"], condition=~models.Q(phone=""), name="login_phone"),
        ]


class StaffRole(OperatorRow):
    """What a login may do at the operator's own desk. One login may hold several roles."""

    ROLES = [("agent", "agent"), ("billing", "billing"), ("release", "release"), ("policy", "policy")]

    login = Key(Login)
    role = models.CharField(max_length=16, choices=ROLES)

    class Meta:
        db_table = "staff_role"
        constraints = [models.UniqueConstraint(fields=["operator", "login", "role"], name="staff_role_once")]


class Invitation(OperatorRow):
    """A link that lets somebody set a password, once and for some days. The link itself is kept nowhere: it is made
    again from the public id and the installation's key when the message is sent; here is only its digest."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    login = Key(Login)
    digest = models.CharField(max_length=64)
    invited_at = models.DateTimeField()
    invited_by = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True, help_text="another link took its place")

    class Meta:
        db_table = "invitation"
        constraints = [
            models.UniqueConstraint(fields=["operator", "digest"], name="invitation_digest"),
            models.UniqueConstraint(
                fields=["operator", "login"],
                condition=models.Q(used_at=None, voided_at=None),
                name="invitation_one_open",
            ),
            models.CheckConstraint(
                name="invitation_used_or_voided", condition=models.Q(used_at=None) | models.Q(voided_at=None)
            ),
        ]
        indexes = [models.Index(fields=["operator", "login"], name="invitation_of_login")]


class PhoneCode(OperatorRow):
    """A code of six digits, sent to a mobile number to prove who holds it (UPO-02). The code is kept nowhere, as the
    link of an invitation."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    login = Key(Login)
    phone = models.CharField(max_length=16, help_text="E.164")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "phone_code"
        indexes = [models.Index(fields=["operator", "login"], name="phone_code_of_login")]


class EmailProof(OperatorRow):
    """A link, sent to another e-mail address that a login wants to use; the newest of a login can be used, once. The
    link is kept nowhere, as that of an invitation."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    login = Key(Login)
    email = models.EmailField()
    digest = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "email_proof"
        indexes = [models.Index(fields=["operator", "login"], name="email_proof_of_login")]


class MachineKey(OperatorRow):
    """What another program of the operator shows to do one kind of work. The key itself is kept nowhere, as the link of
    an invitation: it is made from the public id and the installation's key."""

    RIGHTS = [("usage", "deliver usage")]

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    name = models.CharField(max_length=40, help_text="which program holds it")
    right = models.CharField(max_length=16, choices=RIGHTS)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=64)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "machine_key"
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "name"], condition=models.Q(revoked_at=None), name="machine_key_one_of_a_name"
            ),
        ]
