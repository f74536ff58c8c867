"""A condition for many ids that costs as much as one for few."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, Value


def among(path: str, ids: Iterable[int]) -> Func | Q:
    """Whether a key is one of many ids: one parameter, where `path__in` would be one for each, which Django and the
    driver write out again with every statement. Of no ids the database is not asked."""
    many = list(ids)
    if not many:
        return Q(pk__in=())
    array = Value(many, ArrayField(BigIntegerField()))
    return Func(F(path), array, template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=BooleanField())
