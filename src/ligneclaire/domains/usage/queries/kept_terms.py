"""What was in force for accounts when it was last asked, kept by this process: passes follow each other within seconds,
and contracts rarely change in between.

The database gives the rows that terms of an account are made from a digest; what all accounts have in common is read
anew each time and compared. While both are equal, so are the terms.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Lock

from django.db import connection

from ligneclaire.domains.operators import bulk
from ligneclaire.domains.usage.rules.terms import GroupTerms

MOST = 50_000  # lines whose terms are kept

_OF_ACCOUNTS = """
    WITH asked AS (SELECT unnest(%s::bigint[]) AS id),
    owned AS (SELECT l.* FROM asked JOIN line l ON l.account_id = asked.id),
    held AS (SELECT c.* FROM asked JOIN contract c ON c.account_id = asked.id)
    SELECT account, sum(digest) FROM (
        SELECT a.id AS account, hash_record_extended(a, 0) AS digest FROM asked JOIN account a ON a.id = asked.id
        UNION ALL
        SELECT a.id, hash_record_extended(p, 1)
        FROM asked JOIN account a ON a.id = asked.id JOIN party p ON p.id = a.party_id
        UNION ALL SELECT l.account_id, hash_record_extended(l, 2) FROM owned l
        UNION ALL SELECT l.account_id, hash_record_extended(u, 3) FROM owned l JOIN line_user u ON u.line_id = l.id
        UNION ALL SELECT l.account_id, hash_record_extended(c, 4) FROM owned l JOIN line_control c ON c.line_id = l.id
        UNION ALL SELECT c.account_id, hash_record_extended(c, 5) FROM held c
        UNION ALL SELECT c.account_id, hash_record_extended(i, 6)
        FROM held c JOIN contract_item i ON i.contract_id = c.id
        UNION ALL SELECT c.account_id, hash_record_extended(s, 7) FROM held c JOIN split_bill s ON s.contract_id = c.id
    ) AS found GROUP BY account
"""
_SOLD = """
    SELECT (SELECT sum(hash_record_extended(p, 0)) FROM product p WHERE p.operator_id = %(operator)s),
           (SELECT sum(hash_record_extended(v, 0)) FROM price_version v WHERE v.operator_id = %(operator)s)
"""
Digests = Mapping[int, Decimal]


def digests(account_ids: Collection[int]) -> Digests:
    """A digest of all that accounts have, by account. To be asked before the terms are read, and again before they are
    kept (`unchanged`)."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_ACCOUNTS, [bulk.array(account_ids)])
        return dict(cursor.fetchall())


def unchanged(before: Digests, account_ids: Collection[int]) -> Digests:
    """The digests of those accounts of which nothing changed since `before`: what was read of them in between is what
    these digests name."""
    return {account: digest for account, digest in digests(account_ids).items() if before[account] == digest}


def sold(operator_id: int) -> object:
    """A digest of the products and prices of an operator."""
    with connection.cursor() as cursor:
        cursor.execute(_SOLD, {"operator": operator_id})
        return cursor.fetchone()


@dataclass(slots=True)
class Shelf:
    """Terms of the accounts that were asked for last, of operators and months (`of`), as long as what all of them have
    in common (`common`) stays."""

    most: int = MOST
    _kept: dict[tuple[object, int], tuple[Decimal, GroupTerms]] = field(default_factory=dict)
    _common: dict[object, object] = field(default_factory=dict)
    _lines: int = 0
    _lock: Lock = field(default_factory=Lock)

    def find(self, of: object, common: object, wanted: Digests) -> dict[int, GroupTerms]:
        """The terms that are known of accounts with these digests."""
        with self._lock:
            if self._common.get(of) != common:
                self._forget(key for key in list(self._kept) if key[0] == of)
                self._common[of] = common
            found = {}
            for account, digest in wanted.items():
                known = self._kept.pop((of, account), None)
                if known is None:
                    continue
                if known[0] == digest:
                    found[account] = known[1]
                    self._kept[of, account] = known  # behind all others: the first ones go first
                else:
                    self._lines -= len(known[1].lines)
            return found

    def keep(self, of: object, common: object, digests: Digests, terms: Mapping[int, GroupTerms]) -> None:
        """Remember those of the terms whose accounts have these digests."""
        with self._lock:
            if self._common.get(of) != common:
                return
            self._forget((of, account) for account in terms)
            for account in terms.keys() & digests.keys():
                self._kept[of, account] = digests[account], terms[account]
                self._lines += len(terms[account].lines)
            while self._lines > self.most:
                self._forget([next(iter(self._kept))])

    def _forget(self, keys: Iterable[tuple[object, int]]) -> None:
        for key in keys:
            known = self._kept.pop(key, None)
            self._lines -= len(known[1].lines) if known else 0
