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
