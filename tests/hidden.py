"""What of Bram's part must be nowhere, in every way of writing it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import phonenumbers

from ligneclaire.domains.billing.models import Dispute, Invoice, InvoiceLine
from ligneclaire.domains.billing.queries import forecast
from ligneclaire.domains.collections.queries import escalated_of
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.promises.models import Promise
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Counter, Total
from ligneclaire.domains.usage.queries import own
from ligneclaire.domains.usage.rules.rated import SPEND
from ligneclaire.journeys import customer_pages, usage_words
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope
from tests import cast, walled, walled_today
from tests.walled import Scene

LANGUAGES = ("fr", "nl", "en")
EMPLOYERS = Decimal("15.00")  # what Bora pays
WITH_VAT = Decimal("1.21")
CENTRE = "Montage"  # a cost centre of Bora


@dataclass(frozen=True)
class Hidden:
    """What nobody else may find (`brams`), and what nobody outside his company may find either (`companys`)."""

    brams: frozenset[str]
    companys: frozenset[str]

    def found_in(self, text: str, *, outside: bool) -> set[str]:
        """What stands in a text, for who is of the company or `outside` of it."""
        some = (one for one in (self.brams | self.companys if outside else self.brams) if one in text)
        return {one for one in some if re.search(rf"(?<![\d.,]){re.escape(one)}(?!\d)", text)}


def secrets(known: Scene) -> Hidden:
    """Every amount, volume, number, time and name in an address of Bram's part, as pages, files and JSON write them;
    of his company's what bears his number, what it owes, and what its lines share."""
    with known.bora.acting():
        told = {way for one in escalated_of(known.bora.scope) for way in _amounts(one.due.amount)}  # to his employer
        brams = _used(known, walled.JUNE) | _used(known, walled_today.this_month()) | _owed(known)
        brams |= {walled.AT_NIGHT, walled.AT_NIGHT.replace(":", " h ").removeprefix("0")}
        brams |= _amounts(walled_today.CAP.amount) | _ahead(known.split.account.pk, known)
        companys = told | _companys(known) | _ahead(known.bora.account.pk, known) - _amounts(EMPLOYERS)
    return Hidden(
        frozenset(one for one in brams - told if len(one) > 3), frozenset(one for one in companys if len(one) > 3)
    )


def _used(known: Scene, month: date) -> set[str]:
    operator, line = known.bora.operator.pk, known.bora.contract.line_id
    found: set[str] = set()
    for total in Total.objects.filter(line_id=line, group__month=month):
        found |= _amounts(total.amount) | _amounts(total.amount - EMPLOYERS) | _amounts(total.amount * WITH_VAT)
        found |= _volumes(total.outside, total.usage_type)
        if total.outside:
            found |= _volumes(total.inside + total.outside, total.usage_type)
    for gauge in Counter.objects.filter(line_id=line, group__month=month, allowance__gt=0):
        if gauge.service == SPEND:
            spent = Money.from_micro(gauge.used)
            found |= _amounts(spent.amount) | _amounts((spent * Fraction(WITH_VAT)).rounded_down().amount)
        elif gauge.used > gauge.allowance:  # "126 %" and "126%" of a bundle tell what lay beside it
            found |= {f"{gauge.used * 100 // gauge.allowance}{sign}" for sign in (" %", "%")}
    for row in store.rated(operator, known.bora.account.pk, month).to_pylist():
        if row["line"] == line and row["charged"]:
            found |= _of_record(row)
    return found


def _of_record(row: Mapping[str, Any]) -> set[str]:
    found = _amounts(Decimal(row["charged"]).scaleb(-6)) | _numbers(row["other"]) | {own.name_of(row["event_key"])}
    return found | _volumes(row["quantity"], row["usage_type"]) | _volumes(row["billed"], row["usage_type"])


def _owed(known: Scene) -> set[str]:
    """His invoices and what he disputes of them."""
    found = {known.split.account.public_id, known.split.account.number}
    private = Invoice.objects.filter(account=known.split.account)
    for invoice in private:
        found |= _amounts(invoice.total) | {invoice.number, invoice.public_id}
    for amount in InvoiceLine.objects.filter(invoice__in=private).values_list("amount", flat=True):
        found |= _amounts(amount)
    for dispute in Dispute.objects.filter(line__invoice__in=private).select_related("promise"):
        found |= _amounts(dispute.amount) | {dispute.promise.public_id, dispute.words}
    everybodys = customer_pages.bills_of(Scope.staff(known.bora.operator.pk), cast.today())
    return found | _amounts(everybodys.to_pay.amount) | _amounts(everybodys.overdue.amount)  # his is the difference


def _companys(known: Scene) -> set[str]:
    contract = known.bora.contract
    found = _numbers(walled.BRAM.removeprefix("+")) | {contract.line.public_id, CENTRE}
    found |= _amounts(customer_pages.bills_of(known.bora.scope, cast.today()).to_pay.amount)
    found |= {known.bora.account.public_id, known.bora.account.number, known.bora.party.public_id}
    for invoice in Invoice.objects.filter(account=known.bora.account):
        found |= _amounts(invoice.total) | {invoice.number, invoice.public_id}
    for one in Contract.objects.filter(account=known.bora.account):
        found |= {one.number, one.public_id}
    for row in store.rated(known.bora.operator.pk, known.bora.account.pk, walled.JUNE).to_pylist():
        if row["other"] == walled_today.CALLED_BEFORE:
            found |= _of_record(row)
    found |= set(Promise.objects.filter(party=known.bora.party).values_list("public_id", flat=True))
    return found | {written for one in walled_today.POOL for written in _volumes(one, "data")}


def _ahead(account_id: int, known: Scene) -> set[str]:
    """What an account's next invoice will be."""
    scope = Scope(known.bora.operator.pk, account_ids=frozenset({account_id}))
    found = forecast.forecasts(scope, cast.today())
    return {way for _account, document in found if document for way in _amounts(document.total.amount)}


def _amounts(value: Decimal) -> set[str]:
    if abs(value) < Decimal("0.5") or value == EMPLOYERS:
        return set()
    cents, exact = str(Money.of(f"{value:.6f}").rounded()), f"{value:.6f}"
    micro = str(int(value.scaleb(6)))
    return {cents, cents.replace(".", ","), exact, exact.rstrip("0"), micro} - {str(EMPLOYERS)}


def _volumes(value: int, usage_type: str) -> set[str]:
    service = usage_type.split("-", maxsplit=1)[0]
    if service not in ("voice", "data") or not value:
        return set()
    found = {str(value)} if value > 999 else set()
    if service == "voice":
        found.add(f"{value // 60}:{value % 60:02d}")
    for lang in LANGUAGES:
        found |= {usage_words.about(value, service, lang), usage_words.quantity(value, service, lang)}
    return {plain(one) for one in found}


def _numbers(other: str) -> set[str]:
    if len(other) < 7:
        return set()
    number = phonenumbers.parse(f"+{other}")
    ways = (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return {other, other[2:], *(plain(phonenumbers.format_number(number, way)) for way in ways)}


def plain(text: str) -> str:
    """With plain blanks alone."""
    return re.sub(r"[\u00a0\u202f\u2009]", " ", text)
