"""The invoice on paper: writes a view out as a sheet of text, and has the PDF adapter typeset it.

A sheet holds nothing but strings, lists and numbers of layout, all of them chosen here; the template only places them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from ligneclaire.adapters import pdf
from ligneclaire.journeys import formats, payment_qr
from ligneclaire.journeys.invoice_view import Group, InvoiceView, Kind, Line, Method, Part, Prices
from ligneclaire.kernel import texts
from ligneclaire.kernel.money import Money, sum_money, zero

Sheet = dict[str, Any]
ROOM = 680  # points of height on page one, of the 743 there are; beyond this estimate the template measures
SHOWN_INSIDE = 1100  # a part of the bar this wide (in 1/10000) has room for its amount


class _Writer:
    """The reader's words and forms for one view."""

    def __init__(self, view: InvoiceView) -> None:
        self.view = view
        self.lang = view.language
        self.words = pdf.labels(view.language, view.seller.country)

    def say(self, key: str, **params: str) -> str:
        return texts.fill(self.words[key], self.lang, params)

    def money(self, value: Money) -> str:
        return formats.money(value, self.lang)


def render_invoice(view: InvoiceView) -> bytes:
    """Return the PDF/A-3b of an invoice or credit note. The same view always gives the same bytes.

    A view that holds payments prints them: give the view as it was at issue for the document that is kept.
    """
    stamp = datetime.combine(view.issued_on, time(0), UTC)
    return pdf.typeset("invoice", sheet_of(view), stamp=stamp)


def fingerprint(view: InvoiceView) -> str:
    """Return the key under which the PDF of this view may be kept: it changes whenever the document would."""
    sheet = json.dumps(sheet_of(view), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(f"{pdf.version('invoice')}{view.issued_on}{sheet}".encode()).hexdigest()


def sheet_of(view: InvoiceView) -> Sheet:
    """Return everything that stands on the paper, as text."""
    write = _Writer(view)
    sheet = {
        "lang": view.language,
        "region": view.seller.country,
        "accent": view.brand.accent,
        "brand": view.brand.name,
        "logo": view.brand.logo_svg,
        "words": dict(write.words),
        **_heading(write),
        "buyer": _buyer(write),
        "payable": _payable(write),
        "settlement": _settlement(write),
        "why": _why(write),
        "next": _next(write),
        "payment": _payment(write),
        "detail": _detail(write),
        "taxes": _taxes(write),
        "turn_over": _turn_over(write),
        "contacts": [[write.words[c.kind], c.value, c.hours] for c in view.seller.contacts],
        "seller": _seller(write),
        "notes": list(view.notes),
    }
    return {**sheet, "crowded": _height(sheet) > ROOM}


def _height(sheet: Sheet) -> int:
    """About how high page one will be, in points, rather too much than too little."""

    def rows(text: str, width: int) -> int:
        return len(text) // width + 1

    buyer, paid, why, pay = sheet["buyer"], sheet["payable"], sheet["why"], sheet["payment"]
    addressed = sum(rows(line, 30) for line in [buyer["name"], *buyer["address"]]) * 16
    facts = (len(buyer["facts"]) + 2 * bool(sheet["corrects"]) + rows(sheet["corrects_because"], 45)) * 15
    said = rows(paid["because"] + paid["help"] + paid["note"], 75) * 16 + 15 * bool(paid["split"] or paid["said"])
    reasons = sum(rows(part["label"], 70) for part in why["bar"]) * 18 + rows("".join(why["sentences"]), 75) * 16
    beside = max(105 * bool(sheet["next"] or sheet["settlement"]), 0 if pay["qr"] else 50 + 30 * len(pay["rows"]))
    blocks = beside + 140 * bool(pay["qr"])
    return 80 * rows(sheet["title"], 45) + max(addressed, facts) + 110 + said + 110 + reasons + blocks + 40


def _heading(write: _Writer) -> Sheet:
    view, credit = write.view, write.view.kind == Kind.CREDIT_NOTE
    month = formats.month(view.month, write.lang) if view.month else ""
    of_month = _of(month, write.lang)
    if credit:
        title = write.say("title_credit_note_month" if month else "title_credit_note", of_month=of_month, month=month)
    elif view.first and month:
        title = write.say("title_first", month=month)
    else:
        title = write.say("title_month" if month else "title", of_month=of_month, month=month)
    numbered = write.say("numbered", document=write.words["credit_note" if credit else "invoice"], number=view.number)
    correction = view.corrects
    return {
        "title": title,
        "numbered": numbered,
        "dated": write.say("dated", on=formats.day(view.issued_on, write.lang)),
        "corrects": write.say("corrects", number=correction.number, on=formats.day(correction.issued_on, write.lang))
        if correction
        else "",
        "corrects_because": correction.because if correction else "",
    }


def _of(month: str, lang: str) -> str:
    if lang != "fr" or not month:
        return month
    return f"d’{month}" if month[0] in "aeiouyéèhâ" else f"de {month}"


def _buyer(write: _Writer) -> Sheet:
    buyer, words = write.view.buyer, write.words
    facts = [[words["customer"], buyer.customer_number], [words["account"], buyer.account_number]]
    facts += [[words["buyer_vat"], buyer.vat_id]] if buyer.vat_id else []
    facts += [[words["reference"], buyer.reference]] if buyer.reference else []
    facts += [[words["supply"], formats.period(write.view.supply, write.lang)]] if write.view.supply.days else []
    return {"name": buyer.name, "address": list(buyer.address), "facts": facts}


def _payable(write: _Writer) -> Sheet:
    """The first panel: how much, when, on which account."""
    view, pay, settled = write.view, write.view.payment, not write.view.open
    credit = view.kind == Kind.CREDIT_NOTE
    if settled:
        label = "paid_in_full" if view.paid else "nothing_to_pay"
    else:
        label = "in_your_favour" if credit else _by_prices(write, "to_pay")
    said = ""
    if view.paid:
        key = "fully_paid" if settled else "partly_paid"
        said = write.say(key, total=write.money(view.total), paid=write.money(view.paid))
    cells = [] if settled else _when_and_where(write)
    helped = pay.method == Method.DIRECT_DEBIT and not settled
    return {
        "label": write.words[label],
        "sum": write.money(view.open),
        "said": said,
        "split": _split(write),
        "cells": cells,
        "because": pay.because if not settled else "",
        "help": write.words["nothing_to_do"] if helped else "",
        "note": pay.note,
    }


def _by_prices(write: _Writer, key: str) -> str:
    """Where lines are without VAT, a sum with VAT says so."""
    return f"{key}_excl" if write.view.prices == Prices.EXCLUSIVE else key


def _split(write: _Writer) -> str:
    parts = write.view.settlement
    if not parts or not write.view.open:
        return ""
    return write.say(
        "split", complementary=_in_unit(write, parts.complementary_open), euro=write.money(parts.euro_open)
    )


def _in_unit(write: _Writer, value: Money) -> str:
    unit = write.view.settlement.unit if write.view.settlement else value.currency
    return f"{formats.number_of(value, write.lang)}\u00a0{unit}"


def _when_and_where(write: _Writer) -> list[list[str]]:
    pay, words = write.view.payment, write.words
    when = formats.day(pay.on, write.lang, weekday=True) if pay.on else words["next_invoice_word"]
    cells = [[words[f"on_{pay.method.replace('-', '_')}"], when]]
    if pay.method == Method.TRANSFER:
        cells.append([words["our_account"], formats.iban(write.view.seller.iban)])
    elif pay.method == Method.CHEQUE:
        cells.append([words["cheque_to"], write.view.seller.legal_name])
    elif pay.account_last4:
        where = "your_account_refund" if pay.method == Method.REFUND else "your_account"
        cells.append([words[where], f"••••\u00a0{pay.account_last4}"])
    return cells


def _settlement(write: _Writer) -> Sheet | None:
    parts = write.view.settlement
    if not parts:
        return None
    euro_open, unit_open = write.money(parts.euro_open), _in_unit(write, parts.complementary_open)
    return {
        "words": write.say("settle_words", share=formats.percent(parts.share, write.lang), unit=parts.unit),
        "parts": [
            [write.say("settle_in", unit=parts.unit), _in_unit(write, parts.complementary), unit_open],
            [write.words["settle_euro"], write.money(parts.euro), euro_open],
        ],
        "partly_open": parts.complementary != parts.complementary_open or parts.euro != parts.euro_open,
    }


def _why(write: _Writer) -> Sheet:
    """The second panel: what the sum is made of, and why it differs from the offer."""
    usual, view = write.view.usual, write.view
    title, sentences = write.words["made_of"], []
    if usual and view.kind == Kind.INVOICE:
        amount = write.money(usual.monthly)
        if view.prices == Prices.EXCLUSIVE:
            amount = write.say("usual_excl", usual=amount)
        key = _by_prices(write, "why_same") if view.vat else "why_same"
        if usual.monthly != view.lines_total:
            key = "why_more" if usual.monthly < view.lines_total else "why_less"
        title = write.say(key, usual=amount)
        if usual.differences or key.endswith("_excl"):
            sentences.append(write.say("usual_is", usual=amount))
        sentences += _differences(write, "added", [part for part in usual.differences if part.amount.amount > 0])
        sentences += _differences(write, "taken_off", [part for part in usual.differences if part.amount.amount < 0])
        if view.prices == Prices.EXCLUSIVE and view.vat:
            sentences.append(write.say("vat_added", vat=write.money(view.vat)))
    return {"title": title, "bar": _bar(write), "sentences": sentences}


def _differences(write: _Writer, key: str, parts: list[Part]) -> list[str]:
    if not parts:
        return []
    named = (" ; " if write.lang == "fr" else "; ").join(
        f"{part.label} ({write.money(abs(part.amount))})" for part in parts
    )
    return [f"{write.words[key]} {named}."]


def _bar(write: _Writer) -> list[Sheet]:
    """The parts with their widths, in 1/10000 of what is added; what is taken off has its own bar below."""
    parts = [part for part in write.view.bar if part.amount]
    whole = sum_money((part.amount for part in parts if part.amount.amount > 0), write.view.currency)
    drawn = []
    for part in parts:
        width = max(1, abs(part.amount).cents * 10_000 // whole.cents) if whole else 0
        drawn.append(
            {
                "label": part.label,
                "amount": write.money(part.amount),
                "short": formats.number_of(part.amount, write.lang) if width >= SHOWN_INSIDE else "",
                "group": part.group.value,
                "width": min(width, 10_000),
                "less": part.amount < zero(write.view.currency),
            }
        )
    return drawn


def _next(write: _Writer) -> Sheet | None:
    ahead = write.view.next_invoice
    if not ahead:
        return None
    month = formats.month(ahead.month, write.lang)
    return {
        "said": write.say("next_in", month=month),
        "sum": write.money(ahead.amount),
        "note": ahead.note or write.words[_by_prices(write, "if_nothing_changes")],
    }


def _payment(write: _Writer) -> Sheet:
    """The block with everything that a bank asks for."""
    view, pay, words = write.view, write.view.payment, write.words
    method = pay.method.replace("-", "_")
    on = formats.day(pay.on, write.lang, weekday=True) if pay.on else ""
    part = view.settlement.euro_open if view.settlement else view.open
    account = f"••••\u00a0{pay.account_last4}" if pay.account_last4 else ""
    post = " · ".join(c.value for c in view.seller.contacts if c.kind == "post") or ", ".join(view.seller.address)
    rows: Mapping[Method, list[tuple[str, str]]] = {
        Method.DIRECT_DEBIT: [("mandate", pay.mandate), ("creditor", view.seller.creditor_id)],
        Method.TRANSFER: [
            ("beneficiary", view.seller.legal_name),
            ("iban", formats.iban(view.seller.iban)),
            ("bic", view.seller.bic),
            ("amount", write.money(part)),
            ("latest", on),
        ],
        Method.CHEQUE: [("order_of", view.seller.legal_name), ("send_to", post), ("latest", on)],
        Method.REFUND: [("amount", write.money(view.open)), ("on_day", on), ("account_last4", account)],
        Method.SET_OFF: [("amount", write.money(view.open))],
    }
    wanted = [*rows[pay.method], ("communication", pay.reference)]
    coded = pay.qr and view.open
    return {
        "title": words[f"pay_{method}"],
        "rows": [[words[key], value] for key, value in wanted if value],
        "said": words["set_off_words"] if pay.method == Method.SET_OFF else "",
        "qr": payment_qr.svg(pay.qr) if coded else "",
        "qr_alt": write.say(
            "scan_alt",
            amount=write.money(part),
            name=view.seller.legal_name,
            iban=formats.iban(view.seller.iban),
            reference=pay.reference,
        )
        if coded
        else "",
    }


def _turn_over(write: _Writer) -> str:
    contacts = [contact for contact in write.view.seller.contacts if contact.kind in ("phone", "mail")]
    direct = [contact.value.replace(" ", "\u00a0") for contact in contacts]
    asked = [write.say("ask", contacts=", ".join(direct))] if direct else []
    return " ".join([write.words["turn_over"], *asked])


def _detail(write: _Writer) -> Sheet:
    view = write.view
    mixed = len(view.taxes) > 1 or view.prices == Prices.EXCLUSIVE
    priced = any(line.unit_price and line.quantity != 1 for line in view.lines)
    rows, subject = [], ""
    for line in view.lines:
        changes = line.subject != subject
        rows.append({**_line(write, line), "subject": (line.subject or write.words["other"]) if changes else ""})
        subject = line.subject
    return {
        "priced": priced,
        "dated": any(line.period for line in view.lines),
        "mixed": mixed,
        "amount_title": write.words[f"amount_{view.prices.value}"],
        "lines": rows,
        "totals": _totals(write),
    }


def _line(write: _Writer, line: Line) -> Sheet:
    return {
        "label": line.label,
        "period": formats.period(line.period, write.lang) if line.period and line.period.days else "",
        "quantity": formats.number(line.quantity, write.lang) if line.quantity % 1 == 0 else "",
        "unit_price": write.money(line.unit_price) if line.unit_price else "",
        "rate": _rate(write, line.tax_category, formats.percent(line.tax_rate, write.lang)),
        "amount": write.money(line.amount),
        "credit": line.group == Group.CREDIT,
        "reasons": [[reason.sentence, reason.source] for reason in line.reasons],
    }


def _rate(write: _Writer, category: str, rate: str) -> str:
    return write.words.get(f"tax_{category}", rate)


def _totals(write: _Writer) -> list[Sheet]:
    """The rows under the lines: label, amount, whether it is a sum in bold."""
    view = write.view
    rows: list[Sheet] = []
    rates = [(_rate(write, tax.category, formats.percent(tax.rate, write.lang)), tax) for tax in view.taxes]
    if view.prices == Prices.EXCLUSIVE:
        rows.append({"label": write.words["total_exclusive"], "amount": write.money(view.net), "bold": False})
        for rate, tax in rates:
            label = write.say("vat_line", rate=rate, net=write.money(tax.net))
            rows.append({"label": label, "amount": write.money(tax.vat), "bold": False})
    said = ""
    if view.prices == Prices.INCLUSIVE:
        said = ", ".join(write.say("of_which_vat", rate=rate, vat=write.money(tax.vat)) for rate, tax in rates)
    total = {"label": write.words["total_inclusive"], "said": said, "amount": write.money(view.total), "bold": True}
    rows.append(total)
    if view.paid:
        rows.append({"label": write.words["paid_line"], "amount": write.money(-view.paid), "bold": False})
        rows.append({"label": write.words["open_line"], "amount": write.money(view.open), "bold": True})
    return rows


def _taxes(write: _Writer) -> list[list[str]]:
    return [
        [
            _rate(write, tax.category, formats.percent(tax.rate, write.lang)),
            write.money(tax.net),
            write.money(tax.vat),
            write.money(tax.gross),
        ]
        for tax in write.view.taxes
    ]


def _seller(write: _Writer) -> Sheet:
    seller, words = write.view.seller, write.words
    bank = [f"{words['iban']} {formats.iban(seller.iban)}"] if seller.iban else []
    bank += [f"{words['bic']} {seller.bic}"] if seller.bic else []
    ids = [f"{words['vat_id']} {seller.vat_id}", *([seller.registration] if seller.registration else [])]
    creditor = [f"{words['creditor']} {seller.creditor_id}"] if seller.creditor_id else []
    return {
        "name": seller.legal_name,
        "lines": [", ".join(seller.address), *ids, *creditor, *([" · ".join(bank)] if bank else [])],
        "foot": " · ".join([seller.legal_name, ", ".join(seller.address), *ids]),
    }
