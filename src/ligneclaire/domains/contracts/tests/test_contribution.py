"""The five contribution types as JSON says them (W-54), and what is none of them."""

from __future__ import annotations

import pytest

from ligneclaire.domains.contracts.rules import contribution
from ligneclaire.kernel.money import Money

AMOUNT = {"type": "amount", "amount": "15.00"}
HALF = {"type": "percentage", "percent": "50", "cap": "30.00"}


@pytest.mark.rule("SPL-10")
@pytest.mark.parametrize(
    "value",
    [
        AMOUNT,
        HALF,
        {"type": "per-category", "categories": {"voice": AMOUNT, "data": HALF}},
        {"type": "per-usage-type", "usage_types": {"sms-national": AMOUNT}},
        {"type": "combination", "default": HALF, "exceptions": [{"usage_type": "mms", "contribution": AMOUNT}]},
        {"type": "all"},
    ],
)
def test_each_type_comes_back_as_it_was_written(value: dict[str, object]) -> None:
    assert contribution.written(contribution.read(value)) == value


def test_values_are_exact() -> None:
    read = contribution.read({"type": "percentage", "percent": 5, "cap": "0.10"})
    assert (str(read.percent), read.cap) == ("5", Money.of("0.10"))


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"type": "amount", "amount": "-1.00"}, "amount.amount"),
        ({"type": "amount", "amount": 15}, "amount.amount"),
        ({"type": "percentage", "percent": 101}, "percentage.percent"),
        ({"type": "amount", "amount": "1.00", "cap": "1.00"}, "amount.cap"),
        ({"type": "per-category", "categories": {}}, "per-category.categories"),
        ({"type": "per-category", "categories": {"faxes": AMOUNT}}, "per-category.categories.faxes.[key]"),
        (
            {"type": "combination", "default": AMOUNT, "exceptions": [{"usage_type": "mms", "contribution": HALF}] * 2},
            "combination.exceptions",
        ),
        ({"amount": "1.00"}, "contribution"),
        (None, "contribution"),
    ],
)
def test_what_is_none_of_them_is_refused_by_its_place(value: object, place: str) -> None:
    with pytest.raises(contribution.WrongContribution, match=place.replace("[", r"\[")):
        contribution.read(value)
