"""Sums, tax, the complementary part, the day of payment: one document of one account."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.accounts.policies import Cheque, ComplementaryCurrency, DirectDebit, Transfer
from ligneclaire.domains.billing.rules import document as rule
from ligneclaire.domains.billing.rules.due_date import PaymentPolicies, due
from ligneclaire.domains.billing.rules.values import DueLine
from ligneclaire.kernel import texts
from ligneclaire.kernel.money import Money, sum_money
from ligneclaire.kernel.policy import InForce, Law

POLICIES = PaymentPolicies(
    InForce(DirectDebit(5, 3), "accounts.debit@2015-01-01"),
    InForce(Transfer(14), "accounts.transfer@2015-01-01"),
    InForce(Cheque(10, Money.of("0.00")), "accounts.cheque@2015-01-01"),
    Law("L-EU-03", {"notice_days": 14}, date(2009, 11, 1), None, "", "found"),
)
COMPLEMENTARY = InForce(
    ComplementaryCurrency((Decimal(50), Decimal(100)), ("hardware", "software")), "accounts.complementary@2015-01-01"
)
JULY = date(2026, 7, 2)
RATES = {"standard": Decimal(20), "21": Decimal(21), "zero": Decimal(0)}
NAMES = {"en": "Fibre"}


def line(amount: str, tax_code: str = "standard", category: str = "internet") -> DueLine:
    money = Money.of(amount)
    start, end = date(2026, 7, 1), date(2026, 8, 1)
    return DueLine("month", "fibre", NAMES, category, tax_code, money, abs(money), Decimal(1), start, end, ())


def issue() -> rule.Issue:
    return rule.Issue(date(2026, 7, 1), JULY, {"name": "Haute Ligne"}, RATES, COMPLEMENTARY)


def made(lines, prices="inclusive", share=0, method="transfer", notice=3) -> rule.Document:
    payer = rule.Payer(1, "fr", prices, {"name": "Anna"}, method, "FR76", "M1", notice, share)
    return rule.document(payer, lines, issue(), due(method, JULY, notice, POLICIES))


@pytest.mark.rule("C1")
def test_consumer_prices_hold_the_tax() -> None:
    found = made([line("49.00"), line("22.10"), line("34.90")])
    assert (str(found.net), str(found.vat), str(found.total)) == ("88.33", "17.67", "106.00")


@pytest.mark.rule("C1")
def test_business_prices_get_the_tax_once_per_rate() -> None:
    found = made([line("10.00", "21"), line("5.55", "21"), line("1.00", "zero")], "exclusive")
    assert [(one.rate, one.net, one.vat) for one in found.taxes] == [
        (Decimal(21), Money.of("15.55"), Money.of("3.27")),
        (Decimal(0), Money.of("1.00"), Money.of("0.00")),
    ]
    assert str(found.total) == "19.82"


@pytest.mark.rule("C11", "PAY-10", "PAY-11", "PAY-12")
def test_the_complementary_part_is_a_share_of_the_eligible_net() -> None:
    lines = [line("100.01", "21", "telephony"), line("38.00", "21", "hardware")]
    found = made(lines, "exclusive", share=50)
    assert (str(found.complementary), str(found.total)) == ("50.01", "166.99")
    assert str(made(lines, "exclusive", share=100).complementary) == "100.01"
    assert made(lines, "exclusive", share=0).complementary == Money.of(0)


def test_a_negative_total_becomes_a_credit_note_with_positive_amounts() -> None:
    found = made([line("-23.27"), line("5.00")], method="direct-debit")
    data = rule.to_json(found)
    assert (data["kind"], data["total"], [one["amount"] for one in data["lines"]]) == (
        "credit-note",
        "18.27",
        ["23.27", "-5.00"],
    )
    assert (data["debit_on"], data["mandate_reference"], data["debited_iban"]) == (None, "", "")
    assert data["lines"][0]["quantity"] == "-1"


@pytest.mark.rule("PAY-02", "PAY-03", "C6")
def test_the_debit_day_says_why_it_is_monday_the_sixth() -> None:
    found = due("direct-debit", JULY, 3, POLICIES)
    assert (found.debit_on, found.due_on) == (date(2026, 7, 6), date(2026, 7, 6))
    assert [(one.code, one.value) for one in found.because] == [
        ("accounts.debit.nominal", "2026-07-05"),
        ("accounts.debit.moved", "2026-07-06"),
        ("accounts.debit.on", "2026-07-06"),
    ]
    assert found.because[0].policy == "accounts.debit@2015-01-01"


@pytest.mark.rule("PAY-03", "L-EU-03")
def test_without_the_clause_a_debit_keeps_fourteen_days() -> None:
    assert due("direct-debit", JULY, None, POLICIES).debit_on == date(2026, 8, 5)
    assert due("direct-debit", date(2026, 7, 10), 3, POLICIES).debit_on == date(2026, 8, 5)


@pytest.mark.rule("PAY-04", "C5", "C4")
def test_cheques_and_transfers_have_a_last_day() -> None:
    assert due("cheque", JULY, None, POLICIES).due_on == date(2026, 7, 9)
    assert due("cheque", date(2026, 7, 9), None, POLICIES).due_on == date(2026, 8, 9)
    assert due("transfer", JULY, None, POLICIES).due_on == date(2026, 7, 16)


def test_the_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    data = rule.to_json(made([line("34.90")]))
    text = rule.canonical(data)
    assert rule.canonical(dict(reversed(list(json.loads(text).items())))) == text
    assert len(rule.digest(text)) == 64


cents = st.integers(-50_000, 50_000).filter(bool).map(lambda value: str(Money.from_cents(value)))
parts = st.tuples(
    cents, st.sampled_from(list(RATES)), st.sampled_from(["internet", "telephony", "hardware", "software"])
)


@pytest.mark.rule("C1", "C11", "PAY-11")
@given(
    lines=st.lists(parts, min_size=1, max_size=12),
    prices=st.sampled_from(["inclusive", "exclusive"]),
    share=st.sampled_from([0, 50, 100]),
)
def test_every_document_adds_up(lines, prices, share) -> None:
    given_lines = [line(*one) for one in lines]
    found = made(given_lines, prices, share)
    assert found.net + found.vat == found.total
    written = sum_money(one.amount for one in found.lines)
    assert written == (found.total if prices == "inclusive" else found.net)
    assert abs(written) == abs(sum_money(one.amount for one in given_lines))
    assert not found.complementary or Money.of(0) < found.complementary <= found.net
    assert found.total - found.complementary >= found.vat or not found.complementary
    for one in found.because:
        for lang in texts.LANGUAGES:
            assert texts.say(one.code, lang, one.params)
