"""A contribution in the words of its reader; no database."""

from __future__ import annotations

import pytest

from ligneclaire.domains.contracts.rules.contribution import Category, UsageType
from ligneclaire.journeys import contributions
from ligneclaire.kernel import texts

FIFTEEN = {"type": "amount", "amount": "15.00"}
HALF = {"type": "percentage", "percent": "50", "cap": "30.00"}


@pytest.mark.parametrize(
    ("contribution", "said"),
    [
        (FIFTEEN, ["Everything beside the subscription: up to €15.00 a month"]),
        ({"type": "percentage", "percent": 50}, ["Everything beside the subscription: 50%"]),
        (
            {"type": "per-category", "categories": {"voice": FIFTEEN, "subscription": HALF}},
            ["Calls: up to €15.00 a month", "The subscription: 50%, at most €30.00 a month"],
        ),
        ({"type": "per-usage-type", "usage_types": {"mms": FIFTEEN}}, ["MMS: up to €15.00 a month"]),
        (
            {"type": "combination", "default": HALF, "exceptions": [{"usage_type": "mms", "contribution": FIFTEEN}]},
            ["MMS: up to €15.00 a month", "Everything else beside the subscription: 50%, at most €30.00 a month"],
        ),
        ({"type": "all"}, []),
    ],
)
def test_each_type_has_its_sentences(contribution: object, said: list[str]) -> None:
    assert list(contributions.in_words(contribution, "en")) == said


@pytest.mark.parametrize("lang", texts.LANGUAGES)
def test_every_category_and_usage_type_has_a_name(lang: str) -> None:
    every = [("category", one) for one in Category.__args__] + [("usage-type", one) for one in UsageType.__args__]
    assert all(texts.say(f"contracts.{kind}.{one}", lang) for kind, one in every)


@pytest.mark.rule("SPL-10")
def test_the_subscription_is_the_employers_unless_it_is_named() -> None:
    named = {"type": "per-usage-type", "usage_types": {"subscription": HALF}}
    excepted = {
        "type": "combination",
        "default": HALF,
        "exceptions": [{"usage_type": "subscription", "contribution": HALF}],
    }
    by_category = {"type": "per-category", "categories": {"subscription": HALF}}
    assert [contributions.pays_whole_subscription(one) for one in (named, excepted, by_category)] == [False] * 3
    assert contributions.pays_whole_subscription(FIFTEEN)
    assert contributions.in_words(FIFTEEN, "nl") == ("Alles buiten het abonnement: tot €\u00a015,00 per maand",)
