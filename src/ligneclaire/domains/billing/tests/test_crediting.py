"""What a credit note takes back: parts and the rest sum to the invoice, to the cent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ligneclaire.domains.billing.rules import crediting, tax
from ligneclaire.kernel.money import Money, sum_money, zero

RATES = [(Decimal(21), "S"), (Decimal(6), "S"), (Decimal(0), "Z"), (Decimal(0), "E")]


def invoice(amounts, prices):
    lines = [
        crediting.CreditableLine(at, amount, zero(), rate, tax_category=category)
        for at, (amount, (rate, category)) in enumerate(amounts, 1)
    ]
    taxed = tax.tax([tax.TaxedLine(one.amount, *one.band) for one in lines], prices)
    return lines, taxed


def test_an_unknown_line_too_much_or_nothing_is_refused() -> None:
    lines, taxed = invoice([(Money.of("10.00"), RATES[0])], "exclusive")
    left = crediting.Left({RATES[0]: (taxed.net, taxed.vat)}, zero())
    with pytest.raises(crediting.NoSuchLine):
        crediting.credit(lines, {7: None}, "exclusive", left)
    with pytest.raises(crediting.TooMuch) as refused:
        crediting.credit(lines, {1: Money.of("10.01")}, "exclusive", left)
    assert refused.value.left == Money.of("10.00")
    with pytest.raises(crediting.TooMuch):
        crediting.credit(lines, {1: Money.of("-1.00")}, "exclusive", left)
    with pytest.raises(crediting.NothingLeft):
        crediting.credit([crediting.CreditableLine(1, Money.of(5), Money.of(5), Decimal(21))], None, "exclusive", left)


cents = st.integers(1, 5000).map(Money.from_cents)


@pytest.mark.rule("C1", "C11", "W-51")
@given(
    amounts=st.lists(st.tuples(cents, st.sampled_from(RATES)), min_size=1, max_size=6),
    cuts=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 99)), max_size=6),
    prices=st.sampled_from(["inclusive", "exclusive"]),
    share=st.sampled_from([0, 50, 100]),
)
def test_all_credits_of_an_invoice_sum_to_it(amounts, cuts, prices, share) -> None:
    assume(prices == "exclusive" or not share)
    lines, taxed = invoice(amounts, prices)
    left = {one.band: (one.net, one.vat) for one in taxed.per_rate}
    complementary = taxed.net.percent_in_cents(share)
    total, part = zero(), zero()
    for cut in [*cuts, None]:
        wanted = None
        if cut is not None:
            line = lines[(cut[0] - 1) % len(lines)]
            wanted = {line.position: line.left.percent_in_cents(cut[1])}
            if not wanted[line.position]:
                continue
        if not any(line.left for line in lines):
            break
        found = crediting.credit(lines, wanted, prices, crediting.Left(left, complementary - part))
        assert found.net + found.vat == found.total
        assert zero() <= found.complementary <= found.net or not found.complementary
        total, part = total + found.total, part + found.complementary
        for one in found.taxes:
            left[one.band] = (left[one.band][0] - one.net, left[one.band][1] - one.vat)
        lines = [replace(one, credited=one.credited + found.amounts.get(one.position, zero())) for one in lines]
    assert (total, part) == (taxed.total, complementary)
    assert sum_money(net + vat for net, vat in left.values()) == zero()
