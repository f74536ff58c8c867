"""Acts on operators: set one up, or bring its record up to date. Done by the owner of the database, out of a folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from ligneclaire.domains.operators.models import LegalEntity, Operator


@dataclass(frozen=True, slots=True)
class Written:
    """A row that was made or changed: what it is, and the names of the changed columns (all of them when new)."""

    what: str
    is_new: bool
    columns: tuple[str, ...]


def set_up_operator(*, code: str, using: str, **values: Any) -> tuple[Operator, list[Written]]:
    """Make the operator of a code, or change its record to these values. Call it inside a transaction of `using`."""
    found = Operator.objects.using(using).select_for_update().filter(code=code).first()
    operator = found or Operator(code=code)
    return operator, write(operator, values, f"operator {code}", using)


def set_up_legal_entity(*, operator: Operator, values: Mapping[str, Any], using: str) -> list[Written]:
    """Make the legal entity of an operator and code, or change its record to these values."""
    found = LegalEntity.objects.using(using).filter(operator=operator, code=values["code"]).first()
    entity = found or LegalEntity(operator=operator)
    return write(entity, values, f"legal entity {values['code']}", using)


def write(row: models.Model, values: Mapping[str, Any], what: str, using: str) -> list[Written]:
    """Save a row when it is new or when one of these values differs; says what changed, nothing when nothing did."""
    is_new = row.pk is None
    changed = tuple(sorted(name for name, value in values.items() if is_new or getattr(row, name) != value))
    if not changed:
        return []
    for name in changed:
        setattr(row, name, values[name])
    row.save(using=using)
    return [Written(what, is_new, changed)]
