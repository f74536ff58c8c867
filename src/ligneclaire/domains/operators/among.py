"""A condition for many ids that costs as much as one for few."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import BooleanField, F, Func, Q, TextField, Value

from ligneclaire.domains.operators import bulk


def among(path: str, ids: Iterable[int]) -> Func | Q:
    """Whether a key is one of many ids: one text, where `path__in` would be a parameter for each, which Django and the
    driver write out again with every statement. Of no ids the database is not asked."""
    many = list(ids)
    if not many:
        return Q(pk__in=())
    array = Value(bulk.array(many), TextField())
    whether = BooleanField()
    return Func(F(path), array, template="(%(expressions)s::bigint[]))", arg_joiner=" = ANY(", output_field=whether)
