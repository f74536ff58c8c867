"""The whole invoice of one account as it will be issued, without its number: sums, tax, terms of payment, snapshots.

The same function makes the draft, the forecast and the preview. A negative total becomes a credit note, whose amounts
are positive.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ligneclaire.domains.accounts.policies import ComplementaryCurrency
from ligneclaire.domains.accounts.rules import settlement
from ligneclaire.domains.billing.rules import tax
from ligneclaire.domains.billing.rules.due_date import Due
from ligneclaire.domains.billing.rules.values import DueLine
from ligneclaire.domains.rulebook import taxes
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.money import Money, zero
from ligneclaire.kernel.policy import InForce

ONE_DAY = timedelta(days=1)
INVOICE, CREDIT_NOTE = "invoice", "credit-note"
# UNCL 4461: SEPA direct debit, credit transfer, cheque (BT-81)
MEANS = {"direct-debit": "59", "transfer": "30", "cheque": "20"}


@dataclass(frozen=True, slots=True)
class Payer:
    """The account as the document shows it. `complementary_share` is in percent (PAY-10)."""

    account_id: int
    language: str
    prices: str
    buyer: Mapping[str, Any]
    method: str = "transfer"
    iban: str = ""
    mandate_reference: str = ""
    notice_days_agreed: int | None = None
    complementary_share: int = 0
    buyer_reference: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """What all documents of one run share: month, day, seller, tax rates by code."""

    month: date
    issued_on: date
    seller: Mapping[str, Any]
    rates: Mapping[str, Decimal]
    complementary: InForce[ComplementaryCurrency] | None = None
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or credit note without its number. The fields are named as in the rows that they become."""

    kind: str
    payer: Payer
    issue: Issue
    due: Due
    lines: tuple[DueLine, ...]
    taxes: tuple[tax.RateSum, ...]
    net: Money
    vat: Money
    total: Money
    complementary: Money
    because: tuple[Step, ...]

    def __post_init__(self) -> None:
        if self.net + self.vat != self.total or self.total.amount < 0:
            raise ValueError("net and tax make a total that is not negative")
        if self.complementary and self.complementary > self.net:
            raise ValueError("tax is paid in euro (PAY-11)")


def document(payer: Payer, lines: Sequence[DueLine], issue: Issue, due: Due) -> Document:
    """Sum the lines of one account. Raises KeyError on a tax code that `issue.rates` does not know.

    C1 (tax once per rate), C11 with PAY-10 to PAY-13 (the part in the complementary currency), PAY-02 (debit date).
    """
    taxed = _taxed(payer, lines, issue)
    kind = INVOICE if taxed.total.amount >= 0 else CREDIT_NOTE
    if kind == CREDIT_NOTE:
        lines = [_turned(line) for line in lines]
        taxed = _taxed(payer, lines, issue)
    because = list(taxed.because)
    complementary = zero(issue.currency)
    if payer.complementary_share and payer.prices == tax.EXCLUSIVE:
        complementary, steps = _complementary(payer, lines, issue, taxed)
        because += steps
    if kind == INVOICE:
        because += due.because
    return Document(
        kind=kind,
        payer=payer,
        issue=issue,
        due=due,
        lines=tuple(lines),
        taxes=taxed.per_rate,
        net=taxed.net,
        vat=taxed.vat,
        total=taxed.total,
        complementary=complementary,
        because=tuple(because),
    )


def _taxed(payer: Payer, lines: Sequence[DueLine], issue: Issue) -> tax.Taxed:
    taxed = tuple(tax.TaxedLine(line.amount, issue.rates[line.tax_code], _category(line.tax_code)) for line in lines)
    return _tax(taxed, payer.prices)


@lru_cache(maxsize=4096)
def _tax(lines: tuple[tax.TaxedLine, ...], prices: str) -> tax.Taxed:
    return tax.tax(lines, prices)


def _complementary(
    payer: Payer, lines: Sequence[DueLine], issue: Issue, taxed: tax.Taxed
) -> tuple[Money, tuple[Step, ...]]:
    """The part settled in the complementary currency: the share of the eligible net, never of the tax (C11, PAY-11)."""
    if issue.complementary is None:
        return zero(issue.currency), ()
    settled = [settlement.SettledLine(line.amount, line.category) for line in lines]
    found = settlement.split(settled, Decimal(payer.complementary_share), taxed.vat, issue.complementary)
    part = min(max(found.complementary, zero(issue.currency)), max(taxed.net, zero(issue.currency)))
    if part == found.complementary:
        return part, found.because
    bound = step("billing.paid.complementary", "C11", part, found=found.complementary, net=taxed.net, amount=part)
    return part, (*found.because, bound)


def _turned(line: DueLine) -> DueLine:
    """The line with the other sign, as a credit note prints it."""
    return replace(line, amount=-line.amount, quantity=-line.quantity)


def to_json(found: Document) -> dict[str, Any]:
    """The document as drafts keep it: keys are columns of the rows that it becomes, amounts are texts."""
    payer, issue, due = found.payer, found.issue, found.due
    start = min(line.start for line in found.lines)
    end = max(line.end for line in found.lines)
    debited = payer.method == "direct-debit" and found.kind == INVOICE
    return {
        "account_id": payer.account_id,
        "kind": found.kind,
        "month": issue.month.isoformat(),
        "issued_on": issue.issued_on.isoformat(),
        "supply_from": start.isoformat(),
        "supply_to": (end - ONE_DAY).isoformat(),
        "due_on": (due.due_on if found.kind == INVOICE else issue.issued_on).isoformat(),
        "debit_on": due.debit_on.isoformat() if due.debit_on and debited else None,
        "payment_method": payer.method,
        "payment_means_code": MEANS[payer.method],
        "mandate_reference": payer.mandate_reference if debited else "",
        "debited_iban": payer.iban if debited else "",
        "currency": issue.currency,
        "prices": payer.prices,
        "net": _cents(found.net),
        "vat": _cents(found.vat),
        "total": _cents(found.total),
        "complementary": _cents(found.complementary),
        "language": payer.language,
        "buyer_reference": payer.buyer_reference,
        "seller": issue.seller,
        "buyer": payer.buyer,
        "because": [one.to_json() for one in found.because],
        "taxes": [tax_json(one) for one in found.taxes],
        "lines": [_line_json(line, issue, position) for position, line in enumerate(found.lines, 1)],
    }


def canonical(data: Mapping[str, Any]) -> str:
    """The one text of a document: keys in order, no blanks. Its digest is what drafts, runs and invoices carry."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _category(tax_code: str) -> str:
    """The code of EN 16931 (BT-151) where the rate does not say it: what is paid on for others is exempt (SPL-02)."""
    return tax.EXEMPT if tax_code == taxes.PASS_THROUGH else ""


def tax_json(one: tax.RateSum) -> dict[str, str]:
    """The sums of one rate, as a draft keeps them."""
    return {
        "tax_category": one.band[1],
        "tax_rate": _rate(one.rate),
        "net": _cents(one.net),
        "vat": _cents(one.vat),
        "total": _cents(one.total),
    }


def _line_json(line: DueLine, issue: Issue, position: int) -> dict[str, Any]:
    rate, category = tax.band_of(issue.rates[line.tax_code], _category(line.tax_code))
    return {
        "position": position,
        "code": line.code,
        "product_code": line.product_code,
        "names": line.names,
        "category": line.category,
        "contract_id": line.contract_id,
        "item_id": line.item_id,
        "discount_id": line.discount_id,
        "charge_id": line.charge_id,
        "period_from": line.start.isoformat(),
        "period_to": line.end.isoformat(),
        "quantity": f"{line.quantity:f}",
        "unit_price": str(line.unit_price),
        "amount": _cents(line.amount),
        "tax_category": category,
        "tax_rate": _rate(rate),
        "because": [one.to_json() for one in line.because],
        **_usage_json(line),
    }


def _usage_json(line: DueLine) -> dict[str, Any]:
    """Whose usage of which month a line bills; nothing for all other lines."""
    if line.line_id is None or line.usage_month is None:
        return {}
    return {
        "line_id": line.line_id,
        "usage_month": line.usage_month.isoformat(),
        "usage_revision": line.usage_revision,
    }


def _cents(amount: Money) -> str:
    return f"{amount.amount:.2f}"


def _rate(rate: Decimal) -> str:
    return f"{rate:.2f}"
