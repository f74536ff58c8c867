"""Who pays what of a line's charges: the five contributions, the third parties, the subscription."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.billing.rules.split_bill import USAGE_TYPES, Charge, names_subscription, split_bill
from ligneclaire.domains.contracts.rules import contribution
from ligneclaire.domains.rulebook.tests.asking import ask, faults
from ligneclaire.kernel.money import Money, sum_money

CATEGORIES = get_args(contribution.Category)
FIFTEEN = {"type": "amount", "amount": "15.00"}
HALF = {"type": "percentage", "percent": 50}
HALF_CAPPED = {"type": "percentage", "percent": 50, "cap": "8.00"}
PER_CATEGORY = {"type": "per-category", "categories": {"voice": FIFTEEN, "data": HALF}}
PER_TYPE = {"type": "per-usage-type", "usage_types": {"sms-national": HALF, "voice-roaming": FIFTEEN}}
COMBINED = {
    "type": "combination",
    "default": HALF,
    "exceptions": [{"usage_type": "data-roaming", "contribution": {"type": "amount", "amount": "2.00"}}],
}
MONTH = [
    ("subscription", "subscription", "25.00"),
    ("voice", "voice-national", "6.00"),
    ("voice", "voice-roaming", "14.00"),
    ("data", "data-roaming", "5.01"),
    ("messages", "sms-national", "0.99"),
]


def charges(rows, third_party=()):
    facts = [{"category": category, "usage_type": kind, "amount": amount} for category, kind, amount in rows]
    return facts + [
        {"category": "other", "usage_type": "sms-parking", "amount": amount, "third_party": True}
        for amount in third_party
    ]


@pytest.mark.rule("SPL-01", "SPL-02", "SPL-10", "W-54")
@pytest.mark.parametrize(
    ("contributed", "employer", "employee"),
    [
        ({"type": "all"}, "55.00", "0.00"),  # 25 + 6 + 14 + 5.01 + 0.99, and the 4.00 of somebody else
        (FIFTEEN, "40.00", "15.00"),  # 25, and 15 of 26
        (
            {"type": "amount", "amount": "100.00"},
            "51.00",
            "4.00",
        ),  # budget is left, the third party is his all the same
        (HALF, "38.00", "17.00"),  # 25 + 13
        (HALF_CAPPED, "33.00", "22.00"),  # 25 + 8
        (PER_CATEGORY, "42.51", "12.49"),  # 25 + 15 of 20 + 2.505 half-up
        (PER_TYPE, "39.50", "15.50"),  # 25 + 14 of up to 15 + 0.495 half-up
        (COMBINED, "37.50", "17.50"),  # 25 + 2 of 5.01 + 20.99 ÷ 2 half-up
    ],
)
def test_each_contribution(contributed, employer: str, employee: str) -> None:
    found = ask("split-bill", {"contribution": contributed, "charges": charges(MONTH, ["4.00"])}, "fleet")
    assert (found["employer"], found["employee"], found["manager_sees"]) == (employer, employee, employer)


@pytest.mark.rule("SPL-10")
@pytest.mark.parametrize(
    ("contributed", "employer"),
    [
        (FIFTEEN, "25.00"),
        ({"type": "per-category", "categories": {"subscription": FIFTEEN}}, "15.00"),
        ({"type": "per-category", "categories": {"voice": FIFTEEN}}, "25.00"),
        ({"type": "per-usage-type", "usage_types": {"subscription": HALF}}, "12.50"),
        ({"type": "per-usage-type", "usage_types": {"option": HALF}}, "25.00"),
        (
            {
                "type": "combination",
                "default": FIFTEEN,
                "exceptions": [{"usage_type": "subscription", "contribution": HALF}],
            },
            "12.50",
        ),
        ({**COMBINED, "exceptions": []}, "25.00"),
    ],
)
def test_the_subscription_is_the_employers_unless_it_is_named(contributed, employer: str) -> None:
    found = ask(
        "split-bill",
        {"contribution": contributed, "charges": [{"category": "subscription", "amount": "25.00"}]},
        "fleet",
    )
    assert found["employer"] == employer
    assert names_subscription(contribution.read(contributed)) is (employer != "25.00" or "option" in str(contributed))


@pytest.mark.rule("SPL-01")
def test_a_line_that_two_pay_becomes_two_lines_and_a_line_of_nothing_has_no_payer() -> None:
    rows = [("voice", None, "10.00"), ("data", None, "0.00"), ("other", None, "8.00"), ("messages", None, "1.00")]
    found = ask("split-bill", {"contribution": FIFTEEN, "charges": charges(rows)}, "fleet")
    assert [(one["category"], one["amount"], one["payer"]) for one in found["lines"]] == [
        ("voice", "10.00", "employer"),
        ("data", "0.00", None),
        ("other", "5.00", "employer"),
        ("other", "3.00", "employee"),
        ("messages", "1.00", "employee"),
    ]


@pytest.mark.rule("SPL-03")
def test_what_is_not_used_lapses() -> None:
    found = ask("split-bill", {"contribution": FIFTEEN, "charges": charges([("voice", None, "9.00")])}, "fleet")
    assert [(one["rule"], one["step"]) for one in found["because"]][1:2] == [
        ("SPL-03", "Of the contribution €6.00 is not used; it does not go over to the next month.")
    ]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"type": "some"}, ("not-allowed", "contribution.type")),
        ({"amount": "1.00"}, ("missing", "contribution.type")),
        ({"type": "amount", "amount": "-1.00"}, ("money-negative", "contribution.amount")),
        ({"type": "amount", "amount": "1.00", "cap": "2.00"}, ("unknown", "contribution.cap")),
        ({"type": "percentage", "percent": 101}, ("percent-range", "contribution.percent")),
        ({"type": "per-category", "categories": {"voic": FIFTEEN}}, ("not-allowed", "contribution.categories.voic")),
        (
            {"type": "per-usage-type", "usage_types": {"mms": {"type": "amount", "amount": 1}}},
            ("money-type", "contribution.usage_types.mms.amount"),
        ),
        (
            {**COMBINED, "exceptions": COMBINED["exceptions"] * 2},
            ("twice", "contribution.exceptions"),
        ),
    ],
)
def test_a_wrong_contribution_is_named(wrong, named) -> None:
    assert faults("split-bill", {"contribution": wrong, "charges": []}, "fleet") == [named]


def test_a_credit_is_refused() -> None:
    wrong = {"contribution": FIFTEEN, "charges": charges([("voice", None, "-0.01")])}
    assert faults("split-bill", wrong, "fleet") == [("money-negative", "charges[0].amount")]
    with pytest.raises(ValueError, match="credit"):
        Charge("voice", Money.of("-0.01"))


simple = st.one_of(
    st.integers(0, 5000).map(lambda cents: {"type": "amount", "amount": f"{Decimal(cents) / 100:.2f}"}),
    st.builds(
        lambda percent, cap: {"type": "percentage", "percent": percent, "cap": f"{Decimal(cap) / 100:.2f}"},
        st.integers(0, 100),
        st.integers(0, 5000),
    ),
    st.integers(0, 100).map(lambda percent: {"type": "percentage", "percent": percent}),
)
contributions = st.one_of(
    st.just({"type": "all"}),
    simple,
    st.dictionaries(st.sampled_from(CATEGORIES), simple, min_size=1).map(
        lambda named: {"type": "per-category", "categories": named}
    ),
    st.dictionaries(st.sampled_from(USAGE_TYPES), simple, min_size=1).map(
        lambda named: {"type": "per-usage-type", "usage_types": named}
    ),
    st.builds(
        lambda default, named: {
            "type": "combination",
            "default": default,
            "exceptions": [{"usage_type": kind, "contribution": one} for kind, one in named.items()],
        },
        simple,
        st.dictionaries(st.sampled_from(USAGE_TYPES), simple),
    ),
).map(contribution.read)
micro = st.integers(0, 40_000_000)
some_charges = st.lists(
    st.builds(
        lambda category, amount, kind, third: (category, amount, kind, third),
        st.sampled_from(CATEGORIES),
        micro,
        st.sampled_from(("", *USAGE_TYPES)),
        st.booleans(),
    ),
    max_size=8,
)


@pytest.mark.rule("SPL-01", "SPL-02", "RAT-14")
@given(contributions, some_charges, st.booleans())
def test_the_parts_sum_to_the_whole(contributed, rows, in_cents: bool) -> None:
    def money(amount: int) -> Money:
        exact = Money(Decimal(amount).scaleb(-6))
        return exact.rounded() if in_cents else exact

    given_charges = [Charge(category, money(amount), kind, third) for category, amount, kind, third in rows]
    found = split_bill(contributed, given_charges, in_cents=in_cents)
    assert found.employer + found.employee == sum_money(one.amount for one in given_charges)
    assert all(one.amount.amount > 0 or one.payer is None for one in found.parts)
    assert all(one.amount.is_whole_cents for one in found.parts) or not in_cents
    for charge in given_charges:  # in their order, each whole
        parts = [one for one in found.parts if one.charge is charge]
        assert sum_money(one.amount for one in parts) == charge.amount
        if charge.third_party and charge.amount and not isinstance(contributed, contribution.Everything):
            assert {one.payer for one in parts} == {"employee"}
