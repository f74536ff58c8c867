"""The lines that bill usage: exact to the line, one per kind, the difference when a month changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.billing.rules.split_bill import EMPLOYEE, EMPLOYER
from ligneclaire.domains.billing.rules.usage_lines import CATEGORIES, Bill, Used, UsedMonth, usage_lines
from ligneclaire.domains.contracts.rules import contribution
from ligneclaire.kernel.money import Money, sum_money, zero

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
BRAM, LINE_2 = 7, 8
FIFTEEN = contribution.read({"type": "amount", "amount": "15.00"})


def rate_of(code: str, day: date) -> Decimal:
    return {"standard": Decimal(21), "pass-through": Decimal(0), "6": Decimal(6)}[code]


COMPANY, PERSON = Bill("exclusive", rate_of), Bill("inclusive", rate_of)


def used(category: str, usage_type: str, amount: str, code: str = "standard", records: int = 1) -> Used:
    return Used(category, usage_type, code, records, Money.of(amount))


CALLS = used("voice", "voice-international", "18.404")
DATA = used("data", "data-roaming", "2.5005")
PARKING = used("third-party", "sms-parking", "4.20", "pass-through")


def month(*some: Used, line: int = BRAM, on: date = JUNE, payer: str = EMPLOYER, split=None, billed=None) -> UsedMonth:
    return UsedMonth(line, on, 3, "exclusive", some, billed or {}, payer, split)


def said(lines):
    return [(one.product_code, one.tax_code, str(one.amount)) for one in lines]


@pytest.mark.rule("RAT-14", "BIL-04")
def test_one_line_for_each_number_category_and_tax_rate() -> None:
    more = used("voice", "voice-national", "0.0036", records=4), used("messages", "sms-national", "0.90", "6")
    other = month(used("voice", "voice-national", "1.00"), line=LINE_2)
    lines = usage_lines([other, month(CALLS, DATA, PARKING, *more)], COMPANY)
    assert said(lines) == [
        ("usage-voice", "standard", "18.41"),  # 18.404 + 0.0036 = 18.4076: cents once
        ("usage-data", "standard", "2.50"),
        ("usage-messages", "6", "0.90"),
        ("usage-voice", "standard", "1.00"),
        ("usage-third-party", "pass-through", "4.20"),  # apart, at the end
    ]
    first = lines[0]
    assert (first.line_id, first.usage_month, first.usage_revision, first.code) == (BRAM, JUNE, 3, "usage")
    assert (first.start, first.end, str(first.quantity)) == (JUNE, JULY, "1")
    assert [(one.code.rpartition(".")[2], one.value) for one in first.because] == [
        ("kind", "0.0036"), ("kind", "18.404"), ("used", "18.4076"), ("cents", "18.41"),
    ]  # fmt: skip
    assert first.because[2].params["records"] == 5


@pytest.mark.rule("SPL-01", "SPL-02", "RAT-14")
def test_with_split_bill_two_pay_and_the_person_pays_with_tax() -> None:
    company = usage_lines([month(CALLS, DATA, PARKING, split=FIFTEEN)], COMPANY)
    assert said(company) == [("usage-voice", "standard", "15.00")]
    private = usage_lines([month(CALLS, DATA, PARKING, payer=EMPLOYEE, split=FIFTEEN)], PERSON)
    assert said(private) == [
        ("usage-voice", "standard", "4.12"),  # (18.404 - 15.00) x 1.21 = 4.11884
        ("usage-data", "standard", "3.03"),  # 2.5005 x 1.21 = 3.025605
        ("usage-third-party", "pass-through", "4.20"),  # VAT untouched
    ]


@pytest.mark.rule("SPL-08")
def test_what_the_company_reads_says_nothing_of_the_private_part() -> None:
    (line,) = usage_lines([month(CALLS, DATA, PARKING, split=FIFTEEN)], COMPANY)
    assert [(one.code, one.value, sorted(one.params)) for one in line.because] == [
        ("billing.usage.employer", "15.00", ["amount", "month"])
    ]


@pytest.mark.rule("SPL-03", "W-54")
def test_the_contribution_is_laid_over_usage_in_the_fixed_order() -> None:
    # national calls come before data abroad, whatever the order of the totals
    found = usage_lines([month(DATA, used("voice", "voice-national", "14.00"), payer=EMPLOYEE, split=FIFTEEN)], PERSON)
    assert said(found) == [("usage-data", "standard", "1.82")]  # (2.5005 - 1.00) x 1.21


@pytest.mark.rule("RAT-13", "SPL-06")
def test_a_month_rated_again_is_a_difference() -> None:
    billed = {("voice", "standard"): Money.of("18.40"), ("data", "standard"): Money.of("2.50")}
    assert usage_lines([month(CALLS, DATA, billed=billed)], COMPANY) == ()
    late = used("voice", "voice-national", "1.20")
    (more,) = usage_lines([month(CALLS, DATA, late, billed=billed)], COMPANY)
    assert (str(more.amount), str(more.unit_price), str(more.quantity)) == ("1.20", "1.20", "1")
    (less,) = usage_lines([month(CALLS, billed=billed)], COMPANY)
    assert (less.product_code, str(less.amount), str(less.quantity)) == ("usage-data", "-2.50", "-1")
    assert less.because[-1].params == {"billed": "2.50", "amount": "-2.50"}


@pytest.mark.rule("L-FR-18", "W-11")
def test_what_is_too_old_is_not_charged_but_given_back() -> None:
    barred = Bill("exclusive", rate_of, charge_from=JULY)
    assert usage_lines([month(CALLS)], barred) == ()
    (back,) = usage_lines([month(billed={("voice", "standard"): Money.of(1)})], barred)
    assert str(back.amount) == "-1.00"
    assert said(usage_lines([month(CALLS, on=JULY)], barred)) == [("usage-voice", "standard", "18.40")]


@pytest.mark.rule("SPL-10")
def test_a_named_subscription_moves_from_the_company_to_the_employee() -> None:
    half = contribution.read(
        {"type": "per-category", "categories": {"subscription": {"type": "percentage", "percent": 60}}}
    )
    plan, option = used("subscription", "subscription", "25.00"), used("subscription", "option", "5.00")
    (off,) = usage_lines([month(plan, option, split=half)], COMPANY)
    assert (off.product_code, str(off.amount)) == ("usage-subscription", "-12.00")  # 40 % of 30.00
    (private,) = usage_lines([month(plan, option, payer=EMPLOYEE, split=half)], PERSON)
    assert str(private.amount) == "14.52"  # 12.00 x 1.21


def test_a_household_pays_amounts_that_hold_the_tax() -> None:
    calls = UsedMonth(9, JUNE, 1, "inclusive", (used("voice", "voice-national", "3.456"),), {})
    assert said(usage_lines([calls], PERSON)) == [("usage-voice", "standard", "3.46")]
    (line,) = usage_lines([calls], COMPANY)  # never so, but exact the other way round as well
    assert str(line.amount) == "2.86"  # 3.456 / 1.21 = 2.856


kinds = st.sampled_from(
    [("voice", "voice-national"), ("data", "data-roaming"), ("messages", "mms"), ("other", "premium"),
     ("third-party", "sms-parking")]
)  # fmt: skip
some_used = st.lists(
    st.tuples(kinds, st.integers(0, 30_000_000)), max_size=6, unique_by=lambda one: one[0]
).map(
    lambda rows: tuple(
        Used(kind[0], kind[1], "pass-through" if kind[0] == "third-party" else "standard", 1,
             Money(Decimal(amount).scaleb(-6)))
        for kind, amount in rows
    )
)  # fmt: skip


@pytest.mark.rule("RAT-14", "BIL-04")
@given(some_used, some_used, st.sampled_from([EMPLOYER, EMPLOYEE]), st.sampled_from([None, FIFTEEN]))
def test_bills_sum_to_what_is_due_however_often_a_month_is_rated(first, second, payer: str, split) -> None:
    bill = COMPANY if payer == EMPLOYER else PERSON
    once = usage_lines([month(*first, payer=payer, split=split)], bill)
    billed = {(one.product_code.removeprefix("usage-"), one.tax_code): one.amount for one in once}
    then = usage_lines([month(*second, payer=payer, split=split, billed=billed)], bill)
    due = usage_lines([month(*second, payer=payer, split=split)], bill)
    for category in CATEGORIES:
        code = f"usage-{category}"
        assert sum_money(one.amount for one in (*once, *then) if one.product_code == code) == sum_money(
            one.amount for one in due if one.product_code == code
        )
    assert all(one.because[-1].value == str(one.amount) for one in (*once, *then))
    assert all(one.amount != zero() for one in (*once, *then))
