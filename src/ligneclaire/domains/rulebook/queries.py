"""Policies and law out of the database: the rulebook of one operator."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache

from django.db import connections

from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.rulebook import decode, law
from ligneclaire.domains.rulebook.models import PolicyVersion
from ligneclaire.domains.rulebook.versions import Rulebook, Version, Where
from ligneclaire.kernel.policy import declared

_STATE = """
SELECT o.country, coalesce(max(v.id), 0), count(v.superseded_at)
FROM operator o LEFT JOIN policy_version v ON v.operator_id = o.id WHERE o.id = %s GROUP BY o.country"""


def book_of(operator_id: int, *, using: str = "default") -> Rulebook:
    """All published versions that one operator knows, with the law; ask it by `in_force(Class, day, contract_on)`.

    The versions are read once per state of the table: they are only added and superseded, never edited.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(_STATE, [operator_id])
        found = cursor.fetchone()
    if found is None:
        raise Operator.DoesNotExist(operator_id)
    country, newest, superseded = found
    return _book(operator_id, country, newest, superseded, using)


@lru_cache(maxsize=64)
def _book(operator_id: int, country: str, newest: int, superseded: int, using: str) -> Rulebook:
    """The rulebook in that state: `newest` and `superseded` are the key of the cache."""
    rows = PolicyVersion.objects.using(using).filter(operator_id=operator_id, superseded_at=None)
    return Rulebook(versions_of(rows), law.entries(), Where(country=country))


def versions_of(rows: Iterable[PolicyVersion]) -> tuple[Version, ...]:
    """Rows as versions. A row of a policy that this release no longer knows is passed over."""
    return tuple(version_of(row) for row in rows if row.key in declared())


def version_of(row: PolicyVersion) -> Version:
    """One row as a version. Raises decode.NotBuilt when the policy class refuses its values."""
    return Version(
        key=row.key,
        value=_value(row.key, json.dumps(row.values, sort_keys=True)),
        effective_from=row.effective_from,
        effective_until=row.effective_to,
        scope=row.scope_kind,
        scope_value=row.scope_value,
        contracts_from=row.contracts_from,
        all_from=row.all_from,
    )


@lru_cache(maxsize=4096)
def _value(key: str, values: str) -> object:
    """A policy's frozen value. The same text is always the same value, so a page that asks often reads it once."""
    return decode.build(declared()[key].cls, json.loads(values))
