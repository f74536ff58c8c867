"""Plans for decisions: an offer as it prices usage on a day, from the operator's folder or from the database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from ligneclaire.domains.rulebook import folders
from ligneclaire.domains.rulebook.decks import Dated
from ligneclaire.kernel.decision import Fault, Plan, Refused

ACT = "select set_config('lc.operator', %s, true)"
STORED = """
select usage_terms.effective_from, rate_deck.content, usage_terms.content
from usage_terms
join product on (product.operator_id, product.id) = (usage_terms.operator_id, usage_terms.product_id)
join rate_deck on (rate_deck.operator_id, rate_deck.code) = (usage_terms.operator_id, usage_terms.deck)
where usage_terms.operator_id = %(operator)s and product.kind = 'offer' and product.code = %(code)s
  and usage_terms.effective_from <= %(day)s
  and (usage_terms.effective_to is null or %(day)s < usage_terms.effective_to)
  and rate_deck.effective_from <= %(day)s and (rate_deck.effective_to is null or %(day)s < rate_deck.effective_to)
"""


T = TypeVar("T", bound=Dated)


@dataclass(frozen=True, slots=True)
class FolderPlans:
    """The offers of an operator's folder."""

    folder: Path

    def plan(self, code: str, day: date) -> Plan | None:
        """The offer of that code with usage terms on a day, or None. Refused when the folder has faults."""
        whole = _read(self.folder)
        offers = [one for one in whole.products if one.kind == "offer" and one.code == code]
        terms = _on(day, (row for one in offers for row in one.usage))
        deck = _on(day, (row for row in whole.decks if terms and row.code == terms.deck))
        if terms is None or deck is None:
            return None
        return Plan(_name(code, terms.effective_from), deck.content, terms.content)


@dataclass(frozen=True, slots=True)
class StoredPlans:
    """The published offers of an operator in the database."""

    transaction: Callable[[], AbstractContextManager[Any]]
    operator_id: int

    def plan(self, code: str, day: date) -> Plan | None:
        """The offer of that code with usage terms on a day, or None."""
        with self.transaction() as cursor:
            cursor.execute(ACT, [str(self.operator_id)])
            cursor.fetchall()
            cursor.execute(STORED, {"operator": self.operator_id, "code": code, "day": day})
            for start, deck, terms in cursor.fetchall():
                return Plan(_name(code, start), _plain(deck), _plain(terms))
        return None


def _name(code: str, start: date) -> str:
    return f"{code}@{start.isoformat()}"


def _on(day: date, rows: Iterable[T]) -> T | None:
    """The version in force on a day."""
    held = (
        row for row in rows if row.effective_from <= day and (row.effective_until is None or day < row.effective_until)
    )
    return next(held, None)


@cache
def _read(folder: Path) -> folders.Folder:
    try:
        return folders.read(folder)
    except folders.FolderRefused as refused:
        raise Refused(
            *(Fault("rulebook.fault.bad-folder", "operator", {"reason": str(one)}) for one in refused.faults)
        ) from None


def _plain(value: Any) -> Any:
    """JSON that a driver left as text."""
    return json.loads(value) if isinstance(value, str) else value
