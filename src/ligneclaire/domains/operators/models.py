"""Who runs a platform here, and the base of every row that belongs to one operator."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models


def new_public_id() -> str:
    """A random id that may stand in a URL: 16 characters, 96 bits."""
    return secrets.token_urlsafe(12)


class Operator(models.Model):
    """A telecom operator, loaded from its folder. Rows of this table are readable under every operator, since the
    host name of a request decides which one it is; it holds nothing about customers."""

    code = models.SlugField(max_length=32, unique=True)
    host = models.CharField(max_length=253, unique=True)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    timezone = models.CharField(max_length=64)
    languages = models.JSONField(default=list)
    profile = models.JSONField(default=dict, help_text="contact points, desks and hours, as in profile.toml")
    look = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    folder_digest = models.CharField(max_length=64, blank=True)

    id = models.AutoField(primary_key=True)

    class Meta:
        db_table = "operator"

    def __str__(self) -> str:
        return self.code


class Key(models.ForeignKey):  # type: ignore[type-arg]
    """A key to another row of the same operator. The database enforces it as (operator_id, id), made by `secure`,
    because plain foreign keys ignore row security."""

    def __init__(self, to: Any, **kwargs: Any) -> None:
        kwargs.setdefault("on_delete", models.PROTECT)
        kwargs.setdefault("related_name", "+")
        kwargs.setdefault("db_constraint", False)
        super().__init__(to, **kwargs)


class OperatorRow(models.Model):
    """Base of every table of an operator."""

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class OperatorPart(OperatorRow):
    """Base of rows that are written by the million and always hang on another row of the operator: their composite key
    proves the operator, so that the database need not look it up again for each of them."""

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        abstract = True


class LegalEntity(OperatorRow):
    """The company that issues invoices: numbers, taxes and the creditor identifier hang on it."""

    code = models.SlugField(max_length=32)
    name = models.CharField(max_length=120)
    vat_number = models.CharField(max_length=20)
    registration_number = models.CharField(max_length=32, help_text="BCE/KBO number or SIREN")
    street = models.CharField(max_length=120)
    postcode = models.CharField(max_length=12)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11)
    creditor_identifier = models.CharField(max_length=35)
    email = models.EmailField()
    phone = models.CharField(max_length=32)

    class Meta:
        db_table = "legal_entity"
        constraints = [models.UniqueConstraint(fields=["operator", "code"], name="legal_entity_code")]
