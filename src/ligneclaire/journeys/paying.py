"""How what is open of an invoice is paid now, for the page of it: the sum, the account, the reference and the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ligneclaire.journeys import formats, payment_qr
from ligneclaire.journeys.customer_pages import Bill
from ligneclaire.journeys.invoice_view import InvoiceView, Kind
from ligneclaire.journeys.invoice_writer import Writer
from ligneclaire.kernel.money import Money, zero


def transfer_of(view: InvoiceView, bill: Bill) -> Mapping[str, Any] | None:
    """What a transfer needs, in the reader's words: `rows` of a label and a value, `code` for a bank's application with
    `scan` and `alt` that say it. None where nothing is asked for, and where a debit or a cheque is on its way.

    A debit that did not reach us is paid like this too. What is disputed waits, and so does a part that is settled in
    another currency.
    """
    amount = _euro_of(view, bill)
    by_transfer = bill.method == "transfer" or bill.state == "overdue"
    if view.kind != Kind.INVOICE or not amount or not by_transfer or not view.seller.iban:
        return None
    write, seller, reference = Writer(view), view.seller, view.payment.reference
    known = [
        ("beneficiary", seller.legal_name),
        ("iban", formats.iban(seller.iban)),
        ("bic", seller.bic),
        ("amount", write.money(amount)),
        ("communication", reference),
        ("latest", "" if bill.state == "overdue" else formats.day(bill.pay_on, write.lang, weekday=True)),
    ]
    said = {"amount": write.money(amount), "name": seller.legal_name, "iban": formats.iban(seller.iban)}
    return {
        "title": write.words["pay_transfer"],
        "rows": [(write.words[key], value) for key, value in known if value],
        "code": payment_qr.code_of(
            name=seller.legal_name, iban=seller.iban, bic=seller.bic, amount=amount, reference=reference
        ),
        "scan": write.say("scan", amount=write.money(amount)),
        "alt": write.say("scan_alt", **said, reference=reference),
    }


def _euro_of(view: InvoiceView, bill: Bill) -> Money:
    left = view.settlement.euro_open if view.settlement else view.open
    return max(left - bill.disputed, zero(left.currency))
