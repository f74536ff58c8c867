"""Operators as the database knows them, for decisions: read by plain SQL, so that a command need not start Django."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from ligneclaire.domains.rulebook import decode
from ligneclaire.domains.rulebook.door import KnownOperator, Operators
from ligneclaire.domains.rulebook.plans import StoredPlans
from ligneclaire.domains.rulebook.versions import Version
from ligneclaire.kernel.policy import declared

OPERATOR = "select id, code, country, timezone, languages, profile from operator where code = %s"
ACT = "select set_config('lc.operator', %s, true)"
VERSIONS = """
select key, scope_kind, scope_value, effective_from, effective_to, contracts_from, all_from, "values"
from policy_version where operator_id = %s and superseded_at is null
"""


class Cursor(Protocol):
    """What this module needs of a database cursor."""

    def execute(self, query: str, params: Sequence[Any], /) -> Any:
        """Run one statement."""

    def fetchall(self) -> list[Any]:
        """Its rows."""


@dataclass(frozen=True, slots=True)
class StoredOperators:
    """Operators of the database, else of `otherwise`. `transaction` opens one and gives a cursor."""

    transaction: Callable[[], AbstractContextManager[Any]]
    otherwise: Operators
    known: dict[str, KnownOperator | None] = field(default_factory=dict)

    def find(self, code: str) -> KnownOperator | None:
        """The operator of that code. Read once for each object of this class."""
        if code not in self.known:
            with self.transaction() as cursor:
                self.known[code] = read(cursor, code, self.transaction)
        return self.known[code] or self.otherwise.find(code)


def read(cursor: Cursor, code: str, transaction: Callable[[], AbstractContextManager[Any]]) -> KnownOperator | None:
    """The operator of a code with its published versions, inside the cursor's transaction; None when not loaded."""
    cursor.execute(OPERATOR, [code])
    for number, own_code, country, timezone, languages, profile in cursor.fetchall():
        cursor.execute(ACT, [str(number)])
        cursor.fetchall()
        cursor.execute(VERSIONS, [number])
        versions = tuple(_version(row) for row in cursor.fetchall() if row[0] in declared())
        return KnownOperator(
            code=own_code,
            country=country,
            zone=ZoneInfo(timezone),
            languages=tuple(_plain(languages)),
            customers=_plain(profile).get("customers", "consumer"),
            versions=versions,
            plans=StoredPlans(transaction, number),
        )
    return None


def _version(row: Sequence[Any]) -> Version:
    key, scope, scope_value, start, end, contracts_from, all_from, values = row
    value: object = decode.build(declared()[key].cls, _plain(values))
    return Version(key, value, start, end, scope, scope_value, contracts_from, all_from)


def _plain(value: Any) -> Any:
    """JSON columns come parsed from the driver alone, and as text through Django."""
    import json

    return json.loads(value) if isinstance(value, str) else value
