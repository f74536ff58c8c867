"""A view whose figures disagree cannot be built."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ligneclaire.journeys.invoice_view import (
    Brand,
    Contact,
    Group,
    InconsistentView,
    InvoiceView,
    Line,
    Method,
    Part,
    Payment,
    Prices,
    Settlement,
    Tax,
    Usual,
    is_structured,
)
from ligneclaire.journeys.tests.invoices import annas_credit, annas_first, lessors_half_in_res
from ligneclaire.kernel.money import Money

euro = Money.of
ANNA, LESSOR, CREDIT = annas_first(), lessors_half_in_res(), annas_credit()
TWENTY = Decimal(20)


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_the_cast_can_be_built(language: str) -> None:
    assert annas_first(language).lines_total == euro("87.84")
    assert lessors_half_in_res(language).lines_total == euro("1000.00")
    assert annas_credit(language).total == euro("1.93")


@pytest.mark.parametrize(
    ("view", "change", "what"),
    [
        (ANNA, {"total": euro("87.85"), "open": euro("87.85")}, "net and VAT make the total"),
        (ANNA, {"paid": euro("1.00")}, "paid, credited and open make the total"),
        (ANNA, {"lines": ANNA.lines[:2]}, "lines make their sum"),
        (ANNA, {"lines": ()}, "order of their positions"),
        (ANNA, {"lines": (ANNA.lines[0], ANNA.lines[0])}, "order of their positions"),
        (ANNA, {"lines": (ANNA.lines[1], ANNA.lines[0], ANNA.lines[2])}, "order of their positions"),
        (ANNA, {"taxes": (Tax("S", TWENTY, euro("73.21"), euro("14.63")),)}, "net per rate makes the net"),
        (ANNA, {"taxes": (Tax("S", TWENTY, euro("73.20"), euro("14.00")),)}, "VAT per rate makes the VAT"),
        (ANNA, {"taxes": (Tax("S", Decimal("5.5"), euro("73.20"), euro("14.64")),)}, "lines at 5.5 percent"),
        (ANNA, {"taxes": (ANNA.taxes[0], Tax("S", TWENTY, euro("0.00"), euro("0.00")))}, "a rate stands once"),
        (ANNA, {"bar": ANNA.bar[:2]}, "the bar makes the total"),
        (ANNA, {"usual": Usual(euro("29.90"))}, "offer and differences"),
        (ANNA, {"language": "de"}, "no such language"),
        (ANNA, {"number": ""}, "a document has a number"),
        (ANNA, {"payment": CREDIT.payment}, "refund on invoice"),
        (CREDIT, {"payment": ANNA.payment}, "direct-debit on credit-note"),
        (ANNA, {"corrects": CREDIT.corrects}, "only a credit note corrects"),
        (LESSOR, {"seller": replace(LESSOR.seller, iban="")}, "a transfer has an account"),
        (LESSOR, {"prices": Prices.INCLUSIVE}, "lines make their sum"),
    ],
)
def test_what_disagrees_is_refused(view: InvoiceView, change: dict[str, Any], what: str) -> None:
    with pytest.raises(InconsistentView, match=what):
        replace(view, **change)


def test_below_zero_is_a_credit_note() -> None:
    lines = (Line(1, "credit", "Avoir", euro("-12.00"), TWENTY, Group.CREDIT),)
    sums = {"net": euro("-10.00"), "vat": euro("-2.00"), "total": euro("-12.00"), "open": euro("-12.00")}
    with pytest.raises(InconsistentView, match="credit it instead"):
        replace(ANNA, lines=lines, taxes=(Tax("S", TWENTY, sums["net"], sums["vat"]),), bar=(), usual=None, **sums)


@pytest.mark.rule("C11")
def test_both_parts_make_the_sum() -> None:
    split = Settlement("RES", Decimal(50), euro("300.00"), euro("300.00"), euro("909.99"), euro("909.99"))
    with pytest.raises(InconsistentView, match="C11"):
        replace(LESSOR, settlement=split)


@pytest.mark.rule("PAY-11")
def test_vat_is_never_settled_in_the_complementary_currency() -> None:
    split = Settlement("RES", Decimal(100), euro("1000.01"), euro("1000.01"), euro("209.99"), euro("209.99"))
    with pytest.raises(InconsistentView, match="PAY-11"):
        replace(LESSOR, settlement=split)


@pytest.mark.rule("PAY-13")
def test_each_part_has_its_own_state() -> None:
    split = Settlement("RES", Decimal(50), euro("300.00"), euro("0.00"), euro("910.00"), euro("910.00"))
    half_paid = replace(LESSOR, settlement=split, paid=euro("300.00"), open=euro("910.00"))
    assert half_paid.settlement == split
    with pytest.raises(InconsistentView, match="both open parts"):
        replace(LESSOR, settlement=split)
    with pytest.raises(InconsistentView, match="at most its whole"):
        Settlement("RES", Decimal(50), euro("300.00"), euro("301.00"), euro("910.00"), euro("909.00"))


@pytest.mark.rule("PAY-09")
def test_a_debit_names_day_account_and_mandate() -> None:
    good = {"on": date(2026, 7, 6), "account_last4": "2606", "mandate": "M-1"}
    assert Payment(Method.DIRECT_DEBIT, **good).account_last4 == "2606"
    for wrong in ({"on": None}, {"account_last4": ""}, {"account_last4": "FR7630006"}, {"mandate": ""}, {"qr": "BCD"}):
        with pytest.raises(InconsistentView):
            Payment(Method.DIRECT_DEBIT, **{**good, **wrong})


def test_a_transfer_has_a_reference_that_checks() -> None:
    day = date(2026, 11, 1)
    for right in ("+++010/8068/17183+++", "RF18539007547034"):
        assert is_structured(right)
        assert Payment(Method.TRANSFER, day, reference=right).reference == right
    for wrong in ("", "+++010/8068/17184+++", "RF19539007547034", "facture 12"):
        with pytest.raises(InconsistentView):
            Payment(Method.TRANSFER, day, reference=wrong)


def test_values_are_frozen_and_checked() -> None:
    with pytest.raises(FrozenInstanceError):
        ANNA.number = "other"  # type: ignore[misc]
    with pytest.raises(InconsistentView, match="not a colour"):
        Brand("Haute Ligne", "green")
    with pytest.raises(InconsistentView, match="no such kind of contact"):
        Contact("fax", "04 71 00 00 00")
    with pytest.raises(InconsistentView, match="not in cents"):
        Line(1, "x", "x", euro("0.001"), TWENTY, Group.ONCE)
    with pytest.raises(InconsistentView, match="vat is not for lines"):
        Line(1, "x", "x", euro("1.00"), TWENTY, Group.VAT)
    with pytest.raises(TypeError):
        Part("x", Money.of(1.5), Group.ONCE)  # type: ignore[arg-type]
