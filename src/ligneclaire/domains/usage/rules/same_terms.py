"""A name for what is in force for a rating group: equal names, equal terms. A group that is rated under others than
before is rated from its first record. Tariffs are named by their codes and by what their versions hold: one that was
withdrawn had the code of the one that took its place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ligneclaire.domains.catalogue.rules.tariff import Bundle

if TYPE_CHECKING:
    from ligneclaire.domains.usage.rules.terms import Allowance, Block, Cap, GroupTerms, LineTerms, Pool

COUNTS = 2  # how an engine counts: what was counted in another way is rated from the first record


def named(terms: GroupTerms) -> str:
    """The name of the terms of a group."""
    days = ",".join(sorted(map(str, terms.holidays)))
    said = [f"{COUNTS} {terms.zone} {terms.country} {terms.thresholds} {terms.late_free_us} {days}"]
    said += [f"{line_id} {_line(terms.lines[line_id])}" for line_id in sorted(terms.lines)]
    said += [_pool(pool) for pool in terms.pools]
    return hashlib.blake2b("\n".join(said).encode(), digest_size=12).hexdigest()


def _line(terms: LineTerms) -> str:
    tariffs = ",".join(f"{instant}@{tariff.code} {tariff.version}" for instant, tariff in terms.tariffs)
    return f"{terms.existed} {tariffs} {_texts(terms.allowances)} {_texts(terms.blocked)} {_texts(terms.caps)}"


def _pool(pool: Pool) -> str:
    return f"{_texts(pool.parts)} {sorted(pool.takers.items())}"


def _texts(some: Iterable[Allowance | Block | Cap]) -> str:
    return ",".join(map(_text, some))


@lru_cache(maxsize=10_000)
def _text(one: Any) -> str:
    """All fields of a value; sets in an order."""
    return " ".join(_plain(getattr(one, field.name)) for field in fields(one))


def _plain(value: Any) -> str:
    if isinstance(value, frozenset):
        return repr(sorted(value))
    return f"({_text(value)})" if isinstance(value, Bundle) else repr(value)
