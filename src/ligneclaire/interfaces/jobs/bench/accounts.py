"""Many accounts of one operator, made in SQL as the owner, for measuring alone: no operation makes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import psycopg

FIRST_ID = 1_000_000
MONTH = date(2026, 7, 1)

# A household that pays by direct debit, with an offer and two options that started on the first of the month: an
# invoice of three lines.
_STATEMENTS = (
    """INSERT INTO party (id, operator_id, public_id, number, kind, name, segment, language, vat_number,
                          registration_number, since)
       SELECT %(base)s + n, %(operator)s, 'bench-p' || n, 'B' || n, 'household', 'Foyer ' || n, 'consumer', 'fr', '',
              '', date '2026-05-04' FROM generate_series(1, %(count)s) n""",
    """INSERT INTO site (operator_id, party_id, name, street, postcode, city, country, is_billing)
       SELECT %(operator)s, %(base)s + n, '', n || ' chemin des Vignes', '23500', 'Felletin', 'FR', true
       FROM generate_series(1, %(count)s) n""",
    """INSERT INTO account (id, operator_id, public_id, number, party_id, legal_entity_id, name, language, prices,
                            delivery, email, complementary_share, buyer_reference, opened_on)
       SELECT %(base)s + n, %(operator)s, 'bench-a' || n, 'B' || n || '-1', %(base)s + n, %(entity)s, 'Foyer ' || n,
              'fr', 'inclusive', 'email', 'b' || n || '@example.org', 0, '', date '2026-05-04'
       FROM generate_series(1, %(count)s) n""",
    """INSERT INTO payment_terms (operator_id, account_id, method, from_on, iban, holder, mandate_reference,
                                  mandate_signed_on, notice_days_agreed)
       SELECT %(operator)s, %(base)s + n, 'direct-debit', date '2026-05-04', 'FR1420041010050500013M02606',
              'Foyer ' || n, 'MB' || n, date '2026-05-04', 3 FROM generate_series(1, %(count)s) n""",
    """INSERT INTO contract (id, operator_id, public_id, number, account_id, offer_id, signed_on, commitment_months,
                             commitment_start_on, connected_at, connected_source, held_days, service_from,
                             service_because)
       SELECT %(base)s + n, %(operator)s, 'bench-c' || n, 'B' || n || '-1-1', %(base)s + n, p.id, date '2026-05-04', 12,
              %(month)s, timestamptz '2026-07-01 08:00+02', 'bench', 0, %(month)s,
              '[{"code": "contracts.start.connected", "rule": "BIL-01", "policy": null, "value": "2026-07-01",
                 "params": {"on": "2026-07-01"}}]'::jsonb
       FROM generate_series(1, %(count)s) n, product p WHERE p.operator_id = %(operator)s AND p.code = 'radio-30'""",
    """INSERT INTO contract_item (operator_id, contract_id, product_id, price_version_id, quantity, monthly_price)
       SELECT %(operator)s, %(base)s + n, p.id, v.id, 1, v.monthly_price
       FROM generate_series(1, %(count)s) n, product p
       JOIN price_version v ON v.product_id = p.id AND v.effective_from <= date '2026-05-04'
            AND (v.effective_to IS NULL OR v.effective_to > date '2026-05-04')
       WHERE p.operator_id = %(operator)s AND p.code IN ('radio-30', 'telephonie', 'ip-fixe')
       ORDER BY n, p.kind""",
)
# The number that the account calls from, and what it called in June, rated: a fourth line of two kinds of calls.
_USAGE = (
    """INSERT INTO line (id, operator_id, public_id, account_id, kind, identifier, ordered_on)
       SELECT %(base)s + n, %(operator)s, 'bench-l' || n, %(base)s + n, 'voice', '335' || (10000000 + n),
              date '2026-05-04' FROM generate_series(1, %(count)s) n""",
    """INSERT INTO usage_group (id, operator_id, account_id, month, records, revision, rated_at, rated_to,
                                closing_state)
       SELECT %(base)s + n, %(operator)s, %(base)s + n, date '2026-06-01', 25, 1, timestamptz '2026-07-01 02:00+02',
              timestamptz '2026-06-30 21:00+02', '{}' FROM generate_series(1, %(count)s) n""",
    """INSERT INTO usage_total (operator_id, group_id, line_id, category, usage_type, tax_code, records, inside,
                                outside, amount)
       SELECT %(operator)s, %(base)s + n, %(base)s + n, 'voice', kind, 'standard', calls, 0, 60 * calls,
              0.0371 * (n %% 97) * calls
       FROM generate_series(1, %(count)s) n, (VALUES ('voice-national', 20), ('voice-international', 5)) k(kind, calls)
       ORDER BY n""",
)
_WRITTEN = "party, site, account, payment_terms, contract, contract_item, line, usage_group, usage_total"


def make(
    owner: psycopg.Connection[Any], operator_id: int, legal_entity_id: int, count: int, *, with_usage: bool = False
) -> None:
    """That many accounts of three lines each, or of four with calls of June, analysed. The connection is the owner's
    and commits by itself."""
    known: Mapping[str, Any] = {
        "operator": operator_id, "entity": legal_entity_id, "count": count, "base": FIRST_ID, "month": MONTH,
    }  # fmt: skip
    for statement in (*_STATEMENTS, *(_USAGE if with_usage else ())):
        owner.execute(statement, known)
    owner.execute(f"ANALYZE {_WRITTEN}")
