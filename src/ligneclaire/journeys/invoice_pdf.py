"""The invoice on paper: writes a view out as a sheet of text, and has the PDF adapter typeset it.

A sheet holds nothing but strings, lists and numbers of layout, all of them chosen here; the template only places them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, time

from ligneclaire.adapters import pdf
from ligneclaire.journeys import formats, invoice_detail, payment_qr
from ligneclaire.journeys.invoice_view import InvoiceView, Kind, Method, Part, Prices
from ligneclaire.journeys.invoice_writer import Sheet, Writer
from ligneclaire.kernel.money import Money, sum_money, zero

ROOM = 680  # points of height on page one, of the 743 there are; beyond this estimate the template measures
SHOWN_INSIDE = 1100  # a part of the bar this wide (in 1/10000) has room for its amount


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
    write = Writer(view)
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
        "detail": invoice_detail.lines(write),
        "taxes": invoice_detail.taxes(write),
        "outside": invoice_detail.outside(write),
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


def _heading(write: Writer) -> Sheet:
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


def _buyer(write: Writer) -> Sheet:
    buyer, words = write.view.buyer, write.words
    facts = [[words["customer"], buyer.customer_number], [words["account"], buyer.account_number]]
    facts += [[words["buyer_vat"], buyer.vat_id]] if buyer.vat_id else []
    facts += [[words["reference"], buyer.reference]] if buyer.reference else []
    facts += [[words["supply"], formats.period(write.view.supply, write.lang)]] if write.view.supply.days else []
    return {"name": buyer.name, "address": list(buyer.address), "facts": facts}


def _payable(write: Writer) -> Sheet:
    """The first panel: how much, when, on which account."""
    view, pay, settled = write.view, write.view.payment, not write.view.open
    credit = view.kind == Kind.CREDIT_NOTE
    if settled:
        label = "paid_in_full" if view.paid else "nothing_to_pay"
    else:
        label = "in_your_favour" if credit else _with_vat(write, "to_pay")
    said, asked = "", write.money(view.open)
    if view.settlement and not settled:
        label, asked = _first_part(write)
    if view.paid:
        key = "fully_paid" if settled else "partly_paid"
        said = write.say(key, total=write.money(view.total), paid=write.money(view.paid))
    cells = [] if settled else _when_and_where(write)
    helped = pay.method == Method.DIRECT_DEBIT and not settled
    return {
        "label": write.words[label],
        "sum": asked,
        "said": said,
        "split": _split(write),
        "cells": cells,
        "because": pay.because if not settled else "",
        "help": write.words["nothing_to_do"] if helped else "",
        "note": pay.note,
    }


def _by_prices(write: Writer, key: str) -> str:
    """Where lines are without VAT, a sum with VAT says so."""
    return f"{key}_excl" if write.view.prices == Prices.EXCLUSIVE else key


def _with_vat(write: Writer, key: str) -> str:
    """A sum with VAT says so."""
    return f"{key}_vat" if write.view.vat else key


def _first_part(write: Writer) -> tuple[str, str]:
    """What a split sum asks for in large: the part in euro alone, so that nobody transfers the whole."""
    parts = write.view.settlement
    if parts is None or not parts.euro_open:
        return "to_pay", _in_unit(write, parts.complementary_open if parts else write.view.open)
    debited = write.view.payment.method == Method.DIRECT_DEBIT
    return "to_debit_euro" if debited else "to_transfer_euro", write.money(parts.euro_open)


def _split(write: Writer) -> str:
    parts, left = write.view.settlement, write.view.open
    if not parts or not left or not parts.euro_open or not parts.complementary_open:
        return ""
    return write.say(
        _with_vat(write, "split"), total=write.money(left), complementary=_in_unit(write, parts.complementary_open)
    )


def _in_unit(write: Writer, value: Money) -> str:
    unit = write.view.settlement.unit if write.view.settlement else value.currency
    return f"{formats.number_of(value, write.lang)}\u00a0{unit}"


def _when_and_where(write: Writer) -> list[list[str]]:
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
    parts = write.view.settlement
    if parts and parts.complementary_open and parts.euro_open:
        cells.append([write.say("also_in_unit", unit=parts.unit), _in_unit(write, parts.complementary_open)])
    return cells


def _settlement(write: Writer) -> Sheet | None:
    parts = write.view.settlement
    if not parts:
        return None
    euro_open, unit_open = write.money(parts.euro_open), _in_unit(write, parts.complementary_open)
    made = {"share": formats.percent(parts.share, write.lang), "unit": parts.unit}
    if parts.eligible:
        base = write.say("settle_base", eligible=write.money(parts.eligible), **made)
    else:
        base = write.say("settle_words", **made)
    how = [write.say("settle_rate", unit=parts.unit)]
    if parts.complementary_open:
        known = "settle_where_reference" if write.view.payment.reference else "settle_where"
        how.append(write.say(known, unit=parts.unit))
        how += [write.say("settle_to", unit=parts.unit, account=parts.account)] if parts.account else []
    return {
        "title": write.words["settle" if write.view.open else "settle_done"],
        "words": " ".join([base, *how]),
        "parts": [
            [write.say("settle_in", unit=parts.unit), _in_unit(write, parts.complementary), unit_open],
            [write.words["settle_euro"], write.money(parts.euro), euro_open],
        ],
        "partly_open": parts.complementary != parts.complementary_open or parts.euro != parts.euro_open,
    }


def _why(write: Writer) -> Sheet:
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
        title = write.say(key if usual.offer else f"{key}_fixed", usual=amount, offer=usual.offer)
        if usual.differences or key.endswith("_excl"):
            named = "usual_is_of" if usual.offer else "usual_is"
            sentences.append(write.say(named, usual=amount, offer=usual.offer))
        sentences += _differences(write, "added", [part for part in usual.differences if part.amount.amount > 0])
        sentences += _differences(write, "taken_off", [part for part in usual.differences if part.amount.amount < 0])
        if view.prices == Prices.EXCLUSIVE and view.vat:
            sentences.append(write.say("vat_added", vat=write.money(view.vat)))
    return {"title": title, "bar": _bar(write), "sentences": sentences + _shared(write)}


def _shared(write: Writer) -> list[str]:
    """Why an employee pays a part of what was used, and what comes next month."""
    costs = [cost for one in write.view.outside for cost in one.costs]
    employers = sum_money((-cost.amount for cost in costs if cost.is_employers), write.view.currency)
    if not employers:
        return []
    used = sum_money((cost.amount for cost in costs if cost.records), write.view.currency)
    return [write.say("shared", used=write.money(used.rounded()), employer=write.money(employers.rounded()))]


def _differences(write: Writer, key: str, parts: list[Part]) -> list[str]:
    if not parts:
        return []
    whole = write.money(abs(sum_money((part.amount for part in parts), write.view.currency)))
    alone = len(parts) == 1
    named = ("\u00a0; " if write.lang == "fr" else "; ").join(
        part.label if alone else f"{part.label} ({write.money(abs(part.amount))})" for part in parts
    )
    return [f"{write.say(key, sum=whole)} {named}."]


def _bar(write: Writer) -> list[Sheet]:
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


def _next(write: Writer) -> Sheet | None:
    ahead = write.view.next_invoice
    if not ahead:
        return None
    month = formats.month(ahead.month, write.lang)
    included = [write.words["vat_included"]] if write.view.vat else []
    split, last = [], "plus_usage" if ahead.with_usage else "if_nothing_changes"
    if ahead.complementary:
        unit, rest = _in_unit(write, ahead.complementary), write.money(ahead.amount - ahead.complementary)
        split = [write.say("next_split", complementary=unit, euro=rest)]
    return {
        "said": write.say("next_fixed" if ahead.with_usage else "next_in", month=month),
        "sum": write.money(ahead.amount),
        "note": ahead.note or ", ".join([*included, *split, write.words[last]]),
    }


def _payment(write: Writer) -> Sheet:
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
    told = [("communication", pay.reference)] if pay.method in (Method.TRANSFER, Method.CHEQUE) else []
    wanted = [*rows[pay.method], *told]
    coded = pay.qr and view.open
    return {
        "title": words[f"pay_{method}"],
        "rows": [[words[key], value] for key, value in wanted if value],
        "said": words["set_off_words"] if pay.method == Method.SET_OFF else "",
        "scan": write.say("scan", amount=write.money(part)) if coded else "",
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


def _turn_over(write: Writer) -> str:
    contacts = [contact for contact in write.view.seller.contacts if contact.kind in ("phone", "mail")]
    direct = [contact.value.replace(" ", "\u00a0") for contact in contacts]
    asked = [write.say("ask", contacts=", ".join(direct))] if direct else []
    return " ".join([write.words["turn_over"], *asked])


def _seller(write: Writer) -> Sheet:
    seller, words = write.view.seller, write.words
    bank = [f"{words['iban']} {formats.iban(seller.iban)}"] if seller.iban else []
    bank += [f"{words['bic']} {seller.bic}"] if seller.bic else []
    registered = [write.say("registration", number=seller.registration)] if seller.registration else []
    ids = [f"{words['vat_id']} {seller.vat_id}", *registered]
    creditor = [f"{words['creditor']} {seller.creditor_id}"] if seller.creditor_id else []
    return {
        "name": seller.legal_name,
        "lines": [", ".join(seller.address), *ids, *creditor, *([" · ".join(bank)] if bank else [])],
        "foot": " · ".join([seller.legal_name, ", ".join(seller.address), *ids]),
    }
