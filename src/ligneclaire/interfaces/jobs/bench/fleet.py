"""A company of many lines in a month, one of them with thousands of records, and its manager.

Everything but the records is made in SQL as the owner, for measuring alone: no operation makes it. The records come in
by a file and are rated, as they always are; their line has an account of its own, which is rated alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

FIRST_ID = 5_000_000
CENTRES = 20
COMPANY, MANAGER = "bench-fleet", "bench-u0"
NUMBER = "3247{:07d}"

# Half of the lines are more than half through their bundle, and call beside it.
_STATEMENTS = (
    """INSERT INTO party (id, operator_id, public_id, number, kind, name, segment, language, vat_number,
                          registration_number, since)
       SELECT %(base)s, %(operator)s, 'bench-fleet', 'BENCH', 'company', 'Bench NV', 'business', 'nl', '', '',
              %(on)s""",
    """INSERT INTO person (id, operator_id, public_id, given_name, family_name, email, phone, language)
       SELECT %(base)s + n, %(operator)s, 'bench-u' || n, 'Gebruiker', 'Nummer ' || n, 'u' || n || '@bench.example', '',
              'nl' FROM generate_series(0, %(lines)s) n""",
    """INSERT INTO party_role (operator_id, party_id, person_id, role, from_on)
       SELECT %(operator)s, %(base)s, %(base)s, 'manager', %(on)s""",
    """INSERT INTO cost_centre (id, operator_id, party_id, code, name)
       SELECT %(base)s + n, %(operator)s, %(base)s, 'K' || n, 'Team ' || n FROM generate_series(1, %(centres)s) n""",
    """INSERT INTO account (id, operator_id, public_id, number, party_id, legal_entity_id, name, language, prices,
                            delivery, email, complementary_share, buyer_reference, opened_on)
       SELECT %(base)s + n, %(operator)s, 'bench-fa' || n, 'BENCH-' || n, %(base)s, e.id, 'Bench NV', 'nl', 'exclusive',
              'email', 'bench@bench.example', 0, '', %(on)s
       FROM generate_series(1, 2) n, (SELECT min(id) AS id FROM legal_entity WHERE operator_id = %(operator)s) e""",
    """INSERT INTO line (id, operator_id, public_id, account_id, kind, identifier, ordered_on)
       SELECT %(base)s + n, %(operator)s, 'bench-fl' || n, %(base)s + CASE n WHEN %(lines)s THEN 2 ELSE 1 END, 'mobile',
              '3247' || lpad(n::text, 7, '0'), %(on)s FROM generate_series(1, %(lines)s) n""",
    """INSERT INTO contract (id, operator_id, public_id, number, account_id, offer_id, line_id, cost_centre_id,
                             signed_on, commitment_months, connected_source, held_days, service_from, service_because)
       SELECT %(base)s + n, %(operator)s, 'bench-fc' || n, 'BENCH-' || n,
              %(base)s + CASE n WHEN %(lines)s THEN 2 ELSE 1 END, p.id, %(base)s + n,
              %(base)s + 1 + n %% %(centres)s, %(on)s, 0, '', 0, %(on)s, '[]'
       FROM generate_series(1, %(lines)s) n, product p WHERE p.operator_id = %(operator)s AND p.code = 'vlinder-5'""",
    """INSERT INTO contract_item (operator_id, contract_id, product_id, price_version_id, quantity, monthly_price)
       SELECT %(operator)s, c.id, c.offer_id, v.id, 1, v.monthly_price
       FROM contract c JOIN price_version v ON v.product_id = c.offer_id AND v.effective_from <= %(on)s
            AND (v.effective_to IS NULL OR v.effective_to > %(on)s)
       WHERE c.operator_id = %(operator)s AND c.id BETWEEN %(base)s + 1 AND %(base)s + %(lines)s""",
    """INSERT INTO line_user (operator_id, line_id, person_id, from_on)
       SELECT %(operator)s, %(base)s + n, %(base)s + n, %(on)s FROM generate_series(1, %(lines)s) n""",
    """INSERT INTO usage_group (id, operator_id, account_id, month, records, revision, rated_at, rated_to,
                                closing_state)
       SELECT %(base)s, %(operator)s, %(base)s + 1, %(month)s, 100 * %(lines)s, 1, now(), now(), '{}'""",
    """INSERT INTO usage_counter (operator_id, group_id, line_id, code, service, used, allowance, epoch)
       SELECT %(operator)s, %(base)s, %(base)s + n, 'data-home', 'data', n * 5000000::bigint, 5000000000, 0
       FROM generate_series(1, %(lines)s - 1) n""",
    """INSERT INTO usage_total (operator_id, group_id, line_id, category, usage_type, tax_code, records, inside,
                                outside, amount)
       SELECT %(operator)s, %(base)s, %(base)s + n, 'voice', kind, 'standard', 50, 0, 3000, 0.0371 * (n %% 97)
       FROM generate_series(2, %(lines)s - 1, 2) n, (VALUES ('voice-national'), ('voice-international')) k(kind)""",
)


def make(owner: psycopg.Connection[Any], operator_id: int, lines: int, records: int, month: date) -> None:
    """That many lines with a user each ("bench-u7" uses "bench-fl7"), in cost centres, and that many records of the
    last of them, rated. The connection is the owner's and commits by itself."""
    known: Mapping[str, Any] = {
        "operator": operator_id, "base": FIRST_ID, "lines": lines, "centres": CENTRES, "month": month,
        "on": month - timedelta(days=100),
    }  # fmt: skip
    for statement in _STATEMENTS:
        owner.execute(statement, known)
    owner.execute("ANALYZE")
    _take_in(operator_id, NUMBER.format(lines), records, month)


def _take_in(operator_id: int, number: str, records: int, month: date) -> None:
    from ligneclaire.domains.usage import operations as usage
    from ligneclaire.domains.usage.operations import rating

    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "month.csv"
        path.write_text("source,id,line,service,start,quantity,other\n" + "".join(_rows(number, records, month)))
        usage.take_in_usage_file(operator_id=operator_id, path=path, at=now, actor="bench")
    rating.rate_stale(operator_id=operator_id, at=now, actor="bench")


def _rows(number: str, records: int, month: date) -> Iterator[str]:
    """Calls at home and to another country, messages and data, evenly over 27 days."""
    start, apart = datetime(month.year, month.month, 1, tzinfo=UTC), timedelta(days=27) / records
    kinds = (
        ("voice", 95, "3222557193"),
        ("voice", 240, "442079460123"),
        ("sms", 1, "32470778899"),
        ("data", 900_000, ""),
    )
    for place in range(records):
        service, quantity, other = kinds[place % 4]
        at = (start + place * apart).isoformat(timespec="seconds")
        yield f"bench,{place},{number},{service},{at},{quantity},{other}\n"
