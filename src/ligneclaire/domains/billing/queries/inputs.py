"""Everything that the invoice of an account is made of, read for many accounts by a handful of statements."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ligneclaire.domains.billing.queries import reading, usage
from ligneclaire.domains.billing.queries.reading import Form, Row
from ligneclaire.domains.billing.rules.document import Payer
from ligneclaire.domains.billing.rules.private_part import Private
from ligneclaire.domains.billing.rules.usage_lines import UsedMonth
from ligneclaire.domains.billing.rules.values import Agreed, AgreedDiscount, AgreedItem, Billed, Key, Waiting
from ligneclaire.domains.operators import bulk
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.money import Money

Facts = tuple[Row, Sequence[Row], Sequence[Row], Sequence[Row], usage.UsageRows]
ALL_INVOICES = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Knowing:
    """What may be known: the day on the invoices, and the moment after which charges and starts are not seen.

    `last_invoice_id`: documents beyond it are thought away, to make those of a past run once more. `with_usage`: usage
    of the months before the month of `bill_on` is billed too (BIL-04).
    """

    operator_id: int
    bill_on: date
    as_of: datetime
    last_invoice_id: int = ALL_INVOICES
    with_usage: bool = True


@dataclass(frozen=True, slots=True)
class Inputs:
    """One account with all that decides its next invoice."""

    account_id: int
    public_id: str
    number: str
    segment: str
    closed_on: date | None
    email: str
    delivery: str
    has_terms: bool
    payer: Payer
    contracts: tuple[Agreed, ...]
    billed: Mapping[Key, Sequence[Billed]]
    waiting: tuple[Waiting, ...]
    used: tuple[UsedMonth, ...]
    private: Private | None


_ACCOUNTS = """
SELECT a.id, a.number, p.segment, a.closed_on, a.email, a.delivery, a.name, p.number, p.kind, p.vat_number,
       p.registration_number, s.street, s.postcode, s.city, s.country, a.language, a.prices, a.complementary_share,
       a.buyer_reference, t.method, t.iban, t.mandate_reference, t.notice_days_agreed,
       a.public_id
FROM account a JOIN party p ON p.id = a.party_id
LEFT JOIN site s ON s.party_id = p.id AND s.is_billing
LEFT JOIN payment_terms t ON t.account_id = a.id AND t.from_on <= %(on)s AND (t.to_on IS NULL OR t.to_on > %(on)s)
WHERE a.id = ANY(%(ids)s::bigint[]) ORDER BY a.id"""

_CONTRACTS = """
SELECT c.account_id, c.id, c.signed_on, c.service_from, c.last_day, c.service_because
FROM contract c
WHERE c.account_id = ANY(%(ids)s::bigint[]) AND c.service_from < %(on)s
  AND NOT EXISTS (SELECT 1 FROM contract_event e
                  WHERE e.contract_id = c.id AND e.kind = 'service-started' AND e.at > %(as_of)s)
ORDER BY c.account_id, c.id"""

_ITEMS = """
SELECT i.contract_id, i.id, p.kind, p.code, p.names, p.category, v.tax_code, i.quantity, i.monthly_price,
       i.one_off_price, i.from_on, i.to_on
FROM contract_item i JOIN product p ON p.id = i.product_id JOIN price_version v ON v.id = i.price_version_id
WHERE i.contract_id = ANY(%(contracts)s::bigint[]) AND (i.from_on IS NULL OR i.from_on < %(on)s)
ORDER BY i.contract_id, i.id"""

_DISCOUNTS = """
SELECT d.contract_id, d.id, d.names, d.percent, d.monthly_amount, d.from_on, d.to_on
FROM discount d WHERE d.contract_id = ANY(%(contracts)s::bigint[]) ORDER BY d.contract_id, d.id"""

# A line of a credit note has the other sign; a line is worth what later credit notes left of it; an invoice that was
# reissued counts no more. Credit notes by hand take money back, not days. OFFSET and LIMIT keep the planner from
# joining all invoices: it guesses badly while a run grows these tables.
_BILLED = """
SELECT l.item_id, coalesce(l.discount_id, 0), l.code, l.period_from, l.period_to,
       (CASE WHEN v.kind = 'credit-note' THEN -l.amount ELSE l.amount END)
       - coalesce((SELECT sum(k.amount) FROM invoice_line k
                   WHERE k.operator_id = l.operator_id AND k.credits_id = l.id AND k.invoice_id <= %(last)s), 0)
FROM invoice_line l
CROSS JOIN LATERAL (SELECT i.id, i.kind, i.run_id FROM invoice i WHERE i.id = l.invoice_id OFFSET 0) v
WHERE l.item_id = ANY(%(items)s::bigint[]) AND (v.kind = 'invoice' OR v.run_id IS NOT NULL) AND v.id <= %(last)s
  AND (SELECT true FROM invoice r
       WHERE r.credits_id = v.id AND r.kind = 'invoice' AND r.id <= %(last)s LIMIT 1) IS NULL
ORDER BY l.id"""

_CHARGES = """
SELECT c.account_id, c.id, c.contract_id, c.product_code, c.names, c.category, c.tax_code, c.service_on, c.amount,
       c.because
FROM charge c WHERE c.account_id = ANY(%(ids)s::bigint[]) AND c.created_at <= %(as_of)s
  AND NOT EXISTS (SELECT 1 FROM invoice_line l
                  WHERE l.operator_id = c.operator_id AND l.charge_id = c.id AND l.invoice_id <= %(last)s)
ORDER BY c.account_id, c.id"""


class Reader:
    """Reads accounts in bulk."""

    def __init__(self, knowing: Knowing) -> None:
        self.knowing = knowing
        self.month = knowing.bill_on.replace(day=1)
        self.recent = knowing.bill_on - timedelta(days=70)  # only a first invoice tells how service began

    def read(self, account_ids: Sequence[int]) -> Iterator[Inputs]:
        """The inputs of each of these accounts, in id order. One transaction of the operator must be open.

        Digests of them are taken before: then what changes meanwhile makes the digest old, and never the inputs.
        """
        for facts in self._facts(account_ids, reading.whole):
            yield self._inputs(facts)

    def digests(self, account_ids: Sequence[int]) -> Iterator[tuple[int, str, str]]:
        """Account id, account number and digest of the inputs, without making values of them."""
        for facts in self._facts(account_ids, reading.told):
            yield facts[0][0], facts[0][1], _digest(facts)

    def _facts(self, account_ids: Sequence[int], form: Form) -> Iterator[Facts]:
        """The rows of each account: itself, contracts with items and discounts, billed lines, charges, usage."""
        known: dict[str, Any] = {
            "ids": bulk.array(account_ids), "on": self.knowing.bill_on, "as_of": self.knowing.as_of,
            "last": self.knowing.last_invoice_id,
        }  # fmt: skip
        accounts = reading.rows(form(_ACCOUNTS), known)
        contracts = reading.grouped(form(_CONTRACTS), known)
        known["contracts"] = bulk.array(row[1] for rows in contracts.values() for row in rows)
        items = reading.grouped(form(_ITEMS), known)
        known["items"] = bulk.array(row[1] for rows in items.values() for row in rows)
        discounts = reading.grouped(form(_DISCOUNTS), known)
        billed = reading.grouped(form(_BILLED), known)
        charges = reading.grouped(form(_CHARGES), known)
        used = usage.read(account_ids, known, self.month, form) if self.knowing.with_usage else {}
        for account in accounts:
            mine = contracts.get(account[0], ())
            rest = [(row, items.get(row[1], ()), discounts.get(row[1], ())) for row in mine]
            lines = [(item[1], billed[item[1]]) for _row, some, _d in rest for item in some if item[1] in billed]
            yield account, rest, lines, charges.get(account[0], ()), used.get(account[0], usage.NOTHING)

    def _inputs(self, facts: Facts) -> Inputs:
        account, contracts, lines, charges, used = facts
        billed: dict[Key, list[Billed]] = defaultdict(list)
        for item_id, rows in lines:
            for _item, discount_id, code, start, end, amount in rows:
                billed[item_id, discount_id].append(Billed(code, start, end, Money(amount)))
        return Inputs(
            account_id=account[0],
            public_id=account[23],
            number=account[1],
            segment=account[2],
            closed_on=account[3],
            email=account[4],
            delivery=account[5],
            has_terms=account[19] is not None,
            payer=_payer(account),
            contracts=tuple(self._contract(*one, first=not billed) for one in contracts),
            billed=billed,
            waiting=tuple(_waiting(row) for row in charges),
            used=usage.months_of(account[0], account[16], used) if used else (),
            private=usage.private_of(account[0], used, self.month) if used.splits else None,
        )

    def _contract(self, row: Row, items: Sequence[Row], discounts: Sequence[Row], *, first: bool) -> Agreed:
        first = first or row[3] >= self.recent
        steps = tuple(Step.from_json(one) for one in json.loads(row[5])) if first else ()
        return Agreed(
            id=row[1],
            signed_on=row[2],
            service_from=row[3],
            last_day=row[4],
            items=tuple(_item(one) for one in items),
            discounts=tuple(_discount(one) for one in discounts),
            service_because=steps,
        )


def _digest(facts: Facts) -> str:
    return hashlib.sha256(repr(facts[:4] if not facts[4] else facts).encode()).hexdigest()


def _payer(row: Row) -> Payer:
    buyer = {
        "name": row[6],
        "account_number": row[1],
        "customer_number": row[7],
        "kind": row[8],
        "vat_number": row[9],
        "registration_number": row[10],
        "street": row[11] or "",
        "postcode": row[12] or "",
        "city": row[13] or "",
        "country": row[14] or "",
    }
    return Payer(
        account_id=row[0],
        language=row[15],
        prices=row[16],
        buyer=buyer,
        method=row[19] or "transfer",
        iban=row[20] or "",
        mandate_reference=row[21] or "",
        notice_days_agreed=row[22],
        complementary_share=row[17],
        buyer_reference=row[18],
    )


def _item(row: Row) -> AgreedItem:
    _contract, item_id, kind, code, names, category, tax_code, quantity, monthly, one_off, from_on, to_on = row
    return AgreedItem(
        item_id, kind, code, _names(names), category, tax_code, quantity,
        _money(monthly), _money(one_off), from_on, to_on,
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _names(text: str) -> dict[str, str]:
    """A product's names; the same text is read once, since a run meets it at every account."""
    return dict(json.loads(text))


def _discount(row: Row) -> AgreedDiscount:
    _contract, discount_id, names, percent, monthly, from_on, to_on = row
    return AgreedDiscount(discount_id, json.loads(names), percent, _money(monthly), from_on, to_on)


def _waiting(row: Row) -> Waiting:
    _account, charge_id, contract_id, product_code, names, category, tax_code, service_on, amount, because = row
    steps = tuple(Step.from_json(one) for one in json.loads(because))
    return Waiting(
        charge_id, contract_id, product_code, json.loads(names), category, tax_code, service_on, Money(amount), steps
    )


def _money(amount: Decimal | None) -> Money | None:
    return None if amount is None else Money(amount)
